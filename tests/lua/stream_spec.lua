-- Streams: what is refused, how they are sent, what receivers account for, and what bounds mean.
local bounds = require "mcast.claims.bounds"
local explain = require "mcast.claims.explain"
local reasons = require "mcast.claims.flow_reasons"
local try = require("mcast.expect").try

local families = {"ipv4", "ipv6"}

local function lan(t, family)
  local member, bystander, source = t:hosts("member", "bystander", "source")
  local group, port = t:group{family = family or "ipv4"}, t:port()
  local receiver = member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  return {member = member, bystander = bystander, source = source, group = group, port = port,
    receiver = receiver, sender = sender}
end

local function refuses(sender, given, words)
  expect(function() sender:stream(given) end):raises(words)
end

-- ---- what is refused -------------------------------------------------------------------------

scenario("a wrong option is refused with its value", {each = families}, function(t)
  local sender = lan(t, t.case).sender
  local largest = t.case == "ipv6" and 65527 or 65507
  local fits = t.case == "ipv6" and 1452 or 1472
  refuses(sender, {sice = 100}, "unknown option 'sice' %(did you mean 'size'%?%)")
  refuses(sender, {rate = 0}, "rate: expected packets per second, above 0.*got 0")
  refuses(sender, {rate = 1e9}, "rate: expected packets per second.*at most 100000000.*got 1")
  refuses(sender, {rate = "fast"}, 'rate: expected.*"10mbit".*got "fast"')
  refuses(sender, {rate = "10 meters"}, 'got "10 meters"')
  refuses(sender, {rate = "-1mbit"}, 'got "%-1mbit"')
  refuses(sender, {size = 17}, "size: expected 18 to " .. largest .. " bytes of payload, got 17: "
    .. "a probe carries its run, flow, number, time and check sum in 18 bytes")
  refuses(sender, {size = -1}, "size: expected 18 to " .. largest .. " bytes of payload, got %-1")
  refuses(sender, {size = 99.5}, "size: expected an integer, bytes of payload, got 99.5")
  refuses(sender, {size = 70000}, "size: expected 18 to " .. largest .. ".*got 70000; the MTU of "
    .. "eth0 is 1500: more than " .. fits .. " bytes travel in fragments")
  refuses(sender, {count = 0}, "count: expected an integer from 1 .*got 0")
  refuses(sender, {count = 1 << 40}, "count: expected an integer .*to 1099511627775, got 10")
  refuses(sender, {count = 10, duration = 1}, "count and duration: give one of them")
  refuses(sender, {duration = 0}, "duration: expected a number of seconds above 0, got 0")
  refuses(sender, {burst = 10}, "rate: missing; a burst of 10")
  refuses(sender, {offload = 1}, "offload: expected true or false, got 1")
  refuses(sender, {lockstep = 1}, "lockstep: expected true or false, got 1")
  sender:close()
  refuses(sender, {count = 1}, "the sender is closed")
end)

scenario("a stream that cannot even begin raises", function(t)
  local on = lan(t)
  on.source.eth0:down()
  expect(function() on.sender:stream{count = 10} end):raises("ENETUNREACH")
end)

scenario("claims on a stream refuse what makes no sense", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = 1000}
  expect(function() try(flow):reaches{on.member} end):raises("runs until it is stopped")
  flow:stop()
  expect(function() try(flow):reaches({on.member}, {los = 1}) end)
    :raises("unknown option 'los' %(did you mean 'loss'%?%)")
  expect(function() try(flow):reaches({on.member}, {loss = 1.5}) end)
    :raises("loss: expected a number of datagrams, a fraction below 1")
  expect(function() try(flow):reaches({on.member}, {loss = "150%"}) end):raises("loss: expected")
  expect(function() try(flow):reaches({on.member}, {latency = {p42 = 1}}) end)
    :raises("latency: expected seconds")
  expect(function() try(flow):reaches({on.member}, {latency = {}}) end)
    :raises("latency: expected seconds")
  expect(function() try(flow):acknowledged_by{on.member} end):raises("are not answered")
  local fast = on.sender:stream{count = 10}
  expect(function() try(fast):keeps_rate() end):raises("has no rate")
  expect(function() flow:at(on.bystander) end):raises("has no ipv4 receiver on port " .. on.port)
  expect(function() flow:at("member") end):raises("receiver: expected a receiver or a host")
  local beside = on.member:receiver{group = on.group, port = on.port + 1}
  local other = on.member:receiver{group = "ff15::1:5", port = on.port}
  for _, word in ipairs{"at", "series"} do
    expect(function() flow[word](flow, beside) end):raises(("flow:%s: the stream goes to %s, "
      .. "port %d: the ipv4 receiver on host 'member' .* port %d.* cannot hear it"):format(word,
      on.group, on.port, on.port + 1))
    expect(function() flow[word](flow, other) end):raises("the ipv6 receiver .* cannot hear it")
  end
