-- Where an injected packet crosses to, exactly; and what it proves about who was silent.
-- expect: exit 1
-- expect: failed "it came here too" packet 10.1.0.1 > 224.0.0.1: IGMPv3 query for all groups, answer within 10 s, ttl 1 from eth0 of host 'source': expected to cross to a, seen a and b: b saw it and should not have (12)
-- expect: failed "it did not come here" packet 10.1.0.1:9 > 239.1.2.3:9: UDP, 0 bytes, ttl 1 from eth0 of host 'source': expected to cross to a and b, seen a: no interface of b saw it (19)
-- expect: failed "a switch drops what is wrong" packet 10.1.0.1 > 224.0.0.1: IGMPv3 query for all groups, answer within 10 s, ttl 1, wrong igmp checksum from eth0 of host 'source': expected to cross to a, seen nobody: no interface of a saw it (25)
-- expect: inconclusive "there is nobody to observe" packet 10.1.0.1 > 224.0.0.1: IGMPv3 query for all groups, answer within 10 s, ttl 1 from eth0 of host 'source': inconclusive, because there is no other host's interface to watch (30)
-- expect: failed "what it proves can be wrong" receiver on host 'a' (239.1.2.3 port 5000): expected nothing, received "injected" from source to 239.1.2.3 (38)
-- expect: inconclusive "what no socket takes proves nothing" receiver on host 'a' (239.1.2.3 port 5000): inconclusive, because nothing was sent towards it (46)

scenario("it came here too", function(t)
  local source, a = t:hosts("source", "a", "b")
  expect(source:inject{igmp = {type = "query"}}):crosses({a}, {within = 0.1})
end)

scenario("it did not come here", function(t)
  local source, a, b = t:hosts("source", "a", "b")
  a:receiver{group = "239.1.2.3", port = 5000}
  local sent = source:inject{ip = {destination = "239.1.2.3"}, udp = {destination_port = 9}}
  expect(sent):crosses({a, b}, {within = 0.1})
end)

scenario("a switch drops what is wrong", function(t)
  local source, a = t:hosts("source", "a")
  local sent = source:inject{igmp = {type = "query", checksum = 0xdead}}
  expect(sent):crosses({a}, {within = 0.1})
end)

scenario("there is nobody to observe", function(t)
  local source = t:hosts("source")
  expect(source:inject{igmp = {type = "query"}}):crosses({}, {within = 0.1})
end)

scenario("what it proves can be wrong", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  source:inject{ip = {destination = "239.1.2.3"},
    udp = {destination_port = 5000, payload = "injected"}}
  expect(receiver):receives_nothing{during = 0.05}
end)

scenario("what no socket takes proves nothing", function(t)
  local source, a = t:hosts("source", "a")
  local receiver = a:receiver{group = "239.1.2.3", port = 5000}
  source:inject{ip = {destination = "239.1.2.3"}, udp = {destination_port = 5000,
    checksum = 0xdead}}
  expect(receiver):receives_nothing{during = 0.05}
end)
