-- PIM sparse mode by FRR on three routers, the middle one the rendezvous point: what
-- `bench/run routed` times as a whole process. Its tree is there by the same words of the routers as
-- in routed_frr.py.

local daemon = require "mcast.daemon"
local lab = require "three_routers"

local here = debug.getinfo(1, "S").source:match("^@(.*)/") or "."

local function configuration(rendezvous_point)
  local file <close> = assert(io.open(here .. "/routed_frr.conf"))
  return file:read("a"):format(rendezvous_point.address)
end

local function start(routers, text)
  local daemons, starts = {}, {}
  for i, router in ipairs(routers) do
    starts[i] = function() daemons[i] = daemon.frr(router, {text = text}) end
  end
  mcast.all(starts)
  return daemons
end

-- The source's router has been told to register no more, and the last one routes from the source.
local function is_settled(frr, last, group, source)
  local upstream = frr:json("show ip pim upstream json")[group]
  local of_source = upstream and upstream[source.address]
  if not of_source or of_source.regState ~= "RegPrune" then return false end
  for _, route in ipairs(last:mroutes()) do
    local is_ours = route.group == group and route.source == source.address
    if is_ours and #route.to > 0 then return true end
  end
  return false
end

scenario("a member at the far end gets it, and nobody else", {topology = lab, needs = {"frr"},
  timeout = 60}, function(t)
  local source, member = t:hosts("h1", "h10")
  local group, port = "239.1.2.3", 10000
  for _, name in ipairs{"h3", "h5", "h8", "h11"} do t:hosts(name):receiver{port = port} end
  local daemons = start({t:hosts("r1", "r2", "r3")}, configuration(t:hosts("r2")))

  local receiver = member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port, ttl = 8}
  expect(eventually(function()
    sender:send("open")
    return receiver:wait(1, {within = 0.1})
      and is_settled(daemons[1], t:hosts("r3"), group, source)
  end, {within = 30})):is_true()
  expect(sender:send("over three routers")):reaches{member}
end)
