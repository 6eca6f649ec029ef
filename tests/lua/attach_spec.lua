-- net:attach: what is checked before anything is opened, and what an attached host is among others.
-- With places that are really there: tests/attach.

local function refuses(t, given, pattern)
  expect(function() t.net:attach("a", given) end):raises(pattern)
end

scenario("attach: one kind of place", function(t)
  refuses(t, {}, "net:attach: missing: where; expected")
  refuses(t, {netns = "a", pid = 1}, "give one of them")
  refuses(t, {nets = "a"}, "unknown option 'nets' %(did you mean 'netns'%?%)")
  refuses(t, {netns = ""}, "net:attach: netns: expected a name")
  refuses(t, {pid = "init"}, "net:attach: pid: expected an integer")
  refuses(t, {pid = 0}, "net:attach: pid: expected an integer")
  refuses(t, {interface = 2}, "net:attach: interface: expected the name of an interface")
  refuses(t, {nic = "a/b"}, "net:attach: nic: expected the name of an interface")
  refuses(t, {macvlan = "a", mode = "bright"}, "net:attach: mode: expected \"bridge\" or")
  refuses(t, {macvlan = "a", address = "10.0.0.1"}, "expected an IPv4 address with /length")
  refuses(t, {macvlan = "a", address6 = "10.0.0.1/24"}, "expected an IPv6 address with /length")
  refuses(t, {macvlan = "a", address = "224.0.0.1/24"}, "expected an IPv4 address with /length")
  refuses(t, {nic = "a", mode = "bridge"}, "mode: goes with macvlan =, not with nic =")
  refuses(t, {pid = 1, address = "10.0.0.1/24"},
    "address: goes with nic = and macvlan =, not with pid =")
end)

scenario("attach: what is not there", function(t)
  local ok, problem = pcall(t.net.attach, t.net, "a", {netns = "/nowhere/at/all"})
  expect(ok):is_false()
  expect(problem.code):equals("ENOENT")
  expect(problem.operation):equals("attach")
  expect(problem.host):equals("a")
  expect(problem.message):contains("there is no file /nowhere/at/all")
end)

scenario("attach: a path begins at the scenario's file", function(t)
  local ok, problem = pcall(t.net.attach, t.net, "a", {netns = "./none"})
  expect(ok):is_false()
  expect(problem.message):matches("there is no file /.*/tests/lua/%./none")
end)

scenario("attach: one place is one host", function(t)
  t.net:attach("a", {interface = "lo"})
  expect(function() t.net:attach("b", {interface = "lo"}) end):raises(
    "net:attach: host 'b': lo of this machine's lo is host 'a' already")
end)

scenario("attach: before the network is built", function(t)
  t:hosts("b"):socket()
  refuses(t, {interface = "lo"}, "the network is built already")
end)

scenario("attach: this machine's loopback", {needs = {"root"}}, function(t)
  local machine = t.net:attach("machine", {interface = "lo"})
  expect(function() t.net:attach("machine", {interface = "lo"}) end):raises("there is a")
  local other = t.net:host("other", t.net:switch("lan"))
  expect(function() t.net:link(machine, other) end):raises("is attached")
  expect(function() t.net:link(other, "machine") end):raises("is attached")
  expect(tostring(machine)):equals("host 'machine'")
  expect(t.net.hosts.machine):equals(machine)
  expect(machine.lo.flags.loopback):is_true()
  expect(machine.address):equals("127.0.0.1")
end)

scenario("attach: routers and their routes leave it alone", {needs = {"root"}}, function(t)
  local net = t.net
  local left, right = net:switch("left"), net:switch("right")
  net:router("r1", {left, right})
  net:host("a", left)
  net:host("b", right)
  net:attach("machine", {netns = "/proc/self/ns/net"})
  net:ready()
  local a, b, machine = t:hosts("a", "b", "machine")
  local listener = b:socket()
  local _, port = listener:bind(nil, 0)
  a:socket():sendto("hello", b.address, port)
  expect((listener:recvfrom{timeout = 1})):equals("hello")
  expect(machine:interface("lo").index):equals(1)
end)

scenario("attach: its cable is not ours to impair", function(t)
  local machine = t.net:attach("machine", {interface = "lo"})
  expect(function() machine.lo:impair{loss = 0.5} end):raises("interface:impair: lo of host "
    .. "'machine' is attached %(this machine's lo%): its cable is not the harness's to cut open.*"
    .. "tc%-netem%(8%)")
end)
