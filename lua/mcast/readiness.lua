--- Receivers that have joined and whose switch does not have them yet.
---
--- A host reports a membership a few milliseconds after the join (RFC 3376 section 5.1; two timer
--- ticks on Linux), so to wait inside each `receiver{}` call would cost a thousand receivers ten
--- seconds. Instead the next thing that could tell the difference waits for all of them together:
--- every send, claim, wait and sleep.
local core = require "mcast.core"
local address = require "mcast.address"
local errors = require "mcast.errors"
local leaves = require "mcast.leaves"
local words = require "mcast.words"

local readiness = {}

local patience = 5        -- seconds, from the join
local many = 50           -- memberships at once, of which a scenario may have thousands in a row
local socket_patience = 1 -- a plain socket's membership calls promise no more than the kernel's

---@class mcast.Readiness
local Readiness = {}
Readiness.__index = Readiness

---@return mcast.Readiness
function readiness.new()
  return setmetatable({ _waiting = {}, _leaves = leaves.new() }, Readiness)
end

--- Is there a switch behind the interface that will tell of memberships on it?
local function has_teller(interface)
  return not interface._outage and interface.switch and interface.switch:_snoops() or false
end

--- Those of which a switch can tell. Many are on one interface.
local function learnable(memberships)
  local list, tells = {}, {}
  for _, membership in ipairs(memberships) do
    local interface = membership.interface
    if interface and tells[interface] == nil then tells[interface] = has_teller(interface) end
    if interface and tells[interface] and not address.is_never_learnt(membership.group) then
      list[#list + 1] = membership
    end
  end
  return list
end

--- Notes that the switches behind the interfaces have yet to learn of memberships.
---@param member mcast.Receiver|mcast.Socket
---@param memberships {group: string, source: string|nil, interface: mcast.Interface}[]
---@param is_lenient boolean|nil a switch that does not learn of them is no error
function Readiness:expect(member, memberships, is_lenient)
  local awaited = learnable(memberships)
  if #awaited == 0 then return end
  table.insert(self._waiting, { member = member, memberships = awaited, are_many = #awaited >= many,
    deadline = core.now() + (is_lenient and socket_patience or patience),
    position = not is_lenient and errors.user_position() or nil, is_lenient = is_lenient })
  if #awaited >= many then member.host.network._lab:update() end
end

local function without(memberships, group)
  local kept = {}
  for _, membership in ipairs(memberships) do
    if group and membership.group ~= group then kept[#kept + 1] = membership end
  end
  return kept
end

--- Nobody waits for what has been left or closed in the meantime.
---@param group string|nil nil: all of its groups
function Readiness:forget(member, group)
  self._leaves:note(member.host, group)
  if #self._waiting == 0 then return end
  local kept = {}
  for _, waiting in ipairs(self._waiting) do
    if waiting.member == member then waiting.memberships = without(waiting.memberships, group) end
    if #waiting.memberships > 0 then kept[#kept + 1] = waiting end
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

local function refuse(waiting, membership)
  errors.raise { code = "ETIMEDOUT", operation = "join", host = waiting.member.host.name,
    message = ("%s learnt of the membership of %s on %s within %d s (receiver "
      .. "opened in %s)"):format(switches_in_words(membership.interface.switch),
      describe(membership), membership.interface.name, patience, waiting.position or "?"),
    hint = hint_of(membership) }
end

local function is_learnt(lab, membership, is_doubtful)
  return lab:has_group(membership.interface._port, membership.group, membership.source)
    and (not is_doubtful or leaves.have_lasting_entries(lab, membership))
end

-- Of an entry's timer no switch tells when it is set again.
local timer_interval = 0.01

--- Until the deadline.
---@param is_doubtful boolean the entry may be that of an earlier membership, and about to go
---@return boolean
local function comes(lab, membership, deadline, is_doubtful)
  while not is_learnt(lab, membership, is_doubtful) do
    local left = deadline - core.now()
    if left <= 0 then return false end
    lab:changed():wait(is_doubtful and math.min(left, timer_interval) or left)
  end
  return true
end

--- May the switch's entry be one that is about to go? To know it takes a look at its whole table, so
--- that nobody asks of thousands.
function Readiness:_doubts(waiting, membership)
  return #self._waiting <= many and not waiting.are_many and self._leaves:is_recent(membership)
end

--- After a wait the list may be shorter, or another one. What was refused is not asked for again.
function Readiness:_await_all(lab, waiting)
  while #waiting.memberships > 0 do
    local list = waiting.memberships
    local last = list[#list]
    local has_come = comes(lab, last, waiting.deadline, self:_doubts(waiting, last))
    if list[#list] == last then table.remove(list) end
    if not has_come and not waiting.is_lenient then refuse(waiting, last) end
  end
end

--- Returns when the switches have them all.
---@param network mcast.Network
function Readiness:await(network)
  while #self._waiting > 0 do
    local waiting = self._waiting[#self._waiting]
    local ok, problem = pcall(self._await_all, self, network._lab, waiting)
    local is_done = #waiting.memberships == 0
    if is_done and self._waiting[#self._waiting] == waiting then table.remove(self._waiting) end
    if not ok then error(problem, 0) end
  end
end

return readiness
