-- interface:impair: what it does to frames, counts, logs, and that it goes without a trace.
local machine = require "mcast.machine"
local families = { "ipv4", "ipv6" }

local function member_of(t)
  local source, member, other = t:hosts("source", "member", "other")
  local group, port = t:group { family = t.case }, t:port()
  local receiver = member:receiver { group = group, port = port }
  other:receiver { group = group, port = port }
  return source:sender { group = group, port = port }, receiver, member, other, source
end

scenario("impair: loss of what comes in, and only that", { each = families }, function(t)
  local sender, _, member, other, source = member_of(t)
  local lossy = member.eth0:impair { loss = 1, only = "udp", direction = "in" }
  expect(lossy.interface):equals(member.eth0)
  expect(lossy.direction):equals("in")
  expect(sender:send("lost")):reaches { other }
  expect(lossy.seen):equals(1)
  expect(lossy.dropped):equals(1)
  expect(lossy.passed):equals(0)

  local drop = lossy:drops()[1]
  expect(drop.cause):equals("loss")
  expect(drop.direction):equals("in")
  expect(drop.source):equals(source[t.case == "ipv4" and "address" or "address6"])
  expect(drop.destination):equals(sender.group)
  expect(drop.port):equals(sender.port)
  expect(drop.length):equals(4)

  local port = t:port()
  other:receiver { group = sender.group, port = port }
  expect(member:sender { group = sender.group, port = port }:send("out")):reaches { other }

  expect(lossy.cleared):is_false()
  lossy:clear()
  lossy:clear()
  expect(lossy.cleared):is_true()
  expect(sender:send("again")):reaches { member, other }
  expect(lossy.dropped):equals(1)
  expect(#lossy:drops()):equals(1)
end)

scenario("impair: what goes out is lost for everybody", { each = families }, function(t)
  local sender, _, member, other, source = member_of(t)
  source.eth0:impair { loss = 1, only = "udp", direction = "out" }
  expect(sender:send("lost")):reaches_nobody()
  source.eth0:impair {}
  expect(sender:send("again")):reaches { member, other }
end)

scenario("impair: rules count", { each = families }, function(t)
  local sender, receiver, member = member_of(t)
  local ruled = member.eth0:impair { direction = "in", drop = {
    { nth = { 2, 3 }, only = "udp" }, { every = 5, only = "udp" },
    { first = 1, only = "igmp[0] = 99" },
  } }
  for i = 1, 10 do sender:send(tostring(i)) end
  eventually(function() return receiver:count() == 6 end, { within = 10 })
  local got = {}
  for i, message in ipairs(receiver:messages()) do got[i] = message.data end
  expect(table.concat(got, " ")):equals("1 4 6 7 8 9")
  expect(ruled.dropped):equals(4)
  expect(ruled:drops()[1].cause):equals("rule")
end)

scenario("impair: duplicates come twice", { each = families }, function(t)
  local sender, receiver, member = member_of(t)
  local twice = member.eth0:impair { duplicate = 1, only = "udp", direction = "in" }
  sender:send("x")
  expect(receiver:wait(2, { within = 10 })):exists()
  expect(twice.duplicated):equals(1)
  expect(twice.passed):equals(2)
end)

scenario("impair: delay is never less, and keeps the order", { each = families }, function(t)
  local sender, receiver, member = member_of(t)
  local slow = member.eth0:impair { delay = 0.03, direction = "in", only = "udp" }
  local sent = {}
  for i = 1, 10 do sent[i] = sender:send(tostring(i)) end
  receiver:wait(10, { within = 10 })
  for i, message in ipairs(receiver:messages()) do
    expect(message.data):equals(tostring(i))
    expect(message.time - sent[i].time):is_at_least(0.03)
  end
  expect(slow.delayed):equals(10)
  expect(slow.held):equals(0)
end)

scenario("impair: who overtakes comes first", { each = families }, function(t)
  local sender, receiver, member = member_of(t)
  local mixed = member.eth0:impair { delay = 1, reorder = 0.5, seed = 1, direction = "in",
    only = "udp" }
  for i = 1, 20 do sender:send(tostring(i)) end
  receiver:wait(20, { within = 10 })
  local turns, last = 0, 0
  for _, message in ipairs(receiver:messages()) do
    local number = math.tointeger(message.data)
    if number < last then turns = turns + 1 end
    last = number
  end
  expect(turns):equals(1)
  expect(mixed.reordered):is_at_least(1)
end)

scenario("impair: a rate spreads a burst", { each = families }, function(t)
  local sender, receiver, member = member_of(t)
  member.eth0:impair { rate = "1mbit", direction = "in", only = "udp" }
  local headers = t.case == "ipv4" and 14 + 20 + 8 or 14 + 40 + 8
  local data = ("x"):rep(1250 - headers) -- 10 ms on the wire
  local first = sender:send(data)
  for _ = 2, 5 do sender:send(data) end
  receiver:wait(5, { within = 10 })
  for i, message in ipairs(receiver:messages()) do
    expect(message.time - first.time):is_at_least(i * 0.01 - 1e-6)
  end
end)

scenario("impair: a full queue drops, a rate in frames", { each = families }, function(t)
  local sender, receiver, member = member_of(t)
  local narrow = member.eth0:impair { rate = 10, queue = 3, direction = "in", only = "udp" }
  for i = 1, 10 do sender:send(tostring(i)) end
  receiver:wait(3, { within = 10 })
  expect(narrow.dropped):is_at_least(1)
  expect(narrow:drops()[1].cause):equals("queue")
  expect(receiver:messages()[3].data):equals("3")
end)

scenario("impair: a second one takes the place of the first, each way", { each = families },
  function(t)
  local sender, receiver, member = member_of(t)
  local both = member.eth0:impair { loss = 1, only = "udp" }
  sender:send("lost")
  eventually(function() return both.dropped == 1 end, { within = 10 })
  local slow = member.eth0:impair { delay = 0.01, only = "udp", direction = "in" }
  expect(both.cleared):is_false()
  sender:send("late")
  expect(receiver:wait(1, { within = 10 })):exists()
  expect(slow.delayed):equals(1)
  expect(both.dropped):equals(1)
  local out = member.eth0:impair { delay = 0.01, only = "udp", direction = "out" }
  expect(both.cleared):is_true()
  member.eth0:impair {}
  expect(slow.cleared):is_true()
  expect(out.cleared):is_true()
  expect(both.dropped):equals(1)
  member.eth0:impair()
end)

scenario("impair: clear sends on what is on its way", { each = families }, function(t)
  local sender, receiver, member = member_of(t)
  local slow = member.eth0:impair { delay = 3600, direction = "in", only = "udp" }
  for i = 1, 5 do sender:send(tostring(i)) end
  eventually(function() return slow.held == 5 end, { within = 10 })
  expect(receiver:count()):equals(0)
  slow:clear()
  sender:send("6")
  receiver:wait(6, { within = 10 })
  for i, message in ipairs(receiver:messages()) do expect(message.data):equals(tostring(i)) end
end)

scenario("impair: it ends with its block", { each = families }, function(t)
  local sender, _, member, other = member_of(t)
  do
    local lossy <close> = member.eth0:impair { loss = 1, only = "udp", direction = "in" }
    expect(sender:send("lost")):reaches { other }
    expect(lossy.dropped):equals(1)
  end
  expect(sender:send("again")):reaches { member, other }
end)

scenario("impair: memberships, addresses and carrier stay", { each = families }, function(t)
  local sender, _, member, other = member_of(t)
  local mac, addresses = member.eth0.mac, #member.eth0.addresses
  for _ = 1, 3 do
    member.eth0:impair { delay = 0.001 }
    expect(sender:send("at once")):reaches { member, other }
    member.eth0:impair {}
    expect(sender:send("at once, too")):reaches { member, other }
  end
  expect(member.eth0.mac):equals(mac)
  expect(#member.eth0.addresses):equals(addresses)
  expect(member.eth0.flags.running):is_true()
end)

scenario("impair: large datagrams pass whole", { each = families }, function(t)
  local sender, receiver, member = member_of(t)
  member.eth0:impair { delay = 0.001 }
  local data = ("0123456789"):rep(6000)
  sender:send(data)
  expect(receiver:wait(1, { within = 10 })):exists()
  expect(receiver:messages()[1].data == data):is_true()
end)

scenario("impair: two impaired hosts are independent", { each = families }, function(t)
  local sender, _, member, other, source = member_of(t)
  source.eth0:impair { delay = 0.001 }
  local one = member.eth0:impair { loss = 1, only = "udp", direction = "in" }
  local two = other.eth0:impair { delay = 0.001, direction = "in", only = "udp" }
  expect(sender:send("x")):reaches { other }
  expect(one.dropped):equals(1)
  expect(two.delayed):equals(1)
end)

scenario("impair: streams send single frames, also one that is under way", { each = families },
  function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }
  local flow = sender:stream { size = 1000, offload = true }
  expect(eventually(function() return flow.mode == "offload" end, { within = 10 })):is_true()
  member.eth0:impair { delay = 0.001, direction = "in", only = "igmp or mld" }
  expect(flow.why_single):equals("an impaired link looks at frames")
  expect(eventually(function()
    return flow.mode == "offload, then single frames"
  end, { within = 10 })):is_true()
  flow:stop()
  local other = sender:stream { count = 100, size = 1000, offload = true }:wait()
  expect(other.mode):equals("single frames")
end)

-- A program sends without a pause; the harness's own sends would wait while the link is put in.
local sender_program = [[
import socket, sys
group, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(count):
    s.sendto(b"%d" % i, (group, port))
    for _ in range(2000): pass
]]

scenario("impair: put in and taken out while frames pass, none is lost or comes twice", function(t)
  local source, member = t:hosts("source", "member")
  local group, port, count = t:group(), t:port(), 10000
  local receiver = member:receiver { group = group, port = port, receive_buffer = 1 << 24 }
  local dropped_before = machine.drops_now()
  local program = source:start { "python3", "-c", sender_program, group, tostring(port),
    tostring(count) }
  local rounds = 0
  repeat
    member.eth0:impair { delay = 0.0001, direction = "in" }
    mcast.sleep(0)
    member.eth0:impair {}
    mcast.sleep(0)
    rounds = rounds + 1
  until program:wait { within = 0 } or rounds == 200
  program:wait()
  receiver:wait(count, { within = 10 })
  local times = {}
  for _, message in ipairs(receiver:messages()) do
    times[message.data] = (times[message.data] or 0) + 1
  end
  if receiver.drops > 0 then t:skip("the receiver's buffer may not be as large as it takes") end
  local dropped = machine.drops_now() - dropped_before
  if dropped > 0 then t:skip(machine.explain(dropped)) end
  expect(receiver:count()):equals(count)
  for i = 0, count - 1 do
    if times[tostring(i)] ~= 1 then expect(times[tostring(i)]):equals(1) end
  end
  expect(rounds):is_at_least(2)
end)
