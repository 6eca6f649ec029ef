-- Who leaves a group gets it a while longer: the switch first asks whether anybody else is left.
--
--     source       leaver       stayer
--        |            |            |
--    ----+------------+------------+----  lan (snooping, querier)
--
-- After a leave the querier asks for the group, twice, a last member query interval apart (1 s in
-- the RFC), and forwards until then. With fast leave the switch takes the port out at once: right
-- where each port has one host, wrong where a hub or another switch is behind it (IGMPv2).
-- RFC 3376 sections 6.6.2 and 8.8, RFC 3810 section 9.8, RFC 4541 section 2.1.1.

local families = {"ipv4", "ipv6"}

--- How long the leaver's interface went on getting the group after the leave.
local function time_of_leave(t, fast_leave)
  local source, leaver, stayer = t:hosts("source", "leaver", "stayer")
  local group, port = t:group{family = t.case}, t:port()
  t.net.switches.lan:set{fast_leave = fast_leave, last_member_interval = 1}
  local left, stayed = leaver:receiver{group = group, port = port},
    stayer:receiver{group = group, port = port}
  local wire = leaver:observer{group = group}
  local sender = source:sender{group = group, port = port}
  expect(sender:send("both")):crosses{leaver, stayer}

  local began = mcast.now()
  left:leave(group)
  if not fast_leave then expect(sender:send("still both")):crosses{leaver, stayer} end
  expect(eventually(function()
    wire:clear()
    stayed:clear()
    sender:send("who gets it?")
    return stayed:wait(1) and wire:count() == 0
  end, {within = 10})):is_true()
  local took = mcast.now() - began
  expect(sender:send("one is left")):crosses{stayer}
  t:log("the group was taken off the port within %.2f s", took)
  return took
end

scenario("without fast leave the switch asks twice first", {each = families}, function(t)
  expect(time_of_leave(t, false)):is_at_least(2)
end)

scenario("with fast leave it takes the port out at once", {each = families}, function(t)
  expect(time_of_leave(t, true)):is_at_most(2)
end)
