-- A switch that snoops sends a group to its members and to nobody else.
--
--      source      member      bystander
--         |           |            |        listens on the port, member of nothing
--     ----+-----------+------------+----  lan
--
-- Who joins sends a membership report; the switch reads it, and notes the port in its table. The
-- switch is also the querier that keeps the table up to date. That the wire of the bystander stays
-- empty is told by its interface, which is watched: a socket that did not join hears nothing anyway.
-- RFC 4541 section 2.1, RFC 3376, RFC 3810.

local families = {"ipv4", "ipv6"}

scenario("non-members are pruned", {each = families}, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, port = t:group{family = t.case}, t:port()
  local lan = t.net.switches.lan
  bystander:receiver{port = port}
  local sender = source:sender{group = group, port = port}

  t:step("nobody joined")
  expect(lan):has_querier(lan, {family = t.case})
  expect(lan):forwards(group, {to = {}})
  expect(sender:send("to nobody")):crosses{}

  t:step("one joined")
  local receiver = member:receiver{group = group, port = port}
  expect(member):is_member(group)
  expect(bystander):is_not_member(group)
  expect(lan):forwards(group, {to = {member}})
  local sent = sender:send("to the member")
  expect(sent):reaches{member}
  expect(sent):crosses{member}

  t:step("it left")
  receiver:leave(group)
  expect(lan):forwards(group, {to = {}})
  expect(sender:send("to nobody, again")):crosses{}
end)

scenario("every member has its own group", {each = families}, function(t)
  local source, one, other = t:hosts("source", "one", "other")
  local group_of, port = {}, t:port()
  for _, host in ipairs{one, other} do
    group_of[host] = t:group{family = t.case}
    host:receiver{group = group_of[host], port = port}
  end
  for _, host in ipairs{one, other} do
    local group = group_of[host]
    expect(t.net.switches.lan):forwards(group, {to = {host}})
    expect(source:sender{group = group, port = port}:send("for " .. host.name)):crosses{host}
  end
end)
