-- Benchmarks by RFC 3918: frame sizes, the search for the zero-loss rate, tables, trials on a network
-- that is known to lose, and what its claim says.
local rfc3918 = require "mcast.rfc3918"
local try = require("mcast.expect").try

local defaults = rfc3918.parameters(function(_, default) return default end)

--- The parameters with other values.
local function setup(given)
  return rfc3918.parameters(function(name, default)
    if given[name] ~= nil then return given[name] end
    return default
  end)
end

-- ---- frame sizes -----------------------------------------------------------------------------

scenario("a frame size counts the headers and the check sequence", function()
  expect(rfc3918.payload(1518, "ipv4")):equals(1472)
  expect(rfc3918.payload(1518, "ipv6")):equals(1452)
  expect(rfc3918.payload(64, "ipv4")):equals(18)
  expect(rfc3918.payload(84, "ipv6")):equals(18)

  local none, why = rfc3918.payload(63, "ipv4")
  expect(none):is_nil()
  expect(why):equals("too small for a probe of 18 bytes over IPv4: the least frame has 64")
  expect(select(2, rfc3918.payload(64, "ipv6")))
    :equals("too small for a probe of 18 bytes over IPv6: the least frame has 84")
  expect(select(2, rfc3918.payload(1519, "ipv4", 1500)))
    :equals("more than an MTU of 1500 carries in one frame")
  expect(rfc3918.payload(1518, "ipv4", 1500)):equals(1472)
end)

-- The numbers that every vendor of gigabit ports prints.
scenario("a line rate is what the wire takes", function()
  expect(math.floor(rfc3918.line_rate(1e9, 64))):equals(1488095)
  expect(math.floor(rfc3918.line_rate(1e9, 1518))):equals(81274)
end)

local least_frame = {ipv4 = 64, ipv6 = 84}