end)

-- ---- how it is sent --------------------------------------------------------------------------

scenario("a rate may be bits of payload", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = "0.8 Mbit/s", size = 1000, count = 3}
  expect(flow.wanted_rate):equals(100)
  expect(on.sender:stream{rate = "2.5kpps", count = 3}.wanted_rate):equals(2500)
  expect(flow:wait()):equals(flow)
  expect(flow.sent):equals(3)
end)

scenario("bursts keep the average rate", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = 1000, burst = 50, count = 200}:wait()
  expect(flow.sent):equals(200)
  expect(flow.duration):is_at_least(0.15)
  expect(flow.kept_rate):exists()
  expect(flow):reaches{on.member}
end)

scenario("bursts arrive at the rate at which they are sent", {each = families}, function(t)
  local on = lan(t, t.case)
  local flow = on.sender:stream{rate = 1000, burst = 50, count = 200}:wait()
  local got = flow:at(on.member)
  expect(got.rate * (got.last - got.first)):near(150, 0.5)
  local once = on.sender:stream{rate = 1000, burst = 50, count = 50}:wait()
  got = once:at(on.member)
  expect(got.rate * (got.last - got.first)):near(49, 0.5)
end)

-- 30 bursts of 7, 35 ms apart, and 2 more: the last of them 1.05 s after the first.
scenario("a stream may end within a burst, and has its rate", {each = families}, function(t)
  local on = lan(t, t.case)
  local flow = on.sender:stream{rate = 200, burst = 7, count = 212}:wait()
  expect(flow.rate * flow.duration):near(210, 1e-6)
  local got = flow:at(on.member)
  expect(got.rate * (got.last - got.first)):near(210, 0.5)
  expect(flow.kept_rate or flow.late > 0.01):is_true()
end)

scenario("a rate beyond the machine ends soon after its duration", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = 1e8, duration = 0.1}
  expect(flow:wait{within = 20}):equals(flow)
  expect(flow.kept_rate):equals(false)
  expect(flow.cut_short):is_nil()
  expect(flow.sent < 10000000):is_true()
  local verdict = try(flow):keeps_rate()
  expect(verdict.ok):is_false()
  expect(verdict.message):matches("%d+ of 10000000 not sent in time, at worst %d")
end)

scenario("who is held up until it is stopped has not kept its rate", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = 1000, lockstep = true}
  expect(eventually(function() return flow.sent >= 20 end)):is_true()
  on.source:pause()
  local sent, until_then = flow.sent, mcast.now() + 0.2
  expect(eventually(function() return mcast.now() > until_then end)):is_true()
  flow:stop()
  on.source:resume()
  expect(flow.sent):equals(sent)
  expect(flow.late):is_at_least(0.19)
  expect(flow.kept_rate):equals(false)
end)

scenario("one datagram, or one burst, has no rate to keep", function(t)
  local on = lan(t)
  local words = {[1] = "only one datagram was sent: that has no rate",
    [5] = "only one burst was sent: that has no rate"}
  for burst, why in pairs(words) do
    local flow = on.sender:stream{rate = 1000, burst = burst, count = burst}:wait()
    if flow.kept_rate then
      local verdict = try(flow):keeps_rate()
      expect(verdict.inconclusive):is_true()
      expect(verdict.message):matches(why)
    end
    expect(flow):reaches{on.member}
  end
end)

