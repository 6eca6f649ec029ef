-- Ports of the machine (machine.py), and children of them.
local families = {"ipv4", "ipv6"}

scenario("a port, moved for the run", {each = families}, function(t)
  local nic, one = t.net:attach("nic", {nic = "nic"}), t.net:attach("one", {netns = "one"})
  local group, other, port = t:group{family = t.case}, t:group{family = t.case}, t:port()
  expect(nic.address):equals("10.9.0.4")
  expect(nic.address6):equals("fd09::4")
  expect(nic.nic.mtu):equals(1400)
  for _, host in ipairs{nic, one} do
    host:receiver{group = group, port = port, reply = "ack", ready = true}
  end
  local sent = nic:sender{group = group, port = port, loop = false}:send("from the port")
  expect(sent):reaches{one}
  expect(sent):acknowledged_by{one}
  sent = one:sender{group = group, port = port, loop = false}:send("to the port")
  expect(sent):reaches{nic}
  expect(sent):acknowledged_by{nic}
  expect(nic:sender{group = other, port = port}:send("to nobody")):reaches_nobody()
end)

scenario("a port with other addresses", function(t)
  local nic = t.net:attach("nic", {nic = "nic", address = "10.9.0.44/24", address6 = "fd09::44/64"})
  expect(nic.address):equals("10.9.0.44")
  expect(nic.address6):equals("fd09::44")
  expect(#nic:interfaces()):equals(2)
end)

scenario("a port that was renamed, taken down and stripped comes back as it was", function(t)
  local nic = t.net:attach("nic", {nic = "nic"})
  expect(nic:run{"sh", "-c", [[ip addr flush dev nic && ip link set nic down mtu 1400 &&
    ip link set nic name other && ip link set other down]]}.status):equals(0)
end)

scenario("one port is one host's", function(t)
  t.net:attach("nic", {nic = "nic"})
  local ok, problem = pcall(t.net.attach, t.net, "again", {nic = "nic"})
  expect(ok):is_false()
  expect(problem.code):equals("EBUSY")
  expect(problem.message):contains("another host of this scenario has")
end)

scenario("children of an interface", function(t)
  local a = t.net:attach("a", {macvlan = "lower", address = "10.9.0.51/24",
    address6 = "fd09::51/64"})
  local b = t.net:attach("b", {macvlan = "lower", name = "uplink", address = "10.9.0.52/24"})
  local one = t.net:attach("one", {netns = "one"})
  local group, port = t:group(), t:port()
  for _, host in ipairs{b, one} do host:receiver{group = group, port = port, reply = "ack"} end
  expect(a.eth0.address):equals("10.9.0.51")
  expect(a.address6):equals("fd09::51")
  expect(b.uplink.flags.up):is_true()
  local sent = a:sender{group = group, port = port}:send("to a brother and a stranger")
  expect(sent):reaches{b, one}
  expect(sent):acknowledged_by{b, one}
end)

scenario("private children do not hear each other", function(t)
  local a = t.net:attach("a", {macvlan = "lower", mode = "private", address = "10.9.0.51/24"})
  local b = t.net:attach("b", {macvlan = "lower", mode = "private", address = "10.9.0.52/24"})
  local one = t.net:attach("one", {netns = "one"})
  local group, port = t:group(), t:port()
  for _, host in ipairs{b, one} do host:receiver{group = group, port = port} end
  expect(a:sender{group = group, port = port}:send("to a stranger")):reaches{one}
end)

local function refuses(t, given, text, code, hint)
  local ok, problem = pcall(t.net.attach, t.net, "a", given)
  expect(ok):is_false()
  expect(tostring(problem)):equals(text)
  expect(problem.code):equals(code)
  if hint then expect(problem.hint):contains(hint) end
end

scenario("what cannot be taken", function(t)
  refuses(t, {nic = "nik"}, "host a: net:attach: this machine has no interface 'nik' "
    .. "(did you mean 'nic'?) (ENODEV)", "ENODEV")
  refuses(t, {macvlan = "lover"}, "host a: net:attach: this machine has no interface 'lover' "
    .. "(did you mean 'lower'?) (ENODEV)", "ENODEV")
  refuses(t, {nic = "lo"}, "host a: net:attach: this machine's port lo: attach interface lo: "
    .. "Invalid argument (EINVAL)", "EINVAL", "loopback cannot be moved")
  refuses(t, {nic = "port1"}, "host a: net:attach: this machine's port port1: attach interface "
    .. "port1: Device or resource busy (EBUSY)", "EBUSY", "ip link set port1 nomaster")
  expect(#t.net.hosts):equals(0)
end)
