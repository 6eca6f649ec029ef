-- What a report says of a stream.
local flow_report = require "mcast.flow_report"

--- Gaps of these lengths, one a second.
local function gaps_of(durations)
  local list = {}
  for i, duration in ipairs(durations) do
    list[i] = {at = i, first = 100 * i, duration = duration, lost = 1}
  end
  return list
end

local function times_of(gaps)
  local list = {}
  for i, gap in ipairs(gaps) do list[i] = gap.at end
  return list
end

scenario("many short gaps do not hide the long one", function()
  local gaps = gaps_of{1, 2, 1, 2, 1, 9, 2, 1, 2}
  local shown = flow_report.longest_gaps{gaps = gaps, gap_count = 9, _longest = gaps[6]}
  expect(times_of(shown)):equals{2, 4, 6, 7, 9}
  expect(#gaps):equals(9)
end)

scenario("nor does it need to be among those that are listed", function()
  local gaps = gaps_of{1, 2, 3}
  local behind = {at = 50, first = 5000, duration = 9, lost = 1}
  expect(times_of(flow_report.longest_gaps{gaps = gaps, gap_count = 7, _longest = behind}))
    :equals{1, 2, 3, 50}
  expect(times_of(flow_report.longest_gaps{gaps = gaps, gap_count = 7, _longest = gaps[3]}))
    :equals{1, 2, 3}
  expect(flow_report.longest_gaps{gaps = {}, gap_count = 0, _longest = false}):equals{}
end)
