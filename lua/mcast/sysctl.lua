--- Kernel settings of a host: host:sysctl("net.ipv4.conf.eth0.rp_filter", 2).
local errors = require "mcast.errors"
local options = require "mcast.options"
local words = require "mcast.words"

local sysctl = {}

local where = "host:sysctl"

--- "net.ipv4.ip_forward" as a path. As in sysctl(8), a key with slashes has them in place of dots,
--- so that the name of an interface may have a dot: "net/ipv4/conf/eth0.7/rp_filter".
local function key_type(value)
  local expected = "a setting of the network, net. and more"
  if type(value) ~= "string" then return nil, expected end
  local path = value:find("/", 1, true) and value or value:gsub("%.", "/")
  if not path:find("^net/[%w_]") or path:find("[%c%s]") or path:find("//", 1, true)
    or ("/" .. path .. "/"):find("/%.%.?/") then
    return nil, expected
  end
  return path
end

local function value_type(value)
  if type(value) == "boolean" then return value and "1" or "0" end
  local integer = type(value) == "number" and math.tointeger(value)
  if integer then return tostring(integer) end
  if type(value) ~= "string" or value:find("\0", 1, true) then
    return nil, "a string, an integer, true or false"
  end
  return value
end

--- Where a key that has been checked is found, below /proc/sys.
function sysctl.path_of(key) return (key_type(key)) end

-- ---- what was meant ---------------------------------------------------------------------------

---@return string[]|nil names in a folder of settings; nil: it is none
local function names_in(netns, folder)
  local ok, text = pcall(netns.list_sysctl, netns, folder)
  if not ok then return nil end
  local names = {}
  for name in text:gmatch("([^/\n]+)/?\n") do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The folder that is there of a key that is not, and the word in it that is unknown.
---@return string folder, string|nil word, string[] known, string rest behind the word
local function misspelt(netns, path)
  local folder, rest = "net", path:sub(#"net/" + 1)
  while true do
    local known = names_in(netns, folder) or {}
    local word, behind = rest:match("^([^/]+)(.*)$")
    local found = false
    for _, name in ipairs(known) do found = found or name == word end
    if not found then return folder, word, known, behind end
    folder, rest = folder .. "/" .. word, behind:sub(2)
  end
end

--- As the key was written; with slashes where a name has dots of its own.
local function written_like(key, path)
  if key:find("/", 1, true) or path:find(".", 1, true) then return path end
  return (path:gsub("/", "."))
end

--- "net.ipv4 has no 'ip_fowrard' (did you mean 'net.ipv4.ip_forward'?)".
local function explain(netns, key, path)
  local folder, word, known, behind = misspelt(netns, path)
  if not word or #known == 0 then return nil end
  local near = words.near(word, known)
  return ("%s has no '%s'%s"):format(written_like(key, folder), word,
    near and (" (did you mean '%s'?)"):format(
      written_like(key, ("%s/%s%s"):format(folder, near, behind)))
      or words.suggest(word, known))
end

local function call(host, key, path, method, ...)
  local netns = host:_get_stack().netns
  local ok, result = pcall(errors.on_host, host.name, netns[method], netns, path, ...)
  if ok then return result end
  if errors.is_object(result) and (result.code == "ENOENT" or result.code == "ENOTDIR") then
    result.hint = explain(netns, key, path) or result.hint
  end
  error(result, 0)
end

---@param host mcast.Host
---@param key string
---@param value string|number|boolean|nil
---@return string|integer what the kernel has now; an integer when it looks like one
function sysctl.call(host, key, value)
  local path = options.argument(where, "key", key, key_type)
  local text = options.optional(where, "value", value, value_type)
  if text then call(host, key, path, "write_sysctl", text) end
  local found = call(host, key, path, "read_sysctl")
  return math.tointeger(tonumber(found:match("^%-?%d+$"))) or found
end

return sysctl
