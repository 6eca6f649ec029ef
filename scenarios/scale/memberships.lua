-- Ten thousand memberships in one host, and many more in one network, each of them verified.
--
--     source                member                        bystander
--     to some of the        member of 10,000 groups,      bound to the port,
--     groups                100 on each socket            member of nothing
--        |                     |                              |
--    ----+---------------------+------------------------------+----  lan (snooping)
--
-- A membership is there when three agree: the host's kernel lists it, the switch's table has it at the
-- port of the host, and what is sent to the group arrives. A socket holds as many as
-- net.ipv4.igmp_max_memberships says: 20, until the harness raises it for receivers on hosts of its
-- own. The kernel looks through a socket's list for each datagram, so that few on each of many
-- sockets are faster than many on one. A hundred thousand in one network take about ten seconds:
-- mcast-harness run memberships.lua --param per_host=10000 -k network --timeout 120
-- ip(7), net/ipv4/igmp.c of Linux.

local families = {"ipv4", "ipv6"}
local memberships = param("memberships", 10000, "groups in one host")
local hosts = param("hosts", 10, "hosts of the network")
local per_host = param("per_host", 1000, "groups on each of them")
local per_socket, samples = 100, 25

--- Fresh groups, and the receivers that joined them.
local function join(t, host, port, count)
  local groups, receivers = {}, {}
  for i = 1, count do groups[i] = t:group{family = t.case} end
  for first = 1, count, per_socket do
    local some = table.move(groups, first, math.min(first + per_socket - 1, count), 1, {})
    receivers[#receivers + 1] = host:receiver{groups = some, port = port}
  end
  return groups, receivers
end

--- How many of the groups are in the list of entries.
local function count_in(groups, entries)
  local listed, count = {}, 0
  for _, entry in ipairs(entries) do listed[entry.group] = true end
  for _, group in ipairs(groups) do
    if listed[group] then count = count + 1 end
  end
  return count
end

--- Some of them, evenly.
local function sample(groups)
  local list = {}
  for i = 1, #groups, math.max(1, #groups // samples) do list[#list + 1] = groups[i] end
  return list
end

scenario("as many groups as asked for", {each = families, timeout = 120}, function(t)
  local member, source, bystander = t:hosts("member", "source", "bystander")
  local port = t:port()
  local lan = t.net.switches.lan
  bystander:receiver{port = port, family = t.case}
  local groups, receivers = join(t, member, port, memberships)

  t:step("all are there")
  for _, group in ipairs(sample(groups)) do
    local sent = source:sender{group = group, port = port}:send("to " .. group)
    expect(sent):reaches({member}, {quiet = 0.01})
    expect(sent):crosses({member}, {quiet = 0.01})
  end
  expect(count_in(groups, member:memberships())):equals(memberships)
  expect(count_in(groups, lan:mdb())):equals(memberships)

  t:step("the first socket leaves")
  receivers[1]:close()
  local left = math.min(per_socket, memberships)
  expect(count_in(groups, member:memberships())):equals(memberships - left)
  expect(eventually(function()
    return count_in(groups, lan:mdb()) == memberships - left
  end, {within = 20, every = 0.2})):is_true()
  expect(source:sender{group = groups[1], port = port}:send("late")):reaches_nobody()
end)

-- Nothing is to time out while the hosts have their turn: the RFCs' timers.
local network = topology("a LAN of many members", function(net)
  local lan = net:switch("lan", {timers = "rfc"})
  for i = 1, hosts do net:host("member" .. i, lan) end
  for _, name in ipairs{"source", "bystander"} do net:host(name, lan) end
end)

scenario("as many in one network", {topology = network, each = families, timeout = 120},
  function(t)
  local source, bystander = t:hosts("source", "bystander")
  local lan, port = t.net.switches.lan, t:port()
  bystander:receiver{port = port, family = t.case}
  local groups_of, all = {}, {}
  for i = 1, hosts do
    groups_of[i] = join(t, t:hosts("member" .. i), port, per_host)
    table.move(groups_of[i], 1, per_host, #all + 1, all)
  end

  for i = 1, hosts do
    local member = t:hosts("member" .. i)
    local last = groups_of[i][per_host]
    local sent = source:sender{group = last, port = port}:send("to " .. last)
    expect(sent):reaches({member}, {quiet = 0.01})
    expect(sent):crosses({member}, {quiet = 0.01})
    expect(count_in(all, member:memberships())):equals(per_host)
  end
  expect(count_in(all, lan:mdb())):equals(hosts * per_host)
end)
