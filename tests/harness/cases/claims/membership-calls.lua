-- The timeline tells of membership calls when they were made, whatever the receiver is a member of at the end.
-- expect: exit 1
-- expect: failed "a member that left" datagram "x" from host 'source' to 239.1.1.1 port 5000: expected to reach member, seen nobody: member did not get it: its receiver has not joined 239.1.1.1 (16)
-- expect: stdout     <number>  member  receiver on port 5000: joined 239.1.1.1
-- expect: stdout     <number>  member  receiver on port 5000: left 239.1.1.1
-- expect: stdout     <number>  member  receiver on port 5000: joined 239.1.1.2
-- expect: stdout     <number>  member  receiver on port 5000: left 239.1.1.2

scenario("a member that left", function(t)
  local source, member = t:hosts("source", "member")
  local sender = source:sender{group = "239.1.1.1", port = 5000}
  local receiver = member:receiver{group = "239.1.1.1", port = 5000}
  receiver:leave("239.1.1.1")
  receiver.socket:add_membership("239.1.1.2")
  receiver.socket:drop_membership("239.1.1.2")
  expect(sender:send("x")):reaches{member}
end)
