--- Groups that hosts left a moment ago. A switch keeps the entry of a port until those who may be left
--- have had the time to answer (last member query time, RFC 3376 section 8.8), and then forgets it: to
--- one who joins again meanwhile, the entry is no proof that the switch has heard of it.
local core = require "mcast.core"

local leaves = {}

---@class mcast.Leaves
local Leaves = {}
Leaves.__index = Leaves

local margin = 0.02 -- seconds: timers of switches are told in hundredths
local memory = 1    -- seconds beyond its time for which a leave is remembered: its report may be late

---@return mcast.Leaves
function leaves.new()
  return setmetatable({ _of_host = {} }, Leaves)
end

---@param host mcast.Host
---@param group string|nil nil: some groups
function Leaves:note(host, group)
  local times = self._of_host[host] or {}
  self._of_host[host], times[group or "some"] = times, core.now()
end

--- Within that much an entry of which somebody asked is gone.
---@param switch mcast.Switch
local function last_member_time(switch)
  return 2 * switch.last_member_interval
end

---@param membership {group: string, interface: mcast.Interface}
---@return boolean
function Leaves:is_recent(membership)
  local times = self._of_host[membership.interface.host]
  if not times then return false end
  local last = math.max(times[membership.group] or 0, times.some or 0)
  return core.now() - last < last_member_time(membership.interface.switch) + memory
end

local function is_below(expires, limit)
  return expires ~= nil and expires <= limit
end

--- Its own timer, or in INCLUDE mode that of the source (RFC 3376 section 6.2).
local function is_going(entry, source, limit)
  if is_below(entry.expires, limit) then return true end
  for _, one in ipairs(source and entry.sources or {}) do
    if one.address == source and is_below(one.expires, limit) then return true end
  end
  return false
end

--- Reports reach all switches of a LAN where all speak the newest version (RFC 4541 section 2.1.1).
local function is_newest(lan)
  for _, switch in ipairs(lan) do
    if switch.igmp_version < 3 or switch.mld_version < 2 then return false end
  end
  return true
end

--- What the switch's table has of the membership: "lasting" or "going"; nil: nothing.
local function state_of(lab, switch, membership)
  local limit = math.min(last_member_time(switch) + margin, switch.membership_interval / 2)
  local state
  for _, entry in ipairs((lab:mdb(switch._number))) do
    if entry.group == membership.group then
      if is_going(entry, membership.source, limit) then return "going" end
      state = "lasting"
    end
  end
  return state
end

--- Do the switches' tables themselves, and not just the last that was heard of them, have entries
--- that stay?
---@param lab core.Lab
---@param membership {group: string, source: string|nil, interface: mcast.Interface}
---@return boolean
function leaves.have_lasting_entries(lab, membership)
  local home = membership.interface.switch
  local lan = home:_lan()
  local others_hear = is_newest(lan)
  for _, switch in ipairs(lan) do
    if switch._plan.snooping then
      local state = state_of(lab, switch, membership)
      if state == "going" or not state and (switch == home or others_hear) then return false end
    end
  end
  return true
end

return leaves
