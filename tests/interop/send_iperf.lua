-- Sends what an iperf 2 server takes for a test of its own client: numbered, with the time, and a
-- negative number for the end.

local group = param("group", "239.7.7.7")
local port = param("port", 5001)
local count = param("count", 100)
local size = param("size", 1000)

local function datagram(number)
  local head = (">i4I4I4i4"):pack(number, 1, 0, number < 0 and -1 or 0)
  return head .. ("\0"):rep(size - #head)
end

scenario("is counted by an iperf server", {timeout = 20}, function()
  local socket <close> = mcast.socket()
  socket:set_multicast_if{interface = "eth0"}
  for number = 0, count - 1 do
    expect(socket:sendto(datagram(number), group, port)):equals(size)
  end
  socket:sendto(datagram(-count), group, port)
end)
