-- Muting one source of a group, and hearing it again.
--
--      singer        heckler         member
--      sends         sends, too      joined the group, blocks heckler
--         |             |               |
--     ----+-------------+---------------+----  lan
--
-- MCAST_BLOCK_SOURCE takes one source out of an any-source membership, MCAST_UNBLOCK_SOURCE lets it
-- in again. The filter mode is EXCLUDE: everybody but those listed.
-- RFC 3678 section 5.1, RFC 3376 section 3.1.
--
-- It is the host that mutes here: the switch speaks IGMPv2 and MLDv1, which know no sources. With
-- IGMPv3 the switch follows, and a Linux bridge that forgets a source which is no longer blocked
-- loses what that source sends for one timer tick (it deletes the port before the entry).

local lab = topology("a switch that knows no sources", function(net)
  local lan = net:switch("lan", {igmp_version = 2, mld_version = 1})
  for _, name in ipairs{"member", "singer", "heckler"} do net:host(name, lan) end
end)

local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

scenario("a blocked source is silent until it is unblocked", {
  topology = lab, each = families,
}, function(t)
  local member, singer, heckler = t:hosts("member", "singer", "heckler")
  local group, port = t:group{family = t.case}, t:port()
  local heckler_address = heckler[address_of[t.case]]
  local singing = singer:sender{group = group, port = port}
  local heckling = heckler:sender{group = group, port = port}
  local socket = member:receiver{group = group, port = port}.socket

  t:step("everybody is heard")
  expect(heckling:send("boo")):reaches{member}

  t:step("the heckler is blocked")
  socket:block_source(group, heckler_address)
  expect(heckling:send("boo again")):reaches_nobody()
  expect(singing:send("la la la")):reaches{member}

  t:step("the heckler may speak again")
  socket:unblock_source(group, heckler_address)
  expect(heckling:send("bravo")):reaches{member}
end)

scenario("only what was blocked can be unblocked", {each = families}, function(t)
  local member, heckler = t:hosts("member", "heckler")
  local group = t:group{family = t.case}
  local socket = member:socket{family = t.case}
  socket:add_membership(group)

  expect(function() socket:unblock_source(group, heckler[address_of[t.case]]) end)
    :raises("EADDRNOTAVAIL")
end)

scenario("only a member can block", {each = families}, function(t)
  local member, heckler = t:hosts("member", "heckler")
  local group = t:group{family = t.case}
  local socket = member:socket{family = t.case}

  expect(function() socket:block_source(group, heckler[address_of[t.case]]) end):raises("EINVAL")
end)
