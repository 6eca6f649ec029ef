-- One stream as fast as possible through a router with a static multicast route, to receivers on a switch beyond
-- it. Attaches the packets per second that each of them got, by the clock and by processor time; nothing may be
-- lost.
local receivers = param("receivers", 2, "how many receiving hosts")
local size = param("size", 64, "bytes of payload")
local count = param("count", 100000, "how many packets")
local offload = param("offload", false, "many in one buffer")

local routed = topology("a router", function(net)
  local left, right = net:switch("left", {timers = "rfc"}), net:switch("right", {timers = "rfc"})
  net:host("source", left)
  for i = 1, receivers do net:host("h" .. i, right) end
  net:router("r1", {left, right})
end)

scenario("a forwarded stream", {topology = routed, timeout = 300}, function(t)
  local source, router = t:hosts("source", "r1")
  local group, port = t:group(), t:port()
  local members = {}
  for i = 1, receivers do
    members[i] = t.net.hosts["h" .. i]
    members[i]:receiver{group = group, port = port, bind = "group"}
  end
  local route = router:mroute{group = group, source = source, to = {"right"}}
  local sender = source:sender{group = group, port = port, ttl = 8}
  local processor = os.clock()
  local flow = sender:stream{size = size, count = count, offload = offload}
  flow:wait()
  processor = os.clock() - processor
  expect(flow):reaches(members)
  expect(flow.mode):equals(offload and "offload" or "single frames")
  expect(route.packets):is_at_least(1)
  t:attach("packets per second", ("%.0f %.0f"):format(flow.rate, count / processor))
end)