scenario("frames on the wire have the size that was asked for", {each = {"ipv4", "ipv6"}},
  function(t)
  local bench = rfc3918.bench(t, setup{egress = 1, groups = 1})
  local captures = {bench.source:capture{filter = "udp"}, bench.egress[1]:capture{filter = "udp"}}
  local loads = bench:join(1)
  bench:learn(loads)
  for _, size in ipairs{least_frame[t.case], 512} do
    for _, capture in ipairs(captures) do capture:clear() end
    local trial = bench:offer(loads, size, 200)
    expect(trial.received):equals(20)
    for _, capture in ipairs(captures) do
      expect(eventually(function() return #capture:packets() >= 20 end)):is_true()
      for _, packet in ipairs(capture:packets()) do
        expect(packet.length):equals(size - 4) -- no interface shows the check sequence
      end
    end
  end
end)

-- ---- parameters ------------------------------------------------------------------------------

scenario("parameters are the RFC's, with short defaults", function()
  expect(defaults.frame_sizes):equals{64, 128, 256, 512, 1024, 1280, 1518}
  expect(defaults.families):equals{"ipv4", "ipv6"}
  expect(setup{frame_sizes = "256, 9000"}.frame_sizes):equals{256, 9000}
  expect(setup{line_rate = 1000}.line_rate):equals(1e9)
  local function refuses(given, words)
    expect(function() setup(given) end):raises(words)
  end
  refuses({frame_sizes = "63"}, "param frame_sizes: expected bytes.*from 64 to 65535.*got \"63\"")
  refuses({frame_sizes = "big"}, "got \"big\"")
  refuses({frame_sizes = ""}, "at least one size")
  refuses({family = "ipx"}, "param family: expected \"ipv4\", \"ipv6\" or \"both\", got \"ipx\"")
  refuses({duration = 0}, "param duration: expected more than 0, got 0")
  refuses({resolution = -1}, "param resolution: expected a share between 0 and 1, got %-1")
  refuses({resolution = 1}, "param resolution: expected a share between 0 and 1, got 1")
end)

scenario("parameters of one file are checked as it is loaded", function()
  local function given(value) return function() return value end end
  expect(rfc3918.positive(given(3), "load", 1, "some load")):equals(3)
  expect(rfc3918.share(given(0.25), "share", 0.5, "some share")):equals(0.25)
  for _, value in ipairs{0, -1} do
    expect(function() rfc3918.positive(given(value), "load", 1, "some load") end)
      :raises("param load: expected more than 0, got " .. (value == 0 and "0" or "%-1"))
  end
  for _, value in ipairs{0, 1, 1.5} do
    expect(function() rfc3918.share(given(value), "share", 0.5, "some share") end)
      :raises("param share: expected a share between 0 and 1, got " .. value)
  end
end)

-- ---- the search ------------------------------------------------------------------------------

--- A search on a device that loses above that rate, or as the function says.
local function search(rule, given)
  local asked = {}
  given = given or {}
  given.subject, given.highest = "frames", given.highest or 1000
  function given.trial(rate)
    asked[#asked + 1] = rate
    local outcome = type(rule) == "function" and rule(rate, #asked)
      or type(rule) == "number" and (rate <= rule and "passed" or "lost")
    return {outcome = outcome, reason = outcome ~= "passed" and "a reason" or nil, rate = rate,
      flows = {}}
  end
  return rfc3918.search(given), asked
end

scenario("a device that loses nothing is found by one trial at the line rate", function()
  local found, asked = search(1000)
  expect(asked):equals{1000}
  expect(found.rate):equals(1000)
  expect(found.limit):equals("line rate")
  expect(found.above):is_nil()
  expect(found):converges()
  expect(tostring(found)):equals("zero-loss rate of frames")
end)

scenario("the rate of a device that loses is found to the resolution", function()
  for limit = 37, 999, 74 do
    local found, asked = search(limit, {resolution = 0.01})
    expect(found.rate):is_at_most(limit)
    expect(found.rate):is_at_least(limit - 10)
    expect(found.above.rate):is_at_most(found.rate + 10)
    expect(found.trial.rate):equals(found.rate)
    expect(found.limit):equals("loss")
    expect(#asked):is_at_most(8)
    expect(#found.trials):equals(#asked)
  end
  local _, fine = search(300, {resolution = 0.0001})
  expect(#fine):is_at_least(14)
end)

scenario("halving goes the way of RFC 2544", function()
  local _, asked = search(300, {resolution = 0.1})
  expect(asked):equals{1000, 500, 250, 375, 312.5}
end)

scenario("loss at every rate is no rate", function()
  local found = search(0)
  expect(found.rate):is_nil()
  expect(found.trial):is_nil()
  expect(found.limit):equals("loss")
  local verdict = try(found):converges()
  expect(verdict.ok):is_false()
  expect(verdict.inconclusive):is_false()
  expect(verdict.message):equals("zero-loss rate of frames: expected a rate without loss, seen "
    .. "loss at every rate: at 7.8125 frames/s, a reason")
end)

scenario("a trial that the machine disturbed is repeated and proves nothing", function()
  local found, asked = search(function(_, n) return n < 3 and "disturbed" or "passed" end)
  expect(asked):equals{1000, 1000, 1000}
  expect(found.rate):equals(1000)
  expect(#found.trials):equals(3)

  found = search(function(rate) return rate > 600 and "disturbed" or "passed" end)
  expect(found.limit):equals("this machine")
  expect(found.rate):near(600, 10)
  expect(try(found):converges().message):matches("frames/s %(this machine: a reason%), after")

  found = search(function() return "disturbed" end, {attempts = 2})
  local verdict = try(found):converges()
  expect(verdict.ok):is_false()
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):equals("zero-loss rate of frames: inconclusive, because a reason")
end)

scenario("a search refuses what makes no sense", function()
  expect(function() rfc3918.search{subject = "x", trial = print} end):raises("highest: missing")
  expect(function() search(1, {resolutoin = 1}) end)
    :raises("rfc3918.search: unknown option 'resolutoin' %(did you mean 'resolution'%?%)")
  expect(function() search(1, {attempts = 0}) end):raises("attempts: expected an integer of 1")
end)

-- ---- tables ----------------------------------------------------------------------------------

scenario("tables have names, units and right-aligned columns", function()
  local report = rfc3918.table("a title", {"frame size (bytes)", "rate (frames/s)", "limit"})
  report:add(64, 1488095.238, "line rate"):add(1518, 0.25, false):add(9000, 12.0, "loss")
  expect(report:lines()):equals{
    "frame size       rate      limit",
    "     bytes   frames/s           ",
    "        64  1488095.2  line rate",
    "      1518     0.2500          -",
    "      9000         12       loss",
  }
  expect(function() report:add(64, 1) end):raises("table 'a title' has 3 columns, got 2 values")
end)

-- ---- on a network ----------------------------------------------------------------------------

local function quick(given)
  given.duration, given.residual = given.duration or 0.05, given.residual or 0.05
  given.egress, given.groups = given.egress or 2, given.groups or 2
  return setup(given)
end

scenario("a trial counts what each egress interface got", function(t)
  local bench = rfc3918.bench(t, quick{})
  local loads = bench:join(2)
  local trial = bench:offer(loads, 256, 2000)
  expect(#trial.flows):equals(2)
  expect(trial.sent):equals(100)
  expect(trial.received):equals(200)
  expect(trial.forwarding_rate):near(2000, 1e-6)
  local latency = rfc3918.latency({trial}, {bench.egress[1]})
  expect(latency.count):equals(100)
  expect(latency.min):is_at_most(latency.mean)
  expect(latency.mean):is_at_most(latency.max)
  expect(rfc3918.latency({trial}, {bench.source})):is_nil()
end)

scenario("a delay is that of all egress interfaces, or of some", function(t)
  local bench = rfc3918.bench(t, quick{})
  local near, far = bench.egress[1], bench.egress[2]
  far.eth0:impair{delay = 0.2, direction = "in"}
  local joined = bench:with_stream(256, 1000, function(flow)
    return mcast.measure.join{host = bench.egress, from = flow}
  end)
  local all = rfc3918.delay{joined}
  expect(all.count):equals(2)
  expect(all.max):equals(joined.max)
  for _, host in ipairs{near, far} do
    local one = rfc3918.delay({joined}, {host})
    expect(one.count):equals(1)
    expect(one.mean):equals(joined:at(host).latency)
    expect(one.resolution):equals(joined:at(host).resolution)
  end
  expect(rfc3918.delay({joined}, {far}).min):is_at_least(0.2)
  local early = rfc3918.delay({joined}, {near}, {{[near] = 1000}}) -- came before the report
  expect(early.max):near(joined:at(near).latency - 1000, 1e-6)
  expect(function() rfc3918.delay({joined}, {bench.source}) end):raises("one of those that were")
end)

scenario("shares are those of the offered rate", function(t)
  local bench = rfc3918.bench(t, quick{duration = 0.1})
  local loads = bench:mix(bench:join(2), bench:unicast(), 0.75)
  local trial = bench:offer(loads, 256, 1600)
  local sent = {}
  for i, flow in ipairs(trial.flows) do sent[i] = flow.sent end
  expect(sent):equals{60, 60, 20, 20}
  expect(trial.received):equals(60 * 2 * 2 + 20 * 2)
  expect(trial.flows[3].group):equals(bench.egress[1].address)
  expect(trial.flows[3]:at(loads[3].receivers[1]).hops):equals(0)
end)

scenario("an egress interface that loses every third frame is found out", function(t)
  local bench = rfc3918.bench(t, quick{resolution = 0.5})
  local loads = bench:join(1)
  bench.egress[2].eth0:impair{drop = {every = 3}, only = "udp", direction = "in"}
  local trial = bench:offer(loads, 256, 2000)
  expect(trial.outcome):equals("lost")
  expect(trial.reason):matches("^egress2 lost %d+ frames of 100$")
  expect(trial.forwarding_rate):near(2000 * trial.received / 200, 1e-6)
  local found = bench:search(loads, 256)
  expect(found.rate):is_nil()
  local verdict = try(found):converges()
  expect(verdict.inconclusive):is_false()
  expect(verdict.message):matches("egress2 lost")
end)

-- It passes on 800 frames a second and keeps 50: in 0.2 s no more than 210 of those that came.
scenario("the rate of a slow egress interface is found", function(t)
  local bench = rfc3918.bench(t, quick{duration = 0.2, residual = 0.5, resolution = 0.1,
    line_rate = 4})
  local loads = bench:join(1)
  bench.egress[1].eth0:impair{rate = 800, queue = 50, direction = "in"}
  local found = bench:search(loads, 256)
  expect(found):converges()
  expect(found.limit):equals("loss")
  expect(found.rate):is_at_most(1200)
  expect(found.above.reason):matches("^egress1 lost")
end)

scenario("sizes that cannot be measured are left out", {each = {"ipv4", "ipv6"}}, function(t)
  local bench = rfc3918.bench(t, quick{frame_sizes = "64,256,9000"})
  local sizes = {}
  for size in bench:frames() do sizes[#sizes + 1] = size end
  expect(sizes):equals(t.case == "ipv4" and {64, 256} or {256})
end)

scenario("the smallest frames are measured", {each = {"ipv4", "ipv6"}}, function(t)
  local bench = rfc3918.bench(t, quick{duration = 0.1, line_rate = 1})
  local loads = bench:mix(bench:join(2), bench:unicast(), 0.5)
  bench:learn(loads)
  local found = bench:search(loads, least_frame[t.case])
  expect(found):converges()
  for i, flow in ipairs(found.trial.flows) do
    expect(flow.size):equals(18)
    expect(flow):reaches(i <= 2 and bench.egress or {bench.egress[i - 2]})
  end
end)

-- ---- tunnels ---------------------------------------------------------------------------------

scenario("a tunnel carries frames between its ends", function(t)
  local a, b = t:hosts("a", "b")
  for number, host in ipairs{a, b} do
    local given = {name = "t1", id = 1, over = "eth0", number = number}
    expect(rfc3918.tunnel(host, given)):is_nil()
    expect(rfc3918.tunnel(host, given)):is_nil() -- it has one
  end
  expect(a:interface("t1").mtu):equals(1450)
  -- The group that the tunnel's ends are members of.
  expect(t.net.switches.lan):forwards("239.255.77.1", {to = {a, b}, within = 10})
  local group, port = t:group(), t:port()
  b:receiver{group = group, port = port, interface = "t1"}
  local sent = a:sender{group = group, port = port, interface = "t1"}:send("through it")
  expect(sent):reaches{b}
end)

scenario("a tunnel that cannot be made says why", function(t)
  local a = t:hosts("a")
  expect(rfc3918.tunnel(a, {name = "t1", id = 1, over = "eth0", number = 1})):is_nil()
  expect(rfc3918.tunnel(a, {name = "t2", id = 1, over = "eth0", number = 1}))
    :matches("^host 'a' makes no VXLAN tunnel: .")
  expect(function() rfc3918.tunnel(a, {name = "t3", id = 0, over = "eth0", number = 1}) end)
    :raises("rfc3918.tunnel: id: expected an integer from 1 to 254, got 0")
  expect(function() rfc3918.tunnel(a, {name = "t3", id = 3, over = "eth0"}) end)
    :raises("number: missing")
end)
