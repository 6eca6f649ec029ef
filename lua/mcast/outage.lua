--- interface:down() and :up(). What Linux forgets when an interface goes down, its IPv6 addresses,
--- routes and neighbours, is given back when it comes up.
local core = require "mcast.core"
local errors = require "mcast.errors"
local fault = require "mcast.fault"
local relearn = require "mcast.relearn"

local outage = {}

local function check_host(interface, where)
  if not interface.host then
    errors.usage("%s: %s is an interface of this machine: only those of hosts can be taken down",
      where, interface.name)
  end
end

--- Waits until it carries, which takes both ends of a cable; a switch's end is up always.
local function settle(interface)
  local lab, ends = interface.host.network._lab, { interface }
  for i, port in ipairs(interface.link and interface.link._ports or {}) do
    ends[i] = port.interface
    if port.interface._outage then return end
  end
  for _, one in ipairs(ends) do
    if one._port then errors.on_host(one.host.name, lab.settle_port, lab, one._port) end
  end
end

local function tell_peer(interface)
  if interface.link then interface.host.network._lab:follow_carriers() end
end

local function bring_up(interface)
  local raw = interface._outage
  interface._outage, interface._last_outage.ended = false, core.now()
  errors.on_host(interface.host.name, raw.finish, raw)
  tell_peer(interface)
end

--- Waits until the switch has forgotten who was there.
local function settle_loss(interface)
  local lab = interface.host.network._lab
  if interface._port then
    errors.on_host(interface.host.name, lab.settle_loss, lab, interface._port)
  end
end

---@param interface mcast.Interface
function outage.down(interface)
  check_host(interface, "interface:down")
  if interface._outage then return end
  local host = interface.host
  host.network._run:await_ready()
  host:_keep_interface(interface)
  interface._outage = errors.on_host(host.name, core.outage, interface._stack.netns,
    interface.index, interface.name)
  interface._fault = fault.inject(host, "down", ("%s was taken down"):format(interface.name),
    function() bring_up(interface) end)
  host._has_outages = true
  interface._last_outage = { began = core.now(), ended = false } -- for mcast.ears
  tell_peer(interface)
  settle_loss(interface)
end

--- Returns when it carries; memberships are awaited by what comes next.
---@param interface mcast.Interface
function outage.up(interface)
  check_host(interface, "interface:up")
  if not interface._outage then return end
  interface._fault:undo("up", ("%s was brought up"):format(interface.name))
  settle(interface)
  relearn.on_interface(interface)
end

return outage
