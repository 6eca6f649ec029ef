-- Measurements that must not pass: slower than allowed, without an end, unproved; and what is refused.
-- expect: exit 1
-- expect: failed "slower than allowed" join of 239.1.2.3 by 2 hosts: expected at most max 400 ms, seen max <any>: the slowest was b (26)
-- expect: failed "nothing comes" join of 239.1.2.3 by 2 hosts: expected at most max 1 s, seen max none: b: nothing came within 200 ms: b did not get it: its firewall (host:block) drops it (32)
-- expect: failed "the fastest came, and one never" join of 239.1.2.3 by 2 hosts: expected at most p50 1 s, seen 1 host without a latency: b: nothing came within 200 ms: b did not get it: its firewall (host:block) drops it (38)
-- expect: failed "a switch that floods" leave of 239.1.2.3 by a: expected at most max 1 s, seen max none: a: it still came 200 ms after the leave: <number> datagrams (45)
-- expect: failed "more leaked than allowed" leave of 239.1.2.3 by a: expected at most max 2 s and 3 leaked, seen <number> leaked: the slowest was a (51)
-- expect: inconclusive "the stream ends before anything comes" join of 239.1.2.3 by a: inconclusive, because a: nothing came within 5 s: the stream ended meanwhile (57)
-- expect: inconclusive "nothing came before the leave" leave of 239.1.2.3 by a: inconclusive, because a: nothing of the stream came to eth0 before it left, within 200 ms (65)
-- expect: inconclusive "the resolution is too coarse" leave of 239.1.2.3 by a: inconclusive, because max <any> is nearer to the bound than the resolution of <any>: send faster, or to fewer hosts (73)
-- expect: inconclusive "the path is lossy" leave of 239.1.2.3 by a: inconclusive, because max <any> is nearer to the bound than the resolution of <any> (the path to a lost <number> of <number> datagrams while it was a member, and up to <number> in a row): send faster, or to fewer hosts (81)
-- expect: broken "what is no host" mcast.measure.join: host: expected a host, or a list of hosts, got stream from host 'source' to 239.1.2.3 port 5000 (86)
-- expect: broken "another group" mcast.measure.join: group: the stream goes to 239.1.2.3, not to 239.9.9.9 (91)
-- expect: broken "a stream that is over" mcast.measure.leave: from: the stream from host 'source' to 239.1.2.3 port 5000 is over: a latency is measured while it runs; give it no count and no duration, and stop it afterwards (96)

local group, port = "239.1.2.3", 5000

local function open(t, given)
  local a, b, source = t:hosts("a", "b", "source")
  return a, b, source:sender{group = group, port = port}:stream(given or {rate = 1000})
end

scenario("slower than allowed", function(t)
  local a, b, flow = open(t)
  b.eth0:impair{delay = 2, direction = "in"}
  expect(mcast.measure.join{host = {a, b}, group = group, from = flow}):takes_at_most{max = 0.4}
end)

scenario("nothing comes", function(t)
  local a, b, flow = open(t)
  b:block{group = group, direction = "in"}
  expect(mcast.measure.join{host = {a, b}, from = flow, within = 0.2}):takes_at_most{max = 1}
end)

scenario("the fastest came, and one never", function(t)
  local a, b, flow = open(t)
  b:block{group = group, direction = "in"}
  expect(mcast.measure.join{host = {a, b}, from = flow, within = 0.2}):takes_at_most{p50 = 1}
end)

scenario("a switch that floods", function(t)
  local a, _, flow = open(t)
  a:receiver{group = group, port = port}
  t.net.switches.lan:set{snooping = false}
  expect(mcast.measure.leave{host = a, from = flow, within = 0.2}):takes_at_most(1)
end)

scenario("more leaked than allowed", function(t)
  local a, _, flow = open(t)
  a:receiver{group = group, port = port}
  expect(mcast.measure.leave{host = a, from = flow}):takes_at_most{max = 2, leaked = 3}
end)

scenario("the stream ends before anything comes", function(t)
  local a, _, flow = open(t, {rate = 1000, duration = 0.1})
  a:block{group = group, direction = "in"}
  expect(mcast.measure.join{host = a, from = flow}):takes_at_most(1)
end)

scenario("nothing came before the leave", function(t)
  local a, _, flow = open(t)
  t.net.switches.lan:set{snooping = false}
  a:receiver{group = group, port = port, ready = false}
  flow.host.eth0:impair{loss = 1, direction = "out"}
  expect(mcast.measure.leave{host = a, from = flow, within = 0.2}):takes_at_most(1)
end)

scenario("the resolution is too coarse", function(t)
  local a, _, flow = open(t, {rate = 10})
  a:receiver{group = group, port = port}
  t.net.switches.lan:set{fast_leave = true}
  local left = mcast.measure.leave{host = a, from = flow}
  expect(left):takes_at_most(left.max + left.resolution / 2)
end)

scenario("the path is lossy", function(t)
  local a, _, flow = open(t, {rate = 20})
  a:receiver{group = group, port = port}
  a.eth0:impair{loss = 0.5, direction = "in", seed = 1}
  local left = mcast.measure.leave{host = a, from = flow}
  expect(left):takes_at_most(left.max + 0.06)
end)

scenario("what is no host", function(t)
  local _, _, flow = open(t)
  mcast.measure.join{host = flow, from = flow}
end)

scenario("another group", function(t)
  local a, _, flow = open(t)
  mcast.measure.join{host = a, group = "239.9.9.9", from = flow}
end)

scenario("a stream that is over", function(t)
  local a, _, flow = open(t, {count = 1})
  mcast.measure.leave{host = a, group = group, from = flow:wait()}
end)
