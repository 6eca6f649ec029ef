-- Both directions at once: each end sends to a group of its own and hears the other's.
--
--     left                                right          bystander
--     sends to one group,                 the other      bound to the port,
--     member of the other                 way round      member of nothing
--        |                                  |                |
--    ----+----------------------------------+----------------+----  lan
--
-- What works one way need not work the other: a switch learns each group at each port by itself,
-- and firewalls, reverse-path checks and one-way links know directions. One round after the other
-- takes a fresh group, so that nothing that an earlier one left behind can help.
-- RFC 4541 section 2.1.1.

local families = {"ipv4", "ipv6"}
local rounds = param("rounds", 5, "fresh pairs of groups")

--- From the one to the other: what sends a stream, when the network knows of who is to hear it.
local function open(t, from, to)
  local group, port = t:group{family = t.case}, t:port()
  local sender, receiver = from:sender{group = group, port = port},
    to:receiver{group = group, port = port}
  expect(eventually(function() -- a network that is not ours learns of members in its own time
    sender:send("are you there?")
    return receiver:count() > 0
  end, {within = 5, every = 0.05})):is_true()
  return sender, group, port
end

scenario("each hears the other, and nobody else does", {each = families}, function(t)
  local left, right, bystander = t:hosts("left", "right", "bystander")
  local there, _, port = open(t, left, right)
  local back, _, back_port = open(t, right, left)
  local deaf = {bystander:receiver{port = port, family = t.case},
    bystander:receiver{port = back_port, family = t.case}}

  local flows = {there:stream{rate = 1000, count = 500}, back:stream{rate = 1000, count = 500}}
  expect(flows[1]):reaches{right}
  expect(flows[2]):reaches{left}
  for _, receiver in ipairs(deaf) do expect(receiver):receives_nothing() end
end)

scenario("a fresh group each time", {each = families}, function(t)
  local left, right, bystander = t:hosts("left", "right", "bystander")
  for round = 1, rounds do
    t:step("round " .. round)
    local there, group = open(t, left, right)
    local back, back_group = open(t, right, left)
    local wires = {bystander:observer{group = group}, bystander:observer{group = back_group}}

    expect(there:stream{rate = 2000, count = 100}):reaches{right}
    expect(back:stream{rate = 2000, count = 100}):reaches{left}
    for _, wire in ipairs(wires) do
      expect(wire):sees_nothing()
      wire:close()
    end
  end
end)

scenario("one direction is cut, and the other goes on", {each = families}, function(t)
  local left, right = t:hosts("left", "right")
  local there, group = open(t, left, right)
  local back = open(t, right, left)
  right:block{group = group, direction = "in"}

  local lost, kept = there:stream{rate = 1000, count = 100}, back:stream{rate = 1000, count = 100}
  expect(kept):reaches{left}
  expect(lost:wait()):reaches_nobody()
end)
