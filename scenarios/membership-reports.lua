-- What is on the wire when a host joins a group and leaves it.
--
--       member                     bystander
--         |                            |
--         |  report: to_exclude {} ->  |       joins: reports changed filter modes,
--         |        (again)             |       to everybody who speaks the protocol
--         |                            |
--         |  report: to_include {} ->  |       leaves
--    -----+---------------+------------+-----
--                      switch
--             <- query for the group           is anybody left? Asked where a member was,
--                                              and nowhere else
--
-- Version 3 of IGMP goes to 224.0.0.22, version 2 of MLD to ff02::16; both are sent with a TTL of 1
-- and the router alert option. Nobody says "leave" any more: that was version 2 of IGMP, and version
-- 1 of MLD said "done". RFC 3376 sections 4.2 and 5.1, RFC 3810 sections 5.2 and 6.1.

local versions = {
  {family = "ipv4", protocol = "igmp", version = 3, to = "224.0.0.22",
    earlier = "igmp[0] == 0x16 or igmp[0] == 0x17"},
  {family = "ipv6", protocol = "mld", version = 2, to = "ff02::16",
    earlier = "mld and (ip6[48] == 131 or ip6[48] == 132)"},
}

--- The record of that kind about the group: one report may have several.
local function record(message, kind, group)
  for _, one in ipairs(message and message.records or {}) do
    if one.type == kind and one.group == group then return one end
  end
end

--- Accepts reports that have such a record.
local function report(protocol, kind, group)
  return function(packet) return record(packet[protocol], kind, group) end
end

--- Accepts the question whether anybody is left.
local function query(protocol, group)
  return function(packet)
    local message = packet[protocol]
    return message and message.type == "query" and message.group == group
  end
end

scenario("a join and a leave as the wire has them", {each = versions}, function(t)
  local member, bystander = t:hosts("member", "bystander")
  local protocol, family = t.case.protocol, t.case.family
  local group, port = t:group{family = family}, t:port()
  local wire, elsewhere = member:capture(), bystander:capture()

  t:step("joining")
  local receiver = member:receiver{group = group, port = port}
  local joined = wire:wait(report(protocol, "to_exclude", group))
  expect(joined[protocol].version):equals(t.case.version)
  expect(joined.direction):equals("out")
  expect((joined.ip or joined.ip6).destination):equals(t.case.to)
  expect(joined.ip and joined.ip.ttl or joined.ip6.hop_limit):equals(1)

  t:step("leaving")
  receiver:close()
  local left = wire:wait(report(protocol, "to_include", group))
  expect(record(left[protocol], "to_include", group).sources):equals{}
  expect(left.time):is_at_least(joined.time)
  local question = wire:wait(query(protocol, group))
  expect(question.direction):equals("in")
  expect(question.time):is_at_least(left.time)

  t:step("what others see of it")
  expect(elsewhere):sees(report(protocol, "to_include", group))
  expect(elsewhere):sees_nothing(query(protocol, group))
  expect(wire):sees_nothing(t.case.earlier, {given = report(protocol, "to_include", group)})
end)

scenario("a source-specific join names its source", {each = versions}, function(t)
  local member, source = t:hosts("member", "source")
  local protocol, family = t.case.protocol, t.case.family
  local group, port = t:group{family = family, ssm = true}, t:port()
  local wire = member:capture()
  local from = family == "ipv4" and source.address or source.address6

  local receiver = member:receiver{group = group, port = port, source = from}
  local joined = wire:wait(report(protocol, "allow", group))
  expect(record(joined[protocol], "allow", group).sources):equals{from}

  receiver:close()
  local left = wire:wait(report(protocol, "block", group))
  expect(record(left[protocol], "block", group).sources):equals{from}
  expect(wire):sees_nothing(report(protocol, "to_exclude", group),
    {given = report(protocol, "block", group)})
end)
