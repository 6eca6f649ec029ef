-- What needs root says so.
local pid = param("pid", 0, "a process of another user's")

local function refuses(t, given, pattern, code)
  local ok, problem = pcall(t.net.attach, t.net, "a", given)
  expect(ok):is_false()
  expect(tostring(problem)):equals(pattern)
  expect(problem.code):equals(code)
  expect(problem.hint):contains("run as root")
end

scenario("a namespace of ip netns", function(t)
  refuses(t, {netns = "one"}, "host a: net:attach: network namespace one: enter a network "
    .. "namespace: Operation not permitted (EPERM)", "EPERM")
end)

scenario("a process of another user's", function(t)
  refuses(t, {pid = pid}, ("host a: net:attach: network of process %d: open namespace "
    .. "/proc/%d/ns/net: Permission denied (EACCES)"):format(pid, pid), "EACCES")
end)

-- What any user may do, the attendant does.
scenario("sockets of this machine", {each = {"ipv4", "ipv6"}}, function(t)
  local group, port = t:group{family = t.case}, t:port()
  local receiver, sender = mcast.socket{family = t.case}, mcast.socket{family = t.case}
  receiver:bind(nil, port)
  receiver:add_membership(group, {interface = "lan"})
  sender:set_multicast_if{interface = "lan"}
  sender:sendto("hello", group, port)
  local data, _, _, info = receiver:recvfrom{timeout = 1}
  expect(data):equals("hello")
  expect(info.interface):equals("lan")
  expect(receiver.memberships[1].group):equals(group)
end)

scenario("this machine's interface", function(t)
  local machine = t.net:attach("machine", {interface = "lan"})
  local group, port = t:group(), t:port()
  machine:receiver{group = group, port = port, reply = "ack"}
  expect(machine.address):equals("10.9.0.100")
  local sent = machine:sender{group = group, port = port}:send("looped back")
  expect(sent):reaches{machine}
  expect(sent):acknowledged_by{machine}
  expect(machine:sender{group = t:group(), port = port}:send("to nobody")):reaches_nobody()
end)

scenario("what takes more than a socket says so", function(t)
  local machine = t.net:attach("machine", {interface = "lan"})
  for _, word in ipairs{"observer", "run"} do
    local ok, problem = pcall(machine[word], machine, word == "run" and {"true"} or nil)
    expect(ok):is_false()
    expect(problem.code):equals("EPERM")
    expect(problem.hint):contains("run as root")
  end
end)

scenario("a port of this machine, and a child of one", function(t)
  refuses(t, {nic = "nic"}, "host a: net:attach: this machine's port nic: enter a network "
    .. "namespace: Operation not permitted (EPERM)", "EPERM")
  refuses(t, {macvlan = "lower"}, "host a: net:attach: macvlan on this machine's lower: make a "
    .. "macvlan on lower: Operation not permitted (EPERM)", "EPERM")
end)
