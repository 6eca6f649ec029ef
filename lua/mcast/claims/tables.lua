--- The kernel's tables as lines of text, to be shown beside a claim that did not hold.
local show = require "mcast.show"
local switch_state = require "mcast.switch_state"

local tables = {}

local most_lines = 20

local function cut(lines)
  local left = #lines - most_lines
  if left <= 1 then return lines end
  local shown = table.move(lines, 1, most_lines, 1, {})
  shown[#shown + 1] = ("... and %d more"):format(left)
  return shown
end

local function place(entry)
  local at = entry.interface or entry.switch
  return at and tostring(at) or "the switch itself"
end

local function expiry(seconds)
  return seconds and ("expires in %s"):format(show.duration(seconds)) or nil
end

local function describe_sources(entry)
  local list = {}
  for i, source in ipairs(entry.sources) do
    list[i] = source.address
    if entry.mode == "exclude" and source.expires then list[i] = list[i] .. " (asked for)" end
  end
  return ("%s {%s}"):format(entry.mode, table.concat(list, ", "))
end

local flags = { "permanent", "blocked", "fast_leave", "star_exclude" }

local function describe_entry(entry)
  local parts = { ("(%s, %s) %s"):format(entry.source or "*", entry.group, place(entry)) }
  if entry.mode and not entry.source then parts[#parts + 1] = describe_sources(entry) end
  for _, flag in ipairs(flags) do
    if entry[flag] then parts[#parts + 1] = (flag:gsub("_", " ")) end
  end
  parts[#parts + 1] = expiry(entry.expires)
  return table.concat(parts, ", ")
end

local function describe_router_port(one)
  local parts = { ("router port %s, %s"):format(place(one), one.type) }
  parts[#parts + 1] = expiry(one.expires)
  return table.concat(parts, ", ")
end

--- The entries of one group, and the router ports.
---@param switch mcast.Switch
---@param picture mcast.Forwarding
---@return string[]
function tables.of_switch(switch, picture)
  local lines = {}
  for i, entry in ipairs(picture.entries) do lines[i] = describe_entry(entry) end
  for _, one in ipairs(picture.router_ports) do lines[#lines + 1] = describe_router_port(one) end
  if #lines == 0 then lines[1] = ("%s has no entry and no router port"):format(tostring(switch)) end
  return cut(lines)
end

local function describe_querier(found)
  if not found then return "none" end
  if found.own then return found.address .. ", its own" end
  local parts = { found.address }
  parts[2] = found.interface and "at " .. tostring(found.interface)
  parts[#parts + 1] = expiry(found.expires)
  return table.concat(parts, ", ")
end

--- Who queries, of both families.
---@param switch mcast.Switch
---@return string[]
function tables.of_queriers(switch)
  return {
    "IGMP querier: " .. describe_querier(switch_state.querier(switch, "ipv4")),
    "MLD querier: " .. describe_querier(switch_state.querier(switch, "ipv6")),
  }
end

local function describe_route(route)
  local outputs = {}
  for i, out in ipairs(route.to) do
    local threshold = route.ttl_thresholds[i]
    outputs[i] = threshold > 1 and ("%s (TTL above %d)"):format(out.name, threshold) or out.name
  end
  return ("(%s, %s) from %s to %s, %d packets, %d from elsewhere"):format(route.source or "*",
    route.group, route.resolved and route.from and route.from.name or "nowhere yet",
    #outputs > 0 and table.concat(outputs, ", ") or "nowhere", route.packets,
    route.wrong_interface)
end

--- A router's forwarding cache.
---@param routes mcast.CachedMroute[]
---@return string[]
function tables.of_routes(routes)
  local lines = {}
  for i, route in ipairs(routes) do lines[i] = describe_route(route) end
  if #lines == 0 then lines[1] = "the forwarding cache is empty" end
  return cut(lines)
end

return tables
