--- How many groups a socket may join: net.ipv4.igmp_max_memberships, 20 where nobody has raised it
--- (ip(7)). It is a setting of each network namespace, so that it is raised for receivers on hosts of
--- ours, as far as they need, and nowhere else. IPv6 has no such limit.
local errors = require "mcast.errors"

local membership_limit = {}

local path = "net/ipv4/igmp_max_memberships"
local least = 20

--- Lets the host's sockets join `count` groups. Where the host is not ours, the kernel's refusal
--- (ENOBUFS) says what to do.
---@param host mcast.Host
---@param family "ipv4"|"ipv6"
---@param count integer
function membership_limit.raise(host, family, count)
  if family ~= "ipv4" or count <= least or host._attached then return end
  local netns = host:_get_stack().netns
  local now = math.tointeger(tonumber(netns:read_sysctl(path):match("%d+")))
  if now >= count then return end
  errors.on_host(host.name, netns.write_sysctl, netns, path, tostring(count))
end

return membership_limit
