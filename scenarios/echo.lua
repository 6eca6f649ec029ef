-- An echo server: it answers every member with the member's own data.
--
--      alice        bob         server
--      asks         asks        listens to the group, echoes
--        |           |             |
--     ---+-----------+-------------+---  lan
--
-- A reply may be a function of the message. What it returns goes back, by unicast, to the address
-- and port that the message came from (recvmsg(2), sendto(2)); nil is no reply at all.

local families = {"ipv4", "ipv6"}

local function echo(message)
  return message.data
end

local function answer_questions(message)
  return message.data:find("?", 1, true) and "yes" or nil
end

scenario("every member gets its own words back", {each = families}, function(t)
  local server, alice, bob = t:hosts("server", "alice", "bob")
  local group, port = t:group{family = t.case}, t:port()

  server:receiver{group = group, port = port, reply = echo}

  for _, member in ipairs{alice, bob} do
    local words = "this is " .. member.name
    local acks = member:sender{group = group, port = port}:request(words, {from = {server}})

    expect(acks:hosts()):equals{server}
    expect(acks[1].data):equals(words)
  end
end)

scenario("a server with nothing to say stays silent", {each = families}, function(t)
  local server, alice = t:hosts("server", "alice")
  local group, port = t:group{family = t.case}, t:port()

  server:receiver{group = group, port = port, reply = answer_questions}
  local sender = alice:sender{group = group, port = port}

  local remark = sender:send("nice weather")
  expect(remark):reaches{server}
  expect(remark):acknowledged_by{} -- exactly nobody

  local question = sender:send("is it?")
  expect(question):acknowledged_by{server}
end)
