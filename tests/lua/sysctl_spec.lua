-- Kernel settings of a host.
local ttl = "net.ipv4.ip_default_ttl"

scenario("sysctl: reads and sets, on this host alone", function(t)
  local a, b = t:hosts("a", "b")
  expect(a:sysctl(ttl)):equals(64)
  expect(a:sysctl(ttl, 42)):equals(42)
  expect(a:sysctl("net/ipv4/ip_default_ttl")):equals(42)
  expect(b:sysctl(ttl)):equals(64)
  expect(a:sysctl(ttl, "43")):equals(43)
end)

scenario("sysctl: texts, truth values, and settings of an interface", function(t)
  local a = t:hosts("a")
  expect(a:sysctl("net.ipv4.ip_local_port_range", "40000 50000")):equals("40000\t50000")
  expect(a:sysctl("net.ipv4.ip_forward", true)):equals(1)
  expect(a:sysctl("net.ipv4.ip_forward", false)):equals(0)
  expect(a:sysctl("net.ipv4.conf.eth0.force_igmp_version", 2)):equals(2)
  expect(a:sysctl("net.ipv6.conf.eth0.force_mld_version", 1)):equals(1)
end)

scenario("sysctl: a name of an interface that has a dot", function(t)
  local net = t.net
  local a = net:host("a", {net:switch("lan"), name = "eth0.7"})
  expect(a:sysctl("net/ipv4/conf/eth0.7/rp_filter", 2)):equals(2)
end)

scenario("sysctl: the kernel obeys", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  local receiver = member:receiver{group = group, port = port}
  member:sysctl("net.ipv4.conf.eth0.rp_filter", 1)
  source:sysctl("net.ipv4.conf.eth0.mc_forwarding")
  source:sender{group = group, port = port, ttl = 7}:send("hello")
  expect(receiver:next().ttl):equals(7)
  source:sysctl(ttl, 9)
  source:socket():sendto("unicast", member.address, port)
  expect(receiver:next().ttl):equals(9)
end)

local misspelt = {
  {"net.ipv4.ip_fowrard", "net.ipv4 has no 'ip_fowrard' (did you mean 'net.ipv4.ip_forward'?)"},
  {"net.ipv4.cnof.eth0.rp_filter",
    "net.ipv4 has no 'cnof' (did you mean 'net.ipv4.conf.eth0.rp_filter'?)"},
  {"net/ipv6/conf/eth1/force_mld_version",
    "net/ipv6/conf has no 'eth1' (did you mean 'net/ipv6/conf/eth0/force_mld_version'?)"},
  {"net.ipv4.conf.port7.rp_filtr",
    "net.ipv4.conf has no 'port7' (known: all, default, eth0 and lo)"},
  {"net.ipv4.ip_forward.all", "a setting is no folder of others"},
  {"net.ipv4.conf", "this is a folder of settings"},
}

scenario("sysctl: a misspelt key is told with the nearest that there is", function(t)
  local a = t:hosts("a")
  for _, case in ipairs(misspelt) do
    for _, value in ipairs{false, 1} do
      local ok, problem = pcall(a.sysctl, a, case[1], value or nil)
      expect(ok):is_false()
      expect(problem.host):equals("a")
      expect(problem.hint):equals(case[2])
    end
  end
end)
