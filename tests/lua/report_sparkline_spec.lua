-- Series as plots of one line.
local sparkline = require "mcast.report.sparkline"

local levels = {"_", ".", ":", "-", "=", "+", "*", "#"}

scenario("only what is whole is highest, and only nothing is lowest", function()
  expect(sparkline({1, 0, 0.001, 0.999, 0.5}, levels, 10)):equals("#_.*=")
  expect(sparkline({}, levels, 10)):equals("")
end)

scenario("a short outage does not vanish in a narrow plot", function()
  local series = {}
  for i = 1, 600 do series[i] = i == 301 and 0 or 1 end
  local plot = sparkline(series, levels, 60)
  expect(#plot):equals(60)
  expect(plot):equals(("#"):rep(30) .. "_" .. ("#"):rep(29))
end)
