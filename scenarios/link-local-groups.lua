-- Groups of the link reach every host of the link, and none beyond.
--
--      source     member     bystander                 beyond
--         |          |           |                        |
--     ----+----------+-----------+---- near  r  far  -----+----
--
-- 224.0.0.0/24 belongs to protocols that do not report their memberships in time, so that switches
-- do not learn it: they flood. Of IPv6 that is ff02::1 alone, all other groups of the link are
-- reported and pruned. No router forwards either, and none can be told to.
-- RFC 4541 sections 2.1.2 (2) and 3, RFC 5771 section 4, RFC 4291 section 2.7.

local lab = topology("a link and what lies beyond", function(net)
  local near, far = net:switch("near"), net:switch("far")
  net:router("r", {near, far})
  for _, name in ipairs{"source", "member", "bystander"} do net:host(name, near) end
  net:host("beyond", far)
end)

local function all_but(one, hosts)
  local others = {}
  for _, host in ipairs(hosts) do
    if host ~= one then others[#others + 1] = host end
  end
  return others
end

scenario("a switch floods them, members or not", {topology = lab,
  each = {"224.0.0.251", "224.0.0.200", "ff02::1"}}, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, port = t.case, t:port()
  member:receiver{group = group, port = port}
  bystander:receiver{port = port}
  local near = t.net.switches.near
  local others = all_but(source, near.hosts)

  expect(near):has_querier(near, {family = group:find(":") and "ipv6" or "ipv4"})
  expect(near):forwards(group, {source = source, to = others})
  local sent = source:sender{group = group, port = port, ttl = 10}:send("to all of the link")
  expect(sent):crosses(others)
  expect(sent):reaches{member}
end)

scenario("other groups of the IPv6 link are pruned", {topology = lab}, function(t)
  local source, member, r = t:hosts("source", "member", "r")
  local group, port = "ff02::abcd", t:port()
  member:receiver{group = group, port = port}
  expect(t.net.switches.near):forwards(group, {source = source, to = {member, r}})
  expect(source:sender{group = group, port = port}:send("to a member")):crosses{member, r}
end)

scenario("no router takes a route for them", {topology = lab, each = {"224.0.0.251", "ff02::abcd"}},
  function(t)
  local r = t:hosts("r")
  local family = t.case:find(":") and "ipv6" or "ipv4"
  expect(function() r:mroute{group = t.case, from = "near", to = {"far"}} end)
    :raises("never forwarded")
  r:mroute{group = t:group{family = family}, from = "near", to = {"far"}}
  expect(r):does_not_route{group = t.case}
end)
