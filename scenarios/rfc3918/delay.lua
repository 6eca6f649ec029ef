-- How long a device takes to serve a new member, and to be rid of one: RFC 3918 section 6.
--
--       source                              egress1  egress2  ...   bystander
--    ingress interface                      join and leave         member of none
--         |                                    |        |               |
--     ----+---------- device under test -------+--------+---------------+----
--
-- The device is a snooping switch, unless a topology says otherwise; on it the hosts `source`,
-- `bystander` and `egress1` to `egressN` (--param egress=N) are needed:
--
--     mcast-harness run --topology device.lua --param repetitions=20 --param frame_sizes=512
--         scenarios/rfc3918/delay.lua
--
-- The join delay is from the host's report on its wire to the first frame, the leave delay from its leave to
-- the last frame on its wire; the resolution is the interval between two frames of the stream. Each
-- repetition takes a group of its own. By method A of section 6.1 the device has no state of it and one
-- member joins; by method B the bystander is a member before there is any traffic, the un-instrumented port,
-- and all members join at once. Delays are reported and not claimed; claimed is that every member is served
-- within `deadline` and not before its report, and that every member who left is rid of it within `deadline`.

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(param)
local rate = rfc3918.positive(param, "rate", 1000, "frames per second of the stream")
local deadline = rfc3918.positive(param, "deadline", 5.0,
  "seconds in which a member is served, or rid of the stream")

local function us(seconds) return seconds * 1e6 end

--- Measures with a stream to a fresh group each time, and adds a row with the delays of each of these egress
--- interfaces, in microseconds as the RFC wants them.
local function repeat_with(t, bench, size, report, hosts, measure, witness)
  local measured, reported = {}, {}
  for i = 1, setup.repetitions do
    t:step(("%d bytes, no. %d"):format(size, i))
    measured[i], reported[i] = bench:with_stream(size, rate, measure, witness)
    expect(measured[i]):takes_at_most(deadline)
  end
  for _, host in ipairs(hosts) do
    local delay = rfc3918.delay(measured, {host}, reported)
    expect(delay.count):equals(#measured) -- each report was seen
    expect(delay.min):is_at_least(0) -- and no frame before it
    report:add(size, 1, host.name, rate, delay.count, us(delay.min), us(delay.mean),
      us(delay.max), us(delay.resolution))
  end
end

local columns = {"frame size (bytes)", "groups", "egress", "offered load (frames/s)", "delays",
  "delay min (us)", "mean (us)", "max (us)", "resolution (us)"}

local function joined(hosts)
  return function(flow)
    return mcast.measure.join{host = hosts, from = flow, within = deadline}
  end
end

-- RFC 3918 section 6.1, method A: one egress interface at a time.
scenario("group join delay by method A", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  local report = bench:table("group join delay, by method A", columns)

  for size in bench:frames() do
    for _, host in ipairs(bench.egress) do
      repeat_with(t, bench, size, report, {host}, joined{host})
    end
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)

-- RFC 3918 section 6.1, method B.
scenario("group join delay by method B", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  local report = bench:table("group join delay, by method B", columns)

  for size in bench:frames() do
    repeat_with(t, bench, size, report, bench.egress, joined(bench.egress), bench.deaf.host)
  end
  report:report(t)
end)

-- RFC 3918 section 6.2.
scenario("group leave delay", {each = setup.families, timeout = 3600}, function(t)
  local bench = rfc3918.bench(t, setup)
  local report = bench:table("group leave delay", columns)

  for size in bench:frames() do
    repeat_with(t, bench, size, report, bench.egress, function(flow)
      bench:receive(flow)
      return mcast.measure.leave{host = bench.egress, from = flow, within = deadline}
    end)
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end)
