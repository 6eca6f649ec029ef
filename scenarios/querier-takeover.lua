-- A LAN of two switches: one of them asks, and when it dies the other takes over.
--
--     source     near      idle               far     bystander
--        |         |         |                 |          |
--    ----+---------+---------+---- left ══════ right ----+----------+----
--                                (querier)    (querier in waiting)
--
-- The querier with the lowest address is elected; the others listen, and ask when it has been
-- silent for the querier interval ("other querier present"). Members answer the new one, so that
-- their entries stay and nothing is flooded. Where nobody takes over, snooping switches fall back
-- to flooding. There is no spanning tree: the harness refuses loops.
-- RFC 3376 sections 6.6.2 and 8.5, RFC 3810 section 7.6.2, RFC 4541 section 2.1.1.

local families = {"ipv4", "ipv6"}
local timers = {query_interval = 1, startup_query_interval = 1, querier_interval = 3}

local function two_switches(is_second_querier)
  return topology("two switches", function(net)
    local options = {querier = is_second_querier}
    for name, value in pairs(timers) do options[name] = value end
    local left, right = net:switch("left", timers), net:switch("right", options)
    net:link(left, right)
    for _, name in ipairs{"source", "near", "idle"} do net:host(name, left) end
    for _, name in ipairs{"far", "bystander"} do net:host(name, right) end
  end)
end

--- Members on both switches, and a sender to them.
local function open(t)
  local source, near, far = t:hosts("source", "near", "far")
  local group, port = t:group{family = t.case}, t:port()
  near:receiver{group = group, port = port, reply = "ack"}
  local farthest = far:receiver{group = group, port = port, reply = "ack"}
  return source:sender{group = group, port = port}, group, farthest
end

--- Sends until `is_so(count)` of the frames that the wire has seen.
local function eventually_seen(sender, receiver, wire, is_so)
  return eventually(function()
    receiver:clear()
    wire:clear()
    sender:send("who gets it?")
    return receiver:wait(1) and is_so(wire:count())
  end, {within = 10})
end

scenario("another switch takes over", {topology = two_switches(true), each = families}, function(t)
  local near, far, idle = t:hosts("near", "far", "idle")
  local left, right = t.net.switches.left, t.net.switches.right
  local family = {family = t.case}
  local sender, group, receiver = open(t)
  expect(left):has_querier(left, family)
  expect(right):has_querier(left, family)
  expect(sender:send("to members only")):crosses{near, far}

  t:step("the querier dies")
  left:set{querier = false}
  expect(right):has_querier(right, {family = t.case, within = 10})
  expect(left):has_querier(right, {family = t.case, within = 10})
  local wire = idle:observer{group = group}
  expect(eventually_seen(sender, receiver, wire, function(count) return count == 0 end)):is_true()
  local sent = sender:send("to members only, again")
  expect(sent):crosses{near, far}
  expect(sent):acknowledged_by{near, far}
end)

scenario("nobody takes over, and all is flooded", {topology = two_switches(false), each = families},
  function(t)
  local near, far, idle, bystander = t:hosts("near", "far", "idle", "bystander")
  local left = t.net.switches.left
  local sender, group, receiver = open(t)
  expect(sender:send("to members only")):crosses{near, far}

  t:step("the only querier dies")
  left:set{querier = false}
  local wire = bystander:observer{group = group}
  expect(eventually_seen(sender, receiver, wire, function(count) return count > 0 end)):is_true()
  expect(sender:send("to everybody")):crosses{near, far, idle, bystander}
end)
