--- Errors as the person who wrote the scenario should meet them.
---
--- Three kinds. *The script is wrong*: a string that starts with the user's own file and line
--- (errors.usage). *The world said no*: an error object (errors.raise; the C side raises the same).
--- *The scenario ends here*: a stop, raised by claims that do not hold, t:skip() and t:fail(); its
--- outcome is recorded before it is raised, so that catching it hides nothing.
local core = require "mcast.core"

local errors = {}

---@type table<string, true> chunk names ("@file.lua") of what the user wrote
local user_sources = {}

---@param chunkname string
function errors.register_source(chunkname)
  user_sources[chunkname] = true
end

local function is_user_frame(info)
  return user_sources[info.source] and info.currentline > 0
end

--- The innermost frame of the running task that is in a file of the user's.
---@return string|nil file, integer|nil line
function errors.user_location()
  local level = 2
  while true do
    local info = debug.getinfo(level, "Sl")
    if not info then return nil end
    if is_user_frame(info) then return info.source:sub(2), info.currentline end
    level = level + 1
  end
end

---@return string|nil "file.lua:12"
function errors.user_position()
  local file, line = errors.user_location()
  return file and ("%s:%d"):format(file, line)
end

local function frame_name(info)
  if info.name then return ("in %s '%s'"):format(info.namewhat, info.name) end
  if info.what == "main" then return "in main chunk" end
  return ("in function <%d>"):format(info.linedefined)
end

--- The user's frames only, innermost first: "file.lua:12: in local 'helper'".
---@return string[]
function errors.user_traceback()
  local lines, level = {}, 2
  while #lines < 20 do
    local info = debug.getinfo(level, "Sln")
    if not info then break end
    if is_user_frame(info) then
      lines[#lines + 1] = ("%s:%d: %s"):format(
        info.source:sub(2), info.currentline, frame_name(info))
    end
    level = level + 1
  end
  return lines
end

--- The user's file and line that a message begins with.
---@return string|nil file, integer|nil line
local function position_in(message)
  local file, line = message:match("^([^\n:]+):(%d+): ")
  line = line and math.tointeger(tonumber(line))
  if line and user_sources["@" .. file] then return file, line end
  return nil
end

local ours = "^builtin:[^\n:]+:%d+: "

local function without_first_position(message)
  local rest, count = message:gsub(ours, "", 1)
  if count > 0 then return rest end
  return (message:gsub("^[^\n:]+:%d+: ", "", 1))
end

--- Without the places in front, and the last of the user's: coroutine.wrap() adds its own to the one
--- that is there. Those of our own library help nobody.
---@return string message, string|nil file, integer|nil line
local function split(message)
  local file, line = position_in(message)
  local rest = without_first_position(message)
  while position_in(rest) or rest:find(ours) do
    local inner, at = position_in(rest)
    if inner then file, line = inner, at end
    rest = without_first_position(rest)
  end
  return rest, file, line
end

--- The script is wrong: raises "file.lua:12: <message>".
---@param format string
function errors.usage(format, ...)
  local message = select("#", ...) > 0 and format:format(...) or format
  local position = errors.user_position()
  error(position and (position .. ": " .. message) or message, 0)
end

-- ---- error objects ------------------------------------------------------------------------

local metatable = core.error_metatable
metatable.__name = "mcast.Error"

function metatable:__tostring()
  local text = self.message or self.operation or "unknown error"
  if self.code and not text:find(self.code, 1, true) then
    text = ("%s (%s)"):format(text, self.code)
  end
  return self.host and ("host %s: %s"):format(self.host, text) or text
end

local fields_of_errors = { "code", "hint", "host", "message", "operation" }
local is_field = {}
for _, field in ipairs(fields_of_errors) do is_field[field] = true end

--- A field that this error has not is nil; a misspelt one would be for ever.
function metatable.__index(_, field)
  if type(field) ~= "string" or is_field[field] or field:sub(1, 1) == "_" then return nil end
  errors.usage("an error has no '%s'%s", field,
    require("mcast.words").suggest(field, fields_of_errors))
end

---@param fields {code: string, operation: string, message: string, host: string?, hint: string?}
function errors.raise(fields)
  error(setmetatable(fields, metatable), 0)
end

---@param value any
---@return boolean
function errors.is_object(value)
  return type(value) == "table" and getmetatable(value) == metatable
end

local function finish(host_name, ok, ...)
  if ok then return ... end
  local problem = ...
  if errors.is_object(problem) and not problem.host then problem.host = host_name end
  if type(problem) == "string" and not position_in(problem) then
    errors.usage("%s", (split(problem)))
  end
  error(problem, 0)
end

--- Calls f(...); an error object that escapes it learns the name of the host, and what C says of a
--- wrong argument the user's file and line.
---@param host_name string|nil
function errors.on_host(host_name, f, ...)
  return finish(host_name, pcall(f, ...))
end

-- ---- stops ----------------------------------------------------------------------------------

local stop_metatable = { __name = "mcast.Stop" }
function stop_metatable:__tostring() return self.message end

---@param outcome string
---@param message string
function errors.stop(outcome, message)
  error(setmetatable({ outcome = outcome, message = message }, stop_metatable), 0)
end

function errors.is_stop(value)
  return getmetatable(value) == stop_metatable
end

--- The deadline passed, or the harness was told to end.
function errors.is_interruption(value)
  return errors.is_object(value) and (value.code == "DEADLINE" or value.code == "INTERRUPTED")
end

--- Should a call that catches errors let this one through?
function errors.is_fatal(value)
  return errors.is_stop(value) or errors.is_interruption(value)
end

-- ---- reports --------------------------------------------------------------------------------

---@class mcast.Report what is told of an uncaught error
---@field message string
---@field value any what was raised
---@field file string|nil
---@field line integer|nil
---@field traceback string[]

--- The report of an error object goes along when a task's error is raised again by its join.
local function earlier_report(value)
  return errors.is_object(value) and rawget(value, "_report") or nil
end

local most = 8192 -- bytes of a message

--- No longer than somebody reads.
---@param text string
---@return string
function errors.bounded(text)
  if #text <= most then return text end
  return ("%s... (%d bytes)"):format(text:sub(1, most), #text)
end

local function has_words(value)
  local known = getmetatable(value)
  return type(value) ~= "table" or type(known) == "table" and rawget(known, "__tostring")
end

--- What was raised, in words: a script may raise anything.
local function describe(value)
  if value == nil then return "an error without a value was raised" end
  if has_words(value) then return errors.bounded(tostring(value)) end
  return "a table was raised: " .. require("mcast.show").value(value)
end

---@return mcast.Report
function errors.full_report(value)
  local report = earlier_report(value)
  if report then return report end
  local file, line = errors.user_location()
  local message = describe(value)
  if type(value) == "string" then
    local raised_file, raised_line
    message, raised_file, raised_line = split(message)
    if raised_file then file, line = raised_file, raised_line end
  end
  return { message = message, value = value, file = file, line = line,
    traceback = errors.user_traceback() }
end

--- Message handler for xpcall: turns whatever was raised into a report, where it was raised.
--- A passed deadline interrupts handlers too: then this one says no more than what it is.
---@return mcast.Report
function errors.report(value)
  if errors.is_interruption(value) then
    return { message = value.message, value = value, traceback = {} }
  end
  return errors.full_report(value)
end

---@param report mcast.Report
---@return string|nil "file.lua:12"
function errors.position(report)
  return report.file and ("%s:%d"):format(report.file, report.line)
end

return errors
