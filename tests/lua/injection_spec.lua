-- Packets that a host is made to send: what is filled in, where they arrive, what they prove.
local families = {"ipv4", "ipv6"}
local header_of = {ipv4 = "ip", ipv6 = "ip6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

local function query_of(family)
  return {[family == "ipv4" and "igmp" or "mld"] = {type = "query"}}
end

local function datagram(family, group, port)
  return {[header_of[family]] = {destination = group},
    udp = {destination_port = port, payload = "injected"}}
end

scenario("addresses are those of the interface and the group", {each = families}, function(t)
  local a = t:hosts("a")
  local group = t:group{family = t.case}
  local sent = a:inject(datagram(t.case, group, 5000))
  local ip = sent.packet[header_of[t.case]]
  expect(ip.source):equals(a[address_of[t.case]])
  expect(ip.destination):equals(group)
  expect(sent.packet.eth.source):equals(a.eth0.mac)
  expect(sent.packet.eth.destination):matches(t.case == "ipv4" and "^01:00:5e:" or "^33:33:")
  expect(sent.group):equals(group)
  local given = a:inject{eth = {source = "02:00:00:00:00:99", destination = "02:00:00:00:00:98"},
    [header_of[t.case]] = {destination = group, source = ip.source}, payload = "x"}
  expect(given.packet.eth.source):equals("02:00:00:00:00:99")
  expect(given.packet.eth.destination):equals("02:00:00:00:00:98")
end)

scenario("it leaves, and others see it", {each = families}, function(t)
  local a, b, c = t:hosts("a", "b", "c")
  local sent = a:inject(query_of(t.case))
  expect(sent.departed):exists()
  expect(sent.departed - sent.time):is_at_most(5)
  expect(sent):crosses{b, c}
  -- Twice the same is told apart by time.
  local again = a:inject(query_of(t.case))
  expect(again):crosses{b, c}
  expect(sent):crosses{b, c}
end)

scenario("a receiver gets an injected datagram", {each = families}, function(t)
  local a, b, c = t:hosts("a", "b", "c")
  local group, port = t:group{family = t.case}, t:port()
  local member = b:receiver{group = group, port = port}
  local other = c:receiver{group = t:group{family = t.case}, port = port}
  a:inject(datagram(t.case, group, port))
  expect(member):receives("injected")
  -- That it was sent is what the other's silence is measured by.
  expect(other):receives_nothing{during = 0.05}
end)

scenario("what no socket takes proves no silence", function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group(), t:port()
  local member = b:receiver{group = group, port = port}
  local wrong = datagram("ipv4", group, port)
  wrong.udp.checksum = 0xdead
  expect(a:inject(wrong).departed):exists()
  local verdict = require("mcast.expect").try(member):receives_nothing{during = 0.05}
  expect(verdict.inconclusive):is_true()
end)

-- A switch that snoops looks into IGMP and drops what is wrong there.
local plain = topology("a switch that does not snoop", function(net)
  local lan = net:switch("lan", {snooping = false})
  for _, name in ipairs{"a", "b"} do net:host(name, lan) end
end)

scenario("bytes of a frame are sent as they are", {topology = plain}, function(t)
  local a, b = t:hosts("a", "b")
  local packet = mcast.packet{eth = {source = a.eth0.mac}, ip = {source = a.address},
    igmp = {type = "query", checksum = 0x1234}}
  local sent = a:inject(packet:bytes())
  expect(sent.packet:hex()):equals(packet:hex())
  expect(sent.packet.igmp.checksum_valid):is_false()
  expect(sent):crosses{b}
end)

scenario("a link that is down says so", function(t)
  local a = t:hosts("a")
  a:run{"ip", "link", "set", "eth0", "down"}
  expect(function() a:inject{igmp = {type = "query"}} end):raises("ENETDOWN")
end)

scenario("what cannot be injected is refused", function(t)
  local a = t:hosts("a")
  expect(function() a:inject{ip = {destination = "10.0.0.9"}, payload = "x"} end)
    :raises("host:inject: eth: destination: missing; 10.0.0.9 is no group")
  expect(function() a:inject{igmp = {type = "qery"}} end)
    :raises("host:inject: packet: igmp: type: expected \"query\"")
  expect(function() a:inject({igmp = {type = "query"}}, {interface = "eth7"}) end)
    :raises("host:inject: interface: host 'a' has no interface 'eth7'")
  expect(function() a:inject({igmp = {type = "query"}}, {interfaces = "eth0"}) end)
    :raises("did you mean 'interface'?")
  expect(function()
    a:inject{ip = {destination = "239.1.2.3"}, payload = ("x"):rep(3000)}
  end):raises("EMSGSIZE")
  expect(a:inject{igmp = {type = "query"}}.departed):exists()
end)
