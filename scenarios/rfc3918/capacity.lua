-- How many groups a device can forward: RFC 3918 section 7.
--
--       source                              egress1  egress2  ...   bystander
--    ingress interface                      members of the groups   member of none
--         |                                    |        |               |
--     ----+---------- device under test -------+--------+---------------+----
--
-- The device is a snooping switch, unless a topology says otherwise; on it the hosts `source`,
-- `bystander` and `egress1` to `egressN` (--param egress=N) are needed:
--
--     mcast-harness run --topology device.lua --param most_groups=4000 --param group_step=100
--         --param residual=2 scenarios/rfc3918/capacity.lua
--
-- The members join some groups more at a time, and each of all their groups is sent a few frames,
-- until of some group no frame comes through or there are as many as asked for. Claimed is that the
-- first lot came through, that with the capacity which is reported every group reached exactly the
-- members, and that the bystander got nothing, nor its interface any frame.

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(param)
local group_step = rfc3918.positive(param, "group_step", 20,
  "how many groups more are joined at a time")
local most_groups = rfc3918.positive(param, "most_groups", 60, "how many groups are tried at most")
local frame_size = rfc3918.positive(param, "frame_size", 256,
  "bytes of the Ethernet frames, FCS included")

-- Each group is sent a few frames: some in the second, for the time of a trial.
local frames_per_second = 50

--- Joins more and more, with a row each time; returns the last trial in which of all groups a frame came
--- through everywhere (or else the first), and why there are no more groups.
local function grow(t, bench, size, report)
  local loads, good = {}, nil
  while #loads < most_groups do
    local more = bench:join(math.min(group_step, most_groups - #loads))
    t:step(("%d groups"):format(#loads + #more))
    bench:learn(more)
    table.move(more, 1, #more, #loads + 1, loads)
    local trial = bench:offer(loads, size, frames_per_second * #loads)
    report:add(size, setup.egress, #loads, trial.rate, trial.sent, trial.received,
      trial.complete and "passed" or trial.reason)
    if not trial.complete then return good or trial, trial.reason end
    good = trial
  end
  return good, "as many as were tried"
end

-- RFC 3918 section 7.1.
scenario("multicast group capacity", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  bench:watch()
  local size = bench:frames{frame_size}()
  local steps = bench:table("iterations of multicast group capacity", {"frame size (bytes)",
    "egress", "groups of each egress", "offered load (frames/s)", "sent (frames)",
    "received by all (frames)", "outcome"})
  local trial, limit = grow(t, bench, size, steps)
  for i, flow in ipairs(trial.flows) do
    expect(flow):reaches(bench.egress, {loss = "99.999%", quiet = i > 1 and 0 or nil})
    expect(flow):crosses(bench:carriers(), {quiet = 0})
  end
  expect(bench.deaf):receives_nothing()

  steps:report(t)
  bench:table("multicast group capacity", {"frame size (bytes)", "egress", "step (groups)",
    "group capacity (groups)", "offered load (frames/s)", "sent (frames)",
    "received by all (frames)", "limit"})
    :add(size, setup.egress, group_step, #trial.flows, trial.rate, trial.sent, trial.received,
      limit)
    :report(t)
end)
