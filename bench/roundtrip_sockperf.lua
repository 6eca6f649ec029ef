-- The same by sockperf: a server that replies by unicast on one host, its ping-pong client on the other, both blocked
-- in recvfrom() while they wait. Attaches the microseconds of the median round trip.
local seconds = param("seconds", 1, "how long")

local lab = topology("one switch", function(net)
  local lan = net:switch("lan", {query_interval = 125})
  for _, name in ipairs{"source", "h1"} do net:host(name, lan) end
end)

scenario("sockperf", {topology = lab, timeout = 60}, function(t)
  local source, member = t:hosts("source", "h1")
  local group, port = t:group(), t:port()
  member:start{"sockperf", "server", "-i", group, "-p", port, "--force-unicast-reply"}
  expect(member):is_member(group, {within = 5})
  local client = source:run{"sockperf", "ping-pong", "-i", group, "-p", port, "-m", 64,
    "-t", seconds, "--full-rtt", timeout = 30}
  expect(client.status):equals(0)
  local median = tonumber(client.stdout:match("percentile 50%.000 =%s*([%d.]+)"))
  expect(median):exists()
  t:attach("microseconds", tostring(median))
end)
