-- Who is a member is read from the kernel.
-- expect: exit 1
-- expect: failed "it is no member" host 'a': expected member of 239.1.2.3, seen no membership (12)
-- expect: failed "it is a member of another group" host 'a': expected member of 239.1.2.3, seen member of 239.1.2.4 on eth0 (18)
-- expect: failed "it is a member, but not for this source" host 'a': expected member of 232.1.2.3 with source 192.0.2.2, seen member of 232.1.2.3 on eth0 (include {"192.0.2.1"}) (24)
-- expect: failed "it is a member, but not there" host 'a': expected member of 239.1.2.3 on lo, seen member of 239.1.2.3 on eth0 (30)
-- expect: failed "it is a member after all" host 'a': expected not a member of 239.1.2.3, seen member of 239.1.2.3 on eth0 (36)
-- expect: failed "it is a member after all, in IPv6" host 'a': expected not a member of ff0e::1:2:3, seen member of ff0e::1:2:3 on eth0 (42)

scenario("it is no member", function(t)
  local a = t:hosts("a")
  expect(a):is_member("239.1.2.3", {within = 0.1})
end)

scenario("it is a member of another group", function(t)
  local a = t:hosts("a")
  a:receiver{group = "239.1.2.4", port = 5000}
  expect(a):is_member("239.1.2.3", {within = 0.1})
end)

scenario("it is a member, but not for this source", function(t)
  local a = t:hosts("a")
  a:receiver{group = "232.1.2.3", source = "192.0.2.1", port = 5000}
  expect(a):is_member("232.1.2.3", {source = "192.0.2.2", within = 0.1})
end)

scenario("it is a member, but not there", function(t)
  local a = t:hosts("a")
  a:receiver{group = "239.1.2.3", port = 5000, interface = "eth0"}
  expect(a):is_member("239.1.2.3", {interface = "lo", within = 0.1})
end)

scenario("it is a member after all", function(t)
  local a = t:hosts("a")
  a:receiver{group = "239.1.2.3", port = 5000}
  expect(a):is_not_member("239.1.2.3", {within = 0.1})
end)

scenario("it is a member after all, in IPv6", function(t)
  local a = t:hosts("a")
  a:receiver{group = "ff0e::1:2:3", port = 5000}
  expect(a):is_not_member("ff0e::1:2:3", {within = 0.1})
end)
