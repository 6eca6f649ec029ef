--- Checks what the user passed: tables of options and single arguments. A mistake is an error that
--- names the user's file and line, the call, the argument, the value and what was expected.
local errors = require "mcast.errors"
local show = require "mcast.show"
local words = require "mcast.words"

local options = {}

--- "host:receiver: port: expected an integer from 0 to 65535, got 70000".
---@param where string "host:receiver"
---@param name string the argument
---@param expected string
---@param value any
function options.refuse(where, name, expected, value)
  errors.usage("%s: %s: expected %s, got %s", where, name, expected, show.value(value))
end

--- Checks one argument that must be there.
---@param where string
---@param name string
---@param value any
---@param check mcast.Type
function options.argument(where, name, value, check)
  local checked, expected, culprit = check(value)
  if checked == nil then
    if culprit ~= nil then value = culprit end
    options.refuse(where, name, expected or "something else", value)
  end
  return checked
end

--- Checks one argument that may be nil.
function options.optional(where, name, value, check)
  if value == nil then return nil end
  return options.argument(where, name, value, check)
end

local function refuse_key(where, key, spec)
  if type(key) ~= "string" then
    errors.usage("%s: expected options by name (%s = ...), got a value without a name: %s",
      where, words.keys(spec)[1] or "name", show.value(key))
  end
  errors.usage("%s: unknown option '%s'%s", where, key, words.suggest(key, words.keys(spec)))
end

--- Checks a table of options. Every key must be in `spec`; nil stands for an empty table.
---@param where string "host:receiver"
---@param given table|nil
---@param spec table<string, mcast.Type>
---@return table checked a fresh table
function options.check(where, given, spec)
  if given == nil then return {} end
  if type(given) ~= "table" or getmetatable(given) then
    errors.usage("%s: expected a table of options, got %s", where, show.value(given))
  end
  local checked = {}
  for key, value in pairs(given) do
    local check = spec[key]
    if not check then refuse_key(where, key, spec) end
    checked[key] = options.argument(where, key, value, check)
  end
  return checked
end

--- As check(), and each of `required` must be there.
---@param required string[]
function options.require(where, given, spec, required)
  local checked = options.check(where, given, spec)
  for _, key in ipairs(required) do
    if checked[key] == nil then
      local _, expected = spec[key](nil)
      errors.usage("%s: %s: missing; expected %s", where, key, expected)
    end
  end
  return checked
end

return options
