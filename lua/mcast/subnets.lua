--- Gives switches their subnets and interfaces their addresses.
---
--- Allocated subnets are 10.n.0.0/24 and fd00:n::/64. The whole of 10.n.0.0/16 is kept for the
--- switch, so that one with more hosts than a /24 holds grows to a /16 with no address changed.
local address = require "mcast.address"
local errors = require "mcast.errors"

local subnets = {}

---@class mcast.Pool addresses of one family on one switch
---@field subnet mcast.Subnet
local Pool = {}
Pool.__index = Pool

---@class mcast.Subnets
local Subnets = {}
Subnets.__index = Subnets

---@return mcast.Subnets
function subnets.new()
  return setmetatable({ _pools = {}, _next = 1 }, Subnets)
end

local function overlapping(self, subnet)
  for _, pool in ipairs(self._pools) do
    if pool.reserved:overlaps(subnet) then return pool end
  end
  return nil
end

local function new_pool(self, switch_name, subnet, reserved)
  local pool = setmetatable({ subnet = subnet, reserved = reserved, switch_name = switch_name,
    next = 1, used = {} }, Pool)
  table.insert(self._pools, pool)
  return pool
end

--- The subnet that the user asked for.
---@param switch_name string
---@param text string valid
---@return mcast.Pool
function Subnets:take(switch_name, text)
  local subnet = assert(address.subnet(text))
  local other = overlapping(self, subnet)
  if other then
    errors.usage("net:switch: %s of switch '%s' overlaps %s of switch '%s'",
      subnet, switch_name, other.subnet, other.switch_name)
  end
  return new_pool(self, switch_name, subnet, subnet)
end

--- The next free ones.
---@param switch_name string
---@param family "ipv4"|"ipv6"
---@return mcast.Pool
function Subnets:allocate(switch_name, family)
  local pattern, kept = "10.%d.0.0/24", "10.%d.0.0/16"
  if family == "ipv6" then pattern, kept = "fd00:%x::/64", "fd00:%x::/64" end
  for n = 1, 255 do
    local reserved = assert(address.subnet(kept:format(n)))
    if not overlapping(self, reserved) then
      return new_pool(self, switch_name, assert(address.subnet(pattern:format(n))), reserved)
    end
  end
  errors.usage("net:switch: no %s subnet is left for switch '%s'", family, switch_name)
end

local function grow(pool)
  if pool.reserved.length < pool.subnet.length then
    pool.subnet = pool.reserved
    return true
  end
  return false
end

local function is_free(pool, text)
  return not pool.used[text]
end

--- The next address of the subnet.
---@param host_name string
---@return string
function Pool:next_address(host_name)
  while self.next <= self.subnet:capacity() or grow(self) do
    local text = self.subnet:nth(self.next)
    self.next = self.next + 1
    if is_free(self, text) then
      self.used[text] = host_name
      return text
    end
  end
  errors.usage("net:host: %s of switch '%s' is full: no address is left for host '%s'",
    self.subnet, self.switch_name, host_name)
end

--- An address that the user asked for, with or without "/length".
---@param host_name string
---@param text string
---@return string address, integer prefix_length
function Pool:take_address(host_name, text)
  local plain, length = text:match("^(.-)/(%d+)$")
  local canonical = address.canonical(plain or text)
  if not length and not self.reserved:contains(canonical) then
    errors.usage("net:host: host '%s': %s is not in %s of switch '%s'",
      host_name, canonical, self.subnet, self.switch_name)
  end
  if not length and not self.subnet:contains(canonical) then grow(self) end
  local owner = self.used[canonical]
  if owner then
    errors.usage("net:host: host '%s': %s is the address of host '%s' already",
      host_name, canonical, owner)
  end
  self.used[canonical] = host_name
  return canonical, math.tointeger(tonumber(length)) or nil
end

return subnets
