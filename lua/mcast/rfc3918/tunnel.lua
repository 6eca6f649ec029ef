--- Tunnels of hosts of ours for RFC 3918 section 4.4. The RFC leaves the encapsulation open; here it is VXLAN
--- (RFC 7348) to a multicast group, since the kernels at hand have no GRE and no IP in IP more often than
--- not, and one tunnel has as many ends as there are hosts.
local options = require "mcast.options"
local class = require "mcast.class"
local hosts = require "mcast.host"
local types = require "mcast.types"

local tunnel = {}

-- The addresses set aside for benchmarks (RFC 2544 appendix C.2.2), and of the documentation's kind.
local ipv4, ipv6 = "198.18.%d.%d", "fd00:3918:%d::%d"
local outer_group, port = "239.255.77.%d", "4789"
-- Over the outer Ethernet, IP, UDP and VXLAN headers a frame of an MTU of 1500 has room on the LAN below.
tunnel.overhead = 50

local spec = { name = types.name, id = types.integer(1, 254), over = types.name,
  number = types.integer(1, 254) }

--- Runs `ip`; why it did not do it, or nil.
local function ip(host, ...)
  local result = host:run { "ip", ... }
  if result.status == 0 then return nil end
  return (result.stderr:match("[^\n]+") or "ip: no reason given"):gsub("^RTNETLINK answers: ", "")
end

local function add_addresses(host, name, id, number)
  return ip(host, "addr", "add", ipv4:format(id, number) .. "/24", "dev", name)
    or ip(host, "addr", "add", ipv6:format(id, number) .. "/64", "dev", name, "nodad")
end

local function add(host, wanted)
  local over = host:interface(wanted.over)
  return ip(host, "link", "add", wanted.name, "mtu", tostring(over.mtu - tunnel.overhead), "type",
      "vxlan", "id", tostring(wanted.id), "group", outer_group:format(wanted.id), "dev", over.name,
      "dstport", port, "ttl", "1")
    or add_addresses(host, wanted.name, wanted.id, wanted.number)
    or ip(host, "link", "set", wanted.name, "up")
end

--- Gives a host an end of tunnel `id`, through one of its interfaces; `number` tells its ends apart. A
--- host that has an interface of that name has brought its own.
---@param host mcast.Host
---@param given {name: string, id: integer, over: string, number: integer}
---@return string|nil why it could not be made
function tunnel.open(host, given)
  local where = "rfc3918.tunnel"
  options.argument(where, "host", host, class.type(hosts.class))
  local wanted = options.require(where, given, spec, { "name", "id", "over", "number" })
  for _, one in ipairs(host:interfaces()) do
    if one.name == wanted.name then return nil end
  end
  local why = add(host, wanted)
  return why and ("%s makes no VXLAN tunnel: %s"):format(tostring(host), why)
end

return tunnel
