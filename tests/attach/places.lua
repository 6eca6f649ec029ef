-- Every kind of place, on the machine that places.py makes.
local pid = param("pid", 0, "a process with a network of its own")
local families = {"ipv4", "ipv6"}

local function attach_three(t)
  return t.net:attach("one", {netns = "one"}), t.net:attach("two", {netns = "/run/netns/two"}),
    t.net:attach("three", {pid = pid})
end

scenario("by name, by path and by process", {each = families}, function(t)
  local one, two, three = attach_three(t)
  local group, port = t:group{family = t.case}, t:port()
  two:receiver{group = group, port = port, reply = "ack"}
  three:receiver{port = port, reply = "ack", family = t.case}

  local sent = one:sender{group = group, port = port}:send("to one of two")
  expect(sent):reaches{two}
  expect(sent):acknowledged_by{two}
end)

scenario("all that a host has", function(t)
  local one, two = attach_three(t)
  expect(one.address):equals("10.9.0.1")
  expect(one.address6):equals("fd09::1")
  expect(one.eth0.index):equals(one:interface("eth0").index)
  expect(one:interfaces()[1].name):equals("lo")
  expect(one:run{"ip", "-br", "link", "show", "dev", "eth0"}.stdout):contains("UP")
  local group, port = t:group(), t:port()
  local socket = two:socket()
  socket:bind(nil, port)
  socket:add_membership(group)
  expect(two):is_member(group)
  one:sender{group = group, port = port}:send("hello")
  expect((socket:recvfrom{timeout = 1})):equals("hello")
end)

scenario("faults that nobody else would notice", {each = families}, function(t)
  local one, two, three = attach_three(t)
  local group, port = t:group{family = t.case}, t:port()
  for _, host in ipairs{two, three} do
    host:receiver{group = group, port = port, reply = "ack"}
  end
  local sender = one:sender{group = group, port = port}
  local rule = two:block{group = group, direction = "in"}
  expect(sender:send("dropped at one")):reaches{three}
  expect(rule.packets):equals(1)
  rule:remove()
  three:pause()
  expect(sender:send("answered by one")):acknowledged_by{two}
  three:resume()
  expect(sender:send("answered by both")):acknowledged_by{two, three}
  local address = two.eth0.addresses[1].address
  two.eth0:down()
  expect(two.eth0.flags.up):is_false()
  expect(sender:send("to one that is not there")):reaches{three}
  two.eth0:up()
  expect(two.eth0.flags.running):is_true()
  expect(two.eth0.addresses[1].address):equals(address)
end)

-- A setting of somebody else's place is not ours to raise.
scenario("a receiver joins more groups than a socket of the place may", {each = families},
  function(t)
  local one, two, three = attach_three(t)
  local limit = two:sysctl("net.ipv4.igmp_max_memberships")
  local groups, port = {}, t:port()
  for i = 1, 2 * limit + 1 do groups[i] = t:group{family = t.case} end
  local receiver = two:receiver{groups = groups, port = port, reply = "ack"}
  three:receiver{port = port, family = t.case}
  expect(two:sysctl("net.ipv4.igmp_max_memberships")):equals(limit)

  local function send(group) return one:sender{group = group, port = port}:send("to " .. group) end
  for _, i in ipairs{1, limit, limit + 1, 2 * limit, 2 * limit + 1} do
    local sent = send(groups[i])
    expect(sent):reaches{two}
    expect(sent):acknowledged_by{two}
  end
  expect(receiver:count()):equals(5)
  local flow = one:sender{group = groups[#groups], port = port}:stream{rate = 2000, count = 200}
  expect(flow):reaches{two}
  expect(flow:at(receiver).received):equals(200)

  local another = t:group{family = t.case}
  receiver:leave(groups[limit + 1])
  expect(two):is_not_member(groups[limit + 1])
  receiver:join(another)
  expect(send(another)):reaches{two}
  expect(send(groups[limit + 1])):reaches_nobody()
end)

scenario("an observer sees what comes without being asked for", function(t)
  local one, two = attach_three(t)
  local group, port = t:group(), t:port()
  local observer = two:observer{group = group}
  local sent = one:sender{group = group, port = port}:send("flooded")
  expect(observer):sees(sent)
  expect(observer:count()):equals(1)
end)

scenario("crosses", function(t)
  local one, two, three = attach_three(t)
  expect(one:sender{group = t:group(), port = t:port()}:send("flooded")):crosses{two, three}
end)

scenario("this machine's interface, and a host of the network's own", function(t)
  local machine = t.net:attach("machine", {interface = "lan"})
  local one = t.net:attach("one", {netns = "one"})
  local own = t:hosts("own")
  local group, port = t:group(), t:port()
  for _, host in ipairs{one, own} do host:receiver{group = group, port = port, reply = "ack"} end
  expect(machine.address):equals("10.9.0.100")
  local sent = machine:sender{group = group, port = port}:send("hello")
  expect(sent):reaches{one}
  expect(sent):acknowledged_by{one}
  expect(t.net:draw()):contains("this machine's lan")
  expect(t.net:draw()):matches("one +%(network namespace one%) +eth0  10.9.0.1  fd09::1")
end)
