local address = require "mcast.address"

local spellings = {
  ["1.2.3.4"] = "1.2.3.4", ["0:0:0:0:0:0:0:1"] = "::1", ["FF02::0001"] = "ff02::1",
  ["1:0:0:2:0:0:0:3"] = "1:0:0:2::3", ["1::"] = "1::", ["::"] = "::",
}

local no_addresses = { "", "1.2.3", "256.1.1.1", "1.2.3.4.5", "1::2::3", ":1", "1:2", "12345::",
  "1:2:3:4:5:6:7:8:9", "1:", "fe80::1%eth0", "abc", "1.2.3.4/24" }

scenario("address: one canonical spelling (RFC 5952)", function()
  for text, canonical in pairs(spellings) do
    expect((address.canonical(text))):equals(canonical)
  end
  for _, text in ipairs(no_addresses) do
    expect(address.parse(text)):is_nil()
  end
  expect(address.parse(42)):is_nil()
end)

scenario("address: what is multicast, and what no switch learns", function()
  for _, group in ipairs { "224.0.0.0", "239.255.255.255", "ff02::1", "ff3e::1" } do
    expect(address.is_multicast(group)):is_true()
  end
  for _, other in ipairs { "223.255.255.255", "240.0.0.0", "fe80::1", "no address" } do
    expect(address.is_multicast(other)):is_false()
  end
  for group, never in pairs { ["224.0.0.255"] = true, ["224.0.1.0"] = false, ["ff02::1"] = true,
    ["ff02::2"] = false, ["ff01::7"] = true, ["ff11::7"] = true, ["ff15::7"] = false } do
    expect(address.is_never_learnt(group)):equals(never)
  end
end)

scenario("address: subnets", function()
  local small, large = address.subnet("10.1.2.3/24"), address.subnet("10.1.0.0/16")
  expect(tostring(small)):equals("10.1.2.0/24")
  expect(small:nth(7)):equals("10.1.2.7")
  expect(large:nth(256)):equals("10.1.1.0")
  expect(small:capacity()):equals(254)
  expect(small:contains("10.1.2.255")):is_true()
  expect(small:contains("10.1.3.0")):is_false()
  expect(small:contains("fd00::1")):is_false()
  expect(small:overlaps(large)):is_true()
  expect(small:overlaps(address.subnet("10.1.3.0/24"))):is_false()
  expect(address.subnet("fd00:1::/64"):nth(1000)):equals("fd00:1::3e8")
  for _, text in ipairs { "10.0.0.0", "10.0.0.0/33", "fd00::/129", "x/8" } do
    expect(address.subnet(text)):is_nil()
  end
end)
