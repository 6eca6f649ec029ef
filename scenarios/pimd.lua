-- PIM sparse mode between two LANs, by pimd.
--
--     source      stranger                             member      bystander
--        |            |                                   |            |
--    ----+------+-----+--- left                right -----+-----+------+----
--               |                                               |
--               r1 ================= cable =================== r2
--
-- A source-specific tree is there as soon as the routers know each other. With a rendezvous point
-- (r1) pimd takes its time: it waits for about twenty seconds after its start before it forwards for
-- any source. It speaks PIM for IPv4 only. RFC 7761, RFC 4607.

local daemon = require "mcast.daemon"

local lab = topology("two LANs, two routers", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:link(net:router("r1", left), net:router("r2", right))
  for _, name in ipairs{"source", "stranger"} do net:host(name, left) end
  for _, name in ipairs{"member", "bystander"} do net:host(name, right) end
end)

local function start(t)
  local r1, r2 = t:hosts("r1", "r2")
  local first, second = table.unpack(mcast.all{
    function() return daemon.pimd(r1, {rp = r1}) end,
    function() return daemon.pimd(r2, {rp = r1}) end})
  first:await_neighbors(r2, {within = 40})
  second:await_neighbors(r1, {within = 40})
end

-- Sends until the receiver hears it: the tree is there.
local function open_tree(sender, receiver)
  expect(eventually(function()
    sender:send("open")
    return receiver:wait(1, {within = 0.1})
  end, {within = 60})):exists()
end

scenario("pimd carries one source's group to its member", {topology = lab, needs = {"pimd"},
  timeout = 120}, function(t)
  local source, stranger, member = t:hosts("source", "stranger", "member")
  local group, port = t:group{ssm = true}, t:port()
  t:hosts("bystander"):receiver{port = port}
  start(t)

  local receiver = member:receiver{group = group, source = source.address, port = port,
    reply = "ack"}
  local sender = source:sender{group = group, port = port, ttl = 3}
  open_tree(sender, receiver)
  local sent = sender:send("over two routers")
  expect(sent):reaches{member}
  expect(sent):acknowledged_by{member}

  t:step("another source of the same group")
  expect(stranger:sender{group = group, port = port, ttl = 3}:send("unasked")):reaches_nobody()
  t:step("a TTL too short by one")
  expect(source:sender{group = group, port = port, ttl = 2}:send("too short")):reaches_nobody()
end)

scenario("pimd brings sources and members together at a rendezvous point", {topology = lab,
  needs = {"pimd"}, tags = {"slow"}, timeout = 120}, function(t)
  local source, stranger, member = t:hosts("source", "stranger", "member")
  local group, port = t:group(), t:port()
  t:hosts("bystander"):receiver{port = port}
  start(t)

  local receiver = member:receiver{group = group, port = port, reply = "ack"}
  for _, host in ipairs{source, stranger} do
    local sender = host:sender{group = group, port = port, ttl = 3}
    receiver:clear()
    open_tree(sender, receiver)
    expect(sender:send("from " .. host.name)):acknowledged_by{member}
  end

  t:step("a group that nobody joined")
  expect(source:sender{group = t:group(), port = port, ttl = 3}:send("nobody")):reaches_nobody()
end)
