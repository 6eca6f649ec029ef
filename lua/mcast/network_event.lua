--- The event that tells of a network: what it consists of, once it is built (docs/events.md).
local core = require "mcast.core"
local words = require "mcast.words"

local network_event = {}

local function describe_hosts(net)
  local list = {}
  for i, one in ipairs(net.hosts) do
    local interfaces = {}
    for j, planned in ipairs(one._planned) do
      interfaces[j] = { name = planned.name, switch = planned.switch and planned.switch.name,
        link = planned.link and planned.link.name, address = planned.address,
        address6 = planned.address6,
        mac = planned._port and net._lab:port(planned._port).mac or planned.mac }
    end
    list[i] = { name = one.name, interfaces = core.array(interfaces),
      attached = one._attached or nil }
  end
  return core.array(list)
end

local function describe_links(net)
  local list = {}
  for i, one in ipairs(net.links) do
    list[i] = { name = one.name, subnet = one.subnet, subnet6 = one.subnet6,
      hosts = core.array(words.names(one.hosts)) }
  end
  return core.array(list)
end

local function describe_trunks(net)
  local list = {}
  for i, one in ipairs(net.trunks) do
    list[i] = { name = one.name, switches = core.array(words.names(one.switches)) }
  end
  return core.array(list)
end

local function describe_switches(net)
  local list = {}
  for i, one in ipairs(net.switches) do
    list[i] = { name = one.name, subnet = one.subnet, subnet6 = one.subnet6,
      snooping = one._plan.snooping, querier = one._plan.querier }
  end
  return core.array(list)
end

---@param net mcast.Network
---@param ready_after number seconds
function network_event.tell(net, ready_after)
  net._run:emit("network", {
    name = net.name, hosts = describe_hosts(net), switches = describe_switches(net),
    routers = core.array(words.names(net.routers)), links = describe_links(net),
    trunks = describe_trunks(net),
    drawing = net:draw(), ready_after = ready_after,
  })
end

return network_event
