-- Who acknowledges?
--
-- A sender multicasts one request and collects the acknowledgements of all recipients until its
-- time is up. Two hosts listen, and one of them is the sender's own.
--
--      source               member               bystander
--      sends and listens    listens              listens to another group
--         |                    |                    |
--     ----+--------------------+--------------------+----  lan
--
-- The request goes to the group, an acknowledgement goes back by unicast, to the address and port
-- that the request came from. The sender's own host hears the request because
-- IP_MULTICAST_LOOP (IPV6_MULTICAST_LOOP) is on, as it is by default.
-- RFC 1112 section 6.1, RFC 3493 section 5.2, ip(7), ipv6(7).

local families = {"ipv4", "ipv6"}
local patience = 0.2 -- seconds that a sender waits for acknowledgements

scenario("every member acknowledges, and nobody else", {each = families}, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  local group, other_group, port = t:group{family = t.case}, t:group{family = t.case}, t:port()

  source:receiver{group = group, port = port, reply = "ack"}
  member:receiver{group = group, port = port, reply = "ack"}
  bystander:receiver{group = other_group, port = port, reply = "ack"}

  local sent = source:sender{group = group, port = port, loop = true}:send("very important data")

  expect(sent):acknowledged_by({source, member}, {within = patience})
  expect(sent):reaches{source, member} -- told by the receivers, not by their replies
end)

scenario("the sender is done when all have answered", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local everybody = {source, member}

  for _, host in ipairs(everybody) do
    host:receiver{group = group, port = port, reply = "ack from " .. host.name}
  end

  local sender = source:sender{group = group, port = port, loop = true}
  local acks = sender:request("who is there?", {from = everybody})

  expect(acks:missing()):equals{}
  for _, ack in ipairs(acks) do
    expect(ack.data):equals("ack from " .. ack.host.name)
  end
end)

scenario("the sender knows who is missing when its time is up", {each = families}, function(t)
  local source, prompt, silent = t:hosts("source", "prompt", "silent")
  local group, port = t:group{family = t.case}, t:port()

  prompt:receiver{group = group, port = port, reply = "ack"}
  local listener = silent:receiver{group = group, port = port} -- hears it and says nothing

  local sender = source:sender{group = group, port = port}
  local acks = sender:request("who is there?", {within = patience, from = {prompt, silent}})

  expect(acks:hosts()):equals{prompt}
  expect(acks:missing()):equals{silent}
  expect(listener):receives("who is there?") -- the request was not lost: the answer was never given
end)
