-- The network that `bench/run routed` makes: three routers, four LANs, three hosts on each.
--
--     lan1 -- r1 -- lan2 -- r2 -- lan3 -- r3 -- lan4

return topology("three routers in a row", function(net)
  local lans = {}
  for i = 1, 4 do lans[i] = net:switch("lan" .. i) end
  for i = 1, 3 do net:router("r" .. i, {lans[i], lans[i + 1]}) end
  for i = 1, 12 do net:host("h" .. i, lans[(i - 1) // 3 + 1]) end
end)
