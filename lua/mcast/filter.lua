--- The filter of a group on one interface: whom all sockets of a host together let through, and
--- how much of it the kernel tells.
---
--- An interface merges the filters of its sockets: EXCLUDE as soon as one socket has that mode, and
--- then without the sources that another one includes; else INCLUDE of all that are included (RFC
--- 3376 section 3.2). Linux shows per group how many sockets joined (igmp, igmp6) and per source how
--- many include and how many exclude it (mcfilter, mcfilter6), but not the mode itself. Mostly it
--- follows; where it does not (sockets of programs, some with sources and some perhaps without), it
--- is not known, and nil stands for that.
local words = require "mcast.words"

local filter = {}

---@class mcast.SocketCounts how many sockets joined, and what they say of each source
---@field users integer
---@field sources table<string, {include: integer, exclude: integer}>
---@field told boolean false: the kernel keeps back the sources of INCLUDE mode

local function most(counts, field)
  local highest = 0
  for _, count in pairs(counts.sources) do highest = math.max(highest, count[field]) end
  return highest
end

local function sum_of_included(counts)
  local sum = 0
  for _, count in pairs(counts.sources) do sum = sum + count.include end
  return sum
end

--- How many of the sockets are in EXCLUDE mode: at least, and at most. Each of the others includes a
--- source at least.
---@param counts mcast.SocketCounts
---@return integer low, integer high
local function excluding(counts)
  if counts.users == 0 then return 0, 0 end
  local low = most(counts, "exclude")
  if counts.told then low = math.max(low, counts.users - sum_of_included(counts)) end
  return low, math.max(low, counts.users - most(counts, "include"))
end

--- What is left when the sockets that are known one by one are taken away.
---@param counts mcast.SocketCounts
---@param known {mode: string, sources: string[]}[]
---@return mcast.SocketCounts
local function without(counts, known)
  local left = { users = math.max(0, counts.users - #known), sources = {}, told = counts.told }
  for source, count in pairs(counts.sources) do
    left.sources[source] = { include = count.include, exclude = count.exclude }
  end
  for _, membership in ipairs(known) do
    for _, source in ipairs(membership.sources) do
      local count = left.sources[source]
      if count then count[membership.mode] = math.max(0, count[membership.mode] - 1) end
    end
  end
  return left
end

---@class mcast.Filter
---@field mode "include"|"exclude"|nil nil: not known
---@field sources string[] included or excluded; without a mode: those that are let through for sure
---@field private _unsure table<string, true> perhaps excluded
local Filter = {}
Filter.__index = Filter

--- Does it let the source through? nil: not known.
---@param source string
---@return boolean|nil
function Filter:admits(source)
  local listed = false
  for _, one in ipairs(self.sources) do listed = listed or one == source end
  if self.mode == "include" then return listed end
  if self.mode == "exclude" then
    if self._unsure[source] then return nil end
    return not listed
  end
  return listed or nil
end

local function included(counts)
  local set = {}
  for source, count in pairs(counts.sources) do
    if count.include > 0 then set[source] = true end
  end
  return set
end

--- Excluded is what every socket in EXCLUDE mode excludes and none includes.
local function excluded(counts, low, high)
  local sure, unsure = {}, {}
  for source, count in pairs(counts.sources) do
    if count.include == 0 and count.exclude >= low then
      if count.exclude == high then sure[source] = true else unsure[source] = true end
    end
  end
  return sure, unsure
end

local function add_known(counts, known)
  for _, membership in ipairs(known) do
    for _, source in ipairs(membership.sources) do
      local count = counts.sources[source] or { include = 0, exclude = 0 }
      counts.sources[source] = count
      count[membership.mode] = count[membership.mode] + 1
    end
  end
end

--- The merged filter.
---@param counts mcast.SocketCounts of the kernel, all sockets together
---@param known {mode: string, sources: string[]}[] those of sockets that we can ask
---@return mcast.Filter
function filter.merge(counts, known)
  local left = without(counts, known)
  local low, high = excluding(left)
  for _, membership in ipairs(known) do
    if membership.mode == "exclude" then low, high = low + 1, high + 1 end
  end
  add_known(left, known)
  local made = setmetatable({ _unsure = {} }, Filter)
  if high == 0 or low == 0 then
    made.mode = high == 0 and "include" or nil
    made.sources = words.keys(included(left))
    return made
  end
  local sure, unsure = excluded(left, low, high)
  made.mode, made.sources, made._unsure = "exclude", words.keys(sure), unsure
  return made
end

return filter
