-- Throughput of a device that forwards multicast: RFC 3918 section 4, in the terms of RFC 2432.
--
--       source                              egress1  egress2  ...   bystander
--    ingress interface                      members of the groups   member of none
--         |                                    |        |               |
--     ----+---------- device under test -------+--------+---------------+----
--
-- The device is a snooping switch, unless a topology says otherwise; on it the hosts `source`,
-- `bystander` and `egress1` to `egressN` (--param egress=N) are needed, so that a real device is
-- measured through its ports:
--
--     mcast-harness run --topology device.lua --param line_rate=1000 --param duration=60
--         --param residual=2 scenarios/rfc3918/throughput.lua
--
-- The zero-loss rate is searched for as in RFC 2544 section 26.1, from the line rate downwards. It is
-- reported and not claimed; claimed is that there is one, that at this rate exactly the members got
-- all, and that the bystander got nothing (nor its interface, where it is watched). A trial that
-- this machine disturbed is repeated, and in the end the table says that the limit was this machine.
-- A frame counts from the Ethernet header to its check sequence; over IPv6 one of 64 bytes leaves no
-- room for a probe and is said to be left out.

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(param)
local multicast_share = rfc3918.share(param, "multicast_share", 0.5,
  "of the frames of mixed class throughput")
local group_step = rfc3918.positive(param, "group_step", 10,
  "how many groups the matrix begins with, and how many more each line has")
local most_groups = rfc3918.positive(param, "most_groups", 30,
  "how many groups the matrix has at most: what capacity.lua finds, or fewer")
local load = rfc3918.positive(param, "load", 1.0, "of the line rate, offered for the matrix")

--- At the rate that was found exactly these hosts got all of it. Who listened on after the first
--- flow has done so for all.
local function claim_no_loss(found, hosts_of)
  expect(found):converges()
  for i, flow in ipairs(found.trial.flows) do
    expect(flow):reaches(hosts_of(i), {quiet = i > 1 and 0 or nil})
  end
end

--- Frames offered to some of the loads.
local function count_sent(trial, first, last)
  local sent = 0
  for i = first, last do sent = sent + trial.flows[i].sent end
  return sent
end

-- RFC 3918 section 4.1: multicast and unicast class frames at one ingress interface. The unicast class
-- goes to all egress interfaces evenly, so that each flow of it reaches one. Each flow keeps an even
-- pace of its own: the classes alternate in their numbers, the RFC's order m1 u1 m2 u2 is not kept.
scenario("mixed class throughput", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  local loads = bench:mix(bench:join(setup.groups), bench:unicast(), multicast_share)
  bench:learn(loads)
  local report = bench:table("mixed class throughput, each class evenly to all its destinations", {
    "frame size (bytes)", "groups", "egress", "multicast (share)", "line rate (frames/s)",
    "mixed class throughput (frames/s)",
    "multicast class (frames/s)", "unicast class (frames/s)", "multicast sent (frames)",
    "unicast sent (frames)", "trials", "limit"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local found = bench:search(loads, size)
    claim_no_loss(found, function(i)
      return i <= setup.groups and bench.egress or {bench.egress[i - setup.groups]}
    end)
    report:add(size, setup.groups, setup.egress, multicast_share, found.highest, found.rate,
      found.rate * multicast_share, found.rate * (1 - multicast_share),
      count_sent(found.trial, 1, setup.groups),
      count_sent(found.trial, setup.groups + 1, #found.trial.flows), #found.trials, found.limit)
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)

--- The same load to more and more groups, each frame size in turn: how much of it comes through.
local function add_rows(t, bench, loads, report)
  for size in bench:frames() do
    t:step(("%d bytes to %d groups"):format(size, #loads))
    local rate = load * rfc3918.line_rate(setup.line_rate, size)
    local trial = bench:offer(loads, size, rate)
    for i, flow in ipairs(trial.flows) do
      expect(flow):reaches(bench.egress, {loss = "99%", quiet = i > 1 and 0 or nil})
    end
    report:add(size, setup.egress, #loads, rate, trial.forwarding_rate,
      trial.forwarding_rate * setup.egress, trial.sent, trial.received,
      trial.reason or trial.outcome)
  end
end

-- RFC 3918 section 4.2: the forwarding rate with some groups, with more, and so on, at a fixed number
-- of egress interfaces; there must be no more than the group capacity, which is to be known before. The
-- rate is reported and not claimed; claimed is that each group reached its members.
scenario("scaled group forwarding matrix", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  local report = bench:table("scaled group forwarding matrix", {"frame size (bytes)", "egress",
    "groups", "offered load (frames/s)", "forwarding rate per egress (frames/s)",
    "aggregate (frames/s)", "sent (frames)", "received by all (frames)", "outcome"})

  local loads, more = {}, math.min(group_step, most_groups)
  repeat
    local fresh = bench:join(more)
    bench:learn(fresh)
    table.move(fresh, 1, more, #loads + 1, loads)
    add_rows(t, bench, loads, report)
    more = math.min(group_step, most_groups - #loads)
  until more <= 0
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)

-- RFC 3918 section 4.3: the highest rate at which no egress interface misses any.
scenario("aggregated multicast throughput", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  local loads = bench:join(setup.groups)
  bench:watch(bench.groups[1])
  bench:learn(loads)
  local report = bench:table("aggregated multicast throughput", {"frame size (bytes)", "groups",
    "egress", "line rate (frames/s)", "aggregated multicast throughput (frames/s)",
    "all egress together (frames/s)", "sent (frames)", "trials", "limit"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local found = bench:search(loads, size)
    claim_no_loss(found, function() return bench.egress end)
    expect(found.trial.flows[1]):crosses(bench:carriers())
    report:add(size, setup.groups, setup.egress, found.highest, found.rate,
      found.rate * setup.egress, found.trial.sent, #found.trials, found.limit)
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)
