-- Impairments that cannot be: the option, the value, what was expected.
-- expect: exit 1
-- expect: broken "an unknown option" interface:impair: unknown option 'losss' (did you mean 'loss'?) (38)
-- expect: broken "a loss in percent" interface:impair: loss: expected a share of the frames from 0 to 1 (0.1 is 10 %), got 10 (42)
-- expect: broken "a negative loss" interface:impair: loss: expected a share of the frames from 0 to 1 (0.1 is 10 %), got -0.1 (46)
-- expect: broken "a loss that is no number" interface:impair: loss: expected a share of the frames from 0 to 1 (0.1 is 10 %), got "10%" (50)
-- expect: broken "an endless loss" interface:impair: loss: expected a share of the frames from 0 to 1 (0.1 is 10 %), got inf (54)
-- expect: broken "too many duplicates" interface:impair: duplicate: expected a share of the frames from 0 to 1 (0.1 is 10 %), got 2 (58)
-- expect: broken "too much to reorder" interface:impair: reorder: expected a share of the frames from 0 to 1 (0.1 is 10 %), got 1.5 (62)
-- expect: broken "nothing to overtake" interface:impair: reorder: who overtakes skips a delay: add one, such as delay = 0.01 (66)
-- expect: broken "a negative delay" interface:impair: delay: expected seconds from 0 to 3600, got -1 (70)
-- expect: broken "a delay of days" interface:impair: delay: expected seconds from 0 to 3600, got 20000 (74)
-- expect: broken "more jitter than delay" interface:impair: jitter: 0.02 s is more than the delay of 0.01 s, around which it spreads (78)
-- expect: broken "jitter alone" interface:impair: jitter: 0.02 s is more than the delay of 0 s, around which it spreads (82)
-- expect: broken "a rate of nothing" interface:impair: rate: expected frames per second, or bits per second such as "10mbit" (bit, kbit, mbit, gbit), got 0 (86)
-- expect: broken "a rate in an unknown unit" interface:impair: rate: expected frames per second, or bits per second such as "10mbit" (bit, kbit, mbit, gbit), got "10 furlongs" (90)
-- expect: broken "an empty queue" interface:impair: queue: expected an integer from 1 to 1000000, got 0 (94)
-- expect: broken "a queue for nothing" interface:impair: queue: only a rate makes frames wait in one: add rate = ... (98)
-- expect: broken "an unknown direction" interface:impair: direction: expected "in" or "out" or "both", got "inbound" (102)
-- expect: broken "a seed that is no integer" interface:impair: seed: expected an integer of 0 or more, got "lucky" (106)
-- expect: broken "a filter alone" interface:impair: expected what to do to frames: loss, drop, delay, jitter, rate, duplicate or reorder (110)
-- expect: broken "a filter that is none" interface:impair: only: expected a filter in libpcap's language ("igmp", "udp port 5000"), got 5 (114)
-- expect: broken "a filter of another program" interface:impair: only: filter "udp.port == 5000" does not compile: <any>; this is a display filter of Wireshark's; libpcap writes "udp port 5000", "dst host 239.1.1.1", "igmp" (118)
-- expect: broken "a filter that says versions" interface:impair: only: filter "igmpv3" does not compile: <any>; libpcap does not tell the versions apart by name: "igmp", and the type by its byte: igmp[0] is 0x11 for a query, 0x16 for a v2 report, 0x22 for a v3 report, 0x17 for a leave (122)
-- expect: broken "a rule's filter" interface:impair: drop: only: filter "IGMP" does not compile: <any>; libpcap's words are written in lower case (126)
-- expect: broken "a rule without a number" interface:impair: drop: expected nth, first or every: which frames to drop; all of them are loss = 1 (130)
-- expect: broken "a rule that is none" interface:impair: drop: expected a rule such as {nth = 3, only = "igmp"}, or a list of rules, got 3 (134)
-- expect: broken "a rule with an unknown key" interface:impair: drop: unknown option 'nht' (did you mean 'nth'?) (138)
-- expect: broken "a number 0" interface:impair: drop: nth: expected a number from 1, or a list of at most 32, got 0 (142)
-- expect: broken "no numbers" interface:impair: drop: nth: expected a number from 1, or a list of at most 32, got {} (146)
-- expect: broken "not the first anything" interface:impair: drop: first: expected an integer of 1 or more, got 0 (150)
-- expect: broken "every half" interface:impair: drop: every: expected an integer of 1 or more, got 0.5 (154)
-- expect: broken "a word" interface:impair: expected a table of options, got "loss" (158)
-- expect: broken "loopback" interface:impair: lo of host 'a' is not on a switch or link of this network: only those that are can be impaired (162)
-- expect: broken "a cable between hosts" host a: impair eth0 of host a: it is a cable straight from host to host (EOPNOTSUPP) (168)
-- expect: hint say impairable = true when it is made: net:link(a, b, {impairable = true})
scenario("an unknown option", function(t)
  t:hosts("a").eth0:impair{losss = 0.1}
end)

