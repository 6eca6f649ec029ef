-- What was not joined cannot be dropped.
--
--      member
--      joins and drops: the group, the interface, and the source must be those of the join
--         |
--     ----+----  lan
--
-- A membership is known by its group, its interface and, if it has one, its source. A drop that
-- names another is refused with EADDRNOTAVAIL, and the membership stays.
-- RFC 3678 section 4.1, ip(7), ipv6(7).

local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

scenario("a drop undoes its join, once", {each = families}, function(t)
  local member = t:hosts("member")
  local group = t:group{family = t.case}
  local socket = member:socket{family = t.case}

  socket:add_membership(group)
  expect(member):is_member(group)

  socket:drop_membership(group)
  expect(member):is_not_member(group)
  expect(function() socket:drop_membership(group) end):raises("EADDRNOTAVAIL")
end)

scenario("a drop of another group changes nothing", {each = families}, function(t)
  local member = t:hosts("member")
  local group, other_group = t:group{family = t.case}, t:group{family = t.case}
  local socket = member:socket{family = t.case}
  socket:add_membership(group)

  expect(function() socket:drop_membership(other_group) end):raises("EADDRNOTAVAIL")
  expect(member):is_member(group)
end)

scenario("a drop on another interface changes nothing", {each = families}, function(t)
  local member = t:hosts("member")
  local group = t:group{family = t.case}
  local socket = member:socket{family = t.case}
  socket:add_membership(group, {interface = "eth0"})

  expect(function() socket:drop_membership(group, {interface = "lo"}) end)
    :raises("EADDRNOTAVAIL")
  expect(member):is_member(group, {interface = "eth0"})
end)

scenario("a drop of another source changes nothing", {each = families}, function(t)
  local member, wanted, other = t:hosts("member", "wanted", "other")
  local group = t:group{family = t.case, ssm = true}
  local wanted_address, other_address = wanted[address_of[t.case]], other[address_of[t.case]]
  local socket = member:socket{family = t.case}
  socket:add_source_membership(group, wanted_address)

  expect(function() socket:drop_source_membership(group, other_address) end)
    :raises("EADDRNOTAVAIL")
  expect(member):is_member(group, {source = wanted_address})
end)

scenario("one socket joins a group once", {each = families}, function(t)
  local member = t:hosts("member")
  local group = t:group{family = t.case}
  local socket = member:socket{family = t.case}
  socket:add_membership(group)

  expect(function() socket:add_membership(group) end):raises("EADDRINUSE")
end)