-- A thousand in ten microseconds.
scenario("a stream too short to tell has not kept its rate", {each = families}, function(t)
  local on = lan(t, t.case)
  local flow = on.sender:stream{rate = 1e8, count = 1000}:wait()
  expect(flow.kept_rate):is_false()
  local verdict = try(flow):keeps_rate()
  expect(verdict.ok):is_false()
  if flow.duration < 0.01 then
    expect(verdict.inconclusive):is_true()
    expect(verdict.message):matches("the stream took .* too short to tell: it did not keep its "
      .. "rate: %S+ of 1e%+08 packets per second")
  end
  local reached = try(flow):reaches{on.member}
  if reached.ok then expect(reached.message):contains("but it did not keep its rate") end
end)

scenario("waiting has a deadline, stopping ends it", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = 1000}
  local waited, why = flow:wait{within = 0.01}
  expect(waited):is_nil()
  expect(why):equals("timeout")
  expect(flow.running):is_true()
  expect(flow:stop()):equals(flow)
  expect(flow.running):is_false()
  expect(flow:at(on.receiver).received):equals(flow.sent)
  expect(flow:stop():wait()):equals(flow)
end)

scenario("offload is used where nobody looks at frames", {each = families}, function(t)
  local on = lan(t, t.case)
  local flow = on.sender:stream{count = 5000, size = 1000, offload = true}:wait()
  expect(flow.mode):equals("offload")
  expect(flow):reaches{on.member}
  expect(flow:at(on.member).received):equals(5000)
  local large = on.sender:stream{count = 10, size = 1473, offload = true}
  expect(large.mode):equals("single frames")
  expect(large.why_single):equals("1473 bytes do not fit into one frame")
end)

scenario("an observer sees every frame, also of a stream that was under way", function(t)
  local on = lan(t)
  local flow = on.sender:stream{size = 1000, offload = true}
  expect(eventually(function() return flow.mode == "offload" end)):is_true()
  local observer = on.member:observer{group = on.group}
  expect(flow.why_single):equals("an observer looks at frames")
  expect(eventually(function() return observer:count() > 1000 end)):is_true()
  flow:stop()
  for _, frame in ipairs(observer:frames()) do
    if frame.length ~= 1000 then t:fail(("a frame of %d bytes"):format(frame.length)) end
  end
  local other = on.sender:stream{count = 100, size = 1000, offload = true}:wait()
  expect(other.mode):equals("single frames")
end)

scenario("who has asked a counter of frames gets single ones", {each = families}, function(t)
  local on = lan(t, t.case)
  local flow = on.sender:stream{size = 1000, offload = true}
  expect(eventually(function() return flow.mode == "offload" end)):is_true()
  local before = on.member:counters()
  expect(flow.why_single):equals("counters count frames")
  expect(eventually(function() return flow.mode == "offload, then single frames" end)):is_true()
  flow:stop()
  local other = on.sender:stream{count = 100, size = 1000, offload = true}:wait()
  expect(other.mode):equals("single frames")
  expect(other):reaches{on.member}
  expect((on.member:counters() - before).eth0.rx_packets):is_at_least(100)
end)

-- ---- what receivers account for --------------------------------------------------------------

scenario("the account is exact", {each = families}, function(t)
  local on = lan(t, t.case)
  on.source:sender{group = on.group, port = on.port}:send("no probe")
  local flow = on.sender:stream{count = 3000, size = 200}
  on.source:sender{group = on.group, port = on.port}:send("no probe either")
  expect(flow):reaches{on.member}
  local got = flow:at(on.receiver)
  expect(got.received):equals(3000)
  expect(got.lost):equals(0)
  expect(got.bytes):equals(600000)
  expect(got.foreign):equals(1)
  expect(got.duplicated + got.reordered + got.corrupted + got.drops):equals(0)
  expect(got.gaps):equals{}
  expect(got.hops):equals(0)
  expect(got.first):is_at_most(got.last)
  expect(got.rate):is_at_least(1)
  expect(got.latency.p50):is_at_most(got.latency.max)
  expect(on.receiver:count()):equals(2)
  local facts = {}
  for name, value in pairs(got) do facts[name] = value end
  expect(facts.received):equals(3000)
  expect(facts.hops):equals(0)
  expect(facts.latency.max):equals(got.latency.max)
  expect(facts.complete):is_true()
  local sent, received = 0, 0
  for _, n in ipairs(flow:series()) do sent = sent + n end
  for _, n in ipairs(flow:series(on.member)) do received = received + n end
  expect(sent):equals(3000)
  expect(received):equals(3000)
end)

