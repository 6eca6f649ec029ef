--- What a switch may have forgotten: the memberships of what is open behind a port. They are awaited
--- anew, as after a join (mcast.readiness).
local relearn = {}

local function add(list, membership, interface)
  if membership.interface ~= interface.index then return end
  local sources = membership.mode == "include" and membership.sources or { false }
  for _, source in ipairs(sources) do
    list[#list + 1] = { group = membership.group, source = source or nil, interface = interface }
  end
end

local function expect_all(network, owner, raw, interface, is_lenient)
  local list = {}
  for _, membership in ipairs(raw:memberships()) do add(list, membership, interface) end
  network._pending:expect(owner, list, is_lenient)
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
