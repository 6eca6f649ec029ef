-- What proves nothing does not pass, however true it is.
-- expect: exit 3
-- expect: inconclusive "nobody, and the receiver was opened too late" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no receiver that could have heard it (34)
-- expect: inconclusive "nobody, and the receiver waits for something else" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no receiver that could have heard it (40)
-- expect: inconclusive "no reply, and whoever replies was opened too late" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no receiver with a reply that could have answered (47)
-- expect: inconclusive "no reply, and the only socket has nothing to do with it" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no receiver with a reply that could have answered (53)
-- expect: inconclusive "silence, and the datagram was addressed to another host" receiver on host 'silent' (239.1.2.3 port 5000): inconclusive, because nothing was sent towards it (60)
-- expect: inconclusive "silence, and the datagram went to loopback" receiver on host 'silent' (239.1.2.3 port 5000): inconclusive, because nothing that was sent towards it left its sender (69)
-- expect: inconclusive "silence on another port" receiver on host 'silent' (239.1.2.3 port 5001): inconclusive, because nothing was sent towards it (76)
-- expect: inconclusive "silence in another family" receiver on host 'silent' (239.1.2.3 port 5000): inconclusive, because nothing was sent towards it (83)
-- expect: inconclusive "unseen, and nothing like it was sent" observer on eth0 of host 'watched': inconclusive, because nothing was sent that it could have seen (90)
-- expect: inconclusive "a claim that a task has not settled" expect(receiver on host 'a' (239.1.2.3 port 5000)):receives was not settled before the scenario ended: join the task that makes it (95)
-- expect: inconclusive "a claim that a task never came to" a task was still running when the scenario ended, and had not made its claim: join it (101)
-- expect: inconclusive "a claim in a task that a deferred function begins" a task was still running when the scenario ended, and had not made its claim: join it (109)
-- expect: inconclusive "a claim in a coroutine that is not resumed" expect(receiver on host 'a' (239.1.2.3 port 5000)):receives was not settled before the scenario ended: join the task that makes it (115)
-- expect: inconclusive "an expectation without a claim, beside a claim" expect(2): no claim was made about it (120)
-- expect: inconclusive "a misspelt claim that pcall swallows" expect(2): no claim was made about it (125)
-- expect: inconclusive "unseen, and its interface was down" observer on eth0 of host 'watched': inconclusive, because its interface was down meanwhile (135)
-- expect: inconclusive "unseen on a loopback interface" observer on lo of host 'watched': inconclusive, because what others send does not come to a loopback interface (142)
-- expect: inconclusive "unseen, with a TTL that nobody gave it" observer on eth0 of host 'watched': inconclusive, because nothing was sent that it could have seen (150)
-- expect: inconclusive "unseen from a port that nobody sent from" observer on eth0 of host 'watched': inconclusive, because nothing was sent that it could have seen (158)
-- expect: inconclusive "unseen by a function that accepts nothing" observer on eth0 of host 'watched': inconclusive, because nothing was sent that it could have seen (166)
-- expect: inconclusive "unseen data that nobody sent" observer on eth0 of host 'watched': inconclusive, because nothing was sent that it could have seen (174)
-- expect: inconclusive "unseen data, and a datagram came in fragments" observer on eth0 of host 'watched': inconclusive, because it could not read the data of 1 datagram, which came in fragments or beyond 64 MiB (183)
-- expect: inconclusive "unseen, and the datagram was sent before" observer on eth0 of host 'watched': inconclusive, because nothing was sent that it could have seen (192)
-- expect: inconclusive "unseen, and the sign that it could have been did not come" observer on eth0 of host 'watched': inconclusive, because it did not see a frame like the filter, which is the sign that it could have (202)

local group, port = "239.1.2.3", 5000

scenario("nobody, and the receiver was opened too late", function(t)
  local source, late = t:hosts("source", "late")
  local sent = source:sender{group = group, port = port}:send("hello")
  late:receiver{group = group, port = port}
  expect(sent):reaches_nobody()
end)

scenario("nobody, and the receiver waits for something else", function(t)
  local source, elsewhere = t:hosts("source", "elsewhere")
  elsewhere:receiver{group = "239.1.2.4", port = port + 1}
  expect(source:sender{group = group, port = port}:send("hello")):reaches_nobody()
end)

scenario("no reply, and whoever replies was opened too late", function(t)
  local source, late = t:hosts("source", "late")
  local sent = source:sender{group = group, port = port}:send("hello")
  late:receiver{group = group, port = port, reply = "ack"}
  expect(sent):acknowledged_by{}
end)

scenario("no reply, and the only socket has nothing to do with it", function(t)
  local source, other = t:hosts("source", "other")
  other:socket():bind(nil, port + 1)
  expect(source:sender{group = group, port = port}:send("hello")):acknowledged_by{}
end)

