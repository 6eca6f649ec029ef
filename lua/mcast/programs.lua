--- Where the programs of this machine are.
local core = require "mcast.core"

local programs = {}

--- Debian keeps daemons where the PATH of users other than root does not look.
local system_folders = { "/usr/local/sbin", "/usr/sbin", "/sbin" }

---@param folders string[]
---@param name string without a slash
---@return string|nil path
function programs.look(folders, name)
  for _, folder in ipairs(folders) do
    local path = ("%s/%s"):format(folder, name)
    if core.file_kind(path) == "file" then return path end
  end
  return nil
end

local function path_folders()
  local list = {}
  for folder in (os.getenv("PATH") or ""):gmatch("[^:]+") do list[#list + 1] = folder end
  return list
end

---@param name string without a slash
---@return string|nil path
function programs.on_path(name)
  return programs.look(path_folders(), name)
end

--- On PATH, or in the folders of the system's own programs.
---@param name string without a slash
---@return string|nil path
function programs.find(name)
  return programs.on_path(name) or programs.look(system_folders, name)
end

return programs
