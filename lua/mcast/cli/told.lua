--- What a child said in a line: an event, or text that found its way into the stream of events. A
--- scenario that writes to every descriptor it can find must not take the whole run down with it.
local core = require "mcast.core"

local told = {}

local outcomes = { passed = true, failed = true, broken = true, inconclusive = true,
  skipped = true }

local check = {}

local function all(list, holds)
  if type(list) ~= "table" then return false end
  for _, item in ipairs(list) do
    if not holds(item) then return false end
  end
  return true
end

local function is_string(value) return type(value) == "string" end
local function is_number(value) return type(value) == "number" end
local function strings(list) return all(list, is_string) end

local function rows(list)
  return all(list, function(row) return type(row) == "table" and told.fits(row) end)
end

for _, name in ipairs { "claim", "code", "file", "hint", "host", "id", "label", "location",
  "message", "name", "operation", "subject", "text" } do
  check[name] = is_string
end
for _, name in ipairs { "attempt", "duration", "line", "time" } do check[name] = is_number end
for _, name in ipairs { "details", "entries" } do check[name] = rows end
for _, name in ipairs { "table", "tags", "traceback" } do check[name] = strings end
function check.outcome(value) return outcomes[value] end

--- Is every field of it what reporters take it for?
function told.fits(event)
  for name, value in pairs(event) do
    if check[name] and not check[name](value) then return false end
  end
  return true
end

local required = { scenario_end = "outcome", step = "text", fault = "text", claim = "ok",
  stuck = "message", network = "hosts" }

local function is_event(event)
  if type(event) ~= "table" or not is_string(event.event) then return false end
  local wanted = required[event.event]
  return (not wanted or event[wanted] ~= nil) and told.fits(event)
end

---@param line string
---@return table|nil event nil: it is none
function told.event(line)
  local ok, event = pcall(core.json_decode, line)
  return ok and is_event(event) and event or nil
end

--- What was no event, as part of the log.
---@param line string
function told.text(line)
  return { event = "log", stream = "stdout", text = line .. "\n" }
end

return told
