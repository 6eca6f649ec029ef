-- What a host has counted, and the differences.
scenario("a datagram is counted where it passes", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  local before, sent_before = member:counters(), source:counters()
  for _ = 1, 3 do expect(sender:send("12345678")):reaches{member} end
  local change, sent = member:counters() - before, source:counters() - sent_before
  expect(change.UdpInDatagrams):equals(3)
  expect(change.IpExtInMcastPkts):is_at_least(3)
  expect(change.eth0.rx_packets):is_at_least(3)
  expect(change.eth0.rx_bytes):is_at_least(3 * (14 + 20 + 8 + 8))
  expect(sent.UdpOutDatagrams):equals(3)
  expect(sent.UdpInDatagrams):equals(0)
  expect(sent:changed().UdpOutDatagrams):equals(3)
  expect(sent:changed().UdpInDatagrams):is_nil()
end)

scenario("IPv6 has its own", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = "ipv6"}, t:port()
  local before = member:counters()
  member:receiver{group = group, port = port}
  expect(source:sender{group = group, port = port}:send("x")):reaches{member}
  local change = member:counters() - before
  expect(change.Udp6InDatagrams):equals(1)
  expect(change.Icmp6OutMLDv2Reports):is_at_least(1)
end)

scenario("an unknown counter is an error", function(t)
  local a = t:hosts("a")
  local counters = a:counters()
  expect(function() return counters.UdpInDatagram end):raises("did you mean 'UdpInDatagrams'")
  expect(function() return counters - 1 end):raises("subtracted from counters only")
end)
