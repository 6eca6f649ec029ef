-- A packet that cannot be is refused with its place and the nearest field.
-- expect: exit 1
-- expect: broken "a layer" mcast.packet: unknown field 'igpm' (did you mean 'igmp'?) (14)
-- expect: broken "a field" mcast.packet: igmp: version 3 query: unknown field 'robustnes' (did you mean 'robustness'?) (18)
-- expect: broken "a value" mcast.packet: igmp: records[2]: group: expected an IPv4 address, got "ff05::1" (22)
-- expect: broken "a packet to inject" host:inject: packet: ip: ttl: expected an integer from 0 to 255, got 256 (28)
-- expect: broken "a querier" host:querier: version: expected an integer from 1 to 2 for MLD, got 3 (32)
-- expect: broken "a query" querier:query: sources: only a query for a group has them (36)
-- expect: broken "bytes that are no frame" host:inject: packet: expected the bytes of a frame, from its Ethernet header on (14 bytes), got "abc" (40)
-- expect: broken "a frame to nobody" host:inject: eth: destination: missing; a packet without IP has no group to make it of (44)
-- expect: broken "sources for an old version" querier:query: sources: a query of version 2 has none (48)

scenario("a layer", function()
  mcast.packet{igpm = {type = "query"}}
end)

scenario("a field", function()
  mcast.packet{igmp = {type = "query", robustnes = 3}}
end)

scenario("a value", function()
  mcast.packet{igmp = {type = "report", records = {{type = "allow", group = "239.1.2.3"},
    {type = "allow", group = "ff05::1"}}}}
end)

scenario("a packet to inject", function(t)
  local a = t:hosts("a")
  a:inject{ip = {ttl = 256}, igmp = {type = "query"}}
end)

scenario("a querier", function(t)
  t:hosts("a"):querier{family = "ipv6", version = 3}
end)

scenario("a query", function(t)
  t:hosts("a"):querier{}:query{sources = {"10.0.0.1"}}
end)

scenario("bytes that are no frame", function(t)
  t:hosts("a"):inject("abc")
end)

scenario("a frame to nobody", function(t)
  t:hosts("a"):inject{payload = "abc"}
end)

scenario("sources for an old version", function(t)
  t:hosts("a"):querier{version = 2}:query{group = "239.1.2.3", sources = {"10.0.0.1"}}
end)
