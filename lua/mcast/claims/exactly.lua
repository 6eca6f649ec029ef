--- What claims about who got something have in common: these hosts and no others.
local hosts = require "mcast.host"

local exactly = {}

--- Splits {a, b, within = 0.2} into the hosts and the options.
---@param given any
---@param more any
---@param spec table<string, mcast.Type> the names of the options
function exactly.split(given, more, spec)
  if type(given) ~= "table" or getmetatable(given) then return given, more end
  if more ~= nil and (type(more) ~= "table" or getmetatable(more)) then return given, more end
  local list, merged = {}, {}
  for key, value in pairs(more or {}) do merged[key] = value end
  for key, value in pairs(given) do
    if spec[key] then merged[key] = value else list[key] = value end
  end
  return list, merged
end

--- Who should have got it and did not, and who did and should not have; the latter in no order.
---@param expected mcast.Host[]
---@param reached table<mcast.Host, any>
---@return mcast.Host[] missing, mcast.Host[] extra
function exactly.compare(expected, reached)
  local missing, extra, is_expected = {}, {}, {}
  for _, host in ipairs(expected) do
    is_expected[host] = true
    if not reached[host] then missing[#missing + 1] = host end
  end
  for host in pairs(reached) do
    if not is_expected[host] then extra[#extra + 1] = host end
  end
  return missing, extra
end

---@generic T
---@param list T[]
---@return table<T, true>
function exactly.set(list)
  local set = {}
  for _, one in ipairs(list) do set[one] = true end
  return set
end

--- As the network has them.
---@param list mcast.Host[]
---@param network mcast.Network
---@return mcast.Host[]
function exactly.in_order(list, network)
  return hosts.ordered(exactly.set(list), {}, network)
end

return exactly
