-- Who queries a network: RFC 3376 sections 6.6.2 and 8.5 to 8.7, by a clock of our own.
local election = require "mcast.election"

local function start(address)
  return election.new{address = address or "10.0.0.5", interval = 10, max_response = 4,
    robustness = 2, startup_interval = 2.5, now = 100}
end

scenario("the first queries come in short succession", function()
  local one = start()
  expect(one:is_due(100)):is_true()
  one:asked(100)
  expect(one:is_due(102.4)):is_false()
  expect(one:wakes_at()):equals(102.5)
  expect(one:is_due(102.5)):is_true()
  one:asked(102.5)
  expect(one:wakes_at()):equals(112.5)
end)

scenario("the lowest address queries", function()
  local one = start()
  one:hear("10.0.0.9", 100, {})
  expect(one:querier()):equals("10.0.0.5")
  one:hear("10.0.0.4", 101, {})
  expect(one:querier()):equals("10.0.0.4")
  expect(one:is_due(110)):is_false()
  one:hear("10.0.0.3", 102, {})
  one:hear("10.0.0.4", 103, {})
  expect(one:querier()):equals("10.0.0.3")
  -- Numbers, not text; IPv6 too.
  local other = start("10.0.0.10")
  other:hear("10.0.0.9", 100, {})
  expect(other:querier()):equals("10.0.0.9")
  local six = start("fe80::10")
  six:hear("fe80::9", 100, {})
  expect(six:querier()):equals("fe80::9")
end)

scenario("who falls silent is replaced after the other querier present interval", function()
  local one = start()
  one:hear("10.0.0.4", 100, {})
  expect(one:wakes_at()):equals(100 + 2 * 10 + 4 / 2)
  one:hear("10.0.0.4", 110, {})
  expect(one:is_due(131.9)):is_false()
  expect(one:is_due(132)):is_true()
  expect(one:querier()):equals("10.0.0.5")
  one:asked(132)
  expect(one:wakes_at()):is_at_most(142)
end)

scenario("what the elected querier says of itself counts", function()
  local one = start()
  one:hear("10.0.0.4", 100, {robustness = 3, query_interval = 7})
  expect(one:wakes_at()):equals(100 + 3 * 7 + 2)
  one:hear("10.0.0.4", 101, {robustness = 0, query_interval = 0})
  expect(one:wakes_at()):equals(101 + 3 * 7 + 2)
  one:hear("10.0.0.3", 102, {})
  expect(one:wakes_at()):equals(102 + 2 * 10 + 2)
end)
