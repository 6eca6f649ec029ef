--- The interfaces by which a receiver could hear, and whether they carried. One that the scenario took
--- down for all the time makes the receiver no witness: its silence is known beforehand. One that was
--- down for another reason, or for some of the time, leaves its silence unproved.
local switch_state = require "mcast.switch_state"

local ears = {}

--- Those where it joined something; of one that joined nothing all of its host.
---@param receiver mcast.Receiver
---@return table<mcast.Interface, true>
local function of(receiver)
  if next(receiver._joined_on) then return receiver._joined_on end
  local all = {}
  for _, interface in ipairs(receiver.host._planned) do all[interface] = true end
  return all
end

---@param sent mcast.Sent|mcast.Flow
---@return number from, number till when it was sent
local function window(sent)
  return sent.time, sent._last_time and sent:_last_time() or sent.time
end

-- ---- what the scenario did ------------------------------------------------------------------

local function covers(outage, from, till)
  return outage and outage.began <= from and (not outage.ended or outage.ended >= till)
end

local function overlaps(outage, from, till)
  return outage and outage.began <= till and (not outage.ended or outage.ended >= from)
end

--- Had the scenario taken down all of them, all the time that it was sent?
---@param receiver mcast.Receiver
---@param sent mcast.Sent|mcast.Flow
---@return boolean
function ears.are_cut_off(receiver, sent)
  if not receiver.host._has_outages or receiver.host == sent.host then return false end
  local from, till = window(sent)
  for interface in pairs(of(receiver)) do
    if not covers(interface._last_outage, from, till) then return false end
  end
  return true
end

--- Why nobody is left who could have heard it: " (eth0 of host 'a' is down)"; else "".
---@param sent mcast.Sent|mcast.Flow
---@return string
function ears.describe_cut_off(sent)
  for _, receiver in ipairs(sent.host.network._receivers) do
    if receiver.family == sent.family and ears.are_cut_off(receiver, sent) then
      return (" (%s is down)"):format(tostring((next(of(receiver)))))
    end
  end
  return ""
end

-- ---- what else was done ---------------------------------------------------------------------

--- The other end of a cable that the scenario took down is a fault of the network.
local function is_peer_down(interface)
  for _, port in ipairs(interface.link and interface.link._ports or {}) do
    if port.interface._outage then return true end
  end
  return false
end

--- Interfaces behind ports that carry nothing, asked for once for each switch.
local function dead_behind(switch, known)
  local dead = known[switch]
  if not dead then
    dead = {}
    for _, state in ipairs(switch_state.ports(switch)) do
      if state.interface and not state.forwarding then dead[state.interface] = true end
    end
    known[switch] = dead
  end
  return dead
end

local function is_dead(interface, known)
  if interface._outage or is_peer_down(interface) then return false end
  if interface.switch then return dead_behind(interface.switch, known)[interface] or false end
  return interface.link ~= nil and not interface.flags.running
end

local function obstacle(receiver, from, till, known)
  for interface in pairs(of(receiver)) do
    if overlaps(interface._last_outage, from, till) then
      return ("%s was down meanwhile"):format(tostring(interface))
    end
    if is_dead(interface, known) then return ("%s is down"):format(tostring(interface)) end
  end
  return nil
end

--- Why a receiver may not have been able to hear what came between `from` and `till`.
---@param receiver mcast.Receiver
---@param from number
---@param till number
---@return string|nil
function ears.obstacle(receiver, from, till)
  return obstacle(receiver, from, till, {})
end

--- The same of those that could have got what was sent.
---@param receivers mcast.Receiver[]
---@param sent mcast.Sent|mcast.Flow
---@return string|nil
function ears.any_obstacle(receivers, sent)
  local known = {}
  local from, till = window(sent)
  for _, receiver in ipairs(receivers) do
    local reason = receiver.host ~= sent.host and obstacle(receiver, from, till, known)
    if reason then return reason end
  end
  return nil
end

return ears
