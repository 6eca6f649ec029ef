--- A claim in words.

local claim = {}

--- "acknowledged_by({...})" -> "acknowledged by"
local function name_of(event)
  return ((event.claim or "claim"):match "^[%w_]+" or "claim"):gsub("_", " ")
end

--- A plain argument reads better than the description that a failed claim would need; a table
--- (hosts, options) does not.
local function argument_of(event)
  return (event.claim or ""):match "%(([^{}]+)%)$"
end

--- What holds, for a claim that did: "reaches a and b", "is at most 0.5".
---@return string
function claim.met(event)
  local name, expected = name_of(event), argument_of(event) or event.expected
  if type(expected) ~= "string" or name:sub(-#expected) == expected then return name end
  return name .. " " .. expected
end

--- What was claimed, for one that did not; nil when the fields below say it all.
---@return string|nil
function claim.unmet(event)
  local message = event.message
  if not message then return ("%s: %s"):format(event.subject, name_of(event)) end
  if event.expected and event.seen and message:find "^expected " then return nil end
  return message
end

return claim
