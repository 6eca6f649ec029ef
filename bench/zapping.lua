-- Many hosts on a switch that join a stream, change the channel and leave, all at once. Attaches for each of the three
-- the median and the longest time, the resolution and the processor time, in seconds; an infinite one has no answer.
local hosts = param("hosts", 100, "how many hosts")
local rate = param("rate", 100, "packets per second of each of the two streams")
local family = param("family", "ipv4", "ipv4 or ipv6")

local lan = topology("a LAN of viewers", function(net)
  local switch = net:switch("lan")
  net:host("source", switch)
  for i = 1, hosts do net:host("h" .. i, switch) end
end)

scenario("all zap at once", {topology = lan, timeout = 600}, function(t)
  local source, port = t:hosts("source"), t:port()
  local members, flows, lines = {}, {}, {}
  for i = 1, hosts do members[i] = t.net.hosts["h" .. i] end
  for i = 1, 2 do
    local sender = source:sender{group = t:group{family = family}, port = port}
    flows[i] = sender:stream{rate = rate}
  end

  for i, word in ipairs{"join", "channel_change", "leave"} do
    local processor = os.clock()
    local took = mcast.measure[word]{host = members, from = flows[i == 3 and 2 or 1],
      to = word == "channel_change" and flows[2] or nil, within = 30}
    lines[i] = ("%.6f %.6f %.6f %.6f %d"):format(took.p50, took.max, took.resolution,
      os.clock() - processor, #took.missing)
  end
  expect(#lines):equals(3)
  t:attach("times", table.concat(lines, "\n"))
end)
