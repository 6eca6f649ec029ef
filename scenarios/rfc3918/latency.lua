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
-- First the zero-loss rate of the frame size is searched for, then frames are offered at that rate.
-- A latency is from the send call to the time stamp of the receiving host's kernel, stacks
-- included, and every frame is measured, where the RFC tags one in a trial. Latencies are reported
-- and not claimed; claimed is that exactly the members got all. The hosts must share a clock.

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(param)

local function us(seconds) return seconds * 1e6 end

--- Trials at the zero-loss rate of that frame size, each without loss.
local function measure(bench, loads, size)
  local found, trials = bench:search(loads, size), {}
  expect(found):converges()
  for i = 1, setup.repetitions do
    trials[i] = bench:offer(loads, size, found.rate)
    for n, flow in ipairs(trials[i].flows) do
      expect(flow):reaches(bench.egress, {quiet = n > 1 and 0 or nil})
    end
  end
  return found.rate, trials
end

-- RFC 3918 section 5.1: from the ingress interface to each egress interface.
scenario("multicast latency", {each = setup.families, timeout = 7200}, function(t)
  local bench = rfc3918.bench(t, setup)
  local loads = bench:join(setup.groups)
  bench:learn(loads)
  local report = bench:table("multicast latency", {"frame size (bytes)", "groups", "egress",
    "offered load (frames/s)", "trials", "latency min (us)", "mean (us)", "max (us)"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local rate, trials = measure(bench, loads, size)
    for _, host in ipairs(bench.egress) do
      local latency = rfc3918.latency(trials, {host})
      expect(latency.count):equals(#trials * trials[1].sent)
      report:add(size, setup.groups, host.name, rate, #trials, us(latency.min), us(latency.mean),
        us(latency.max))
    end
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)

-- RFC 3918 section 5.2: the least and the greatest over all egress interfaces, and how far they are
-- apart.
scenario("min/max multicast latency", {each = setup.families, timeout = 7200}, function(t)
  local bench = rfc3918.bench(t, setup)
  local loads = bench:join(setup.groups)
  bench:learn(loads)
  local report = bench:table("min/max multicast latency", {"frame size (bytes)", "groups",
    "egress", "offered load (frames/s)", "trials", "min (us)", "max (us)", "max - min (us)"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local rate, trials = measure(bench, loads, size)
    local latency = rfc3918.latency(trials, bench.egress)
    expect(latency.max):is_at_least(latency.min)
    report:add(size, setup.groups, setup.egress, rate, #trials, us(latency.min), us(latency.max),
      us(latency.max - latency.min))
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)
