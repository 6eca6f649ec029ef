-- Three LANs in a row, and a large one among them.
--
--     source   member   bystander   office1 ... office20          beyond        archive
--        |        |         |          |           |                |              |
--    ----+--------+---------+----------+-----------+---- near  r  far  r2  deep ----
--
-- Everything that concerns one link runs on it as on a small LAN, with a router at its side that
-- gets all multicast:
--
--     mcast-harness run --topology campus.lua acknowledge.lua link-local-groups.lua
return topology("a campus", function(net)
  local near = net:switch("near", {subnet = "10.10.0.0/22", subnet6 = "fd00:10::/64"})
  local far, deep = net:switch("far"), net:switch("deep", {querier = false})
  net:router("r", {near, far})
  net:router("r2", {far, deep})
  for _, name in ipairs{"source", "member", "bystander", "prompt", "silent"} do
    net:host(name, near)
  end
  for i = 1, 20 do net:host("office" .. i, near) end
  net:host("beyond", far)
  net:host("archive", deep)
end)
