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
-- A frame counts from the Ethernet header to its check sequence; the smallest sizes leave no room
-- for a probe and are said to be left out.

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(param)
local multicast_share = param("multicast_share", 0.5, "of the frames of mixed class throughput")

--- At the rate that was found exactly these hosts got all of it. Who listened on after the first
--- flow has done so for all.
local function claim_no_loss(found, hosts_of)
  expect(found):converges()
  for i, flow in ipairs(found.trial.flows) do
    expect(flow):reaches(hosts_of(i), {quiet = i > 1 and 0 or nil})
  end
end

-- RFC 3918 section 4.1: multicast and unicast class frames in one stream. The unicast class goes in
-- turn to all egress interfaces, so that each flow of it reaches one.
scenario("mixed class throughput", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  local loads = bench:mix(bench:join(setup.groups), bench:unicast(), multicast_share)
  bench:learn(loads)
  local report = bench:table("mixed class throughput", {"frame size (bytes)", "groups",
    "egress", "multicast (share)", "line rate (frames/s)", "mixed class throughput (frames/s)",
    "multicast class (frames/s)", "unicast class (frames/s)", "trials", "limit"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local found = bench:search(loads, size)
    claim_no_loss(found, function(i)
      return i <= setup.groups and bench.egress or {bench.egress[i - setup.groups]}
    end)
    report:add(size, setup.groups, setup.egress, multicast_share, found.highest, found.rate,
      found.rate * multicast_share, found.rate * (1 - multicast_share), #found.trials, found.limit)
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)

-- RFC 3918 section 4.2: the forwarding rate with one egress interface, with two, and so on.
scenario("scaled group forwarding matrix", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  local report = bench:table("scaled group forwarding matrix", {"frame size (bytes)", "groups",
    "egress", "offered load (frames/s)", "forwarding rate per egress (frames/s)",
    "sent (frames)", "received by all (frames)"})

  for egress = 1, setup.egress do
    local members = table.move(bench.egress, 1, egress, 1, {})
    local loads = bench:join(setup.groups, members)
    bench:learn(loads)
    for size in bench:frames() do
      t:step(("%d bytes to %d egress interfaces"):format(size, egress))
      local found = bench:search(loads, size)
      claim_no_loss(found, function() return members end)
      report:add(size, setup.groups, egress, found.rate,
        found.trial.forwarding_rate, found.trial.sent, found.trial.received)
    end
  end
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
    "all egress together (frames/s)", "trials", "limit"})

  for size in bench:frames() do
    t:step(size .. " bytes")
    local found = bench:search(loads, size)
    claim_no_loss(found, function() return bench.egress end)
    expect(found.trial.flows[1]):crosses(bench:carriers())
    report:add(size, setup.groups, setup.egress, found.highest, found.rate,
      found.rate * setup.egress, #found.trials, found.limit)
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)
