--- Rates: packets per second, or a string with a unit.
local rate = {}

local factors = { k = 1e3, m = 1e6, g = 1e9 }
local most = 1e8 -- packets per second (src/traffic/pace.h)

local expected = 'packets per second, above 0 and at most 100000000, or a string with a unit such '
  .. 'as "10mbit" (bits of payload per second) or "5kpps"'

local kinds = { bit = "bits", bits = "bits", bps = "bits", pps = "pps" }

--- "10mbit", "2.5 Mbit/s", "5kpps".
local function with_unit(text)
  local number, prefix, unit = text:lower():match("^%s*([%d.]+)%s*([kmg]?)(%a+)/?s?%s*$")
  local kind = kinds[unit]
  local value = kind and tonumber(number) and tonumber(number) * (factors[prefix] or 1) or 0
  if value <= 0 or kind == "pps" and value > most then return nil, expected end
  return { [kind] = value }
end

---@param value any
---@return {pps: number?, bits: number?}|nil, string|nil
function rate.type(value)
  if type(value) == "number" then
    if value == value and value > 0 and value <= most then return { pps = value } end
    return nil, expected
  end
  if type(value) ~= "string" then return nil, expected end
  return with_unit(value)
end

--- In packets of `size` bytes of payload per second.
---@param value {pps: number?, bits: number?}
---@param size integer
---@return number
function rate.packets(value, size)
  return value.pps or value.bits / 8 / size
end

--- How many of so many were sent together at last: a stream may end within a burst.
---@param sent integer
---@param burst integer
---@return integer
function rate.last_burst(sent, burst)
  return sent > 0 and (sent - 1) % burst + 1 or 0
end

return rate
