-- Three routers, four LANs, twelve hosts, static multicast routes: what `bench/run routed` times as a
-- whole process.

local lab = require "three_routers"

scenario("a member of each LAN gets it, and nobody else", {topology = lab}, function(t)
  local source, members = t:hosts("h1"), {t:hosts("h2", "h4", "h7", "h10")}
  local group, port = "239.1.2.3", 10000
  for _, member in ipairs(members) do member:receiver{group = group, port = port} end
  for _, name in ipairs{"h3", "h5", "h8", "h11"} do t:hosts(name):receiver{port = port} end
  for i = 1, 3 do
    t:hosts("r" .. i):mroute{group = group, source = source, to = {"lan" .. i + 1}}
  end

  local sent = source:sender{group = group, port = port, ttl = 8}:send("over three routers")
  expect(sent):reaches(members)
end)
