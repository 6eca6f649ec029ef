-- Programs of a router, in folders of their own, and routing daemons.

local daemon = require "mcast.daemon"

local lab = topology("two routers", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:router("r1", {left, right})
  net:router("r2", {left, right})
  net:host("h", left)
end)

local folders = {"/run", "/etc", "/var/lib", "/var/run", "/var/log", "/tmp"}

scenario("daemon: a router's programs have folders of their own", {topology = lab}, function(t)
  local r1, r2, h = t:hosts("r1", "r2", "h")
  local name = "mcast-harness-test-" .. t:port()
  for _, folder in ipairs(folders) do
    local path = folder .. "/" .. name
    expect(r1:run{"sh", "-c", "echo mine >" .. path}.stderr):equals("")
    expect(r1:run{"cat", path}.stdout):equals("mine\n")
    expect(r2:run{"cat", path}.status):equals(1)
    expect(h:run{"cat", path}.status):equals(1)
    expect(io.open(path)):is_nil()
  end
  expect(r1:run{"cat", "/etc/passwd"}.stdout):contains("root:")
  expect(r1:run{"ls"}.stdout):contains("daemon_spec.lua")
  expect(r1:run{"cat", "/proc/net/fib_trie"}.stdout):contains(r1.address)
end)

scenario("daemon: one that forks twice ends with the scenario", {topology = lab,
  needs = {"smcroute"}}, function(t)
  local r1 = t:hosts("r1")
  expect(r1:start{"smcrouted"}:wait().status):equals(0)
  expect(eventually(function() return r1:run{"smcroutectl", "show"}.status == 0 end)):is_true()
  local pid = r1:run{"cat", "/run/smcroute.pid"}.stdout
  expect(io.open("/proc/" .. tonumber(pid) .. "/comm"):read("l")):equals("smcrouted")
end)

