--- What the paths of the command line stand for: files, and which scenarios of them.

local core = require "mcast.core"

local targets = {}

---@class cli.Target
---@field file string      as reports show it
---@field path string      absolute
---@field whole boolean    all of its scenarios
---@field lines integer[]  the scenarios that stand at these lines
---@field names string[]   the scenarios of these names
---@field explicit boolean named itself, not found in a folder

local function refuse(format, ...)
  error({ usage = format:format(...) }, 0)
end

local function tidy(path)
  path = path:gsub("//+", "/")
  return path ~= "./" and path:gsub("^%./", "") or "."
end

--- "file.lua::name", "file.lua:12" or a path
local function split(argument)
  local file, name = argument:match "^(.-%.lua)::(.+)$"
  if file then return file, name end
  if not core.file_kind(argument) then
    local path, line = argument:match "^(.+):(%d+)$"
    if path and core.file_kind(path) then return path, nil, math.tointeger(tonumber(line)) end
  end
  return argument
end

local Collection = {}
Collection.__index = Collection

function Collection:target(file)
  local path = core.real_path(file)
  local target = self.by_path[path]
  if not target then
    target = { file = file, path = path, whole = false, lines = {}, names = {}, explicit = false }
    self.by_path[path] = target
    table.insert(self.list, target)
  end
  return target
end

local function entries_of(folder)
  local ok, entries = pcall(core.list_directory, folder)
  if not ok then refuse("%s", entries.message) end
  return entries
end

function Collection:add_folder(folder)
  local real = core.real_path(folder)
  if self.folders[real] then return end -- a symbolic link that leads round in a circle
  self.folders[real] = true
  for _, entry in ipairs(entries_of(folder)) do
    local path = folder == "." and entry or (folder:gsub("/$", "") .. "/" .. entry)
    local kind = entry:sub(1, 1) ~= "." and core.file_kind(path)
    if kind == "directory" then
      self:add_folder(path)
    elseif kind == "file" and entry:find "%.lua$" then
      self:target(path).whole = true
    end
  end
end

function Collection:add(argument)
  local file, name, line = split(argument)
  local kind = core.file_kind(file)
  if kind == "directory" then
    self:add_folder(tidy(file))
  elseif kind == "file" then
    local target = self:target(tidy(file))
    target.explicit = true
    if name then table.insert(target.names, name) end
    if line then table.insert(target.lines, line) end
    target.whole = target.whole or not (name or line)
  else
    refuse("%s: no such file or folder", file)
  end
end

---@param arguments string[]
---@return cli.Target[]
function targets.find(arguments)
  local collection = setmetatable({ list = {}, by_path = {}, folders = {} }, Collection)
  for _, argument in ipairs(arguments) do collection:add(argument) end
  return collection.list
end

return targets
