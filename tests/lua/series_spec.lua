-- Series of what was sent and received, as shares.
local series = require "mcast.series"

scenario("a step in which nothing was sent is none in which something was lost", function()
  expect(series.shares({}, {}, 10)):equals{}
  expect(series.shares({10, 0, 10, 4}, {10, 0, 5}, 10)):equals{1, 1, 0.5, 0}
end)

scenario("an outage late in a long stream is seen", function(t)
  local sent, got = {}, {}
  for i = 1, 10000 do
    sent[i] = 10
    got[i] = i == 9000 and 0 or 10
  end
  local shares = series.shares(sent, got, 600)
  expect(#shares):equals(600)
  for i, share in ipairs(shares) do
    if share ~= (i == 540 and 0 or 1) then t:fail(("%g in step %d"):format(share, i)) end
  end
end)
