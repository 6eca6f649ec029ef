--- A host's place on a switch, as net:host and net:router are told of it: a switch, or
--- {switch, address =, mtu = ...}.
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local interface = require "mcast.interface"
local options = require "mcast.options"
local switch = require "mcast.switch"
local types = require "mcast.types"

local attachment = {}

--- "10.1.0.77" or "10.1.0.77/24".
local function address_type(family)
  local expected = family == "ipv4" and "an IPv4 address, or one with /length"
    or "an IPv6 address, or one with /length"
  return function(value)
    local plain = type(value) == "string" and value:match("^(.-)/%d+$") or value
    local canonical, found = address.canonical(plain)
    if found ~= family or address.is_multicast(canonical)
      or plain ~= value and not address.subnet(value) then
      return nil, expected
    end
    return value
  end
end

local function interface_name(value)
  if type(value) ~= "string" or not value:match("^[^%s/:]+$") or #value > 15
    or value == "." or value == ".." or value == "lo" then
    return nil, "an interface name (1 to 15 characters, without '/', ':' and blanks; not 'lo')"
  end
  return value
end

local option_types = {
  address = address_type("ipv4"), address6 = address_type("ipv6"),
  mtu = types.integer(1280, 65535), name = interface_name, -- IPv6 needs 1280 (RFC 8200, 5)
}

--- One attachment in the form {switch =, address = ...}; `given` is a switch or {switch, ...}.
local function read_one(net, given, where)
  if class.is(given, switch.class) then given = { given } end
  local copy, attached = {}, nil
  for key, value in pairs(given) do
    if key == 1 then attached = value else copy[key] = value end
  end
  if not class.is(attached, switch.class) then
    options.refuse(where, "attach", "a switch, or a table {switch, address=, ...}", attached)
  end
  if attached.network ~= net then
    errors.usage("%s: attach: %s is not of this network", where, tostring(attached))
  end
  local read = options.check(where, copy, option_types)
  read.switch = attached
  return read
end

--- Is it a list of attachments, and not one: {left, right}, {left}, {{left, mtu = 9000}}?
local function is_list(given)
  return type(given) == "table" and not class.of(given)
    and (given[2] ~= nil or type(given[1]) == "table" and not class.of(given[1]))
end

--- The attachments that the arguments of net:host stand for, in their order.
---@param net mcast.Network
---@param given any[]
---@param where string
---@return table[]
function attachment.read(net, given, where)
  local list = {}
  for _, one in ipairs(given) do
    if type(one) ~= "table" then
      options.refuse(where, "attach", "a switch, or a table {switch, address=, ...}", one)
    end
    for _, each in ipairs(is_list(one) and one or { one }) do
      list[#list + 1] = read_one(net, each, where)
    end
  end
  return list
end

local function choose_address(wanted, family, added)
  local pool = wanted.switch:_pool_of(family)
  local asked = wanted[family == "ipv4" and "address" or "address6"]
  if asked then return pool, pool:take_address(added.name, asked) end
  if added._forwards then return pool, pool:last_address(added.name) end
  return pool, pool:next_address(added.name)
end

--- Gives the host its next interface, and the switch a port for it.
---@param net mcast.Network
---@param added mcast.Host
---@param wanted table one that attachment.read() returned
function attachment.connect(net, added, wanted)
  local attached = wanted.switch
  if #attached._ports >= switch.most_ports then
    errors.usage("net:host: switch '%s' is full: a Linux bridge takes %d ports", attached.name,
      switch.most_ports)
  end
  local name = wanted.name or ("eth%d"):format(#added._planned)
  for _, other in ipairs(added._planned) do
    if other.name == name then
      errors.usage("net:host: host '%s' has an interface '%s' already", added.name, name)
    end
  end
  local pool, ipv4, length = choose_address(wanted, "ipv4", added)
  local pool6, ipv6, length6 = choose_address(wanted, "ipv6", added)
  local planned = interface.new { name = name, host = added, _address = ipv4, _address6 = ipv6,
    _switch = attached }
  table.insert(added._planned, planned)
  local port = { host = added, switch = attached, interface = planned, mtu = wanted.mtu,
    pool = pool, length = length, pool6 = pool6, length6 = length6 }
  table.insert(attached._ports, port)
  net:_add_port(port)
end

return attachment
