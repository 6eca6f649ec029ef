-- Latency and join delay of a device that has other work to do: RFC 3918 section 8.
--
--       source      burden_in               egress1 ...  burden_out      bystander
--    ingress interface  |                   members of   its traffic     member of none
--         |             |                   the groups       |               |
--     ----+-------------+-- device under test --+------------+---------------+----
--
-- The device is a snooping switch, unless a topology says otherwise; on it the hosts `source`,
-- `bystander`, `burden_in`, `burden_out` and `egress1` to `egressN` (--param egress=N) are needed:
--
--     mcast-harness run --topology device.lua --param line_rate=1000 --param duration=120
--         --param residual=2 --param repetitions=20 scenarios/rfc3918/burdened.lua
--
-- The same is measured alone, beside unicast traffic between the burdening ports, meshed, so each way
-- (forwarding burden), and beside unicast and multicast traffic (mixed burden): latency at the highest
-- rate at which nothing is lost with the mixed burden, join delay with burdens of `burden` of the line
-- rate. Latencies and delays are reported and not claimed; claimed is that in all three cases the trials
-- were valid and exactly the members got all of it, that each member was served within `deadline`, and
-- that the burden went through.

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(param)
local measured_share = rfc3918.share(param, "measured_share", 0.5,
  "of all frames, those that are measured")
local burden = rfc3918.positive(param, "burden", 0.5,
  "of the line rate, beside which join delays are measured")
local join_rate = rfc3918.positive(param, "rate", 1000,
  "frames per second of the stream that is joined")
local deadline = rfc3918.positive(param, "deadline", 5.0, "seconds in which a member is served")

-- burden_in and burden_out.
local burdening_ports = 2

local function us(seconds) return seconds * 1e6 end

--- Unicast class frames of each burdening port to the other: fully meshed (RFC 2285 section 3.3.3).
local function mesh(bench, from, to)
  return bench:mix(bench:unicast({to}, from), bench:unicast({from}, to), 0.5)
end

--- What is measured, alone and beside its burdens: loads, and their part of the whole rate.
local function cases_of(bench, from, to)
  local measured, unicast = bench:join(setup.groups), mesh(bench, from, to)
  local both = bench:mix(bench:join(setup.groups, {to}, from), unicast, 0.5)
  return {
    {name = "none", loads = measured, part = measured_share},
    {name = "unicast", loads = bench:mix(measured, unicast, measured_share), part = 1},
    {name = "mixed", loads = bench:mix(measured, both, measured_share), part = 1},
  }
end

--- Trials with one burden; the measured flows are the first of each.
local function measure(bench, case, size, rate)
  local trials = bench:repeat_tagged(case.loads, size, rate * case.part)
  for _, trial in ipairs(trials) do
    expect(trial):is_valid()
    for n = 1, setup.groups do
      expect(trial.flows[n]):reaches(bench.egress, {quiet = n > 1 and 0 or nil})
    end
  end
  return trials
end

--- A row for each egress interface.
local function add_latencies(report, bench, size, case, rate, trials)
  for _, host in ipairs(bench.egress) do
    local latency = rfc3918.tagged(trials, {host})
    report:add(size, setup.groups, host.name, case.name, rate * measured_share, burdening_ports,
      rate * (case.part - measured_share), #trials, us(latency.min), us(latency.mean),
      us(latency.max))
  end
end

-- RFC 3918 section 8.1.
scenario("forwarding and mixed burdened multicast latency",
  {each = setup.families, timeout = 7200}, function(t)
  local from, to = t:hosts("burden_in", "burden_out")
  local bench = rfc3918.bench(t, setup)
  local cases = cases_of(bench, from, to)
  bench:learn(cases[3].loads)
  local report = bench:table("burdened multicast latency, store and forward, host to host", {
    "frame size (bytes)", "groups", "egress", "burden", "measured load (frames/s)",
    "burdening ports", "burden load (frames/s)", "trials", "tagged frame min (us)", "mean (us)",
    "max (us)"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local found = bench:search(cases[3].loads, size)
    expect(found):converges()
    for _, case in ipairs(cases) do
      add_latencies(report, bench, size, case, found.rate, measure(bench, case, size, found.rate))
    end
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)

--- Loads that are a burden for the device, by name.
local function burdens_of(bench, from, to)
  local unicast = mesh(bench, from, to)
  return {
    {name = "none", loads = {}},
    {name = "unicast", loads = unicast},
    {name = "mixed", loads = bench:mix(bench:join(setup.groups, {to}, from), unicast, 0.5)},
  }
end

--- Join delays beside one burden, each with a group of its own; from the reports on.
local function measure_joins(bench, case, size, burden_rate)
  local burdens, measured, reported = bench:begin(case.loads, size, burden_rate), {}, {}
  for i = 1, setup.repetitions do
    measured[i], reported[i] = bench:with_stream(size, join_rate, function(flow)
      return mcast.measure.join{host = bench.egress, from = flow, within = deadline}
    end, bench.deaf.host)
    expect(measured[i]):takes_at_most(deadline)
  end
  for i, flow in ipairs(burdens) do
    expect(flow:stop():at(case.loads[i].receivers[1]).received):is_at_least(1)
  end
  return measured, reported
end

--- A row for each egress interface.
local function add_delays(report, bench, size, case, burden_rate, measured, reported)
  for _, host in ipairs(bench.egress) do
    local delay = rfc3918.delay(measured, {host}, reported)
    expect(delay.count):equals(#measured) -- each report was seen
    report:add(size, 1, host.name, case.name, join_rate, burdening_ports,
      #case.loads > 0 and burden_rate or 0,
      delay.count, us(delay.min), us(delay.mean), us(delay.max), us(delay.resolution))
  end
end

-- RFC 3918 section 8.2, by method B of section 6.1: the bystander is the un-instrumented port.
scenario("forwarding and mixed burdened group join delay",
  {each = setup.families, timeout = 7200}, function(t)
  local from, to = t:hosts("burden_in", "burden_out")
  local bench = rfc3918.bench(t, setup)
  local burdens = burdens_of(bench, from, to)
  bench:learn(burdens[3].loads)
  local report = bench:table("burdened group join delay, by method B", {"frame size (bytes)",
    "groups", "egress", "burden", "offered load (frames/s)", "burdening ports",
    "burden load (frames/s)", "delays",
    "delay min (us)", "mean (us)", "max (us)", "resolution (us)"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local burden_rate = burden * rfc3918.line_rate(setup.line_rate, size)
    for _, case in ipairs(burdens) do
      add_delays(report, bench, size, case, burden_rate,
        measure_joins(bench, case, size, burden_rate))
    end
  end
  report:report(t)
end)
