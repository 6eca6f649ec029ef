--- One JSON object per line: the event stream itself (docs/events.md).

local core = require "mcast.core"

local Jsonl = {}
Jsonl.__index = Jsonl

--- Lists that may be empty, which a table alone cannot tell from an empty object.
local lists = { "arguments", "tags", "hosts", "switches", "routers", "links", "entries",
  "traceback" }

function Jsonl:event(event)
  for _, key in ipairs(lists) do
    if type(event[key]) == "table" then core.array(event[key]) end
  end
  self.sink:write(core.json_encode(event) .. "\n")
  self.sink:flush() -- for those who follow the file
end

---@param sink report.Sink
return function(sink)
  return setmetatable({ sink = sink }, Jsonl)
end
