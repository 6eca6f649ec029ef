-- Sends to a group for a foreign receiver, and waits for its answer if it is to give one.

local group = param("group", "239.7.7.7")
local port = param("port", 5001)
local data = param("data", "hello")
local answer = param("answer", "", "what the receiver must reply")

scenario("is heard by the foreign receiver", {timeout = 20}, function()
  local family = group:find(":", 1, true) and "ipv6" or "ipv4"
  local socket <close> = mcast.socket{family = family}
  socket:set_multicast_if{interface = "eth0"}
  expect(socket:sendto(data, group, port)):equals(#data)
  if answer ~= "" then
    expect((socket:recvfrom())):equals(answer)
  end
end)