scenario("datagrams as long as the smallest probes are messages", {each = families}, function(t)
  local on = lan(t, t.case)
  on.source:sender{group = on.group, port = on.port}:send(("x"):rep(18))
  for _, offload in ipairs{false, true} do
    local flow = on.sender:stream{count = 3000, size = 18, offload = offload}
    on.source:sender{group = on.group, port = on.port}:send(("y"):rep(18))
    expect(flow):reaches{on.member}
    expect(flow.mode):equals(offload and "offload" or "single frames")
    local got = flow:at(on.receiver)
    expect(got.received):equals(3000)
    expect(got.bytes):equals(54000)
    expect(got.foreign):equals(1)
    expect(got.duplicated + got.reordered + got.corrupted):equals(0)
    expect(got.latency.max):is_at_most(60)
  end
  expect(on.receiver:count()):equals(3)
end)

scenario("who got nothing has an account, too", function(t)
  local on = lan(t)
  local deaf = on.bystander:receiver{port = on.port}
  local got = on.sender:stream{count = 10}:wait():at(deaf)
  expect(got.received):equals(0)
  expect(got.lost):equals(10)
  expect(got.latency):is_nil()
  expect(got.hops):is_nil()
  expect(got.gap_count):equals(1)
  expect(function() return got.recieved end):raises("did you mean 'received'")
end)

scenario("a host with two receivers is asked for one of them", function(t)
  local on = lan(t)
  local second = on.member:receiver{port = on.port}
  local flow = on.sender:stream{count = 10}:wait()
  expect(flow:at(on.member).received):equals(10)
  second:join(on.group)
  flow = on.sender:stream{count = 10}:wait()
  expect(function() flow:at(on.member) end):raises("2 receivers that got it: name one of them")
  expect(flow:at(second).received):equals(10)
end)

scenario("a host has got it when each of its receivers has", {each = families}, function(t)
  local on = lan(t, t.case)
  local small = on.member:receiver{group = on.group, port = on.port, receive_buffer = 2400}
  local function flow()
    return on.sender:stream{rate = 100000, burst = 5000, count = 5000, size = 1000}:wait()
  end
  local lossy = flow()
  expect(lossy:at(small).lost):is_at_least(1)
  local verdict = try(lossy):reaches{on.member}
  expect(verdict.ok):is_false()
  if not verdict.inconclusive then -- which the machine may have caused
    expect(verdict.message):matches("member %(one of its 2 receivers%) lost %d+ of 5000 .*: its "
      .. "kernel dropped %d+ datagrams because its buffer was full")
  end
  small:leave(on.group)
  expect(flow()):reaches{on.member}
  small:join(on.group)
  small:close()
  expect(flow()):reaches{on.member}
end)

scenario("who leaves, comes or goes meanwhile does not count beside one that stays", function(t)
  local on = lan(t)
  local leaver = on.member:receiver{group = on.group, port = on.port}
  local closer = on.member:receiver{group = on.group, port = on.port}
  local flow = on.sender:stream{rate = 2000}
  local function more()
    local sent = flow.sent
    expect(eventually(function() return flow:at(on.receiver).received > sent + 50 end)):is_true()
  end
  more()
  leaver:leave(on.group)
  closer:close()
  local late = on.member:receiver{group = on.group, port = on.port}
  more()
  flow:stop()
  expect(flow):reaches{on.member}
  expect(flow:at(leaver).lost):is_at_least(1)
  expect(flow:at(closer).lost):is_at_least(1)
  expect(flow:at(late).lost):is_at_least(1)
end)

--- Datagrams that somebody's device broke on the way: the receiving kernel finds out.
local function inject_broken(on, count)
  local is_ipv6 = on.sender.family == "ipv6"
  local udp = {source_port = 9, destination_port = on.port, payload = ("x"):rep(600), checksum = 1}
  local packet = is_ipv6
    and {ip6 = {source = on.source.address6, destination = on.group}, udp = udp}
    or {ip = {source = on.source.address, destination = on.group}, udp = udp}
  for _ = 1, count do on.source:inject(mcast.packet(packet)) end
