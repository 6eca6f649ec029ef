--- What of a stream passed one interface in one direction: what is missing there, what came twice and
--- what came late (RFC 4737: behind one with a larger number).
local way = {}

---@class mcast.WayGap numbers of which some or all are not there
---@field at integer the packet behind it, of those of the way
---@field first integer
---@field last integer
---@field lost integer

---@class mcast.Way
---@field packets integer[] of the capture
---@field numbers integer[] of the probes
---@field gaps mcast.WayGap[]
---@field twice integer how many came again
---@field late integer
---@field first_twice integer|nil the first of them, of those of the way
---@field first_late integer|nil
local Way = {}
Way.__index = Way

--- A number that comes late is not lost.
local function fill(gaps, number)
  for n = #gaps, 1, -1 do
    local gap = gaps[n]
    if number > gap.last then return end
    if number >= gap.first then
      gap.lost = gap.lost - 1
      return
    end
  end
end

local function take(self, i, number)
  if self._seen[number] then
    self.twice, self.first_twice = self.twice + 1, self.first_twice or i
  elseif number < self._highest then
    self.late, self.first_late = self.late + 1, self.first_late or i
    fill(self.gaps, number)
  elseif number > self._highest + 1 then
    table.insert(self.gaps, { at = i, first = self._highest + 1, last = number - 1,
      lost = number - self._highest - 1 })
  end
  self._seen[number] = true
  self._highest = math.max(self._highest, number)
end

local function keep_real_gaps(self)
  local gaps = {}
  for _, gap in ipairs(self.gaps) do
    if gap.lost > 0 then gaps[#gaps + 1] = gap end
  end
  self.gaps = gaps
end

--- Each of them by itself: a router has a stream on the interface where it comes and on those where
--- it leaves.
---@param raw core.Stream
---@param capture core.Capture
---@param count integer packets of the capture
---@return mcast.Way[] in the order in which they begin
function way.all(raw, capture, count)
  local packets, numbers, ways = raw:sightings(capture, count)
  local list, by_key = {}, {}
  for n, key in ipairs(ways) do
    local one = by_key[key]
    if not one then
      one = setmetatable({ packets = {}, numbers = {}, gaps = {}, twice = 0, late = 0, _seen = {},
        _highest = 0 }, Way)
      by_key[key], list[#list + 1] = one, one
    end
    local i = #one.packets + 1
    one.packets[i], one.numbers[i] = packets[n], numbers[n]
    take(one, i, numbers[n])
  end
  for _, one in ipairs(list) do keep_real_gaps(one) end
  return list
end

--- Of `sent` numbers, how many never came here.
---@param sent integer
---@return integer
function Way:missing(sent)
  return sent - (#self.numbers - self.twice)
end

--- Where that number came first.
---@param number integer
---@return integer|nil packet of the capture
function Way:packet_of(number)
  if not self._seen[number] then return nil end
  for i, one in ipairs(self.numbers) do
    if one == number then return self.packets[i] end
  end
end

return way