scenario("daemon: smcroute", {topology = lab, needs = {"smcroute"}}, function(t)
  local r1, r2 = t:hosts("r1", "r2")
  local first = daemon.smcroute(r1, {joins = {{group = "239.1.2.3", from = "left"}},
    routes = {{group = "239.1.2.3", source = t:hosts("h").address, from = "left", to = "right"},
      {group = "ff15::7", from = "right", to = {"left"}}}})
  local second = daemon.smcroute(r2)
  expect(tostring(first)):equals("smcroute on router 'r1'")
  expect(first.name):equals("smcroute")
  expect(first.router):equals(r1)
  expect(#first.processes):equals(1)
  expect(r1:mroutes()[1].group):equals("239.1.2.3")
  expect(r1:mroutes()[1].to):equals{r1.eth1}
  expect(first:command("show", "routes")):contains("(*, ff15::7)")
  expect(first:command("show", "groups")):contains("239.1.2.3")
  expect(second:command("show", "routes")):matches("^[^2]*$")
  expect(first:output()):contains("Ready")

  second:stop()
  expect(first.running):is_true()
  expect(second.running):is_false()
  expect(second.processes[1].status):equals(0)
  first:kill()
  expect(first.processes[1].signal):equals("SIGKILL")
  expect(r1:mroutes()):equals{}
end)

scenario("daemon: one owner per router", {topology = lab, needs = {"smcroute"}}, function(t)
  local r1, r2 = t:hosts("r1", "r2")
  daemon.smcroute(r1)
  local _, twice = pcall(daemon.smcroute, r1)
  expect(twice.code):equals("EADDRINUSE")
  expect(twice.host):equals("r1")
  expect(twice.message):equals("smcroute cannot route multicast: another daemon does it already")
  local _, static = pcall(r1.mroute, r1, {group = "239.1.1.1", from = "left", to = "right"})
  expect(static.code):equals("EADDRINUSE")
  expect(static.hint):contains("a routing daemon has it already")

  r2:mroute{group = "239.1.1.1", from = "left", to = "right"}
  local _, late = pcall(daemon.smcroute, r2)
  expect(late.code):equals("EADDRINUSE")
  expect(late.message):contains("router:mroute does it already")
end)

scenario("daemon: its own words", {topology = lab, needs = {"smcroute"}}, function(t)
  local r1 = t:hosts("r1")
  local _, refused = pcall(daemon.smcroute, r1, {text = "phyint eth0 enable\nmroute from eth0 "
    .. "group 10.1.1.1 to eth0\n"})
  expect(refused.code):equals("EINVAL")
  expect(refused.message):contains("smcroute does not take its configuration:\n")
  expect(refused.message):contains("line 2: mroute: Invalid multicast group: 10.1.1.1")

  local running = daemon.smcroute(r1)
  local _, unknown = pcall(running.command, running, "add", "eth7", "10.0.0.1", "239.1.1.1", "eth1")
  expect(unknown.message):contains("smcroute refuses a command:\n")
  expect(unknown.message):contains("eth7 is not a known phyint")
end)


scenario("daemon: pimd", {topology = lab, needs = {"pimd"}}, function(t)
  local r1, r2 = t:hosts("r1", "r2")
  local first = daemon.pimd(r1, {rp = r1})
  local second = daemon.pimd(r2, {text = "rp-address " .. r1.address .. "\n"})
  expect(first:command()):contains("register_vif0")
  first:await_neighbors{r2}
  second:await_neighbors{r1}
  second:kill()
  local _, refused = pcall(daemon.pimd, r2, {text = "bogus line\n"})
  expect(refused.code):equals("EINVAL")
  expect(refused.message):contains("pimd does not take its configuration:\n")
  expect(refused.message):contains("Unknown command 'bogus'")
  local _, ended = pcall(daemon.pimd, r2, {text = "phyint eth9 enable\n"})
  expect(ended.code):equals("EINVAL")
  expect(ended.message):contains("Invalid phyint address 'eth9'")
  expect(function() daemon.pimd(r2, {rp = "239.1.1.1"}) end)
    :raises("daemon.pimd: rp: expected a router, or a unicast address, got ")
end)

scenario("daemon: frr runs what its configuration speaks of", {topology = lab, needs = {"frr"}},
  function(t)
  local r1, r2, h = t:hosts("r1", "r2", "h")
  local function names(started)
    local list = {}
    for i, one in ipairs(started.processes) do list[i] = one.name end
    return (table.concat(list, " "):gsub("^mgmtd ", "")) -- FRR 9 and later begin with it
  end
  local text = ("ip route 192.168.7.0/24 %s\n"):format(h.address)
    .. "router ospf\n network 10.1.0.0/24 area 0\ninterface eth0\n ip pim\n ip pim hello 1\n"
  local first, second = table.unpack(mcast.all{
    function() return daemon.frr(r1, {text = text}) end,
    function() return daemon.frr(r2, {text = text, daemons = {"pimd", "zebra"}}) end})
  expect(names(first)):equals("zebra staticd ospfd pimd")
  expect(names(second)):equals("zebra pimd")
  expect(eventually(function()
    return r1:run{"ip", "route"}.stdout:find("192.168.7.0/24 ", 1, true)
  end)):exists()
  expect(r2:run{"ip", "route"}.stdout:find("192.168.7.0/24 ", 1, true)):is_nil()

  first:await_neighbors{r2}
  first:await_neighbors{"r2"}
  expect(first:json("show ip pim neighbor json").eth0[r2.address].holdTimeMax):exists()
  expect(first:json("show ip ospf json").routerId):exists()
  expect(function() first:json("show ip mroute") end):raises("frr on router 'r1' is no JSON: ")
  local _, missing = pcall(first.await_neighbors, first, {h}, {within = 0})
  expect(missing.code):equals("ETIMEDOUT")
  expect(missing.message):contains("host 'h' is no PIM neighbour")
  local _, unknown = pcall(first.command, first, "show nothing")
  expect(unknown.message):contains("% Unknown command: show nothing")
  first:kill()
  expect(first.running):is_false()
end)

scenario("daemon: frr's own words", {topology = lab, needs = {"frr"}}, function(t)
  local r1, r2 = t:hosts("r1", "r2")
  local _, syntax = pcall(daemon.frr, r1, {text = "interface eth0\n ip pimm\n"})
  expect(syntax.code):equals("EINVAL")
  expect(syntax.message):contains("frr does not take its configuration:\nline 2: % Unknown command")
  local _, value = pcall(daemon.frr, r1, {text = "interface eth0\n ip pim hello 90 40\n"})
  expect(value.code):equals("EINVAL")
  expect(value.message):contains("HoldTime must be greater than Hello")
  local _, late = pcall(daemon.frr, r2, {text = "interface eth7\n ip pim\n", within = 2})
  expect(late.code):equals("ETIMEDOUT")
  expect(late.message):contains("is not ready within 2 s: the kernel does not route through eth7")
  expect(function() daemon.frr(r1) end):raises("daemon.frr: config: missing; expected the path")
end)

scenario("daemon: bad input", {topology = lab, needs = {"smcroute"}}, function(t)
  local r1, h = t:hosts("r1", "h")
  local function refused(pattern, router, given)
    expect(function() daemon.smcroute(router, given) end):raises(pattern)
  end
  refused("daemon.smcroute: router: expected a router, got", h)
  refused("daemon.smcroute: unknown option 'route' %(did you mean 'routes'%?%)", r1, {route = {}})
  refused("daemon.smcroute: config: no/such.conf cannot be read: ", r1, {config = "no/such.conf"})
  refused("daemon.smcroute: config and text: one of them", r1, {config = "a", text = "b"})
  refused("daemon.smcroute: joins: stands in the configuration", r1, {text = "a", joins = {}})
  refused("daemon.smcroute: routes: group: missing", r1, {routes = {{from = "left"}}})
  refused("daemon.smcroute: routes: group: expected a multicast address", r1,
    {routes = {{group = "10.1.1.1"}}})
  refused("daemon.smcroute: to: expected an interface, a switch, a link or a host, got 7", r1,
    {routes = {{group = "239.1.1.1", to = 7}}})
  refused("daemon.smcroute: routes: from: missing", r1,
    {routes = {{group = "239.1.1.1", to = "right"}}})
  refused("router 'r1' has no interface 'middle'", r1,
    {routes = {{group = "239.1.1.1", from = "middle", to = "right"}}})
  refused("routes: source: fd00::1 and group 239.1.1.1 are of different families", r1,
    {routes = {{group = "239.1.1.1", source = "fd00::1", from = "left", to = "right"}}})
end)
