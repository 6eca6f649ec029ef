-- Claims on a search for the zero-loss rate: loss at every rate, and rates that this machine cannot offer.
-- expect: exit 1
-- expect: failed "every third frame is lost" zero-loss rate of 256-byte frames: expected a rate without loss, seen loss at every rate: at <number> frames/s, egress1 lost <number> frames of <number> (17)
-- expect: inconclusive "rates that nobody can offer" zero-loss rate of 256-byte frames: inconclusive, because stream from host 'source' to <any> port <number>: it did not keep its rate: <number> of <any> packets per second (at worst <any> late) (23)

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(function(_, default) return default end)
setup.egress, setup.groups, setup.residual = 1, 1, 0.05

scenario("every third frame is lost", function(t)
  local bench = rfc3918.bench(t, setup)
  local loads = bench:join(1)
  setup.duration, setup.resolution = 0.05, 0.5
  local egress = bench.egress[1]
  egress.eth0:impair{drop = {every = 3}, only = "udp", direction = "in"}
  local found = bench:search(loads, 256)
  expect(found):converges()
end)

scenario("rates that nobody can offer", function(t)
  setup.duration, setup.resolution, setup.line_rate = 0.002, 0.9, 100e9
  local bench = rfc3918.bench(t, setup)
  expect(bench:search(bench:join(1), 256)):converges()
end)
