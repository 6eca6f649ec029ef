--- Faults: what a scenario does to its network on purpose. Each is told as an event, stands on the
--- timeline, and is undone at the end of the scenario, the last one first.
local core = require "mcast.core"
local class = require "mcast.class"

local fault = {}

---@class mcast.Fault
---@field place mcast.Host|mcast.Switch|mcast.Link|mcast.Trunk
---@field time number
local Fault = {}
Fault.__index = Fault

-- What the event calls the place.
local fields = { switch = "switch", link = "link", trunk = "link" }

--- Tells of one without anything to undo.
---@param place mcast.Host|mcast.Switch|mcast.Link|mcast.Trunk where
---@param word string for programs: "down", "block", ...
---@param format string for people
function fault.tell(place, word, format, ...)
  local network, text, now = place.network, format:format(...), core.now()
  table.insert(network._faults, { place = place, time = now, text = text })
  network._run:emit("fault", { fault = word, text = text, time = now,
    [fields[class.of(place).name] or "host"] = place.name })
end

--- Tells of one that has just happened.
---@param place mcast.Host|mcast.Switch|mcast.Link|mcast.Trunk
---@param word string
---@param text string
---@param undo fun() called once: by the scenario, or at its end
---@return mcast.Fault
function fault.inject(place, word, text, undo)
  local self = setmetatable({ place = place, time = core.now(), _undo = undo }, Fault)
  fault.tell(place, word, "%s", text)
  place.network._run:opened(self)
  return self
end

--- The scenario takes it back.
---@param word string "up", "unblock", ...
---@param text string
function Fault:undo(word, text)
  if not self._undo then return end
  self.place.network._run:await_ready() -- what was opened before met the fault
  self:close()
  fault.tell(self.place, word, "%s", text)
end

--- At the end of the scenario: nobody needs to be told.
function Fault:close()
  local undo = self._undo
  self._undo = nil
  if undo then undo() end
end

return fault
