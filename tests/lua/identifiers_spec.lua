local Identifiers = require "mcast.identifiers"
local address = require "mcast.address"

--- The low 23 bits of an IPv4 group are those of its MAC address (RFC 1112 section 6.4).
local function mac_bits(group)
  return (">I4"):unpack(address.parse(group).bytes) & 0x7fffff
end

scenario("identifiers: groups are their own, and alias no 224.0.0.x", function()
  local ids, seen = Identifiers.new(1, "file.lua::name"), {}
  for _ = 1, 600 do
    local group = ids:group("ipv4", false)
    if seen[group] or mac_bits(group) < 256 or not group:find("^239%.") then
      expect(group):equals("a group of its own in 239.0.0.0/8")
    end
    seen[group] = true
  end
  expect(ids:group("ipv4", true)):matches("^232%.")
  expect(ids:group("ipv6", false)):matches("^ff15::8")
  expect(ids:group("ipv6", true)):matches("^ff3e::8")
end)

scenario("identifiers: the same seed and scenario give the same, others do not", function()
  local function first(seed, id) return Identifiers.new(seed, id):group("ipv4", false) end
  expect(first(1, "a")):equals(first(1, "a"))
  expect(first(1, "a") == first(1, "b")):is_false()
  expect(first(1, "a") == first(2, "a")):is_false()
end)

scenario("identifiers: ports are outside the ephemeral range", function()
  local ids, seen = Identifiers.new(7, "x"), {}
  for _ = 1, 1000 do
    local port = ids:port()
    if seen[port] or port < 10000 or port >= 32768 then expect(port):equals("a fresh port") end
    seen[port] = true
  end
  expect(ids:port()):is_at_least(10000)
end)
