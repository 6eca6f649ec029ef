--- What a scenario may need of the machine: `needs = {"root"}`. What is missing skips it.
local core = require "mcast.core"
local words = require "mcast.words"

local capabilities = {}

local function first_line(path)
  local file <close> = io.open(path)
  return file and file:read("l") or nil
end

--- Each returns nil when it is there, else why it is not.
local known = {
  -- uid 0 of a user namespace that maps every user is the machine's own root (user_namespaces(7)).
  ["root"] = function()
    local map = first_line("/proc/self/uid_map")
    if map and map:match("^%s*0%s+0%s+4294967295%s*$") then return nil end
    return "it needs root, and the harness runs without"
  end,
  ["ipv6"] = function()
    if core.file_kind("/proc/net/if_inet6") then return nil end
    return "it needs IPv6, which this kernel has not or has switched off"
  end,
  ["user-namespaces"] = function()
    local most = tonumber(first_line("/proc/sys/user/max_user_namespaces") or "")
    if most and most > 0 then return nil end
    return "it needs user namespaces, which this kernel has not or has switched off"
  end,
}

---@type mcast.Type
function capabilities.type(value)
  if type(value) == "string" and known[value] then return value end
  local names = words.keys(known)
  local expected = ("a capability (%s)"):format(words.list(names, "or"))
  if type(value) == "string" then
    expected = ("a capability: %s; nearest is '%s'"):format(
      words.list(names, "or"), (words.nearest(value, names)))
  end
  return nil, expected
end

--- Why the first of them is missing; nil when all are there.
---@param needed string[]|nil
---@return string|nil
function capabilities.missing(needed)
  for _, name in ipairs(needed or {}) do
    local reason = known[name]()
    if reason then return reason end
  end
  return nil
end

return capabilities
