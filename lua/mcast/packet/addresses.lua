--- What a packet needs to leave an interface: the addresses that the user left to the harness.
local address = require "mcast.address"
local errors = require "mcast.errors"
local headers = require "mcast.packet.headers"

local addresses = {}

local function is_link_local(one)
  return assert(address.parse(one)).bytes:sub(1, 2) == "\xfe\x80"
end

--- IGMP may come from 0.0.0.0 (RFC 3376 section 4.2.13).
local function ipv4_source(found)
  for _, one in ipairs(found.addresses) do
    if address.family(one.address) == "ipv4" then return one.address end
  end
  return "0.0.0.0"
end

--- MLD and PIM are sent from the link-local address (RFC 3810 section 5.2.13, RFC 7761 section 4.9),
--- and so is what stays on the link.
local function ipv6_source(found, packet)
  local to = assert(address.parse(packet.ip6.destination)).bytes
  local is_local = packet.mld ~= nil or packet.pim ~= nil
    or to:byte(1) == 0xff and to:byte(2) & 0x0f <= 2 or to:sub(1, 2) == "\xfe\x80"
  local other
  for _, one in ipairs(found.addresses) do
    if address.family(one.address) == "ipv6" then
      local bare = one.address:match("^[^%%]+") -- without its scope
      if is_link_local(bare) == is_local then return bare end
      other = other or bare
    end
  end
  return other or "::"
end

---@param found table the interface, as the kernel has it
---@param packet table
---@return string
function addresses.source(found, packet)
  return packet.ip and ipv4_source(found) or ipv6_source(found, packet)
end

local function destination_mac(where, packet)
  local ip = packet.ip or packet.ip6
  if not ip then
    errors.usage("%s: eth: destination: missing; a packet without IP has no group to make it "
      .. "of", where)
  end
  return headers.group_mac(ip.destination)
    or errors.usage("%s: eth: destination: missing; %s is no group, so its Ethernet address must "
      .. "be given", where, ip.destination)
end

--- Fills what is missing; `packet` is ours.
---@param where string
---@param found table
---@param packet table
function addresses.complete(where, found, packet)
  local ip = packet.ip or packet.ip6
  if ip and not ip.source then ip.source = addresses.source(found, packet) end
  packet.eth = packet.eth or {}
  packet.eth.source = packet.eth.source or found.mac
  packet.eth.destination = packet.eth.destination or destination_mac(where, packet)
end

return addresses
