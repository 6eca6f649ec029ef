--- How many groups a socket may join: net.ipv4.igmp_max_memberships, 20 where nobody has raised it
--- (ip(7)), and what net.core.optmem_max has room for, some thousands. The first is a setting of each
--- network namespace: on hosts of ours it is raised as far as receivers need it. What is still too much
--- for one socket, or for one on a host of somebody else, goes to annexes (src/net/annex.c).
local core = require "mcast.core"
local errors = require "mcast.errors"

local membership_limit = {}

local path = "net/ipv4/igmp_max_memberships"
local least = 20

--- Before a receiver opens that is to join `count` groups: annexes cost a little, so that only those that
--- may need one can have some.
---@param raw core.Socket
---@param host mcast.Host
---@param count integer
function membership_limit.prepare(raw, host, count)
  if host._attached or count > least then raw:spread() end
end

--- Lets the host's sockets join `count` groups, where the host is ours. IPv6 has no such limit.
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

--- Joins, on a further annex when the socket and those that it has are full.
---@param raw core.Socket
---@param stack mcast.Stack
---@param group string
---@param index integer of the interface
---@param source string|nil
function membership_limit.join(raw, stack, group, index, source)
  local ok, problem = pcall(raw.join, raw, group, index, source)
  if ok then return end
  if not raw:is_full() then error(problem, 0) end
  local annex <close> = core.socket(stack.netns, raw:family())
  raw:annex(annex)
  raw:join(group, index, source)
end

return membership_limit
