--- IPv4 and IPv6 addresses and subnets, as text and as bytes. Pure: touches no network.
local address = {}

---@class mcast.Address
---@field family "ipv4"|"ipv6"
---@field bytes string 4 or 16 bytes, network order

--- As inet_pton(3): elsewhere a zero in front means octal.
local function parse_ipv4(text)
  local a, b, c, d = text:match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$")
  if not a or text:find("%f[%d]0%d") then return nil end
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  if a > 255 or b > 255 or c > 255 or d > 255 then return nil end
  return string.char(a, b, c, d)
end

--- The 16-bit groups of one side of "::"; the last may be an embedded IPv4 address.
local function parse_groups(text)
  local bytes = {}
  if text == "" then return "" end
  local rest = text
  while rest do
    local group, tail = rest:match("^(%x+):(.+)$")
    group = group or rest
    if group:find(".", 1, true) then
      local ipv4 = parse_ipv4(group)
      if not ipv4 or tail then return nil end
      bytes[#bytes + 1] = ipv4
    elseif #group <= 4 and group:match("^%x+$") then
      bytes[#bytes + 1] = (">I2"):pack(tonumber(group, 16))
    else
      return nil
    end
    rest = tail
  end
  return table.concat(bytes)
end

local function parse_ipv6(text)
  local head, tail = text:match("^(.-)::(.*)$")
  if not head then
    local bytes = parse_groups(text)
    return bytes and #bytes == 16 and bytes or nil
  end
  local left, right = parse_groups(head), parse_groups(tail)
  if not left or not right or #left + #right > 14 then return nil end
  return left .. ("\0"):rep(16 - #left - #right) .. right
end

---@param text any
---@return mcast.Address|nil
function address.parse(text)
  if type(text) ~= "string" then return nil end
  local bytes = parse_ipv4(text)
  if bytes then return { family = "ipv4", bytes = bytes } end
  bytes = text:find(":", 1, true) and parse_ipv6(text)
  return bytes and { family = "ipv6", bytes = bytes } or nil
end

--- Where the longest run of zero groups begins and how long it is (RFC 5952 section 4.2).
local function longest_zero_run(groups)
  local best_start, best_length, start = nil, 1, nil
  for i = 1, 9 do
    if groups[i] == 0 then
      start = start or i
    elseif start then
      if i - start > best_length then best_start, best_length = start, i - start end
      start = nil
    end
  end
  return best_start, best_length
end

local function format_ipv6(bytes)
  local groups = { (">I2I2I2I2I2I2I2I2"):unpack(bytes) }
  groups[9] = nil
  local start, length = longest_zero_run(groups)
  local text = {}
  for i = 1, 8 do text[i] = ("%x"):format(groups[i]) end
  if not start then return table.concat(text, ":") end
  return table.concat(text, ":", 1, start - 1) .. "::" .. table.concat(text, ":", start + length, 8)
end

---@param bytes string
---@return string canonical text (RFC 5952)
function address.format(bytes)
  if #bytes == 4 then return ("%d.%d.%d.%d"):format(bytes:byte(1, 4)) end
  return format_ipv6(bytes)
end

--- The same address in its one canonical spelling; nil when it is none.
---@param text any
---@return string|nil canonical, "ipv4"|"ipv6"|nil family
function address.canonical(text)
  local parsed = address.parse(text)
  if not parsed then return nil end
  return address.format(parsed.bytes), parsed.family
end

---@param text string a valid address
---@return "ipv4"|"ipv6"
function address.family(text)
  return text:find(":", 1, true) and "ipv6" or "ipv4"
end

local function is_group(parsed)
  local first = parsed.bytes:byte(1)
  return parsed.family == "ipv4" and first >> 4 == 14 or parsed.family == "ipv6" and first == 0xff
end

---@param text any
---@return boolean
function address.is_multicast(text)
  local parsed = address.parse(text)
  return parsed ~= nil and is_group(parsed)
end

--- A multicast address in its one canonical spelling; nil when it is none.
---@param text any
---@return string|nil
function address.group(text)
  local parsed = address.parse(text)
  return parsed and is_group(parsed) and address.format(parsed.bytes) or nil
end

--- Groups that no switch learns from reports: 224.0.0.0/24 (RFC 4541 section 2.1.2), all-nodes
--- ff02::1, and scopes narrower than the link (RFC 3810 section 6).
---@param group string
---@return boolean
function address.is_never_learnt(group)
  local parsed = assert(address.parse(group))
  if parsed.family == "ipv4" then return parsed.bytes:sub(1, 3) == "\224\0\0" end
  return parsed.bytes:byte(2) & 0x0f <= 1 or address.format(parsed.bytes) == "ff02::1"
end

--- Of interface-local scope (RFC 4291 section 2.7): never on a wire.
---@param group string
---@return boolean
function address.is_interface_local(group)
  local parsed = assert(address.parse(group))
  return parsed.family == "ipv6" and parsed.bytes:byte(2) & 0x0f == 1
end

-- ---- subnets -----------------------------------------------------------------------------

---@class mcast.Subnet
---@field family "ipv4"|"ipv6"
---@field bytes string of the network itself, host bits zero
---@field length integer prefix length
local Subnet = {}
Subnet.__index = Subnet

local function mask(bytes, length)
  local out = {}
  for i = 1, #bytes do
    local bits = math.max(0, math.min(8, length - (i - 1) * 8))
    out[i] = string.char(bytes:byte(i) & (0xff << (8 - bits)) & 0xff)
  end
  return table.concat(out)
end

---@param text any "10.1.0.0/24"
---@return mcast.Subnet|nil
function address.subnet(text)
  local network, length = tostring(text):match("^(.+)/(%d+)$")
  local parsed, bits = address.parse(network), tonumber(length)
  if not parsed or bits > #parsed.bytes * 8 then return nil end
  return setmetatable({ family = parsed.family, bytes = mask(parsed.bytes, bits),
    length = bits }, Subnet)
end

--- The address `n` above the network's own.
---@param n integer
---@return string
function Subnet:nth(n)
  local bytes = { self.bytes:byte(1, -1) }
  for i = #bytes, 1, -1 do
    local sum = bytes[i] + (n & 0xff)
    bytes[i], n = sum & 0xff, (n >> 8) + (sum >> 8)
  end
  return address.format(string.char(table.unpack(bytes)))
end

--- How many addresses hosts may have: without the network's own and IPv4's broadcast.
---@return integer
function Subnet:capacity()
  local bits = math.min(#self.bytes * 8 - self.length, 62)
  if self.family == "ipv6" then return (1 << bits) - 1 end
  return bits < 2 and 1 << bits or (1 << bits) - 2
end

---@param text string
---@return boolean
function Subnet:contains(text)
  local parsed = address.parse(text)
  return parsed ~= nil and parsed.family == self.family
    and mask(parsed.bytes, self.length) == self.bytes
end

---@param other mcast.Subnet
---@return boolean
function Subnet:overlaps(other)
  local length = math.min(self.length, other.length)
  return self.family == other.family and mask(self.bytes, length) == mask(other.bytes, length)
end

-- RFC 6890, and what is no unicast address at all.
local never_of_hosts = {
  { "0.0.0.0/8", "this network's own" }, { "127.0.0.0/8", "loopback's" },
  { "224.0.0.0/4", "of groups" }, { "240.0.0.0/4", "reserved" },
  { "::/8", "reserved" }, { "fe80::/10", "of a single link" }, { "ff00::/8", "of groups" },
}

--- Why hosts cannot have its addresses: "224.0.0.0/4 is of groups"; nil: they can.
---@return string|nil
function Subnet:refusal()
  for _, one in ipairs(never_of_hosts) do
    if self:overlaps(assert(address.subnet(one[1]))) then
      return ("%s is %s"):format(one[1], one[2])
    end
  end
  return nil
end

function Subnet:__tostring()
  return ("%s/%d"):format(address.format(self.bytes), self.length)
end

return address
