-- Three routers in a ring, and LANs around it.
--
--     source   stranger                                 member   bystander
--        |        |                                        |         |
--    ----+--------+---- left -- r1 ======= r2 -- right ----+---------+----
--                             /    \      /
--        neighbour ---- back        r3 -- beyond ---- archive
--
-- Each router has two ways to the others. Unicast takes the short one, static multicast the one that
-- its routes say:
--
--     mcast-harness run --topology ring-of-routers.lua static-route.lua
return topology("a ring of routers", function(net)
  local left, right, back = net:switch("left"), net:switch("right"), net:switch("back")
  local beyond = net:switch("beyond")
  local r1, r2 = net:router("r1", {left, back}), net:router("r2", right)
  local r3 = net:router("r3", beyond)
  net:link(r1, r2, {subnet = "192.168.0.0/30"})
  net:link(r1, r3, {subnet = "192.168.0.4/30"})
  net:link(r2, r3, {subnet = "192.168.0.8/30"})
  for _, name in ipairs{"source", "stranger"} do net:host(name, left) end
  for _, name in ipairs{"member", "bystander"} do net:host(name, right) end
  net:host("neighbour", back)
  net:host("archive", beyond)
end)
