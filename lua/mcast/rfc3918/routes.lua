--- Multicast routes of the routers that a topology of ours puts between source and members. A device of
--- somebody else has its own; a router of ours has none until it is told.
local routes = {}

--- Where a router of ours forwards to: its ports towards these hosts, but for the one towards the source.
local function outputs(routing, router, source, hosts)
  local incoming, list = routing:interface_towards(router, source), {}
  for _, host in ipairs(hosts) do
    local outgoing = routing:interface_towards(router, host)
    if outgoing and outgoing ~= incoming then list[#list + 1] = outgoing end
  end
  return incoming and list or {}
end

--- Calls visit(router, to) for each router of ours on the way.
local function each_router(source, hosts, visit)
  local network = source.network
  for _, router in ipairs(network.routers) do
    local to = outputs(network._routing, router, source, hosts)
    if #to > 0 then visit(router, to) end
  end
end

--- Routes the groups from the source to the hosts.
---@param source mcast.Host
---@param hosts mcast.Host[]
---@param groups string[]
function routes.install(source, hosts, groups)
  each_router(source, hosts, function(router, to)
    for _, group in ipairs(groups) do
      router:mroute { group = group, source = source, from = source, to = to }
    end
  end)
end

--- The hosts, and the routers of ours on the way to them: at all of them frames are seen.
---@param source mcast.Host
---@param hosts mcast.Host[]
---@return mcast.Host[]
function routes.carriers(source, hosts)
  local list = table.move(hosts, 1, #hosts, 1, {})
  each_router(source, hosts, function(router) list[#list + 1] = router end)
  return list
end

return routes
