-- One request at a time to one receiver on the same switch. Attaches two lines of microseconds: the round trips that
-- the harness tells, and how long each request took the scenario, first to last.
local rounds = param("rounds", 2000, "how many requests")

local lab = topology("one switch", function(net)
  local lan = net:switch("lan", {query_interval = 125})
  for _, name in ipairs{"source", "h1"} do net:host(name, lan) end
end)

scenario("round trips", {topology = lab, timeout = 300}, function(t)
  local source, member = t:hosts("source", "h1")
  local group, port = t:group(), t:port()
  member:receiver{group = group, port = port, reply = "ack", bind = "group"}
  local sender = source:sender{group = group, port = port}
  local data, from = string.rep("x", 64), {member}
  local told, taken = {}, {}
  for round = 1, rounds do
    local begin = mcast.now()
    local acks = sender:request(data, {from = from, within = 10})
    taken[round] = ("%.1f"):format((mcast.now() - begin) * 1e6)
    told[round] = ("%.1f"):format(acks[1].rtt * 1e6)
  end
  expect(#told):equals(rounds)
  t:attach("microseconds", table.concat(told, " ") .. "\n" .. table.concat(taken, " "))
end)
