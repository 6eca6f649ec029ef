-- Knows nothing of where its hosts are.
local families = {"ipv4", "ipv6"}

scenario("the member and nobody else", {each = families}, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, port = t:group{family = t.case}, t:port()
  member:receiver{group = group, port = port, reply = "ack"}
  bystander:receiver{group = t:group{family = t.case}, port = port, reply = "ack"}
  local sent = source:sender{group = group, port = port}:send("hello")
  expect(sent):reaches{member}
  expect(sent):acknowledged_by{member}
end)