scenario("silence, and the datagram was addressed to another host", function(t)
  local source, silent, other = t:hosts("source", "silent", "other")
  local receiver = silent:receiver{group = group, port = port}
  source:socket():sendto("hello", other.address, port)
  expect(receiver):receives_nothing()
end)

scenario("silence, and the datagram went to loopback", function(t)
  local source, silent = t:hosts("source", "silent")
  local receiver = silent:receiver{group = group, port = port}
  local socket = source:socket()
  socket:set_multicast_if{interface = "lo"}
  socket:sendto("hello", group, port)
  expect(receiver):receives_nothing()
end)

scenario("silence on another port", function(t)
  local source, silent = t:hosts("source", "silent")
  local receiver = silent:receiver{group = group, port = port + 1}
  source:sender{group = group, port = port}:send("hello")
  expect(receiver):receives_nothing()
end)

scenario("silence in another family", function(t)
  local source, silent = t:hosts("source", "silent")
  local receiver = silent:receiver{group = group, port = port}
  source:sender{group = "ff15::1234", port = port}:send("hello")
  expect(receiver):receives_nothing()
end)

scenario("unseen, and nothing like it was sent", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{}
  source:sender{group = group, port = port}:send("hello")
  expect(observer):sees_nothing{group = "239.1.2.4"}
end)

scenario("a claim that a task has not settled", function(t)
  local receiver = t:hosts("a"):receiver{group = group, port = port}
  mcast.spawn(function() expect(receiver):receives("hello") end)
  expect(1):equals(1)
end)

scenario("a claim that a task never came to", function(t)
  local receiver = t:hosts("a"):receiver{group = group, port = port}
  mcast.spawn(function()
    local message = receiver:next()
    expect(message.data):equals("hello")
  end)
  expect(1):equals(1)
end)

scenario("a claim in a task that a deferred function begins", function(t)
  t:defer(function() mcast.spawn(function() expect(1):equals(2) end) end)
  expect(1):equals(1)
end)

scenario("a claim in a coroutine that is not resumed", function(t)
  local receiver = t:hosts("a"):receiver{group = group, port = port}
  coroutine.resume(coroutine.create(function() expect(receiver):receives("hello") end))
  expect(1):equals(1)
end)

scenario("an expectation without a claim, beside a claim", function()
  expect(2)
  expect(1):equals(1)
end)

scenario("a misspelt claim that pcall swallows", function()
  pcall(function() expect(2):equalls(1) end)
  expect(1):equals(1)
end)

scenario("unseen, and its interface was down", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{group = group}
  watched.eth0:down()
  watched.eth0:up()
  source:sender{group = group, port = port}:send("hello")
  expect(observer):sees_nothing()
end)

scenario("unseen on a loopback interface", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{group = group, interface = "lo"}
  source:sender{group = group, port = port}:send("hello")
  expect(observer):sees_nothing()
end)

scenario("unseen, with a TTL that nobody gave it", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{group = group}
  source:sender{group = group, port = port, ttl = 3}:send("hello")
  expect(observer):sees_nothing{ttl = 3}
  expect(observer):sees_nothing{ttl = 4}
end)

scenario("unseen from a port that nobody sent from", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{group = group}
  source:sender{group = group, port = port, source_port = 4000}:send("hello")
  expect(observer):sees_nothing{source_port = 4000}
  expect(observer):sees_nothing{source_port = 4001}
end)

scenario("unseen by a function that accepts nothing", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{group = group}
  source:sender{group = group, port = port}:send("hello")
  expect(observer):sees_nothing(function(frame) return frame.length == 5 end)
  expect(observer):sees_nothing(function(frame) return frame.lenght == 5 end)
end)

scenario("unseen data that nobody sent", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{group = group}
  source:sender{group = group, port = port}:send("hello")
  expect(observer):sees_nothing("hello")
  expect(observer):sees_nothing("helo")
end)

scenario("unseen data, and a datagram came in fragments", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{group = group}
  watched:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send(("x"):rep(4000))
  expect(observer):sees(sent)
  expect(observer):sees_nothing(sent.data)
end)

scenario("unseen, and the datagram was sent before", function(t)
  local source, watched = t:hosts("source", "watched")
  local sender = source:sender{group = group, port = port}
  local first = sender:send("hello")
  local observer = watched:observer{group = group}
  sender:send("again")
  expect(observer):sees_nothing(first)
end)

scenario("unseen, and the sign that it could have been did not come", function(t)
  local source, watched = t:hosts("source", "watched")
  local observer = watched:observer{group = group}
  watched:receiver{group = group, port = port}
  source:sender{group = group, port = port}:send("hello")
  expect(observer):sees("hello")
  expect(observer):sees_nothing({group = group, protocol = 2}, {given = {port = port}})
  expect(observer):sees_nothing({group = group, protocol = 2}, {given = {port = port + 1}})
end)
