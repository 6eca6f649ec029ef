-- What is no filter, no interface, no place of a file.
-- expect: exit 1
-- expect: broken "an address alone" host:capture: filter "igmp and 239.1.1.1" does not compile: syntax error in filter expression; an address says what it is: "igmp and host 239.1.1.1", "dst host 239.1.1.1" (24)
-- expect: broken "Wireshark's language" capture:wait: filter "ip.addr == 10.0.0.1" does not compile: can't parse filter expression: syntax error; this is a display filter of Wireshark's; libpcap writes "udp port 5000", "dst host 239.1.1.1", "igmp" (28)
-- expect: broken "in a claim" expect(capture):sees: filter "udp 5000" does not compile: can't parse filter expression: syntax error; a number says what it is: "udp port 5000" (32)
-- expect: broken "in a claim that it does not" expect(capture):sees_nothing: filter "udp and" does not compile: can't parse filter expression: syntax error; the expression ends where another part is expected (36)
-- expect: broken "the sign" expect(capture):sees_nothing: filter "igmpv3" does not compile: can't parse filter expression: syntax error; libpcap does not tell the versions apart by name: "igmp", and the type by its byte: igmp[0] is 0x11 for a query, 0x16 for a v2 report, 0x22 for a v3 report, 0x17 for a leave (40)
-- expect: broken "a direction" host:capture: filter "inbound and udp" does not compile: a frame does not tell which way it goes, nor its interface; leave inbound, outbound and ifindex out; a captured packet tells its direction and its interface (48)
-- expect: broken "no text" host:capture: filter: expected a filter in libpcap's language ("igmp", "udp port 5000"), got {group = "239.1.1.1"} (52)
-- expect: broken "to count" capture:count: filter "host receiver" does not compile: unknown host 'receiver'; libpcap knows no names of this network: write the address, "host " .. a.address (44)
-- expect: broken "a misspelt option" host:capture: unknown option 'interfce' (did you mean 'interface'?) (60)
-- expect: broken "no filter and no function" capture:packets: filter: expected a filter in libpcap's language ("igmp", "udp port 5000"), or a function, got 7 (56)
-- expect: broken "twice" host:capture: interface eth0 is named twice (68)
-- expect: broken "no such interface" host:capture: interface: host 'a' has no interface 'eth7' (it has lo and eth0) (64)
-- expect: broken "both" host:capture: both interface and interfaces: give one of them (72)
-- expect: broken "another host's" host:capture: interface: eth0 of host 'b' is not an interface of host 'a' (77)
-- expect: broken "a negative limit" host:capture: limit: expected an integer of 0 or more, got -1 (81)
-- expect: broken "no such folder" host a: save packets to /no/such/folder/x.pcapng: No such file or directory (ENOENT) (85)
-- expect: broken "no path" capture:save: path: expected the path of a file, got nil (89)
-- expect: broken "no capture" capture:save: with: expected a list of captures, got "b" (93)
-- expect: broken "no such word" capture on eth0 of host 'a' has no 'frames' (known: clear, count, drops, filter, host, interfaces, packets, save, stop, stopped and wait) (97)

scenario("an address alone", function(t)
  t:hosts("a"):capture{filter = "igmp and 239.1.1.1"}
end)

scenario("Wireshark's language", function(t)
  t:hosts("a"):capture():wait("ip.addr == 10.0.0.1")
end)

scenario("in a claim", function(t)
  expect(t:hosts("a"):capture()):sees("udp 5000")
end)

scenario("in a claim that it does not", function(t)
  expect(t:hosts("a"):capture()):sees_nothing("udp and", {during = 1})
end)

scenario("the sign", function(t)
  expect(t:hosts("a"):capture()):sees_nothing("udp", {given = "igmpv3"})
end)

scenario("to count", function(t)
  t:hosts("a"):capture():count("host receiver")
end)

scenario("a direction", function(t)
  t:hosts("a"):capture{filter = "inbound and udp"}
end)

scenario("no text", function(t)
  t:hosts("a"):capture{filter = {group = "239.1.1.1"}}
end)

scenario("no filter and no function", function(t)
  t:hosts("a"):capture():packets(7)
end)

scenario("a misspelt option", function(t)
  t:hosts("a"):capture{interfce = "eth0"}
end)

scenario("no such interface", function(t)
  t:hosts("a"):capture{interface = "eth7"}
end)

scenario("twice", function(t)
  t:hosts("a"):capture{interfaces = {"eth0", "eth0"}}
end)

scenario("both", function(t)
  t:hosts("a"):capture{interface = "eth0", interfaces = {"eth0"}}
end)

scenario("another host's", function(t)
  local a, b = t:hosts("a", "b")
  a:capture{interface = b.eth0}
end)

scenario("a negative limit", function(t)
  t:hosts("a"):capture{limit = -1}
end)

scenario("no such folder", function(t)
  t:hosts("a"):capture():save("/no/such/folder/x.pcapng")
end)

scenario("no path", function(t)
  t:hosts("a"):capture():save()
end)

scenario("no capture", function(t)
  t:hosts("a"):capture():save("/dev/null", {with = {"b"}})
end)

scenario("no such word", function(t)
  t:hosts("a"):capture():frames()
end)
