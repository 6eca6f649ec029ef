-- What is closed says so.
-- expect: exit 1
-- expect: broken "a socket that is closed" socket of host 'a' is closed (13)
-- expect: broken "an option of a closed socket" socket of host 'a' is closed (19)
-- expect: broken "a sender that is closed" sender:send: the sender is closed (25)
-- expect: broken "a port that is taken" host a: bind to 0.0.0.0 port 5000: Address already in use (EADDRINUSE) (31)
-- expect: hint another socket has this port: set the same one of reuse_addr and reuse_port on all sockets that share it, before they bind

scenario("a socket that is closed", function(t)
  local socket = t:hosts("a"):socket()
  socket:close()
  socket:close() -- twice is harmless
  socket:sendto("x", "239.1.2.3", 5000)
end)

scenario("an option of a closed socket", function(t)
  local socket = t:hosts("a"):socket()
  socket:close()
  socket.multicast_ttl = 3
end)

scenario("a sender that is closed", function(t)
  local sender = t:hosts("a"):sender{group = "239.1.2.3", port = 5000}
  sender:close()
  sender:send("x")
end)

scenario("a port that is taken", function(t)
  local a = t:hosts("a")
  a:socket():bind(nil, 5000)
  a:socket():bind(nil, 5000)
end)
