-- host:pause: programs and the harness's own receivers stand still, the kernel does not.
local families = { "ipv4", "ipv6" }

scenario("pause: it does not answer, and does so afterwards", { each = families }, function(t)
  local source, other, member = t:hosts("source", "other", "member")
  local group, port = t:group { family = t.case }, t:port()
  other:receiver { group = group, port = port, reply = "ack" }
  local receiver = member:receiver { group = group, port = port, reply = "ack" }
  local sender = source:sender { group = group, port = port }

  member:pause()
  member:pause()
  local sent = sender:send("meanwhile")
  expect(sent):acknowledged_by { other }
  expect(receiver:count()):equals(0)
  expect(member):is_member(group)

  member:resume()
  member:resume()
  expect(receiver):receives("meanwhile")
  expect(sender:send("after")):acknowledged_by { other, member }
end)

scenario("pause: a reply function, too", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  member:receiver { group = group, port = port, reply = function(message) return message.data end }
  local sender = source:sender { group = group, port = port }
  member:pause()
  local sent = sender:send("echo")
  expect(sent):acknowledged_by {}
  member:resume()
  expect(sent):acknowledged_by { member }
end)

-- What it started is one of the host's programs, too, also in a session of its own.
scenario("pause: programs and what they started", function(t)
  local host = t:hosts("host")
  local loop = host:start { "sh", "-c",
    "(setsid sh -c 'while :; do echo tick; sleep 0.01; done' &) ; sleep 60" }
  loop:expect_output("tick")
  host:pause()
  local before = #loop:output()
  expect(eventually(function() return #loop:output() > before end, { within = 0.1 })):is_nil()
  host:resume()
  expect(eventually(function() return #loop:output() > before end, { within = 5 })):is_true()
end)

scenario("pause: a stopped program can be killed", function(t)
  local host = t:hosts("host")
  local program = host:start { "sleep", "60" }
  host:pause()
  program:kill("KILL")
  expect(program:wait { within = 5 }.signal):equals("SIGKILL")
end)

scenario("pause: a task that was waiting goes on with the host", function(t)
  local source, member = t:hosts("source", "member")
  local port = t:port()
  local socket = member:socket()
  socket:bind(nil, port)
  local heard = false
  local task = mcast.spawn(function()
    heard = socket:recvfrom()
  end)
  mcast.sleep(0)
  member:pause()
  source:socket():sendto("hello", member.address, port)
  expect(eventually(function() return heard end, { within = 0.1 })):is_nil()
  member:resume()
  task:join()
  expect(heard):equals("hello")
end)
