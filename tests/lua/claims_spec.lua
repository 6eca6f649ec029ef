-- Each claim holds, does not hold, or is inconclusive: judged without recording the verdict.
local try = require("mcast.expect").try

local function outcome(verdict)
  return verdict.ok and "holds" or verdict.inconclusive and "inconclusive" or "fails"
end

local function judge(subject, name, ...)
  local expectation = try(subject)
  return outcome(expectation[name](expectation, ...))
end

scenario("claims: about values", function()
  local holds = {
    { { 1, { a = 2 } }, "equals", { 1, { a = 2 } } }, { 1.04, "near", 1, 0.05 },
    { 3, "is_at_most", 3 }, { 3, "is_at_least", 3 }, { "abc", "contains", "b" },
    { { 1, 2 }, "contains", 2 }, { "a1", "matches", "%d" }, { true, "is_true" },
    { false, "is_false" }, { nil, "is_nil" }, { false, "exists" },
  }
  local fails = {
    { { 1, { a = 2 } }, "equals", { 1, { a = 3 } } }, { { 1 }, "equals", { 1, 2 } },
    { 1, "equals", "1" }, { 1.1, "near", 1, 0.05 }, { 0 / 0, "near", 0 / 0, 1 },
    { 4, "is_at_most", 3 }, { 2, "is_at_least", 3 }, { "abc", "contains", "d" },
    { "a", "matches", "%d" }, { 1, "is_true" }, { nil, "is_false" }, { false, "is_nil" },
    { nil, "exists" },
  }
  for _, case in ipairs(holds) do
    expect(judge(case[1], case[2], case[3], case[4])):equals("holds")
  end
  for _, case in ipairs(fails) do
    expect(judge(case[1], case[2], case[3], case[4])):equals("fails")
  end
end)

scenario("claims: equals says where the first difference is", function()
  local verdict = try({ a = { b = { 1, 2 } } }):equals { a = { b = { 1, 3 } } }
  expect(verdict.message):contains("value.a.b[2]: expected 3, seen 2")
end)

scenario("claims: raises", function()
  local function fail() error("out of paper") end
  expect(judge(fail, "raises")):equals("holds")
  expect(judge(fail, "raises", "paper")):equals("holds")
  expect(judge(fail, "raises", "ENODEV")):equals("fails")
  expect(judge(function() end, "raises")):equals("fails")
end)

scenario("claims: a value that says it equals everything", function()
  local same = { __eq = function() return true end }
  expect(setmetatable({}, same)):equals(setmetatable({ 1 }, same))
end)

scenario("claims: what looks like a pattern and is none", function(t)
  expect(function() try("x"):matches("%") end)
    :raises("claims_spec.lua:%d+: expect%(value%):matches: pattern: .* got \"%%\": malformed")
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  local receiver, sender = member:receiver { group = group, port = port },
    source:sender { group = group, port = port }
  sender:send("1000")
  expect(judge(receiver, "receives", "100%", { within = 0.05 })):equals("fails")
  sender:send("100%")
  expect(judge(receiver, "receives", "100%")):equals("holds")
end)

scenario("claims: what a full buffer dropped before clear() is forgotten, too", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  local receiver = member:receiver { group = group, port = port, receive_buffer = 1 }
  local sender = source:sender { group = group, port = port }
  for _ = 1, 100 do sender:send(("x"):rep(1000)) end
  expect(receiver.socket.drops):is_at_least(1)
  receiver:clear()
  source:sender { group = t:group(), port = port }:send("to others")
  expect(receiver):receives_nothing()
end)

scenario("claims: an unknown one names the nearest", function()
  expect(function() try(1):equalls(1) end):raises("did you mean 'equals'%?")
  expect(function() try(1).equals(1) end):raises("colon")
end)

scenario("claims: who got it, exactly", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  local group, port = t:group(), t:port()
  a:receiver { group = group, port = port, reply = "ack" }
  b:receiver { port = port, reply = "ack" }
  local sent = source:sender { group = group, port = port }:send("x")

  expect(judge(sent, "reaches", { a })):equals("holds")
  expect(judge(sent, "reaches", { a, b }, { within = 0.05 })):equals("fails")
  expect(judge(sent, "reaches", { b }, { within = 0.05 })):equals("fails")
  expect(judge(sent, "reaches_nobody")):equals("fails")
  expect(judge(sent, "acknowledged_by", { a })):equals("holds")
  expect(judge(sent, "acknowledged_by", {})):equals("fails")
  expect(judge(sent, "acknowledged_by", { a, b }, { within = 0.05 })):equals("fails")
end)

scenario("claims: a lost request is told from a reply that was not given", function(t)
  local source, deaf, silent = t:hosts("source", "deaf", "silent")
  local group, port = t:group(), t:port()
  deaf:receiver { port = port, reply = "ack" }
  silent:receiver { group = group, port = port }
  local sent = source:sender { group = group, port = port }:send("x")

  local verdict = try(sent):acknowledged_by({ deaf, silent }, { within = 0.1 })
  expect(verdict.message):contains("deaf never got the request")
  expect(verdict.message):contains("silent got the request and did not reply")
end)

scenario("claims: silence counts only with proof", function(t)
  local source, a = t:hosts("source", "a")
  local port = t:port()
  local receiver = a:receiver { port = port }
  expect(judge(receiver, "receives_nothing")):equals("inconclusive")

  local sender = source:sender { group = t:group(), port = port }
  expect(judge(sender:send("x"), "reaches_nobody")):equals("holds")
  expect(judge(receiver, "receives_nothing")):equals("holds")
  receiver:clear()
  expect(judge(receiver, "receives_nothing")):equals("inconclusive")

  local unheard = sender:send("x")
  receiver:close()
  local verdict = try(unheard):reaches_nobody()
  expect(outcome(verdict)):equals("inconclusive")
  expect(verdict.message):contains("was closed meanwhile")
  expect(judge(sender:send("x"), "reaches_nobody")):equals("inconclusive")
end)

scenario("claims: what never left proves nothing about others", function(t)
  local source, a = t:hosts("source", "a")
  local group, port = t:group(), t:port()
  source:receiver { group = group, port = port }
  a:receiver { group = group, port = port, reply = "ack" }

  for _, kept_inside in ipairs { { ttl = 0 }, { interface = "lo" } } do
    kept_inside.group, kept_inside.port = group, port
    local verdict = try(source:sender(kept_inside):send("x")):acknowledged_by {}
    expect(outcome(verdict)):equals("inconclusive")
    expect(verdict.message):contains("no proof that the datagram left")
  end
  local sent = source:sender { group = group, port = port, ttl = 0 }:send("inside")
  expect(judge(sent, "reaches", { source })):equals("holds")
end)

scenario("claims: memberships", function(t)
  local a = t:hosts("a")
  local group, other = t:group(), t:group()
  a:receiver { group = group, port = t:port() }
  expect(judge(a, "is_member", group)):equals("holds")
  expect(judge(a, "is_not_member", other)):equals("holds")
  expect(judge(a, "is_member", other, { within = 0.01 })):equals("fails")
  expect(judge(a, "is_not_member", group, { within = 0.01 })):equals("fails")
end)
