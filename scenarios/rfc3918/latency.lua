-- Latency of a device that forwards multicast: RFC 3918 section 5.
--
--       source                              egress1  egress2  ...   bystander
--    ingress interface                      members of the groups   member of none
--         |                                    |        |               |
--     ----+---------- device under test -------+--------+---------------+----
--
-- The device is a snooping switch, unless a topology says otherwise; on it the hosts `source`,
-- `bystander` and `egress1` to `egressN` (--param egress=N) are needed:
--
--     mcast-harness run --topology device.lua --param line_rate=1000 --param duration=120
--         --param residual=2 --param repetitions=20 scenarios/rfc3918/latency.lua
--
-- First the zero-loss rate of the frame size is searched for, then frames are offered at that rate. At the
-- mid-point of each trial a tagged frame is added, to the groups in turn; its latency is what the RFC
-- means, that of all frames stands beside it. A latency is from the send call to the time stamp of the
-- receiving host's kernel: that of a store and forward device (RFC 1242 section 3.8), the stacks of
-- both hosts and the frame's own time on the lines included. Latencies are reported and not claimed;
-- claimed is that each trial was valid and that exactly the members got all. The hosts must share a clock.

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(param)

local function us(seconds) return seconds * 1e6 end

local kind = ", store and forward, host to host"

local columns = {"frame size (bytes)", "groups", "egress", "offered load (frames/s)", "trials",
  "tagged frame min (us)", "mean (us)", "max (us)", "all frames min (us)", "mean (us)", "max (us)"}

--- Trials at the zero-loss rate of that frame size, each without loss.
local function measure(bench, loads, size)
  local found = bench:search(loads, size)
  expect(found):converges()
  local trials = bench:repeat_tagged(loads, size, found.rate)
  for _, trial in ipairs(trials) do
    expect(trial):is_valid()
    for n, flow in ipairs(trial.flows) do
      expect(flow):reaches(bench.egress, {quiet = n > 1 and 0 or nil})
    end
  end
  return found.rate, trials
end

--- A row for each egress interface.
local function add_rows(report, bench, size, rate, trials)
  for _, host in ipairs(bench.egress) do
    local tagged, all = rfc3918.tagged(trials, {host}), rfc3918.latency(trials, {host})
    expect(tagged.count):equals(#trials)
    expect(all.count):equals(#trials * trials[1].sent)
    report:add(size, setup.groups, host.name, rate, #trials, us(tagged.min), us(tagged.mean),
      us(tagged.max), us(all.min), us(all.mean), us(all.max))
  end
end

-- RFC 3918 section 5.1: from the ingress interface to each egress interface.
scenario("multicast latency", {each = setup.families, timeout = 7200}, function(t)
  local bench = rfc3918.bench(t, setup)
  local loads = bench:join(setup.groups)
  bench:learn(loads)
  local report = bench:table("multicast latency" .. kind, columns)

  for size in bench:frames() do
    t:step(size .. " bytes")
    add_rows(report, bench, size, measure(bench, loads, size))
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)

-- RFC 3918 section 5.2: of the tagged frame's latencies to all egress interfaces the least and the
-- greatest, and how far they are apart; of several trials the averages. The latencies follow.
scenario("min/max multicast latency", {each = setup.families, timeout = 7200}, function(t)
  local bench = rfc3918.bench(t, setup)
  local loads = bench:join(setup.groups)
  bench:learn(loads)
  local latencies = bench:table("multicast latency" .. kind, columns)
  local report = bench:table("min/max multicast latency" .. kind, {"frame size (bytes)", "groups",
    "egress", "offered load (frames/s)", "trials", "min (us)", "max (us)", "max - min (us)"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local rate, trials = measure(bench, loads, size)
    local spread = rfc3918.spread(trials, bench.egress)
    expect(spread.difference):is_at_least(0)
    report:add(size, setup.groups, setup.egress, rate, #trials, us(spread.min), us(spread.max),
      us(spread.difference))
    add_rows(latencies, bench, size, rate, trials)
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
  latencies:report(t)
end)
