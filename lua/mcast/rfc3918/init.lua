--- Benchmarks of devices that forward IP multicast, as RFC 3918 does them in the terms of RFC 2432:
--- require "mcast.rfc3918". The scenarios of scenarios/rfc3918/ are written with it.
local bench = require "mcast.rfc3918.bench"
local delay = require "mcast.rfc3918.delay"
local frame = require "mcast.rfc3918.frame"
local latency = require "mcast.rfc3918.latency"
local parameters = require "mcast.rfc3918.parameters"
local search = require "mcast.rfc3918.search"
local tables = require "mcast.rfc3918.table"
local tunnel = require "mcast.rfc3918.tunnel"

return {
  bench = bench.open,
  delay = delay.summary,
  latency = latency.summary,
  line_rate = frame.line_rate,
  parameters = parameters.declare,
  payload = frame.payload,
  positive = parameters.positive,
  search = search.run,
  share = parameters.share,
  spread = latency.spread,
  table = tables.new,
  tagged = latency.tagged,
  tunnel = tunnel.open,
}
