--- Gives switches their subnets and interfaces their addresses.
---
--- Allocated subnets are 10.n.0.0/24 and fd00:n::/64. The whole of 10.n.0.0/16 is kept for the
--- switch, so that one with more hosts than a /24 holds grows to a /16 with no address changed.
--- A link between two hosts gets a /30 out of 172.16.0.0/12 and a /64 out of fd00::/48.
local address = require "mcast.address"
local errors = require "mcast.errors"

local subnets = {}

---@class mcast.Pool addresses of one family on one switch or link
---@field subnet mcast.Subnet
local Pool = {}
Pool.__index = Pool

---@class mcast.Subnets
local Subnets = {}
Subnets.__index = Subnets

---@return mcast.Subnets
function subnets.new()
  return setmetatable({ _pools = {}, _next_link = { ipv4 = 0, ipv6 = 0 } }, Subnets)
end

local function overlapping(self, subnet)
  for _, pool in ipairs(self._pools) do
    if pool.reserved:overlaps(subnet) then return pool end
  end
  return nil
end

local function new_pool(self, owner, subnet, reserved)
  local pool = setmetatable({ subnet = subnet, reserved = reserved, owner = owner,
    next = 1, used = {} }, Pool)
  table.insert(self._pools, pool)
  return pool
end

--- The subnet that the user asked for.
---@param owner string "switch 'lan'"
---@param text string valid
---@param where string "net:switch"
---@return mcast.Pool
function Subnets:take(owner, text, where)
  local subnet = assert(address.subnet(text))
  local other = overlapping(self, subnet)
  if other then
    errors.usage("%s: %s of %s overlaps %s of %s", where, subnet, owner, other.subnet, other.owner)
  end
  return new_pool(self, owner, subnet, subnet)
end

--- The next free ones.
---@param owner string "switch 'lan'"
---@param family "ipv4"|"ipv6"
---@return mcast.Pool
function Subnets:allocate(owner, family)
  local pattern, kept = "10.%d.0.0/24", "10.%d.0.0/16"
  if family == "ipv6" then pattern, kept = "fd00:%x::/64", "fd00:%x::/64" end
  for n = 1, 255 do
    local reserved = assert(address.subnet(kept:format(n)))
    if not overlapping(self, reserved) then
      return new_pool(self, owner, assert(address.subnet(pattern:format(n))), reserved)
    end
  end
  errors.usage("net:switch: no %s subnet is left for %s", family, owner)
end

local most_links = 1 << 14

--- The next free ones for a link, which has two addresses.
---@param owner string "link 'a--b'"
---@param family "ipv4"|"ipv6"
---@return mcast.Pool
function Subnets:allocate_link(owner, family)
  for n = self._next_link[family], most_links - 1 do
    local text = family == "ipv6" and ("fd00:0:0:%x::/64"):format(n + 1)
      or ("172.%d.%d.%d/30"):format(16 + (n >> 14), n >> 6 & 0xff, (n & 0x3f) << 2)
    local subnet = assert(address.subnet(text))
    self._next_link[family] = n + 1
    if not overlapping(self, subnet) then return new_pool(self, owner, subnet, subnet) end
  end
  errors.usage("net:link: no %s subnet is left for %s", family, owner)
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
  errors.usage("net:host: %s of %s is full: no address is left for host '%s'",
    self.subnet, self.owner, host_name)
end

-- IPv6's are as many as IPv4's in a /24, so that both end in the same number.
local last_ipv6 = 254

--- The last free address of the subnet, for routers: those of hosts do not change when one is added.
---@param host_name string
---@return string
function Pool:last_address(host_name)
  local last = self.subnet:capacity()
  if self.subnet.family == "ipv6" then last = math.min(last, last_ipv6) end
  for n = last, 1, -1 do
    local text = self.subnet:nth(n)
    if is_free(self, text) then
      self.used[text] = host_name
      return text
    end
  end
  return self:next_address(host_name)
end

--- IPv4's network and broadcast addresses (RFC 1122, section 3.2.1.3; not in a /31, RFC 3021).
function Pool:_is_of_all(text)
  local subnet = self.subnet
  return subnet.family == "ipv4" and subnet.length < 31
    and (text == subnet:nth(0) or text == subnet:nth(subnet:capacity() + 1))
end

--- An address that the user asked for, with or without "/length".
---@param host_name string
---@param text string
---@return string address, integer prefix_length
function Pool:take_address(host_name, text)
  local plain, length = text:match("^(.-)/(%d+)$")
  local canonical = address.canonical(plain or text)
  if not length and not self.reserved:contains(canonical) then
    errors.usage("net:host: host '%s': %s is not in %s of %s",
      host_name, canonical, self.subnet, self.owner)
  end
  if not length and not self.subnet:contains(canonical) then grow(self) end
  if not length and self:_is_of_all(canonical) then
    errors.usage("net:host: host '%s': %s is no host's in %s of %s: it is the subnet's own, or its "
      .. "broadcast address", host_name, canonical, self.subnet, self.owner)
  end
  local owner = self.used[canonical]
  if owner then
    errors.usage("net:host: host '%s': %s is the address of host '%s' already",
      host_name, canonical, owner)
  end
  self.used[canonical] = host_name
  return canonical, math.tointeger(tonumber(length)) or nil
end

return subnets
