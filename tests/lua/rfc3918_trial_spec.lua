-- Benchmarks by RFC 3918: tagged frames, what makes a trial valid, and what a delay is measured from.
local rfc3918 = require "mcast.rfc3918"
local reports = require "mcast.rfc3918.reports"
local try = require("mcast.expect").try

--- The parameters with other values.
local function setup(given)
  given.duration, given.residual = given.duration or 0.1, given.residual or 0.1
  given.egress, given.groups = given.egress or 2, given.groups or 2
  return rfc3918.parameters(function(name, default)
    if given[name] ~= nil then return given[name] end
    return default
  end)
end

-- ---- tagged frames: RFC 3918 section 5.1 -----------------------------------------------------

scenario("a tagged frame is one more, at the mid-point", function(t)
  local bench = rfc3918.bench(t, setup{duration = 0.4})
  local loads = bench:join(2)
  local trial = bench:offer(loads, 256, 1000, 2)
  expect(trial):is_valid()
  expect(trial.sent):equals(400)
  expect(trial.tagged.sent):equals(1)
  expect(trial.tagged.group):equals(bench.groups[2])
  local after = trial.tagged.started - trial.flows[2].started
  expect(after):is_at_least(0.19)
  expect(after):is_at_most(trial.flows[2].duration)
  for i, receiver in ipairs(loads[2].receivers) do
    local latency = rfc3918.tagged({trial}, {bench.egress[i]})
    expect(latency.count):equals(1)
    expect(latency.mean):equals(trial.tagged:at(receiver).latency.mean)
  end
  expect(rfc3918.latency({trial}, bench.egress).count):equals(800)
  expect(bench:offer(loads, 256, 1000).tagged):is_nil()
end)

scenario("the groups take the tagged frame in turn", function(t)
  local bench = rfc3918.bench(t, setup{repetitions = 3})
  local trials = bench:repeat_tagged(bench:join(2), 256, 1000)
  local tagged = {}
  for i, trial in ipairs(trials) do tagged[i] = trial.tagged.group end
  expect(tagged):equals{bench.groups[1], bench.groups[2], bench.groups[1]}
  expect(rfc3918.tagged(trials, bench.egress).count):equals(6)
end)

-- RFC 3918 section 5.2: from one trial, over all egress interfaces; then the averages.
scenario("the spread of a latency is that between egress interfaces", function(t)
  local bench = rfc3918.bench(t, setup{residual = 1})
  local loads = bench:join(1)
  bench.egress[2].eth0:impair{delay = 0.2, direction = "in"}
  local trials = {bench:offer(loads, 256, 1000, 1), bench:offer(loads, 256, 1000, 1)}
  local near, far = rfc3918.tagged(trials, {bench.egress[1]}),
    rfc3918.tagged(trials, {bench.egress[2]})
  local spread = rfc3918.spread(trials, bench.egress)
  expect(spread.min):near(near.mean, 1e-9)
  expect(spread.max):near(far.mean, 1e-9)
  expect(spread.difference):near(far.mean - near.mean, 1e-9)
  expect(spread.difference):is_at_least(0.1)
end)

-- ---- valid trials: RFC 3918 section 5.1 ------------------------------------------------------

scenario("a trial that loses the tagged frame alone is invalid", function(t)
  local bench = rfc3918.bench(t, setup{})
  local loads = bench:mix(bench:join(1), bench:join(1), 0.999)
  bench:learn(loads)
  -- The second group's share is one frame; the next one is the tagged one.
  bench.egress[2].eth0:impair{drop = {nth = 2}, only = "dst host " .. bench.groups[2],
    direction = "in"}
  local trial = bench:offer(loads, 256, 1000, 2)
  expect(trial.flows[2].sent):equals(1)
  expect(trial.outcome):equals("lost")
  expect(trial.reason):equals("of the tagged frame, egress2 lost 1 frame of 1")
  local verdict = try(trial):is_valid()
  expect(verdict.ok):is_false()
  expect(verdict.inconclusive):is_false()
  expect(verdict.message):equals("trial at 1000 frames/s: expected frames offered at that rate and "
    .. "all forwarded, seen that of the tagged frame, egress2 lost 1 frame of 1")
end)

scenario("a tagged frame that the others did not wait for measures nothing", function(t)
  local bench = rfc3918.bench(t, setup{duration = 0.02, residual = 0.05})
  local trial = bench:offer(bench:join(1), 256, 1, 1)
  expect(trial.received):equals(2)
  expect(try(trial):is_valid().message)
    :equals("trial at 1 frames/s: inconclusive, because the tagged frame was sent too late")
end)

scenario("a trial whose rate was not kept is not valid, though all came", function(t)
  local bench = rfc3918.bench(t, setup{duration = 1e-6})
  local trial = bench:offer(bench:join(1), 256, 1e8)
  local verdict = try(trial):is_valid()
  expect(trial.received):equals(2 * trial.sent)
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):matches("because stream .* did not keep its rate")
end)

-- ---- capacity: RFC 3918 section 7.1 ----------------------------------------------------------

scenario("one frame of each group everywhere is enough for the capacity", function(t)
  local bench = rfc3918.bench(t, setup{groups = 1})
  local loads = bench:join(2)
  bench:learn(loads)
  local link = bench.egress[2].eth0:impair{drop = {every = 3}, only = "udp", direction = "in"}
  local trial = bench:offer(loads, 256, 1000)
  expect(trial.outcome):equals("lost")
  expect(trial.complete):is_true()
  link:clear()
  bench.egress[2].eth0:impair{drop = {every = 1}, only = "dst host " .. bench.groups[2],
    direction = "in"}
  expect(bench:offer(loads, 256, 1000).complete):is_false()
end)

