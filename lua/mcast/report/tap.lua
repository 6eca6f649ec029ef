--- TAP version 13 (https://testanything.org/tap-version-13-specification.html): `prove` refuses 14.

local core = require "mcast.core"

local Tap = {}
Tap.__index = Tap

function Tap:begin(run)
  self.sink:write(("TAP version 13\n1..%d\n"):format(run.scenarios))
end

local function one_line(s)
  return (tostring(s):gsub("%s*[\r\n]+%s*", " "))
end

--- '#' begins a directive.
local function description(s)
  return (one_line(s):gsub("\\", "\\\\"):gsub("#", "\\#"))
end

local function first_failure(record)
  for _, claim in ipairs(record.claims) do
    if not claim.ok then return claim end
  end
  return record.errors[1] or {}
end

--- A JSON string is a YAML string.
local function yaml(lines, key, value)
  if value == nil then return end
  if type(value) ~= "number" then value = core.json_encode(tostring(value)) end
  lines[#lines + 1] = ("  %s: %s"):format(key, value)
end

local function details(record)
  local failure = first_failure(record)
  local lines = { "  ---" }
  yaml(lines, "outcome", record.outcome)
  yaml(lines, "message", record.message)
  yaml(lines, "at", record.location)
  yaml(lines, "expected", failure.expected)
  yaml(lines, "seen", failure.seen)
  yaml(lines, "hint", failure.hint)
  yaml(lines, "duration_ms", math.floor(record.duration * 1000 + 0.5))
  lines[#lines + 1] = "  ..."
  return table.concat(lines, "\n") .. "\n"
end

function Tap:scenario(record)
  local outcome = record.outcome
  local ok = (outcome == "passed" or outcome == "skipped") and "ok" or "not ok"
  local directive = ""
  if outcome == "skipped" then
    directive = " # SKIP " .. one_line(record.message or "")
  end
  self.sink:write(("%s %d - %s%s\n"):format(ok, record.index, description(record.label), directive))
  if ok == "not ok" then self.sink:write(details(record)) end
  self.sink:flush()
end

function Tap:finish(summary)
  if summary.reason then self.sink:write("Bail out! " .. one_line(summary.reason) .. "\n") end
end

---@param sink report.Sink
return function(sink)
  return setmetatable({ sink = sink }, Tap)
end
