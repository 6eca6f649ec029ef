-- One stream to many receivers on a switch. Attaches three lines: the packets per second that each of them got, by the
-- clock and by processor time; as `limit_stream ... memory` tells of itself, the bytes that the process and the
-- machine's kernel hold then; and the seconds of processor time that the stream took.
local receivers = param("receivers", 100, "how many receiving hosts")
local size = param("size", 64, "bytes of payload")
local count = param("count", 2000, "how many packets")

local lan = topology("a stream", function(net)
  local switch = net:switch("lan", {timers = "rfc"})
  net:host("source", switch)
  for i = 1, receivers do net:host("h" .. i, switch) end
end)

local function bytes(path, name)
  for line in io.lines(path) do
    local kilobytes = line:match("^" .. name .. ":%s*(%d+) kB")
    if kilobytes then return kilobytes * 1024 end
  end
end

scenario("a stream to many", {topology = lan, timeout = 300}, function(t)
  local source = t:hosts("source")
  local group, port = t:group(), t:port()
  local members, opening = {}, {}
  for i = 1, receivers do
    members[i] = t.net.hosts["h" .. i]
    opening[i] = function() members[i]:receiver{group = group, port = port, bind = "group"} end
  end
  mcast.all(opening)
  local sender = source:sender{group = group, port = port}
  local processor = os.clock()
  local flow = sender:stream{size = size, count = count}
  flow:wait()
  processor = os.clock() - processor
  local resident = bytes("/proc/self/status", "VmRSS")
  local of_kernel = bytes("/proc/meminfo", "Slab") + bytes("/proc/meminfo", "Percpu")
  expect(flow):reaches(members)
  t:attach("rate and memory", ("%.0f %.0f\n%d %d\n%.6f"):format(
    flow.rate, count / processor, resident, of_kernel, processor))
end)
