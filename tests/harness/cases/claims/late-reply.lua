-- A late reply to an earlier request is no reply to this one.

local group, port = "239.1.2.3", 5000

-- Answers the first request when the second has been sent, and never the second.
-- expect: exit 1
-- expect: failed "claimed" datagram "second" from host 'source' to 239.1.2.3 port 5000: expected replies from a, seen from nobody: a got the request and did not reply: its reply function returned nothing (25)
-- expect: failed "requested" expected {}, seen {host 'a'} (value[1]: expected nil, seen host 'a') (36)
local function answers_late(host, sender)
  host:receiver{group = group, port = port, reply = function(message)
    if message.data ~= "first" then return nil end
    eventually(function() return sender.second end)
    return "ack of the first"
  end}
end

scenario("claimed", function(t)
  local source, a = t:hosts("source", "a")
  local state = {}
  answers_late(a, state)
  local sender = source:sender{group = group, port = port}
  sender:send("first")
  local sent = sender:send("second")
  state.second = true
  expect(sent):acknowledged_by({a}, {within = 0.1})
end)

scenario("requested", function(t)
  local source, a = t:hosts("source", "a")
  local state = {}
  answers_late(a, state)
  local sender = source:sender{group = group, port = port}
  sender:send("first")
  state.second = true
  local acks = sender:request("second", {within = 0.1, from = {a}})
  expect(acks:missing()):equals{}
end)