-- ---- delays: RFC 3918 section 6 --------------------------------------------------------------

local function join(hosts)
  return function(flow) return mcast.measure.join{host = hosts, from = flow} end
end

scenario("a join delay begins with the report on the wire", {each = {"ipv4", "ipv6"}}, function(t)
  local bench = rfc3918.bench(t, setup{egress = 1})
  local host = bench.egress[1]
  local capture = host:capture{filter = "igmp or mld"}
  local measured, reported = bench:with_stream(256, 1000, join{host})
  local entry = measured.entries[1]
  local packet = capture:packets(function(one)
    local message = one.igmp or one.mld
    return one.direction == "out" and one.time >= entry.called
      and tostring(one):find(measured.flow.group, 1, true) and message.type == "report"
  end)[1]
  expect(reported[host]):near(packet.time - entry.called, 1e-4) -- two captures
  local delay = rfc3918.delay({measured}, {host}, {reported})
  expect(delay.count):equals(1)
  expect(delay.min):near(entry.latency - reported[host], 1e-9)
  expect(delay.min):is_at_least(0)
  expect(rfc3918.delay({measured}, {host}, {{}}).count):equals(0)
end)

scenario("a leave delay begins with the leave on the wire", {each = {"ipv4", "ipv6"}}, function(t)
  local bench = rfc3918.bench(t, setup{egress = 1})
  local host = bench.egress[1]
  local measured, reported = bench:with_stream(256, 1000, function(flow)
    bench:receive(flow)
    return mcast.measure.leave{host = host, from = flow}
  end)
  local delay = rfc3918.delay({measured}, {host}, {reported})
  expect(delay.count):equals(1)
  expect(delay.min):near(math.max(0, measured:at(host).latency - reported[host]), 1e-9)
end)

scenario("by method B the device knows the group before anybody joins", function(t)
  local bench = rfc3918.bench(t, setup{})
  local witness, groups = bench.deaf.host, {}
  local _, reported = bench:with_stream(256, 1000, function(flow)
    for _, one in ipairs(witness:memberships()) do groups[one.group] = true end
    expect(groups[flow.group]):is_true()
    return join(bench.egress)(flow)
  end, witness)
  for _, host in ipairs(bench.egress) do expect(reported[host]):is_at_least(0) end
  for _, one in ipairs(witness:memberships()) do
    expect(one.group ~= bench.groups[1]):is_true()
  end
end)

-- A device that floods gives its frames to a member before the member has said that it is one.
scenario("a device that floods has no join delay", function(t)
  local lan = t.net:switch("flood", {snooping = false})
  for _, name in ipairs{"source", "bystander", "egress1"} do t.net:host(name, lan) end
  local bench = rfc3918.bench(t, setup{egress = 1})
  local host = bench.egress[1]
  local delay
  for _ = 1, 30 do -- unless the stream is held up just then
    local measured, reported = bench:with_stream(256, 1000, join{host})
    delay = rfc3918.delay({measured}, {host}, {reported})
    if delay.min < 0 then break end
  end
  expect(delay.min):is_at_most(-1e-6)
end)

-- ---- tunnels: RFC 3918 section 4.4 -----------------------------------------------------------

scenario("the line rate of frames in a tunnel is that of their size on the wire", function(t)
  local bench = rfc3918.bench(t, setup{egress = 1, groups = 1, line_rate = 1, resolution = 0.5})
  local loads = bench:join(1)
  expect(bench:search(loads, 256, 306).highest):equals(rfc3918.line_rate(1e6, 306))
  expect(bench:search(loads, 256).highest):equals(rfc3918.line_rate(1e6, 256))
end)

-- ---- what results name: RFC 3918 section 3.1.1 -----------------------------------------------

-- A device that is no switch of ours.
local cables = topology("cables at a router", function(net)
  local device = net:router("device")
  for _, name in ipairs{"source", "egress1", "bystander"} do net:link(net:host(name), device) end
end)

scenario("results name the version that members speak",
  {topology = cables, each = {"ipv4", "ipv6"}}, function(t)
  local bench = rfc3918.bench(t, setup{egress = 1})
  local results = bench:table("anything", {"frame size (bytes)"})
  local function title()
    local lines = {}
    results:report{attach = function() end,
      log = function(_, format, ...) lines[#lines + 1] = format:format(...) end}
    return lines[1]
  end
  if t.case == "ipv6" then -- the kernel does not tell
    expect(title()):matches(", the device's MLD version$")
    return
  end
  expect(title()):matches(", IGMP version 3$")
  bench.egress[1]:sysctl("net.ipv4.conf.eth0.force_igmp_version", 2)
  expect(title()):matches(", IGMP version 2$")
end)

-- ---- reports ---------------------------------------------------------------------------------

local flooding = topology("a switch that floods reports", function(net)
  local lan = net:switch("lan", {snooping = false})
  for _, name in ipairs{"a", "b"} do net:host(name, lan) end
end)

scenario("a report is the host's own, and one since then", {topology = flooding}, function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group(), t:port()
  local capture = reports.watch(a)
  b:receiver{group = group, port = port}
  expect(capture:wait(function(packet)
    return packet.igmp and packet.igmp.records and packet.igmp.records[1].group == group
  end, {within = 10})):exists()
  expect(reports.sent(capture, "join", group, 0)):is_nil()
  a:receiver{group = group, port = port}
  expect(eventually(function() return reports.sent(capture, "join", group, 0) end, {within = 10}))
    :exists()
  expect(reports.sent(capture, "join", group, math.huge)):is_nil()
end)
