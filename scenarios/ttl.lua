-- How far a datagram goes: the time to live, which IPv6 calls the hop limit.
--
--      source                neighbour
--      sends, and may be     is a member
--      a member itself          |
--         |                     |
--     ----+---------------------+----  lan
--
-- IP_MULTICAST_TTL (IPV6_MULTICAST_HOPS) is 1 by default: the local network and no further. Every
-- router takes one off; what a switch carries keeps its value. 0 is meant for "this host only".
-- RFC 1112 section 6.1, RFC 3493 section 5.2, ip(7), ipv6(7).

local families = {"ipv4", "ipv6"}
local default_ttl = 1
local ttls_of_the_lan = {1, 2, 255}
local ttls_out_of_range = {-2, 256, 1000}

scenario("the default is the local network", {each = families}, function(t)
  local source = t:hosts("source")
  expect(source:socket{family = t.case}.multicast_ttl):equals(default_ttl)
end)

scenario("a switch carries every TTL and changes none", {each = families}, function(t)
  local source, neighbour = t:hosts("source", "neighbour")
  local group, port = t:group{family = t.case}, t:port()
  local receiver = neighbour:receiver{group = group, port = port}

  for _, ttl in ipairs(ttls_of_the_lan) do
    t:step("TTL " .. ttl)
    local sent = source:sender{group = group, port = port, ttl = ttl}:send("TTL " .. ttl)
    expect(sent):reaches{neighbour}
    expect(receiver:next().ttl):equals(ttl)
  end
end)

scenario("TTL 0 stays in a host that is a member itself", {each = families}, function(t)
  local source, neighbour = t:hosts("source", "neighbour")
  local group, port = t:group{family = t.case}, t:port()

  source:receiver{group = group, port = port}
  neighbour:receiver{group = group, port = port}
  neighbour:observer{group = group}

  local sent = source:sender{group = group, port = port, ttl = 0, loop = true}:send("secret")
  expect(sent):reaches{source}
  expect(sent):crosses{} -- no interface of another host saw it
end)

-- Linux looks at TTL 0 where it makes the copy for its own host: in ip_mc_output(), and in
-- ip6_finish_output2(). Without a member in the host (or, for IPv6, with IPV6_MULTICAST_LOOP off)
-- there is no such copy, and the datagram leaves with TTL 0, against RFC 1112 section 6.1.
-- So TTL 0 keeps no secret.
scenario("TTL 0 leaves a host that is no member (Linux)", {each = families}, function(t)
  local source, neighbour = t:hosts("source", "neighbour")
  local group, port = t:group{family = t.case}, t:port()
  local receiver = neighbour:receiver{group = group, port = port}

  expect(source:sender{group = group, port = port, ttl = 0}:send("no secret")):reaches{neighbour}
  expect(receiver:next().ttl):equals(0)
end)

scenario("a TTL out of range is refused and changes nothing", {each = families}, function(t)
  local socket = t:hosts("source"):socket{family = t.case}

  for _, ttl in ipairs(ttls_out_of_range) do
    expect(function() socket.multicast_ttl = ttl end):raises("EINVAL")
    expect(socket.multicast_ttl):equals(default_ttl)
  end
end)
