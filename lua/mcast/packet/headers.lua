--- Ethernet, IPv4 and IPv6 headers, checked and completed by what they carry.
local address = require "mcast.address"
local errors = require "mcast.errors"
local fields = require "mcast.packet.fields"

local headers = {}

local protocols = { udp = 17, igmp = 2, mld = 58, pim = 103 }
local no_next_header = 59 -- RFC 8200 section 4.7; 255 is IPv4's reserved number

local function is_whole_group(group)
  return group and group ~= "0.0.0.0" and group ~= "::"
end

-- ---- where to -------------------------------------------------------------------------------

--- RFC 1112 appendix I, RFC 2236 section 9, RFC 3376 sections 4.1.12 and 4.2.14.
local function igmp_destination(igmp)
  if igmp.records then return "224.0.0.22" end
  if igmp.type == "leave" then return "224.0.0.2" end
  return is_whole_group(igmp.group) and igmp.group or "224.0.0.1"
end

--- RFC 2710 section 3, RFC 3810 sections 5.1.15 and 5.2.14.
local function mld_destination(mld)
  if mld.records then return "ff02::16" end
  if mld.type == "done" then return "ff02::2" end
  return is_whole_group(mld.group) and mld.group or "ff02::1"
end

local to_all_routers = { hello = true, join_prune = true, assert = true, bootstrap = true }

--- RFC 7761 section 4.9; the others are sent to one router.
local function pim_destination(pim, family)
  if not to_all_routers[pim.type] then return nil end
  return family == "ipv4" and "224.0.0.13" or "ff02::d"
end

local function destination(packet, family)
  if packet.igmp then return igmp_destination(packet.igmp) end
  if packet.mld then return mld_destination(packet.mld) end
  return packet.pim and pim_destination(packet.pim, family) or nil
end

local function protocol_of(packet, none)
  for name, number in pairs(protocols) do
    if packet[name] then return number end
  end
  return none
end

--- Control stays on its link; data crosses no router unless it is told to.
local function hops(packet)
  return packet.payload and 64 or 1
end

-- ---- IPv4 -----------------------------------------------------------------------------------

local router_alert = { type = 148, value = "\0\0" } -- RFC 2113

local function check_options(place, given)
  if given.bytes ~= nil then
    return fields.check(place .. ": options", given, { bytes = fields.ip_option.value })
  end
  local list = fields.check_list(place, "options", given, fields.ip_option)
  for i, option in ipairs(list) do
    fields.demand(("%s: options[%d]"):format(place, i), option, "type", "an integer from 0 to 255")
  end
  return list
end

local function is_router_alert(option)
  return option.type == router_alert.type and #(option.value or "") == 2
end

