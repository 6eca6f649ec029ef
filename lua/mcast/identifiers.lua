--- Groups and ports that nobody else in this run uses, without asking anybody: each scenario has a
--- slice of the numbers of its own, by the run's seed and its name.
local address = require "mcast.address"

---@class mcast.Identifiers
local Identifiers = {}
Identifiers.__index = Identifiers

--- FNV-1a, 32 bits.
local function hash(text)
  local value = 0x811c9dc5
  for i = 1, #text do
    value = ((value ~ text:byte(i)) * 0x01000193) & 0xffffffff
  end
  return value
end

local slice_bits = 15  -- 32,767 slices of 256 groups fill the 23 bits of a group's MAC address
local slices = (1 << slice_bits) - 1

-- Below the ephemeral ports (net.ipv4.ip_local_port_range: 32768 and up), above the well-known.
local first_port, port_count = 10000, 22000

---@param seed integer
---@param id string of the scenario
---@return mcast.Identifiers
function Identifiers.new(seed, id)
  local start = hash(("%d:%s"):format(seed, id))
  return setmetatable({ _start = start, _groups = 0, _ports = 0 }, Identifiers)
end

--- 23 bits: those that an IPv4 group's MAC address keeps (RFC 1112 section 6.4). Never below 256,
--- where 224.0.0.x and its aliases are.
local function next_number(self)
  local slice = (self._start + (self._groups >> 8)) % slices + 1
  local number = slice << 8 | (self._groups & 0xff)
  self._groups = self._groups + 1
  return number
end

local prefixes = {
  ipv4 = { [false] = "\239", [true] = "\232" },
  -- Transient and site-local (RFC 4291), with dynamic group ids (RFC 3307); source-specific ones
  -- have the prefix ff3x::/96 (RFC 4607).
  ipv6 = { [false] = "\xff\x15" .. ("\0"):rep(10) .. "\x80",
    [true] = "\xff\x3e" .. ("\0"):rep(10) .. "\x80" },
}

---@param family "ipv4"|"ipv6"
---@param ssm boolean
---@return string
function Identifiers:group(family, ssm)
  return address.format(prefixes[family][ssm] .. (">I3"):pack(next_number(self)))
end

---@return integer
function Identifiers:port()
  local port = first_port + (self._start + self._ports) % port_count
  self._ports = self._ports + 1
  return port
end

return Identifiers
