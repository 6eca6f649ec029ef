-- Streams that are refused: a sentence with the values. What they claim wrongly: ../claims/streams.lua.
-- expect: exit 1
-- expect: broken "no rate" sender:stream: rate: expected packets per second, above 0 and at most 100000000, or a string with a unit such as "10mbit" (bits of payload per second) or "5kpps", got 0 (24)
-- expect: broken "too fast for anything" sender:stream: rate: expected packets per second, above 0 and at most 100000000, or a string with a unit such as "10mbit" (bits of payload per second) or "5kpps", got 200000000.0 (28)
-- expect: broken "too fast in bits" sender:stream: rate: expected 0.000001 to 100000000 packets per second, got "900gbit": 6.25e+09 packets of 18 bytes (32)
-- expect: broken "an unknown unit" sender:stream: rate: expected packets per second, above 0 and at most 100000000, or a string with a unit such as "10mbit" (bits of payload per second) or "5kpps", got "10 furlongs" (36)
-- expect: broken "nothing at all" sender:stream: size: expected 18 to 65507 bytes of payload, got 0: a probe carries its run, flow, number, time and check sum in 18 bytes (40)
-- expect: broken "too small for a probe" sender:stream: size: expected 18 to 65507 bytes of payload, got 17: a probe carries its run, flow, number, time and check sum in 18 bytes (44)
-- expect: broken "too large for a datagram" sender:stream: size: expected 18 to 65507 bytes of payload (the largest of a UDP datagram over IPv4), got 65508; the MTU of eth0 is 1500: more than 1472 bytes travel in fragments (48)
-- expect: broken "too large over IPv6" sender:stream: size: expected 18 to 65527 bytes of payload (the largest of a UDP datagram over IPv6), got 65528; the MTU of eth0 is 1500: more than 1452 bytes travel in fragments (52)
-- expect: broken "no IPv6 to send by" host source: send 100 bytes to ff15::5 port 5000: Cannot assign requested address (EADDRNOTAVAIL) (59)
-- expect: failed "a receiver of the other family" stream from host 'source' to 239.1.2.3 port 5000: expected to reach a, none lost and none twice, seen nobody: a did not get it: its receiver is ipv6, the datagram ipv4 (66)
-- expect: broken "joined with the other family" mcast.measure.join: group: the stream goes to 239.1.2.3, not to ff15::5 (72)
-- expect: broken "paused before it starts" sender:stream: host 'source' is paused: resume it first (79)

local group, port = "239.1.2.3", 5000

local function start(t, options, to)
  local sender = t:hosts("source"):sender{group = to or group, port = port}
  return sender:stream(options)
end

scenario("no rate", function(t)
  start(t, {rate = 0})
end)

scenario("too fast for anything", function(t)
  start(t, {rate = 2e8})
end)

scenario("too fast in bits", function(t)
  start(t, {rate = "900gbit", size = 18})
end)

scenario("an unknown unit", function(t)
  start(t, {rate = "10 furlongs"})
end)

scenario("nothing at all", function(t)
  start(t, {size = 0})
end)

scenario("too small for a probe", function(t)
  start(t, {size = 17})
end)

scenario("too large for a datagram", function(t)
  start(t, {size = 65508})
end)

scenario("too large over IPv6", function(t)
  start(t, {size = 65528}, "ff15::5")
end)

scenario("no IPv6 to send by", function(t)
  local source = t:hosts("source")
  local sender = source:sender{group = "ff15::5", port = port}
  source:sysctl("net.ipv6.conf.all.disable_ipv6", 1)
  sender:stream{count = 1}
end)

scenario("a receiver of the other family", function(t)
  local a = t:hosts("a", "source")
  a:receiver{group = "ff15::5", port = port}
  local flow = start(t, {count = 3})
  expect(flow):reaches({a}, {within = 0.1})
end)

scenario("joined with the other family", function(t)
  local a = t:hosts("a")
  local flow = start(t, {rate = 100})
  mcast.measure.join{host = a, from = flow, group = "ff15::5"}
end)

scenario("paused before it starts", function(t)
  local source = t:hosts("source")
  local sender = source:sender{group = group, port = port}
  source:pause()
  sender:stream{count = 1}
end)
