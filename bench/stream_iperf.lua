-- The same as stream.lua by iperf 2: a server on each receiving host, a client that sends as fast as it can for a
-- second. Attaches the packets per second that the slowest receiver got.
local receivers = param("receivers", 1, "how many receiving hosts")
local size = param("size", 64, "bytes of payload")
local seconds = param("seconds", 1.0, "how long the client sends")

local cable = topology("iperf", function(net) net:link(net:host("source"), net:host("h1")) end)

local lan = topology("iperf", function(net)
  local switch = net:switch("lan", {timers = "rfc"})
  net:host("source", switch)
  for i = 1, receivers do net:host("h" .. i, switch) end
end)

scenario("iperf", {topology = receivers == 1 and cable or lan, timeout = 300}, function(t)
  local source, group = t:hosts("source"), t:group()
  local servers = {}
  for i = 1, receivers do
    local host = t.net.hosts["h" .. i]
    servers[i] = host:start{"iperf", "-s", "-u", "-B", group, "-w", "4M", "-l", size, "-e", "-i", 0}
  end
  for i = 1, receivers do
    expect(t.net.hosts["h" .. i]):is_member(group, {within = 5})
  end
  local client = source:run{"iperf", "-c", group, "-u", "-b", "40g", "-l", size, "-t", seconds,
    timeout = 60}
  expect(client.status):equals(0)
  local slowest = math.huge
  for _, server in ipairs(servers) do
    local rate = eventually(function()
      return tonumber(server:output():match("(%d+) pps"))
    end, {within = 10})
    slowest = math.min(slowest, rate or 0)
  end
  t:attach("packets per second", ("%.0f"):format(slowest))
end)
