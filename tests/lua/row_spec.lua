-- Rows of facts: plain tables in every way, but for words that they do not have.

local function refusal(f)
  local ok, problem = pcall(f)
  expect(ok):is_false()
  return problem
end

scenario("row: a misspelt field is told, an optional one is nil", function(t)
  local a, b = t:hosts("a", "b")
  local lan = t.net.switches.lan
  a:receiver{group = t:group(), port = t:port()}
  local entry, membership = lan:mdb()[1], a:memberships()[1]
  expect(entry.source):is_nil()
  expect(entry.switch):is_nil()
  expect(refusal(function() return entry.gruop end)):matches(
    "^%S*row_spec.lua:%d+: a row of switch:mdb%(%) has no 'gruop' %(did you mean 'group'%?%)$")
  expect(refusal(function() return membership.user end)):contains(
    "a row of host:memberships() has no 'user' (did you mean 'users'?)")
  expect(refusal(function() return lan:querier().adress end)):contains("did you mean 'address'?")
  expect(refusal(function() return a.eth0.flags.runing end)):contains("did you mean 'running'?")
  expect(refusal(function() return a.eth0.addresses[1].prefix end)):contains(
    "did you mean 'prefix_length'?")
  local result = b:run{"true"}
  expect(result.signal):is_nil()
  expect(refusal(function() return result.exit_status end)):contains(
    "the result of a program has no 'exit_status' (did you mean 'status'?)")
  expect(refusal(function() return result:wait() end)):contains("has no 'wait'")
end)

scenario("row: it is written as any table, but for words that it cannot have", function(t)
  local result = t:hosts("a"):run{"true"}
  result.status, result.signal = 3, "SIGKILL"
  expect(result.status):equals(3)
  expect(result.signal):equals("SIGKILL")
  expect(refusal(function() result.statsu = 4 end)):contains("did you mean 'status'?")
end)

scenario("row: pairs, equality, length and JSON are those of a plain table", function(t)
  local a = t:hosts("a")
  local result, address = a:run{"echo", "hello"}, a.eth0.addresses[1]
  local seen = {}
  for field, value in pairs(result) do seen[field] = value end
  expect(seen):equals{status = 0, stdout = "hello\n", stderr = ""}
  expect(result):equals{status = 0, stdout = "hello\n", stderr = ""}
  expect({status = 0, stdout = "hello\n", stderr = ""}):equals(result)
  expect(result):equals(a:run{"echo", "hello"})
  expect(pcall(function() expect(a.eth0.addresses[1]):equals(address) end)):is_true()
  expect(#result):equals(0)
  for _ in ipairs(result) do t:fail("it is no list") end
  expect(next(result) ~= nil):is_true()
  t:attach("result", result)
  local core = require "mcast.core"
  expect(core.json_decode(core.json_encode(result))):equals{status = 0, stdout = "hello\n",
    stderr = ""}
  expect(require("mcast.show").value(result)):equals(
    '{status = 0, stderr = "", stdout = "hello\\n"}')
end)
