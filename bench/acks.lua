-- One request to many receivers, each in a host of its own, `rounds` times. Attaches the microseconds from the
-- request to the last acknowledgement, one number per line; the first is the first request ever made.
local hosts = param("hosts", 100, "how many receiving hosts")
local rounds = param("rounds", 20, "how many requests")
local capture = param("capture", false, "capture on every interface meanwhile")

local lab = topology("one switch", function(net)
  local lan = net:switch("lan", {query_interval = 125})
  net:host("source", lan)
  for i = 1, hosts do net:host("h" .. i, lan) end
end)

scenario("acknowledgements", {topology = lab, timeout = 300}, function(t)
  local source = t:hosts("source")
  local group, port = t:group(), t:port()
  local members, opening = {}, {}
  for i = 1, hosts do
    members[i] = t.net.hosts["h" .. i]
    opening[i] = function()
      members[i]:receiver{group = group, port = port, reply = "ack", bind = "group"}
    end
  end
  mcast.all(opening)

  local captures = {}
  for i, host in ipairs(capture and t.net.hosts or {}) do captures[i] = host:capture() end

  local sender = source:sender{group = group, port = port}
  local times = {}
  for round = 1, rounds do
    local begin = mcast.now()
    local acks = sender:request(string.rep("x", 64), {from = members, within = 10})
    times[round] = ("%.1f"):format((mcast.now() - begin) * 1e6)
    expect(acks:missing()):equals({})
  end
  for _, one in ipairs(captures) do expect(one.drops):equals(0) end
  t:attach("microseconds", table.concat(times, "\n"))
end)
