-- Places that are not there, on the machine that places.py makes.
local gone = param("gone", 0, "a process that has ended")

local function refuses(t, given, pattern, code, hint)
  local ok, problem = pcall(t.net.attach, t.net, "a", given)
  expect(ok):is_false()
  expect(tostring(problem)):equals(pattern)
  expect(problem.code):equals(code)
  expect(problem.host):equals("a")
  if hint then expect(problem.hint):contains(hint) end
end

scenario("a name that is none", function(t)
  refuses(t, {netns = "tow"}, "host a: net:attach: there is no network namespace 'tow' "
    .. "(did you mean 'two'?) (ENOENT)", "ENOENT", "ip netns list")
end)

scenario("a path that is none", function(t)
  refuses(t, {netns = "/run/nowhere"}, "host a: net:attach: there is no file /run/nowhere (ENOENT)",
    "ENOENT")
end)

scenario("a file that is no namespace", function(t)
  refuses(t, {netns = "/etc/passwd"}, "host a: net:attach: network namespace /etc/passwd: open "
    .. "namespace /etc/passwd: Invalid argument (EINVAL)", "EINVAL", "is no network namespace")
  refuses(t, {netns = "/proc/self/ns/mnt"}, "host a: net:attach: network namespace "
    .. "/proc/self/ns/mnt: open namespace /proc/self/ns/mnt: Invalid argument (EINVAL)", "EINVAL")
end)

scenario("a process that has ended", function(t)
  refuses(t, {pid = gone}, ("host a: net:attach: there is no process %d (ENOENT)"):format(gone),
    "ENOENT", "outside of the harness")
end)

scenario("an interface that is none", function(t)
  refuses(t, {interface = "lam"}, "host a: net:attach: this machine has no interface 'lam' "
    .. "(did you mean 'lan'?) (ENODEV)", "ENODEV")
end)

scenario("the network is as it was", function(t)
  pcall(t.net.attach, t.net, "a", {netns = "nowhere"})
  expect(#t.net.hosts):equals(0)
  expect(t.net:attach("a", {netns = "one"}).address):equals("10.9.0.1")
end)