end

scenario("a wrong UDP checksum is no full buffer", {each = families}, function(t)
  local on = lan(t, t.case)
  local flow = on.sender:stream{rate = 1000, count = 50}
  inject_broken(on, 7)
  flow:wait()
  local got = flow:at(on.receiver)
  expect(got.damaged):equals(7)
  expect(got.drops):equals(0)
  expect(on.receiver.drops):equals(0)
  expect(on.receiver.socket.drops):equals(0)
  expect(flow):reaches{on.member}
end)

scenario("who dropped what was broken was not silent", {each = families}, function(t)
  local on = lan(t, t.case)
  local silent = on.bystander:receiver{group = t:group{family = t.case}, port = on.port}
  on.sender:send("to the member")
  on.group = silent.groups[1]
  inject_broken(on, 2)
  local verdict = try(silent):receives_nothing()
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):matches("dropped 2 datagrams meanwhile, because of a wrong UDP checksum")
end)

scenario("of several streams each has lost no more than it misses", function(t)
  local on = lan(t)
  local other = t:group()
  local slow = on.bystander:receiver{groups = {on.group, other}, port = on.port,
    receive_buffer = 8000}
  on.bystander:pause()
  local heard = on.sender:stream{rate = 1000, count = 3}:wait()
  local dropped = on.source:sender{group = other, port = on.port}:stream{rate = 1000, count = 100}
  dropped:wait()
  on.bystander:resume()
  expect(heard:at(slow).received):equals(3)
  expect(heard:at(slow).drops):equals(0)
  expect(dropped:at(slow).lost):is_at_least(50)
  expect(dropped:at(slow).drops):equals(dropped:at(slow).lost)
end)

scenario("what the sender's kernel refuses is dark for all", {each = families}, function(t)
  local on = lan(t, t.case)
  local flow = on.sender:stream{rate = 1000}
  local function more(count)
    local sent, refused = flow.sent, flow.refused
    return eventually(function() return flow.sent + flow.refused >= sent + refused + count end)
  end
  expect(more(20)):is_true()
  local rule = on.source:block{group = on.group, direction = "out"}
  expect(more(100)):is_true()
  rule:remove()
  expect(eventually(function() return flow:at(on.receiver).received >= 40 end)):is_true()
  flow:stop()

  local got = flow:at(on.receiver)
  expect(got.lost):equals(0)
  expect(got.longest_gap):is_at_least(0.09)
  local refused = 0
  for _, gap in ipairs(got.gaps) do
    expect(gap.lost):equals(0)
    refused = refused + gap.refused
  end
  expect(refused):equals(flow.refused)
  expect(flow):reaches{on.member}
  local verdict = try(flow):reaches({on.member}, {longest_gap = 0.05})
  expect(verdict.ok):is_false()
  expect(verdict.message):matches("was dark for .*at most 50 ms allowed%): meanwhile its sender's "
    .. "kernel refused %d+ datagrams %(EPERM%)")
end)

scenario("what a full buffer drops is told apart", function(t)
  local on = lan(t)
  local small = on.bystander:socket()
  small.reuse_addr = true
  small.receive_buffer = 3000
  small:bind(nil, on.port)
  small:add_membership(on.group)
  -- A plain socket that nobody reads, and a receiver that is read too rarely to keep up.
  local slow = on.bystander:receiver{group = on.group, port = on.port, receive_buffer = 2400}
  local flow = on.sender:stream{rate = 100000, burst = 5000, count = 5000, size = 1000}:wait()
  local got = flow:at(slow)
  expect(got.received + got.lost):equals(5000)
  expect(got.drops):equals(got.lost)
  expect(small.drops):is_at_least(1)
  expect(flow:at(on.receiver).lost):equals(0)
end)

