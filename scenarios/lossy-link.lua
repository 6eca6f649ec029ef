-- A link that loses membership reports.
--
--     source        member     bystander
--        |             |           |
--        |             x <- loses reports
--        |             |           |
--    ----+-------------+-----------+----  lan (snooping)
--
-- A host repeats the report of a membership that has changed, Robustness Variable times in all, because
-- the network may lose it (RFC 3376 section 5.1, RFC 3810 section 6.1). If one report gets through, the
-- switch knows; if none does, it sends the group to nobody. The link between member and switch is the
-- harness's own: what it loses is decided by the run's seed or by a rule, on any kernel.

local families = {"ipv4", "ipv6"}
local reports = {ipv4 = "igmp", ipv6 = "mld"}

scenario("the first report is lost, its repetition is not", {each = families}, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, port = t:group{family = t.case}, t:port()
  bystander:receiver{port = port, group = t:group{family = t.case}}
  local lossy = member.eth0:impair{drop = {nth = 1, only = reports[t.case]}, direction = "out"}

  member:receiver{group = group, port = port, reply = "ack"}
  local sent = source:sender{group = group, port = port}:send("after all")
  expect(sent):reaches{member}
  expect(sent):acknowledged_by{member}
  expect(lossy.dropped):equals(1)
  expect(lossy.passed):is_at_least(1)
end)

scenario("when every report is lost, nobody gets the data", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local lossy = member.eth0:impair{loss = 1, only = reports[t.case], direction = "out"}
  member:receiver{group = group, port = port, ready = false}
  eventually(function() return lossy.dropped > 0 end, {within = 10})

  local sender = source:sender{group = group, port = port}
  expect(sender:send("for nobody")):reaches_nobody()

  t:step("the link is repaired; the switch's next query brings the report")
  lossy:clear()
  expect(t.net.switches.lan):forwards(group, {to = {member}, within = 10})
  expect(sender:send("for a member")):reaches{member}
end)

scenario("what is delayed comes later, in order", {each = families}, function(t)
  local source, near, far = t:hosts("source", "near", "far")
  local group, port = t:group{family = t.case}, t:port()
  local nearby = near:receiver{group = group, port = port}
  local away = far:receiver{group = group, port = port}
  local slow = far.eth0:impair{delay = 0.05, direction = "in"}

  local sender, sent = source:sender{group = group, port = port}, {}
  for i = 1, 20 do sent[i] = sender:send("number " .. i) end
  expect(sent[20]):reaches{near, far, within = 10}
  for i, message in ipairs(away:messages()) do
    expect(message.data):equals("number " .. i)
    expect(message.time - sent[i].time):is_at_least(0.05)
  end
  expect(nearby:count()):equals(20)
  expect(slow.delayed):is_at_least(20)
  expect(slow.reordered):equals(0)
end)

scenario("the same seed loses the same datagrams", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local receiver = member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}

  local function got_with(seed)
    receiver:clear()
    local lossy = member.eth0:impair{loss = 0.4, only = "udp", direction = "in", seed = seed}
    for i = 1, 40 do sender:send(tostring(i)) end
    eventually(function()
      return lossy.seen == 40 and receiver:count() == lossy.passed
    end, {within = 10})
    local got = {}
    for i, message in ipairs(receiver:messages()) do got[i] = message.data end
    expect(#got + lossy.dropped):equals(40)
    lossy:clear()
    return table.concat(got, " ")
  end

  local first = got_with(7)
  expect(got_with(7)):equals(first)
  expect(got_with(8) == first):is_false()
end)
