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

for _, name in ipairs { "smcroute", "pimd", "frr" } do
  known[name] = function() return require("mcast.daemon.installed").missing(name) end
end

--- A word that only a later version knows is a capability that is missing here.
local function unknown(name)
  return ("it needs '%s', which this version does not know%s"):format(name,
    words.suggest(name, words.keys(known)))
end

--- Why the first of them is missing; nil when all are there.
---@param needed string[]|nil
---@return string|nil
function capabilities.missing(needed)
  for _, name in ipairs(needed or {}) do
    local reason
    if known[name] then reason = known[name]() else reason = unknown(name) end
    if reason then return reason end
  end
  return nil
end

return capabilities
