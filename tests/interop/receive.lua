-- Receives what a foreign program sends to a group, on this machine.

local group = param("group", "239.7.7.7")
local source = param("source", "", "hear this source alone")
local port = param("port", 5001)
local wanted = param("wanted", 1, "datagrams to wait for")
local reply = param("reply", "", "what to answer")
local ready = param("ready", "", "file that is written to once the membership is there")

--- The number in front of an iperf datagram, or the datagram itself.
local function identity(data)
  return #data > 100 and (">i4"):unpack(data) or data
end

scenario("hears the foreign sender", {timeout = 20}, function(t)
  local family = group:find(":", 1, true) and "ipv6" or "ipv4"
  local socket <close> = mcast.socket{family = family}
  socket.reuse_addr = true
  socket.receive_buffer = 1 << 20
  socket:bind(nil, port)
  if source ~= "" then
    socket:add_source_membership(group, source, {interface = "eth0"})
  else
    socket:add_membership(group, {interface = "eth0"})
  end
  assert(io.open(ready, "w")):write("ready\n"):close()

  local seen, count = {}, 0
  while count < wanted do
    local data, address, from_port, info = socket:recvfrom()
    if reply ~= "" then socket:sendto(reply, address, from_port) end
    expect(info.to):equals(group)
    expect(seen[identity(data)]):is_nil() -- each datagram once
    seen[identity(data)] = true
    count = count + 1
    t:log("%s from %s", identity(data), address)
  end
end)
