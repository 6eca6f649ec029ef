-- What is closed says so.
-- expect: exit 1

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
