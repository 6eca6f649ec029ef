--- Claims about any value. They hold or not; there is nothing to wait for.
local errors = require "mcast.errors"
local options = require "mcast.options"
local row = require "mcast.row"
local show = require "mcast.show"
local types = require "mcast.types"
local verdict = require "mcast.verdict"

local claims = {}

local function settle(ok, fields)
  if ok then return verdict.pass(fields) end
  fields.message = ("expected %s, seen %s%s"):format(fields.expected, fields.seen,
    fields.where and " (" .. fields.where .. ")" or "")
  return verdict.fail(fields)
end

local function about(value, expected)
  return { subject = show.value(value), expected = expected, seen = show.value(value) }
end

-- ---- deep equality --------------------------------------------------------------------------

local function step(path, key)
  if type(key) == "string" and key:match("^[%a_][%w_]*$") then return path .. "." .. key end
  return ("%s[%s]"):format(path, show.value(key))
end

--- Tables are compared by what is in them; objects, which know what they are, by identity.
local is_plain = row.is_plain

--- Where two values differ first; nil when they are equal.
local difference

local function table_difference(a, b, path, seen)
  if seen[a] == b then return nil end
  seen[a] = b
  for key, value in pairs(a) do
    local found = difference(value, rawget(b, key), step(path, key), seen)
    if found then return found end
  end
  for key in pairs(b) do
    if rawget(a, key) == nil then
      return ("%s: expected %s, seen nil"):format(step(path, key), show.value(b[key]))
    end
  end
  return nil
end

function difference(a, b, path, seen)
  if rawequal(a, b) or a == b then return nil end
  if is_plain(a) and is_plain(b) then return table_difference(a, b, path, seen) end
  return ("%s: expected %s, seen %s"):format(path, show.value(b), show.value(a))
end

--- Objects that are lists, such as acks, are compared with lists as lists.
local function as_list(value, other)
  if type(value) == "table" and is_plain(other) and not is_plain(value) and #value > 0 then
    return table.move(value, 1, #value, 1, {})
  end
  return value
end

function claims.equals(value, wanted)
  local fields = about(value, show.value(wanted))
  local found = difference(as_list(value, wanted), wanted, "value", {})
  if is_plain(value) and is_plain(wanted) then fields.where = found end
  if found and fields.expected == fields.seen then
    fields.where = ("%s and %s"):format(type(wanted), type(value))
  end
  return settle(not found, fields)
end

-- ---- numbers --------------------------------------------------------------------------------

local function number_type(value)
  if type(value) ~= "number" then return nil, "a number" end
  return value
end

function claims.near(value, wanted, tolerance)
  options.argument("expect(value):near", "x", wanted, number_type)
  options.argument("expect(value):near", "tolerance", tolerance, types.number(0))
  local ok = type(value) == "number" and math.abs(value - wanted) <= tolerance
  return settle(ok, about(value, ("%s, give or take %s"):format(wanted, tolerance)))
end

--- Numbers are compared with numbers, strings with strings.
local function comparable(value, bound)
  return type(value) == type(bound)
end

local function bound_type(value)
  if type(value) ~= "number" and type(value) ~= "string" then return nil, "a number" end
  return value
end

function claims.is_at_most(value, bound)
  options.argument("expect(value):is_at_most", "bound", bound, bound_type)
  return settle(comparable(value, bound) and value <= bound,
    about(value, "at most " .. show.value(bound)))
end

function claims.is_at_least(value, bound)
  options.argument("expect(value):is_at_least", "bound", bound, bound_type)
  return settle(comparable(value, bound) and value >= bound,
    about(value, "at least " .. show.value(bound)))
end

-- ---- parts ----------------------------------------------------------------------------------

local function list_contains(list, wanted)
  for _, item in pairs(list) do
    if not difference(item, wanted, "", {}) then return true end
  end
  return false
end

--- A string contains a part; a table an element.
function claims.contains(value, wanted)
  local ok = false
  if type(value) == "string" then
    options.argument("expect(value):contains", "part", wanted, types.string)
    ok = value:find(wanted, 1, true) ~= nil
  elseif type(value) == "table" then
    ok = list_contains(value, wanted)
  end
  return settle(ok, about(value, "something that contains " .. show.value(wanted)))
end

function claims.matches(value, pattern)
  options.argument("expect(value):matches", "pattern", pattern, types.string)
  local text = type(value) == "string" and value or ""
  local is_pattern, found = pcall(string.find, text, pattern)
  if not is_pattern then
    errors.usage("expect(value):matches: pattern: expected a pattern of Lua's, got %s: %s",
      show.value(pattern), found)
  end
  return settle(type(value) == "string" and found ~= nil,
    about(value, "something that matches " .. show.value(pattern)))
end

-- ---- kinds ----------------------------------------------------------------------------------

function claims.is_true(value) return settle(value == true, about(value, "true")) end
function claims.is_false(value) return settle(value == false, about(value, "false")) end
function claims.is_nil(value) return settle(value == nil, about(value, "nil")) end
function claims.exists(value) return settle(value ~= nil, about(value, "something, not nil")) end

-- ---- errors ---------------------------------------------------------------------------------

local function describe_error(problem)
  return ("an error: %s"):format(tostring(problem))
end

--- Is it this code, or does its text match the pattern?
local function is_meant(problem, wanted)
  if wanted == nil then return true end
  if errors.is_object(problem) and problem.code == wanted then return true end
  local text = tostring(problem)
  if text:find(wanted, 1, true) then return true end
  local ok, found = pcall(string.find, text, wanted)
  return ok and found ~= nil
end

--- `run` settles what the function left to wait for: a receiver that never gets ready raises here.
function claims.raises(f, wanted, _, run)
  options.argument("expect(function):raises", "function", f, types.func)
  options.optional("expect(function):raises", "code or pattern", wanted, types.string)
  local ok, problem = pcall(function()
    f()
    if run then run:await_ready() end
  end)
  if not ok and errors.is_fatal(problem) then error(problem, 0) end
  local fields = { subject = "function",
    expected = wanted and "an error: " .. show.text(wanted) or "an error",
    seen = ok and "no error" or describe_error(problem) }
  return settle(not ok and is_meant(problem, wanted), fields)
end

return claims
