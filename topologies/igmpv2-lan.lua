-- A LAN of yesterday: IGMPv2 and MLDv1, fast leave.
--
--     source   member   bystander   one   other   wanted   unwanted   first   second
--        |        |         |        |      |        |         |        |        |
--    ----+--------+---------+--------+------+--------+---------+--------+--------+----  lan
--
-- Its switch reads groups and no source lists. Scenarios that need no more pass; that of
-- source-specific.lua which looks for the other source on the wire finds it there:
--
--     mcast-harness run --topology igmpv2-lan.lua acknowledge.lua snooping.lua
--     mcast-harness run --topology igmpv2-lan.lua source-specific.lua
return topology("a LAN of IGMPv2", function(net)
  local lan = net:switch("lan", {igmp_version = 2, mld_version = 1, fast_leave = true})
  for _, name in ipairs{"source", "member", "bystander", "prompt", "silent", "one", "other",
    "wanted", "unwanted", "first", "second"} do
    net:host(name, lan)
  end
end)
