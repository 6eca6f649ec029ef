--- The membership protocol of a test, which its results must name (RFC 3918 section 3.1.1).
local errors = require "mcast.errors"

local protocol = {}

local version_of = { ipv4 = "IGMP version %d", ipv6 = "MLD version %d" }

--- As the queries say that a host has heard: "2 eth0 : 2 V3" (proc_pid_net(5)). The kernel tells it of
--- IGMP only.
local function heard_by(host, interface)
  local netns = host:_get_stack().netns
  local text = errors.on_host(host.name, netns.read_proc, netns, "igmp")
  for index, version in text:gmatch("(%d+)%s+%S+%s*:%s*%d+%s+V(%d)") do
    if tonumber(index) == interface.index then return tonumber(version) end
  end
  return nil
end

--- What a host speaks at an egress interface: the version of the switch there, if it is one of ours.
---@param host mcast.Host
---@param interface mcast.Interface
---@param family "ipv4"|"ipv6"
---@return string
function protocol.describe(host, interface, family)
  local switch, version = interface.switch, nil
  if switch then
    version = family == "ipv4" and switch.igmp_version or switch.mld_version
  elseif family == "ipv4" then
    version = heard_by(host, interface)
  end
  return version and version_of[family]:format(version) or "the device's MLD version"
end

return protocol
