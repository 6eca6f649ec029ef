-- Every property of a socket, read and written, and every way to name an interface.
local families = { "ipv4", "ipv6" }

local function address_of(interface, family)
  return family == "ipv4" and interface.address or interface.address6
end

scenario("socket: booleans", { each = families }, function(t)
  local socket = t:hosts("a"):socket { family = t.case }
  for _, name in ipairs { "reuse_addr", "reuse_port", "multicast_loop", "multicast_all" } do
    local before = socket[name]
    socket[name] = not before
    expect(socket[name]):equals(not before)
  end
end)

scenario("socket: integers", { each = families }, function(t)
  local socket = t:hosts("a"):socket { family = t.case }
  for _, name in ipairs { "multicast_ttl", "multicast_hops", "unicast_ttl", "unicast_hops" } do
    socket[name] = 42
    expect(socket[name]):equals(42)
  end
  socket.tos = 0x10
  expect(socket.tos):equals(0x10)
  expect(function() socket.multicast_ttl = 256 end):raises("256")
  expect(socket.multicast_ttl):equals(42)
end)

scenario("socket: the device, by name, index and object, and none", { each = families },
  function(t)
    local a = t:hosts("a")
    local socket = a:socket { family = t.case }
    for _, device in ipairs { "eth0", a.eth0.index, a.eth0 } do
      socket.device = device
      expect(socket.device):equals("eth0")
      socket.device = nil
      expect(socket.device):is_nil()
    end
  end)

scenario("socket: what can only be read", function(t)
  local a = t:hosts("a")
  local socket = a:socket()
  expect(socket.host):equals(a)
  for _, name in ipairs { "host", "family", "fd", "local_address", "local_port", "drops",
    "memberships", "closed" } do
    expect(function() socket[name] = 1 end):raises("can only be read")
  end
end)

scenario("socket: the outgoing interface, by all that it can be called", { each = families },
  function(t)
    local net = t.net
    local a = net:host("a", net:switch("left"), net:switch("right"))
    local socket = a:socket { family = t.case }
    for _, given in ipairs { { interface = "eth1" }, { interface = a.eth1.index },
      { interface = a.eth1 }, { address = address_of(a.eth1, t.case) } } do
      socket:set_multicast_if { interface = "eth0" }
      socket:set_multicast_if(given)
      expect(socket:get_multicast_if().interface):equals("eth1")
    end
  end)

scenario("socket: a membership by the address of its interface", { each = families }, function(t)
  local net = t.net
  local a = net:host("a", net:switch("left"), net:switch("right"))
  local group, socket = t:group { family = t.case }, a:socket { family = t.case }
  expect(function() socket:add_membership(group) end):raises("eth0 or eth1")
  socket:add_membership(group, { local_addr = address_of(a.eth1, t.case) })
  expect(socket.memberships):equals {
    { group = group, interface = "eth1", mode = "exclude", sources = {} } }
end)

scenario("socket: a receiver's own is not closed or read behind its back", function(t)
  local receiver = t:hosts("a"):receiver { port = t:port() }
  expect(function() receiver.socket:close() end):raises("socket_spec.lua:")
  expect(function() receiver.socket:recvfrom { timeout = 0 } end):raises("socket_spec.lua:")
  expect(receiver.socket.closed):is_false()
end)

scenario("socket: an interface and an address that is not its own", { each = families }, function(t)
  local net = t.net
  local a = net:host("a", net:switch("left"), net:switch("right"))
  local group, socket = t:group { family = t.case }, a:socket { family = t.case }
  local far = address_of(a.eth1, t.case)
  expect(function() socket:add_membership(group, { interface = "eth0", local_addr = far }) end)
    :raises("socket:add_membership: local_addr: " .. far .. " is not an address of eth0 of host")
  expect(function() socket:set_multicast_if { interface = "eth0", address = far } end)
    :raises("socket:set_multicast_if: address: " .. far .. " is not an address of eth0 of host 'a'")
  expect(socket.memberships):equals {}
  expect(socket:get_multicast_if().interface):is_nil()
  socket:add_membership(group, { interface = "eth1", local_addr = far })
  socket:set_multicast_if { interface = "eth1", address = far }
  expect(socket:get_multicast_if().interface):equals("eth1")
end)

scenario("socket: an interface by an address of the other family", { each = families }, function(t)
  local a = t:hosts("a")
  local socket, other = a:socket { family = t.case }, t.case == "ipv4" and "ipv6" or "ipv4"
  local text = address_of(a.eth0, other)
  local reason = ("the socket is %s, %s is %s"):format(t.case, text, other)
  expect(function() socket:set_multicast_if { address = text } end):raises(reason)
  expect(function() socket:add_membership(t:group { family = t.case }, { local_addr = text }) end)
    :raises(reason)
end)

scenario("socket: a filter without its list is no empty filter", function(t)
  local group, socket = t:group(), t:hosts("a"):socket()
  socket:add_membership(group)
  expect(function() socket:set_source_filter(group, "include") end)
    :raises("sources: expected a list, got nil")
  expect(socket.memberships[1].mode):equals("exclude")
end)

scenario("socket: membership calls of a receiver's own are the receiver's", function(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group(), t:port()
  local receiver = member:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }
  receiver.socket:drop_membership(group)
  expect(receiver.groups):equals {}
  expect(sender:send("to nobody")):reaches_nobody()
  receiver.socket:add_membership(group)
  expect(receiver.groups):equals { group }
  expect(sender:send("to a member")):reaches { member }
end)
