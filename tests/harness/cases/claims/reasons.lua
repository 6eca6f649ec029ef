-- Which of several interfaces, sources and losses is the reason why somebody did not get a datagram.
-- expect: exit 1
-- expect: failed "it left by another interface" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach far, seen nobody: far did not get it: it left source by eth0, and far is on the segment of eth1 (30)
-- expect: failed "it came by another interface" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach both, seen nobody: both did not get it: its receiver has joined on eth0, and it came by eth1 (36)
-- expect: failed "the interface that is down is another one" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach both, seen nobody: both did not get it: its receiver has joined on eth0, and it came by eth1 (43)
-- expect: failed "the interface where it comes is down" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach both, seen nobody: both did not get it: its eth1 is down (50)
-- expect: failed "its source is excluded [ipv4]" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach member, seen nobody: member did not get it: its receiver excludes the source 10.1.0.1 (58)
-- expect: failed "its source is excluded [ipv6]" datagram "hello" from host 'source' to ff15::1 port 5000: expected to reach member, seen nobody: member did not get it: its receiver excludes the source fd00:1::1 (58)
-- expect: failed "its source is not included" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach member, seen nobody: member did not get it: its receiver includes 10.1.0.7 and 10.1.0.8, not the source 10.1.0.1 (64)
-- expect: failed "a full buffer that has nothing to do with it" datagram "hello" from host 'source' to 239.1.2.3 port 5000: expected to reach member, seen nobody: member did not get it: its firewall (host:block) drops it (73)
-- expect: failed "a group that stays in its host" datagram "hello" from host 'source' to ff01::5 port 5000: expected to reach member, seen nobody: member did not get it: ff01::5 is of interface-local scope, and stays in source (79)

local lab = topology("two LANs", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:host("source", {left, right})
  net:host("both", {left, right})
  net:host("far", right)
end)

local group, port = "239.1.2.3", 5000

local function send(source, options)
  options.group, options.port = options.group or group, port
  return source:sender(options):send("hello")
end

scenario("it left by another interface", {topology = lab}, function(t)
  local source, far = t:hosts("source", "far")
  far:receiver{group = group, port = port}
  expect(send(source, {interface = "eth0"})):reaches({far}, {within = 0.1})
end)

scenario("it came by another interface", {topology = lab}, function(t)
  local source, both = t:hosts("source", "both")
  both:receiver{group = group, port = port, interface = "eth0"}
  expect(send(source, {interface = "eth1"})):reaches({both}, {within = 0.1})
end)

scenario("the interface that is down is another one", {topology = lab}, function(t)
  local source, both = t:hosts("source", "both")
  both:receiver{group = group, port = port, interface = "eth0"}
  both.eth0:down()
  expect(send(source, {interface = "eth1"})):reaches({both}, {within = 0.1})
end)

scenario("the interface where it comes is down", {topology = lab}, function(t)
  local source, both = t:hosts("source", "both")
  both:receiver{group = group, port = port, interfaces = {"eth0", "eth1"}}
  both.eth1:down()
  expect(send(source, {interface = "eth1"})):reaches({both}, {within = 0.1})
end)

scenario("its source is excluded", {each = {"ipv4", "ipv6"}}, function(t)
  local source, member = t:hosts("source", "member")
  local excluding = t.case == "ipv4" and group or "ff15::1"
  member:receiver{group = excluding, port = port,
    exclude = t.case == "ipv4" and source.address or source.address6}
  expect(send(source, {group = excluding})):reaches({member}, {within = 0.1})
end)

scenario("its source is not included", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = group, port = port, sources = {"10.1.0.7", "10.1.0.8"}}
  expect(send(source, {})):reaches({member}, {within = 0.1})
end)

scenario("a full buffer that has nothing to do with it", function(t)
  local source, other, member = t:hosts("source", "other", "member")
  member:receiver{group = group, port = port, receive_buffer = 1}
  member:block{source = source, direction = "in"}
  local sent, sender = send(source, {}), other:sender{group = group, port = port}
  for _ = 1, 100 do sender:send(("x"):rep(1400)) end
  expect(sent):reaches({member}, {within = 0.1})
end)

scenario("a group that stays in its host", function(t)
  local source, member = t:hosts("source", "member")
  member:receiver{group = "ff01::5", port = port}
  expect(send(source, {group = "ff01::5"})):reaches({member}, {within = 0.1})
end)