scenario("a receiver that joins later is prepared, and its gap is at the beginning", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = 2000}
  expect(eventually(function() return flow.sent > 100 end)):is_true()
  local late = on.bystander:receiver{group = on.group, port = on.port}
  expect(eventually(function() return flow:at(late).received > 100 end)):is_true()
  flow:stop()
  local got = flow:at(late)
  expect(got.received + got.lost):equals(flow.sent)
  expect(got.gaps[1].first):equals(1)
  expect(got.gaps[1].lost):is_at_least(100)
  expect(got.gaps[1].at):near(flow.started, 0.001)
end)

scenario("what is delayed is as long in the dark at its end", function(t)
  local on = lan(t)
  local near = on.bystander:receiver{group = on.group, port = on.port}
  on.member.eth0:impair{delay = 0.3, direction = "in"}
  local flow = on.sender:stream{rate = 1000}
  expect(eventually(function() return flow:at(near).received > 100 end)):is_true()
  on.source.eth0:impair{loss = 1, direction = "out"}
  local dark = flow.sent
  expect(eventually(function() return flow.sent > dark + 200 end)):is_true()
  flow:stop()
  expect(eventually(function() return flow:at(on.receiver).received >= flow:at(near).received end,
    {within = 5})):is_true()
  local gap = flow:at(on.receiver).gaps[1]
  expect(gap.lost):equals(flow:at(near).lost)
  expect(gap.duration):is_at_least(gap.lost * 0.0005)
  expect(gap.at):near(flow:at(on.receiver).last, 0.001)
  local wanted = bounds.read("test", {loss = "99%", longest_gap = 0.001})
  expect(bounds.excess(wanted, flow:at(on.receiver), flow.sent)[1]):contains("was dark for")
end)

-- ---- claims ----------------------------------------------------------------------------------

scenario("bounds allow as much as they say", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = 2000}
  expect(eventually(function() return flow:at(on.receiver).received > 100 end)):is_true()
  on.receiver:leave(on.group)
  local left = flow.sent
  expect(eventually(function() return flow.sent > left + 100 end)):is_true()
  flow:stop()
  local lost, sent = flow:at(on.receiver).lost, flow.sent
  local function verdict(given)
    given.within, given.quiet = 0, 0
    return try(flow):reaches({on.member}, given)
  end
  -- What fails may be the machine's fault, and is inconclusive then: its words are asked for here.
  local function excess(given)
    return bounds.excess(bounds.read("test", given), flow:at(on.receiver), sent)[1]
  end
  expect(verdict({loss = lost}).ok):is_true()
  expect(verdict({loss = lost - 1}).ok):is_false()
  expect(verdict({loss = lost / sent}).ok):is_true()
  expect(verdict({loss = "99%"}).ok):is_true()
  expect(excess({loss = "1%"})):contains(("lost %d of %d"):format(lost, sent))
  expect(verdict({loss = lost, longest_gap = 10}).ok):is_true()
  expect(excess({loss = lost, longest_gap = 0.001})):contains("was dark for")
  expect(verdict({loss = lost, latency = 10}).ok):is_true()
  expect(excess({loss = lost, latency = {p50 = 0}})):contains("had a latency of")
  expect(verdict({loss = lost, duplicates = 0, reordered = 0}).ok):is_true()
end)

scenario("a part of a stream does not stand for all of it", {each = families}, function(t)
  local on = lan(t, t.case)
  local function cut(flow, why)
    eventually(function() return not flow.running end, {within = 5})
    expect(flow.cut_short):contains(why)
    local verdict = try(flow):reaches{on.member}
    expect(verdict.ok):is_false()
    if flow:at(on.member).lost > 0 then return end -- the machine's input queue was full
    expect(verdict.inconclusive):is_true()
    expect(verdict.message):contains("cut short after " .. flow.sent .. " datagrams: " .. why)
  end
  expect(on.sender:stream{rate = 1000, count = 10}:wait().cut_short):is_nil()
  local stopped = on.sender:stream{rate = 1000, count = 1000}:stop()
  expect(stopped.cut_short):is_nil()
  expect(stopped):reaches{on.member}

  local endless = on.sender:stream{rate = 1000}
  local closed = on.sender:stream{rate = 1000, duration = 60}
  expect(eventually(function() return closed.sent > 10 end)):is_true()
  on.sender:close()
  cut(closed, "its sender was closed")
  expect(try(closed):keeps_rate().ok):is_false()
  expect(endless.cut_short):is_nil()

  local fast = on.source:sender{group = on.group, port = on.port}:stream{count = (1 << 40) - 1}
  expect(eventually(function() return fast.sent > 100 end)):is_true()
  on.source.eth0:down()
  cut(fast, "the kernel took nothing any more (ENETUNREACH)")
end)

