-- What is too large for the interface that it comes to is dropped without a word: that is the reason.
-- expect: exit 1
-- expect: failed "a datagram" datagram "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..." (1400 bytes) from host 'source' to 239.1.1.1 port 5000: expected to reach small, seen nobody: small did not get it: packets of 1428 bytes are too large for its eth0, whose MTU is 1400 (25)
-- expect: failed "a stream in fragments [ipv4]" stream from host 'source' to 239.1.1.1 port 5000: expected to reach large and small, none lost and none twice, seen large: small did not get it: packets of 1500 bytes are too large for its eth0, whose MTU is 1400 (34)
-- expect: failed "a stream in fragments [ipv6]" stream from host 'source' to ff15::1 port 5000: expected to reach large and small, none lost and none twice, seen large: small did not get it: packets of 1496 bytes are too large for its eth0, whose MTU is 1400 (34)
-- expect: passed "what fits"

local lab = topology("two MTUs", function(net)
  local lan = net:switch("lan")
  net:host("source", lan)
  net:host("large", lan)
  net:host("small", {lan, mtu = 1400})
end)

local function open(t, group)
  local source, large, small = t:hosts("source", "large", "small")
  large:receiver{group = group, port = 5000}
  return source:sender{group = group, port = 5000}, large, small
end

scenario("a datagram", {topology = lab}, function(t)
  local source, small = t:hosts("source", "small")
  small:receiver{group = "239.1.1.1", port = 5000}
  local sender = source:sender{group = "239.1.1.1", port = 5000}
  expect(sender:send(("x"):rep(1400))):reaches{small}
end)

local groups = {ipv4 = "239.1.1.1", ipv6 = "ff15::1"}

scenario("a stream in fragments", {topology = lab, each = {"ipv4", "ipv6"}}, function(t)
  local group = groups[t.case]
  local sender, large, small = open(t, group)
  small:receiver{group = group, port = 5000}
  expect(sender:stream{count = 5, rate = 1000, size = 4000}):reaches{large, small}
end)

scenario("what fits", {topology = lab}, function(t)
  local source, small = t:hosts("source", "small")
  small:receiver{group = "239.1.1.1", port = 5000}
  local sender = source:sender{group = "239.1.1.1", port = 5000}
  expect(sender:stream{count = 5, size = 1376}):reaches{small}
end)
