--- What a switch may have forgotten: the memberships of what is open behind a port. They are awaited
--- anew, as after a join (mcast.readiness).
local relearn = {}

local function expect_one(network, owner, membership, interface, is_lenient)
  if membership.interface ~= interface.index then return end
  local sources = membership.mode == "include" and membership.sources or { false }
  for _, source in ipairs(sources) do
    network._pending:expect(owner, { group = membership.group, source = source or nil,
      interface = interface }, is_lenient)
  end
end

local function expect_all(network, owner, raw, interface, is_lenient)
  for _, membership in ipairs(raw:memberships()) do
    expect_one(network, owner, membership, interface, is_lenient)
  end
end

--- All memberships on one interface.
---@param interface mcast.Interface
function relearn.on_interface(interface)
  local host = interface.host
  for _, receiver in ipairs(host._receivers) do
    if not receiver.closed then
      expect_all(host.network, receiver, receiver._endpoint:socket(), interface)
    end
  end
  for _, socket in ipairs(host._sockets) do
    if not socket.closed then expect_all(host.network, socket, socket._socket, interface, true) end
  end
end

--- All memberships behind the ports of a switch.
---@param switch mcast.Switch
function relearn.on_switch(switch)
  for _, port in ipairs(switch._ports) do relearn.on_interface(port.interface) end
end

return relearn