scenario("what a full queue refused may have been looped back", {each = families}, function(t)
  if not os.execute("command -v tc >/dev/null") then t:skip("tc is not installed") end
  local on = lan(t, t.case)
  local beside = on.source:receiver{group = on.group, port = on.port}
  local done = on.source:run{"tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "1mbit",
    "burst", "2000", "limit", "3000"}
  expect(done.status):equals(0)
  local sender = on.source:sender{group = on.group, port = on.port, loop = true}
  local flow = sender:stream{rate = 5000, count = 200, size = 1000}:wait()
  expect(flow.refused):is_at_least(1)
  expect(flow.error):equals("ENOBUFS")
  expect(flow:at(beside).lost):is_at_least(0)
  local verdict = try(flow):reaches{on.member, on.source}
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):contains("also gets what the kernel refused to send (")
end)

scenario("why a part of it is missing is told", {each = families}, function(t)
  local on = lan(t, t.case)
  local flow = on.sender:stream{rate = 1000}
  local function more()
    local sent = flow.sent
    expect(eventually(function() return flow.sent > sent + 50 end)):is_true()
  end
  more()
  on.member.eth0:down()
  more()
  on.member.eth0:up()
  flow:stop()
  local function why() return reasons.describe(flow, on.receiver, flow:at(on.receiver), {}) end
  expect(why()):equals(": its eth0 was down meanwhile")

  flow = on.sender:stream{rate = 1000}
  more()
  on.receiver:leave(on.group)
  more()
  on.receiver:join(on.group)
  more()
  flow:stop()
  expect(why()):matches("^: its receiver left " .. on.group .. " %d+ ms after the stream began$")

  on.member.eth0:impair{delay = 60, direction = "in"}
  flow = on.sender:stream{rate = 1000}
  more()
  expect(explain.not_received(flow:stop(), on.member)):matches("^member did not get it: %d+ frames "
    .. "are still on the way through the impaired eth0 of host 'member'$")
end)

scenario("a receiver that was closed proves nothing of the rest", function(t)
  local on = lan(t)
  local flow = on.sender:stream{rate = 2000}
  expect(eventually(function() return flow:at(on.receiver).received > 50 end)):is_true()
  on.receiver:close()
  local closed = flow.sent
  expect(eventually(function() return flow.sent > closed + 10 end)):is_true()
  flow:stop()
  local verdict = try(flow):reaches({on.member}, {loss = "99%", within = 0, quiet = 0})
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):matches("was closed .* when it had got %d+ of " .. flow.sent)
end)

scenario("nor when it had got nothing yet", function(t)
  local on = lan(t)
  on.member:block{group = on.group, direction = "in"}
  local flow = on.sender:stream{rate = 2000}
  local function more()
    local sent = flow.sent
    expect(eventually(function() return flow.sent > sent + 10 end)):is_true()
  end
  more()
  on.receiver:close()
  more()
  local verdict = try(flow:stop()):reaches({on.member}, {within = 0, quiet = 0})
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):matches("was closed .* when it had got 0 of " .. flow.sent)
  flow = on.sender:stream{rate = 2000, count = 10}
  verdict = try(flow):reaches({on.member}, {within = 0, quiet = 0})
  expect(verdict.ok):is_false()
  if not verdict.inconclusive then
    expect(verdict.message):contains("it has no open receiver")
  end
end)

scenario("probes break a claim of silence", function(t)
  local on = lan(t)
  local deaf = on.bystander:receiver{port = on.port}
  on.sender:stream{count = 10}:wait()
  expect(deaf):receives_nothing()
  local verdict = try(on.receiver):receives_nothing()
  expect(verdict.ok):is_false()
  expect(verdict.message):contains("10 probes of a stream")
  on.receiver:clear()
  verdict = try(on.receiver):receives_nothing{during = 0}
  expect(verdict.inconclusive):is_true()
end)
