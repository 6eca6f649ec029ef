--- Who queries a network: the one with the lowest address (RFC 3376 section 6.6.2, RFC 3810 section
--- 7.6.2). Pure: it is told of the time and of what was heard.
local address = require "mcast.address"

---@class mcast.Election
local Election = {}
Election.__index = Election

local election = {}

---@param a string
---@param b string
---@return boolean
local function is_lower(a, b)
  return assert(address.parse(a)).bytes < assert(address.parse(b)).bytes
end

---@class mcast.ElectionPlan times in seconds
---@field address string
---@field interval number
---@field max_response number
---@field robustness integer
---@field startup_interval number
---@field now number

---@param plan mcast.ElectionPlan
---@return mcast.Election
function election.new(plan)
  return setmetatable({ _plan = plan, _other = false, _startup_left = plan.robustness,
    _next_query = plan.now }, Election)
end

--- The Other Querier Present Interval (RFC 3376 section 8.5), by what the elected querier said of
--- itself where it did (sections 4.1.6 and 4.1.7).
local function present_interval(self)
  local plan, other = self._plan, self._other
  return other.robustness * other.interval + plan.max_response / 2
end

--- Would `from` be the querier, of those that are known?
local function wins(self, from)
  return is_lower(from, self._plan.address)
    and not (self._other and is_lower(self._other.address, from))
end

--- A query from somebody else.
---@param from string
---@param now number
---@param query table as decoded
function Election:hear(from, now, query)
  local plan, other = self._plan, self._other
  if not wins(self, from) then return end
  if not other or other.address ~= from then
    other = { address = from, robustness = plan.robustness, interval = plan.interval }
    self._other = other
  end
  if (query.robustness or 0) > 0 then other.robustness = query.robustness end
  if (query.query_interval or 0) > 0 then other.interval = query.query_interval end
  other.until_time = now + present_interval(self)
end

---@return string
function Election:querier()
  return self._other and self._other.address or self._plan.address
end

--- When there may be something to do, unless something is heard before.
---@return number
function Election:wakes_at()
  return self._other and self._other.until_time or self._next_query
end

--- Is it time for a general query? When the other one fell silent, it is.
---@param now number
---@return boolean
function Election:is_due(now)
  if self._other and now >= self._other.until_time then
    self._other, self._next_query = false, now
  end
  return not self._other and now >= self._next_query
end

--- A general query was sent. The first few come in short succession (RFC 3376 sections 8.6, 8.7).
---@param now number
function Election:asked(now)
  self._startup_left = math.max(0, self._startup_left - 1)
  self._next_query = now + (self._startup_left > 0 and self._plan.startup_interval
    or self._plan.interval)
end

return election
