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

scenario("this machine's interface", function(t)
  refuses(t, {interface = "lan"}, "host a: net:attach: this machine's network: enter a network "
    .. "namespace: Operation not permitted (EPERM)", "EPERM")
end)

scenario("a port of this machine, and a child of one", function(t)
  refuses(t, {nic = "nic"}, "host a: net:attach: this machine's port nic: enter a network "
    .. "namespace: Operation not permitted (EPERM)", "EPERM")
  refuses(t, {macvlan = "lower"}, "host a: net:attach: macvlan on this machine's lower: make a "
    .. "macvlan on lower: Operation not permitted (EPERM)", "EPERM")
end)
