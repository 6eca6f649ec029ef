-- One stream to one receiver on a cable, or to several on a switch, as fast as possible. Attaches the packets per
-- second that each of them got, by the clock and by processor time; nothing may be lost.
local receivers = param("receivers", 1, "how many receiving hosts")
local size = param("size", 64, "bytes of payload")
local count = param("count", 200000, "how many packets")
local offload = param("offload", false, "many in one buffer")

local cable = topology("a stream", function(net) net:link(net:host("source"), net:host("h1")) end)

local lan = topology("a stream", function(net)
  local switch = net:switch("lan", {timers = "rfc"})
  net:host("source", switch)
  for i = 1, receivers do net:host("h" .. i, switch) end
end)

scenario("a stream", {topology = receivers == 1 and cable or lan, timeout = 300}, function(t)
  local source = t:hosts("source")
  local group, port = t:group(), t:port()
  local members = {}
  for i = 1, receivers do
    members[i] = t.net.hosts["h" .. i]
    members[i]:receiver{group = group, port = port, bind = "group"}
  end
  local sender = source:sender{group = group, port = port}
  local processor = os.clock()
  local flow = sender:stream{size = size, count = count, offload = offload}
  flow:wait()
  processor = os.clock() - processor
  expect(flow):reaches(members)
  expect(flow.mode):equals(offload and "offload" or "single frames")
  t:attach("packets per second", ("%.0f %.0f"):format(flow.rate, count / processor))
end)