local function without_router_alert(options)
  local list, has = {}, false
  for _, option in ipairs(options) do
    if is_router_alert(option) then has = true else list[#list + 1] = option end
  end
  return list, has
end

--- Options that are given as bytes are as they should be.
local function set_router_alert(ip)
  if ip.options and ip.options.bytes then return end
  local list, has = without_router_alert(ip.options or {})
  if has and ip.router_alert then return end
  if ip.router_alert then table.insert(list, 1, router_alert) end
  ip.options = list[1] and list or nil
end

local function set_default(header, name, value)
  if header[name] == nil then header[name] = value end
end

---@param packet table with what the header is in front of
function headers.ip(place, given, packet)
  local ip = fields.check(place, given, fields.ip)
  local is_control = packet.igmp or packet.pim
  if ip.options then ip.options = check_options(place, ip.options) end
  set_default(ip, "protocol", protocol_of(packet, 255))
  set_default(ip, "destination", destination(packet, "ipv4"))
  fields.demand(place, ip, "destination", "an IPv4 address")
  set_default(ip, "ttl", hops(packet))
  set_default(ip, "dscp", is_control and 48 or 0) -- internetwork control, RFC 2474 section 4.2.2
  set_default(ip, "router_alert", packet.igmp ~= nil and packet.igmp.version > 1 and not ip.options)
  if given.router_alert ~= nil or ip.router_alert then set_router_alert(ip) end
  return ip
end

-- ---- IPv6 -----------------------------------------------------------------------------------

local function check_extensions(place, given)
  local list = fields.check_list(place, "extensions", given, fields.extension)
  for i, extension in ipairs(list) do
    local where = ("%s: extensions[%d]"):format(place, i)
    fields.demand(where, extension, "type", "the type of an extension header")
    if extension.options then
      extension.options = check_options(where, extension.options)
    else
      fields.demand(where, extension, "value", "the bytes behind its type and length")
    end
  end
  return list
end

--- In a hop-by-hop header, with two bytes of padding (RFC 2711 section 2.1). One that is given as
--- bytes is as it should be.
local function set_ip6_router_alert(ip6)
  local list = ip6.extensions or {}
  local value = (">I2"):pack(ip6.router_alert)
  if not list[1] or list[1].type ~= "hop_by_hop" then
    table.insert(list, 1, { type = "hop_by_hop", options = { { type = 1, value = "" } } })
  end
  if not list[1].options then return end
  for _, option in ipairs(list[1].options) do
    if option.type == 5 then
      option.value = value
      return
    end
  end
  table.insert(list[1].options, 1, { type = 5, value = value })
  ip6.extensions = list
end

local function check_fragment(place, ip6)
  for _, extension in ipairs(ip6.extensions or {}) do
    if extension.type == "fragment" then return end
  end
  for _, name in ipairs { "fragment_offset", "more_fragments" } do
    if ip6[name] then
      errors.usage("%s: %s: a fragment has an extension header of the type \"fragment\"", place,
        name)
    end
  end
end

function headers.ip6(place, given, packet)
  local ip6 = fields.check(place, given, fields.ip6)
  if ip6.extensions then ip6.extensions = check_extensions(place, ip6.extensions) end
  check_fragment(place, ip6)
  set_default(ip6, "protocol", protocol_of(packet, no_next_header))
  set_default(ip6, "destination", destination(packet, "ipv6"))
  fields.demand(place, ip6, "destination", "an IPv6 address")
  set_default(ip6, "hop_limit", hops(packet))
  if packet.mld and not ip6.extensions then set_default(ip6, "router_alert", 0) end
  if ip6.router_alert then set_ip6_router_alert(ip6) end
  return ip6
end

-- ---- Ethernet -------------------------------------------------------------------------------

--- The address of frames for a group: 23 of its bits (RFC 1112 section 6.4), or 32 (RFC 2464
--- section 7). nil when it is no group.
---@param to string
---@return string|nil
function headers.group_mac(to)
  if to == "255.255.255.255" then return "ff:ff:ff:ff:ff:ff" end
  if not address.is_multicast(to) then return nil end
  local parsed = assert(address.parse(to))
  if parsed.family == "ipv6" then
    return ("33:33:%02x:%02x:%02x:%02x"):format(parsed.bytes:byte(13, 16))
  end
  local second, third, fourth = parsed.bytes:byte(2, 4)
  return ("01:00:5e:%02x:%02x:%02x"):format(second & 0x7f, third, fourth)
end

function headers.eth(place, given, packet)
  local eth = fields.check(place, given, fields.eth)
  if eth.vlan then
    eth.vlan = fields.check(place .. ": vlan", eth.vlan, fields.vlan)
    fields.demand(place .. ": vlan", eth.vlan, "id", "an integer from 0 to 4095")
  end
  local ip = packet.ip or packet.ip6
  if ip then
    set_default(eth, "destination", headers.group_mac(ip.destination))
  else
    fields.demand(place, eth, "type", "an integer from 0 to 65535")
    fields.demand(place, eth, "destination", "an Ethernet address")
  end
  return eth
end

return headers
