-- What the silence of a receiver whose interface is down proves.
-- expect: exit 3
-- expect: passed "taken down by the scenario, and somebody got it"
-- expect: inconclusive "taken down by the scenario, and nobody could get it" datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because there is no receiver that could have heard it (eth0 of host 'member' is down) (31)
-- expect: inconclusive "the receiver's own silence" receiver on host 'member' (239.1.1.1 port 5000): inconclusive, because eth0 of host 'member' was down meanwhile (40)
-- expect: inconclusive "taken down by a program" datagram "x" from host 'source' to 239.1.1.1 port 5000: inconclusive, because eth0 of host 'member' is down (46)

local function hosts_of(t)
  local source, other, member = t:hosts("source", "other", "member")
  for _, host in ipairs{other, member} do
    host:receiver{group = "239.1.1.1", port = 5000}
  end
  return source:sender{group = "239.1.1.1", port = 5000}, other, member
end

scenario("taken down by the scenario, and somebody got it", function(t)
  local sender, other, member = hosts_of(t)
  member.eth0:down()
  local sent = sender:send("x")
  expect(sent):reaches{other}
  member.eth0:up()
  expect(sent):reaches{other}
end)

scenario("taken down by the scenario, and nobody could get it", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "239.1.1.1", port = 5000}
  member.eth0:down()
  local sent = source:sender{group = "239.1.1.1", port = 5000}:send("x")
  member.eth0:up()
  expect(sent):reaches_nobody()
end)

scenario("the receiver's own silence", function(t)
  local source, member = t:hosts("source", "member")
  local receiver = member:receiver{group = "239.1.1.1", port = 5000}
  member.eth0:down()
  source:sender{group = "239.1.1.1", port = 5000}:send("x")
  member.eth0:up()
  expect(receiver):receives_nothing()
end)

scenario("taken down by a program", function(t)
  local sender, other, member = hosts_of(t)
  member:run{"ip", "link", "set", "eth0", "down"}
  expect(sender:send("x")):reaches{other}
end)