scenario("a loss in percent", function(t)
  t:hosts("a").eth0:impair{loss = 10}
end)

scenario("a negative loss", function(t)
  t:hosts("a").eth0:impair{loss = -0.1}
end)

scenario("a loss that is no number", function(t)
  t:hosts("a").eth0:impair{loss = "10%"}
end)

scenario("an endless loss", function(t)
  t:hosts("a").eth0:impair{loss = math.huge}
end)

scenario("too many duplicates", function(t)
  t:hosts("a").eth0:impair{duplicate = 2}
end)

scenario("too much to reorder", function(t)
  t:hosts("a").eth0:impair{delay = 0.1, reorder = 1.5}
end)

scenario("nothing to overtake", function(t)
  t:hosts("a").eth0:impair{reorder = 0.5}
end)

scenario("a negative delay", function(t)
  t:hosts("a").eth0:impair{delay = -1}
end)

scenario("a delay of days", function(t)
  t:hosts("a").eth0:impair{delay = 20000}
end)

scenario("more jitter than delay", function(t)
  t:hosts("a").eth0:impair{delay = 0.01, jitter = 0.02}
end)

scenario("jitter alone", function(t)
  t:hosts("a").eth0:impair{jitter = 0.02}
end)

scenario("a rate of nothing", function(t)
  t:hosts("a").eth0:impair{rate = 0}
end)

scenario("a rate in an unknown unit", function(t)
  t:hosts("a").eth0:impair{rate = "10 furlongs"}
end)

scenario("an empty queue", function(t)
  t:hosts("a").eth0:impair{rate = "1mbit", queue = 0}
end)

scenario("a queue for nothing", function(t)
  t:hosts("a").eth0:impair{loss = 0.5, queue = 10}
end)

scenario("an unknown direction", function(t)
  t:hosts("a").eth0:impair{loss = 0.5, direction = "inbound"}
end)

scenario("a seed that is no integer", function(t)
  t:hosts("a").eth0:impair{loss = 0.5, seed = "lucky"}
end)

scenario("a filter alone", function(t)
  t:hosts("a").eth0:impair{only = "igmp"}
end)

scenario("a filter that is none", function(t)
  t:hosts("a").eth0:impair{loss = 1, only = 5}
end)

scenario("a filter of another program", function(t)
  t:hosts("a").eth0:impair{loss = 1, only = "udp.port == 5000"}
end)

scenario("a filter that says versions", function(t)
  t:hosts("a").eth0:impair{loss = 1, only = "igmpv3"}
end)

scenario("a rule's filter", function(t)
  t:hosts("a").eth0:impair{drop = {nth = 1, only = "IGMP"}}
end)

scenario("a rule without a number", function(t)
  t:hosts("a").eth0:impair{drop = {only = "igmp"}}
end)

scenario("a rule that is none", function(t)
  t:hosts("a").eth0:impair{drop = 3}
end)

scenario("a rule with an unknown key", function(t)
  t:hosts("a").eth0:impair{drop = {nht = 3}}
end)

scenario("a number 0", function(t)
  t:hosts("a").eth0:impair{drop = {nth = 0}}
end)

scenario("no numbers", function(t)
  t:hosts("a").eth0:impair{drop = {nth = {}}}
end)

scenario("not the first anything", function(t)
  t:hosts("a").eth0:impair{drop = {first = 0}}
end)

scenario("every half", function(t)
  t:hosts("a").eth0:impair{drop = {every = 0.5}}
end)

scenario("a word", function(t)
  t:hosts("a").eth0:impair("loss")
end)

scenario("loopback", function(t)
  t:hosts("a").lo:impair{loss = 0.5}
end)

scenario("a cable between hosts", {topology = topology("pair", function(net)
  net:link(net:host("a"), net:host("b"), {impairable = false})
end)}, function(t)
  t:hosts("a").eth0:impair{loss = 0.5}
end)
