--- What a scenario set out to claim, and whether it did: a claim that was begun and never settled
--- must not look like one that holds (lua-api rule 4).
local errors = require "mcast.errors"
local show = require "mcast.show"

---@class mcast.NotedExpectation
---@field number integer
---@field subject {[1]: any}
---@field position string|nil
---@field claim string|nil the one that is under way

---@class mcast.Claimed
---@field count integer claims that were settled
local Claimed = {}
Claimed.__index = Claimed

---@return mcast.Claimed
function Claimed.new()
  return setmetatable({ count = 0, _lines = {}, _open = {}, _noted = 0 }, Claimed)
end

--- expect(x) was written; its claim is to follow.
---@return mcast.NotedExpectation
function Claimed:begin(subject)
  self._noted = self._noted + 1
  local noted = { number = self._noted, subject = { subject }, position = errors.user_position() }
  self._open[noted] = true
  return noted
end

---@param noted mcast.NotedExpectation
function Claimed:settle(noted)
  self._open[noted] = nil
end

--- A verdict was recorded for the claim at this place.
function Claimed:add(file, line)
  self.count = self.count + 1
  if not file then return end
  local lines = self._lines[file] or {}
  self._lines[file], lines[line] = lines, true
end

--- The first expectation whose claim was never settled: why that is, and where.
---@return string|nil reason, string|nil position
function Claimed:unsettled()
  local first
  for noted in pairs(self._open) do
    if not first or noted.number < first.number then first = noted end
  end
  if not first then return nil end
  local subject = show.value(first.subject[1])
  if not first.claim then
    return ("expect(%s): no claim was made about it"):format(subject), first.position
  end
  return ("expect(%s):%s was not settled before the scenario ended: join the task that makes it")
    :format(subject, first.claim), first.position
end

--- Does the function say `expect`, and has no claim of its lines been settled? The text of a
--- function is not to be had; its constants are.
---@param f function
---@return boolean
function Claimed:owes(f)
  local info = debug.getinfo(f, "S")
  if info.what ~= "Lua" or not string.dump(f, true):find("expect%f[^%w_]") then return false end
  for line in pairs(self._lines[info.source:sub(2)] or {}) do
    if line >= info.linedefined and line <= info.lastlinedefined then return false end
  end
  return true
end

return Claimed
