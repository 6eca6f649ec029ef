--- Receivers that have joined and whose switch does not have them yet.
---
--- A host reports a membership a few milliseconds after the join (RFC 3376 section 5.1; two timer
--- ticks on Linux), so to wait inside each `receiver{}` call would cost a thousand receivers ten
--- seconds. Instead the next thing that could tell the difference waits for all of them together:
--- every send, claim, wait and sleep.
local core = require "mcast.core"
local address = require "mcast.address"
local errors = require "mcast.errors"
local words = require "mcast.words"

local readiness = {}

local patience = 5        -- seconds, from the join
local socket_patience = 1 -- a plain socket's membership calls promise no more than the kernel's

---@class mcast.Readiness
local Readiness = {}
Readiness.__index = Readiness

---@return mcast.Readiness
function readiness.new()
  return setmetatable({ _waiting = {} }, Readiness)
end

--- Notes that the switch behind the interface has yet to learn of a membership.
---@param member mcast.Receiver|mcast.Socket
---@param membership {group: string, source: string|nil, interface: mcast.Interface}
---@param is_lenient boolean|nil a switch that does not learn of it is no error
function Readiness:expect(member, membership, is_lenient)
  local switch = membership.interface and membership.interface.switch
  if not switch or not switch:_learns(membership.group) or membership.interface._outage then
    return
  end
  table.insert(self._waiting, { member = member, membership = membership, switch = switch,
    deadline = core.now() + (is_lenient and socket_patience or patience),
    position = not is_lenient and errors.user_position() or nil, is_lenient = is_lenient })
end

--- Nobody waits for what has been left or closed in the meantime.
---@param group string|nil nil: all of its groups
function Readiness:forget(member, group)
  if #self._waiting == 0 then return end
  local kept = {}
  for _, waiting in ipairs(self._waiting) do
    if waiting.member ~= member or group and waiting.membership.group ~= group then
      kept[#kept + 1] = waiting
    end
  end
  self._waiting = kept
end

local function describe(membership)
  if not membership.source then return membership.group end
  return ("%s from %s"):format(membership.group, membership.source)
end

local function hint_of(membership)
  local lost = require("mcast.impaired").report(membership.interface,
    address.family(membership.group))
  if lost then
    return lost .. ": open the receiver with ready = false"
  end
  return "look for the membership report at the switch: is the host's interface up, does the "
    .. "switch speak the version of IGMP or MLD that the host uses?"
end

--- Reports go to all switches of a LAN.
local function switches_in_words(switch)
  local names = words.names(switch:_lan())
  if #names == 1 then return ("switch '%s' has not"):format(switch.name) end
  return ("switches %s have not all"):format(words.list(names, "and"))
end

local function refuse(waiting)
  local membership = waiting.membership
  errors.raise { code = "ETIMEDOUT", operation = "join", host = waiting.member.host.name,
    message = ("%s learnt of the membership of %s on %s within %d s (receiver "
      .. "opened in %s)"):format(switches_in_words(waiting.switch), describe(membership),
      membership.interface.name, patience, waiting.position or "?"),
    hint = hint_of(membership) }
end

local function await_one(lab, waiting)
  local membership = waiting.membership
  local port = membership.interface._port
  while not lab:has_group(port, membership.group, membership.source) do
    local left = waiting.deadline - core.now()
    if left <= 0 then return waiting.is_lenient or refuse(waiting) end
    lab:changed():wait(left)
  end
end

--- Returns when the switches have them all.
---@param network mcast.Network
function Readiness:await(network)
  while #self._waiting > 0 do
    local waiting = self._waiting[#self._waiting]
    local ok, problem = pcall(await_one, network._lab, waiting)
    if self._waiting[#self._waiting] == waiting then table.remove(self._waiting) end
    if not ok then error(problem, 0) end
  end
end

return readiness
