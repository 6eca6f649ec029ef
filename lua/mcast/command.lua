--- A command as a scenario writes it, {"iperf", "-u", cwd = "data"}, checked and made absolute.
local core = require "mcast.core"
local errors = require "mcast.errors"
local options = require "mcast.options"
local programs = require "mcast.programs"
local show = require "mcast.show"
local types = require "mcast.types"

local command = {}

local function is_text(value)
  return type(value) == "string" and not value:find("\0", 1, true)
end

--- Ports and times are written as numbers.
local function argument_type(value)
  if type(value) == "number" then return tostring(value) end
  if not is_text(value) then return nil, "a string without zero bytes, or a number" end
  return value
end

local function path_type(value)
  if not is_text(value) or value == "" then return nil, "the path of a folder" end
  return value
end

--- {NAME = "value"} as a list of "NAME=value".
local function environment_type(value)
  local expected = "a table of variables: {NAME = \"value\"}"
  if type(value) ~= "table" or getmetatable(value) then return nil, expected end
  local list = {}
  for name, given in pairs(value) do
    local text = argument_type(given)
    if not is_text(name) or not name:find("^[^=]+$") or not text then return nil, expected end
    list[#list + 1] = name .. "=" .. text
  end
  table.sort(list)
  return list
end

command.option_types = { input = types.string, cwd = path_type, env = environment_type }
command.run_option_types = { input = types.string, cwd = path_type, env = environment_type,
  timeout = types.seconds, within = types.seconds }

--- The table's two halves: what stands there by place, and what stands there by name.
local function split(where, given)
  if type(given) ~= "table" or getmetatable(given) then
    errors.usage("%s: expected a command in a table, {\"ls\", \"-l\"}, got %s", where,
      show.value(given))
  end
  local words, named, last = {}, {}, 0
  for key, value in pairs(given) do
    if math.type(key) == "integer" and key > 0 then
      words[key], last = value, math.max(last, key)
    else
      named[key] = value
    end
  end
  return words, named, last
end

local function read_words(where, words, last)
  if words[1] == nil or words[1] == "" then
    errors.usage("%s: command: missing; expected the name of a program first", where)
  end
  local list = {}
  for i = 1, last do
    local name = i == 1 and "command" or ("argument %d"):format(i - 1)
    list[i] = options.argument(where, name, words[i], argument_type)
  end
  return list
end

--- Where a relative path begins: at the scenario's file.
local function folder_of(job)
  return job.path and job.path:match("^(.*)/[^/]*$") or core.current_directory()
end

local function absolute(folder, path)
  return path:sub(1, 1) == "/" and path or folder .. "/" .. path
end

--- Where the programs of a scenario run.
---@param run mcast.Run
---@return string
function command.folder(run) return folder_of(run.job) end

---@param host mcast.Host
---@param path string as the scenario wrote it
---@return string
function command.path(host, path)
  return absolute(folder_of(host.network._run.job), path)
end

local function working_directory(host, where, folder, cwd)
  if not cwd then return folder end
  local path = absolute(folder, cwd)
  local kind = core.file_kind(path)
  if kind == "directory" then return path end
  errors.raise { code = kind and "ENOTDIR" or "ENOENT", operation = "start", host = host.name,
    message = ("%s: cwd: %s is no folder"):format(where, path),
    hint = "a relative path begins at the scenario's file" }
end

--- The plan of core.process(), and the options.
---@param host mcast.Host
---@param where string "host:run"
---@param given any
---@param spec table<string, mcast.Type>
---@return table plan, table wanted
function command.read(host, where, given, spec)
  local words, named, last = split(where, given)
  local wanted = options.check(where, named, spec)
  local list = read_words(where, words, last)
  local folder = folder_of(host.network._run.job)
  if list[1]:find("/", 1, true) then
    list[1] = absolute(folder, list[1])
  elseif not programs.on_path(list[1]) then
    list[1] = programs.find(list[1]) or list[1]
  end
  return { arguments = list, environment = wanted.env or {}, input = wanted.input,
    directory = working_directory(host, where, folder, wanted.cwd) }, wanted
end

return command
