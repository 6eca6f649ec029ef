-- A kernel multicast router as the device under test of scenarios/rfc3918/, with a LAN at each of its
-- ports.
--
--        source  burden_in      egress1     egress2     egress3    burden_out   bystander
--          |        |              |           |           |           |            |
--     -- ingress ----------- dut -- port1 ---- port2 ----- port3 ---- burden ----- idle
--
-- The bench gives it a static route for each group, from the source's port to those of the members
-- (require "mcast.rfc3918"), so that the delays of delay.lua are those of the LAN behind a port:
--
--     mcast-harness run --topology rfc3918-router.lua rfc3918/throughput.lua
local egress = param("egress", 3, "how many egress interfaces: hosts egress1, egress2, ...")

return topology("a multicast router between the ports", function(net)
  local ports = {}

  local function port(name, ...)
    local lan = net:switch(name)
    for _, host in ipairs{...} do net:host(host, lan) end
    ports[#ports + 1] = lan
  end

  port("ingress", "source", "burden_in")
  for i = 1, egress do port("port" .. i, "egress" .. i) end
  port("burden", "burden_out")
  port("idle", "bystander")
  net:router("dut", ports)
end)
