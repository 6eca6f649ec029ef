-- sender:request: who answered, and what else goes on meanwhile.

scenario("request: other tasks have their turn between those that are answered at once", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port, reply = "ack"}
  local sender = source:sender{group = group, port = port}
  local turns, over = 0, false
  local other = mcast.spawn(function()
    while not over do
      mcast.sleep(0)
      turns = turns + 1
    end
  end)

  local requests = 0
  repeat
    expect(sender:request("once more", {from = {member}, within = 5}):missing()):equals{}
    requests = requests + 1
  until turns >= 3 or requests == 100
  local seen = turns
  over = true
  other:join()
  expect(seen):is_at_least(3)
end)

scenario("request: a stream goes on beside requests", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port, reply = "ack"}
  local sender = source:sender{group = group, port = port}
  local flow = source:sender{group = group, port = t:port()}:stream{rate = 1000, count = 50}

  local deadline = mcast.now() + 10
  repeat sender:request("meanwhile", {from = {member}, within = 5})
  until not flow.running or mcast.now() > deadline
  expect(flow.running):is_false()
  expect(flow.sent):equals(50)
end)

scenario("request: a reply that the scenario computes counts, too", function(t)
  local source, member, silent = t:hosts("source", "member", "silent")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port, reply = function(m) return m.data:upper() end}
  silent:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  local acks = sender:request("loud", {from = {member}, within = 5})
  expect(#acks):equals(1)
  expect(acks[1].data):equals("LOUD")
  expect(acks:hosts()):equals{member}
end)

scenario("request: the TTL is the socket's, also after the scenario has changed it", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  expect(sender:send("near").ttl):equals(1)
  sender.socket.multicast_ttl = 7
  expect(sender:send("further").ttl):equals(7)
end)

scenario("sender: what it says of itself is its socket's", function(t)
  local source, other = t:hosts("source", "other")
  local group, port = t:group(), t:port()
  local own = source:receiver{group = group, port = port}
  other:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port, ttl = 3}
  expect(sender.ttl):equals(3)
  expect(sender.loop):is_true()
  expect(sender:send("to all")):reaches{source, other}
  sender.socket.multicast_ttl, sender.socket.multicast_loop = 9, false
  expect(sender.ttl):equals(9)
  expect(sender.loop):is_false()
  expect(sender:send("to the other")):reaches{other}
  expect(own:count()):equals(1)
end)
