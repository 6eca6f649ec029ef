-- What a report says of a stream.
local flow_report = require "mcast.flow_report"

scenario("many short gaps do not hide the long one", function()
  local gaps, shown = {}, {}
  for i, duration in ipairs{1, 2, 1, 2, 1, 9, 2, 1, 2} do
    gaps[i] = {at = i, first = 100 * i, duration = duration, lost = 1}
  end
  for i, gap in ipairs(flow_report.longest_gaps(gaps)) do shown[i] = gap.at end
  expect(shown):equals{2, 4, 6, 7, 9}
  expect(#gaps):equals(9)
  expect(flow_report.longest_gaps{}):equals{}
end)
