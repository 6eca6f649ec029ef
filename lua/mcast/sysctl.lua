--- Kernel settings of a host: host:sysctl("net.ipv4.conf.eth0.rp_filter", 2).
local errors = require "mcast.errors"
local options = require "mcast.options"

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

---@param host mcast.Host
---@param key string
---@param value string|number|boolean|nil
---@return string|integer what the kernel has now; an integer when it looks like one
function sysctl.call(host, key, value)
  local path = options.argument(where, "key", key, key_type)
  local text = options.optional(where, "value", value, value_type)
  local netns = host:_get_stack().netns
  if text then errors.on_host(host.name, netns.write_sysctl, netns, path, text) end
  local found = errors.on_host(host.name, netns.read_sysctl, netns, path)
  return math.tointeger(tonumber(found:match("^%-?%d+$"))) or found
end

return sysctl
