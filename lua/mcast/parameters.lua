--- A file's parameters: param(name, default [, description]), set with --param name=value.
local errors = require "mcast.errors"
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"

---@class mcast.Parameters
---@field declared {name: string, default: any, type: string, description: string|nil}[]
---@field closed boolean the file has been loaded: what it has not declared --param does not know
local Parameters = {}
Parameters.__index = Parameters

---@param given table<string, string> from the command line
function Parameters.new(given)
  return setmetatable({
    declared = {}, closed = false, _given = given or {}, _known = {} }, Parameters)
end

local booleans = { ["true"] = true, yes = true, on = true, ["1"] = true,
  ["false"] = false, no = false, off = false, ["0"] = false }

--- A float, as the default is.
local function read_number(text)
  local number = tonumber(text)
  if not number or math.abs(number) == math.huge then return nil, "a number" end
  return number + 0.0
end

local read = {
  string = function(text) return text end,
  boolean = function(text) return booleans[text:lower()], "true or false" end,
  integer = function(text) return math.tointeger(tonumber(text)), "an integer" end,
  number = read_number,
}

local function kind_of(default)
  if math.type(default) == "integer" then return "integer" end
  return type(default)
end

--- A name that --param can set.
local function name_type(value)
  local name, expected = types.name(value)
  if name and name:find("=", 1, true) then return nil, "a name without '='" end
  return name, expected
end

--- For the first time, in time for --param.
function Parameters:_note(name, default, kind, description)
  if self.closed then
    errors.usage("param: %s: declared too late for --param to set it: declare it at the top of the "
      .. "file, outside of functions", name)
  end
  self._known[name] = true
  table.insert(self.declared,
    { name = name, default = default, type = kind, description = description })
end

--- Declares one and returns its value.
function Parameters:declare(name, default, description)
  options.argument("param", "name", name, name_type)
  options.optional("param", "description", description, types.string)
  local kind = kind_of(default)
  if not read[kind] then
    options.refuse("param", "default", "a string, a number or a boolean", default)
  end
  if not self._known[name] then self:_note(name, default, kind, description) end
  local text = self._given[name]
  if text == nil then return default end
  local value, expected = read[kind](text)
  if value == nil then
    errors.usage("param %s: expected %s, got %s from --param", name, expected, show.text(text))
  end
  return value
end

return Parameters
