--- What an argument may be. A type is a function: it returns the value as the library uses it, or
--- nil and what was expected, in words that follow "expected".
local address = require "mcast.address"

local types = {}

---@alias mcast.Type fun(value: any): any, string|nil

--- What is looked at later, where more is known.
function types.any(value) return value end

---@param low integer
---@param high integer|nil
---@return mcast.Type
function types.integer(low, high)
  local expected = high and ("an integer from %d to %d"):format(low, high)
    or ("an integer of %d or more"):format(low)
  return function(value)
    local number = math.type(value) and math.tointeger(value)
    if not number or number < low or high and number > high then return nil, expected end
    return number
  end
end

---@param low number
---@param unit string|nil
---@return mcast.Type
function types.number(low, unit)
  local expected = ("a number of %s%s or more"):format(low, unit or "")
  return function(value)
    if type(value) ~= "number" or value ~= value or value < low then return nil, expected end
    return value
  end
end

--- What a clock can count to the end of.
---@param low number
---@param unit string
---@return mcast.Type
function types.finite(low, unit)
  local expected = ("a finite number of %s%s or more"):format(low, unit)
  return function(value)
    if type(value) ~= "number" or value ~= value or value < low or value == math.huge then
      return nil, expected
    end
    return value
  end
end

types.port = types.integer(0, 65535)
types.seconds = types.number(0, " s")

function types.boolean(value)
  if type(value) ~= "boolean" then return nil, "true or false" end
  return value
end

function types.string(value)
  if type(value) ~= "string" then return nil, "a string" end
  return value
end

function types.name(value)
  if type(value) ~= "string" or value == "" then
    return nil, "a name (a string that is not empty)"
  end
  if value:find("%c") or not utf8.len(value) then
    return nil, "a name of printable characters in UTF-8"
  end
  return value
end

function types.func(value)
  if type(value) ~= "function" then return nil, "a function" end
  return value
end

---@param allowed string[]
---@return mcast.Type
function types.one_of(allowed)
  local quoted = {}
  for i, word in ipairs(allowed) do quoted[i] = ("%q"):format(word) end
  local expected = table.concat(quoted, " or ")
  return function(value)
    for _, word in ipairs(allowed) do
      if value == word then return value end
    end
    return nil, expected
  end
end

types.family = types.one_of { "ipv4", "ipv6" }

--- Any IPv4 or IPv6 address, in canonical spelling.
function types.address(value)
  local canonical = address.canonical(value)
  if not canonical then return nil, "an IPv4 or IPv6 address" end
  return canonical
end

function types.unicast(value)
  local canonical = address.canonical(value)
  if not canonical or address.is_multicast(canonical)
    or canonical == "0.0.0.0" or canonical == "::" then
    return nil, "a unicast IPv4 or IPv6 address"
  end
  return canonical
end

function types.group(value)
  local canonical = address.group(value)
  if not canonical then return nil, "a multicast address (224.0.0.0/4 or ff00::/8)" end
  return canonical
end

--- A list of anything.
function types.list(value)
  if type(value) ~= "table" or getmetatable(value) then return nil, "a list" end
  local keys, last = 0, 0
  for key in pairs(value) do
    keys = keys + 1
    last = math.type(key) == "integer" and math.max(last, key) or last
  end
  for i = 1, keys do
    if value[i] == nil then
      return nil, last > i and ("a list (its element %d is nil)"):format(i) or "a list"
    end
  end
  return value
end

---@param element mcast.Type
---@return mcast.Type
function types.list_of(element)
  return function(value)
    local is_list, expected_list = types.list(value)
    if is_list == nil then return nil, expected_list end
    local list = {}
    for i, item in ipairs(value) do
      local checked, expected = element(item)
      if checked == nil then return nil, expected, item end
      list[i] = checked
    end
    return list
  end
end

---@param ... mcast.Type
---@return mcast.Type
function types.any_of(...)
  local choices = { ... }
  return function(value)
    local expectations = {}
    for i, choice in ipairs(choices) do
      local checked, expected = choice(value)
      if checked ~= nil then return checked end
      expectations[i] = expected
    end
    return nil, table.concat(expectations, ", or ")
  end
end

return types
