-- Impairments of links that cannot be: the option, the value, what was expected.
-- expect: exit 1
-- expect: broken "a way that is an interface's" link:impair: unknown option 'direction' (known: delay, drop, duplicate, from, jitter, loss, only, queue, rate, reorder and seed) (22)
-- expect: broken "from a switch that it does not join" link:impair: from: expected switch 'left' or switch 'right': the end that frames come from, got "other" (26)
-- expect: broken "from a host" link:impair: from: expected switch 'left' or switch 'right': the end that frames come from, got host 'a' (30)
-- expect: broken "from a switch, of a cable between hosts" link:impair: from: expected host 'a' or host 'b': the end that frames come from, got switch 'left' (34)
-- expect: broken "a way of an interface's that is a link's" interface:impair: unknown option 'from' (known: delay, direction, drop, duplicate, jitter, loss, only, queue, rate, reorder and seed) (38)
-- expect: broken "more jitter than delay" link:impair: jitter: 1 s is more than the delay of 0 s, around which it spreads (42)
-- expect: broken "a rule's filter" link:impair: drop: only: filter "IGMP" does not compile: <any>; libpcap's words are written in lower case (46)
-- expect: broken "nothing but a way" link:impair: expected what to do to frames: loss, drop, delay, jitter, rate, duplicate or reorder (50)
-- expect: broken "of which it has none" impairment of link 'left--right' has no 'clera' (did you mean 'clear'?) (55)
local row = topology("row", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:link(left, right)
  net:switch("other")
  net:link(net:host("a", left), net:host("b", right))
end)

local function link(t) return t.net.trunks["left--right"] end

scenario("a way that is an interface's", {topology = row}, function(t)
  link(t):impair{loss = 1, direction = "in"}
end)

scenario("from a switch that it does not join", {topology = row}, function(t)
  link(t):impair{loss = 1, from = "other"}
end)

scenario("from a host", {topology = row}, function(t)
  link(t):impair{loss = 1, from = t.net.hosts.a}
end)

scenario("from a switch, of a cable between hosts", {topology = row}, function(t)
  t.net.links["a--b"]:impair{loss = 1, from = t.net.switches.left}
end)

scenario("a way of an interface's that is a link's", {topology = row}, function(t)
  t.net.hosts.a.eth0:impair{loss = 1, from = "a"}
end)

scenario("more jitter than delay", {topology = row}, function(t)
  link(t):impair{jitter = 1}
end)

scenario("a rule's filter", {topology = row}, function(t)
  link(t):impair{drop = {nth = 1, only = "IGMP"}}
end)

scenario("nothing but a way", {topology = row}, function(t)
  link(t):impair{from = "left"}
end)

scenario("of which it has none", {topology = row}, function(t)
  local lossy = link(t):impair{loss = 1, from = "left"}
  lossy.clera()
end)
