-- switch:set: the switch is another one at once, and ready when it returns.
local families = { "ipv4", "ipv6" }

local asked = { snooping = true, querier = true, igmp_version = 2, mld_version = 1,
  fast_leave = true, flood_unknown = false, query_interval = 3, query_response_interval = 0.2,
  last_member_interval = 0.3, startup_query_interval = 1.5, membership_interval = 7,
  querier_interval = 8 }

local function read_back(switch, wanted)
  for name, value in pairs(wanted) do
    if name == "querier" then
      expect(switch:querier() ~= nil):equals(value)
    elseif type(value) == "number" then
      expect(switch[name]):near(value, 0.02)
    else
      expect(switch[name]):equals(value)
    end
  end
end

scenario("switch:set: what was asked for is read back, the rest stays", function(t)
  local lan = t.net:switch("lan")
  t.net:host("a", lan)
  lan:set { query_interval = 4 }
  read_back(lan, { query_interval = 4, membership_interval = 5, igmp_version = 3, querier = true })
  lan:set(asked)
  read_back(lan, asked)
  lan:set { timers = "rfc", querier_interval = 9 }
  read_back(lan, { query_response_interval = 10, membership_interval = 260, querier_interval = 9,
    igmp_version = 2 })
end)

scenario("switch:set: snooping and querier, on and off", { each = families }, function(t)
  local source, member = t:hosts("source", "member", "bystander")
  local bystander, lan = t.net.hosts.bystander, t.net.switches.lan
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }
  local function crosses(...) expect(sender:send("x")):crosses { ... } end

  crosses(member)
  for _, option in ipairs { "querier", "snooping" } do
    lan:set { [option] = false }
    crosses(member, bystander)
    lan:set { [option] = true }
    crosses(member)
  end
  lan:set { timers = "rfc", querier = false }
  crosses(member, bystander)
  lan:set { querier = true }
  crosses(member)
  expect(lan.query_response_interval):equals(10)
end)

scenario("switch:set: who joined while it did not snoop is learnt", { each = families }, function(t)
  local source, member = t:hosts("source", "member", "bystander")
  local lan = t.net.switches.lan
  local group, port = t:group { family = t.case }, t:port()
  lan:set { snooping = false }
  member:receiver { group = group, port = port }
  lan:set { snooping = true }
  expect(source:sender { group = group, port = port }:send("x")):crosses { member }
end)

scenario("switch:mdb_add: for any source, and for one", { each = families }, function(t)
  local source, member, silent = t:hosts("source", "member", "silent")
  local lan = t.net.switches.lan
  local group, port = t:group { family = t.case }, t:port()
  local from = source[t.case == "ipv4" and "address" or "address6"]
  member:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }
  for _, wanted in ipairs { { group = group, host = silent },
    { group = group, host = silent.eth0, source = from } } do
    local entry = lan:mdb_add(wanted)
    expect(entry.interface == silent.eth0):is_true()
    expect(entry.source):equals(wanted.source)
    expect(sender:send("with it")):crosses { member, silent }
    entry:remove()
    entry:remove()
    expect(sender:send("without it")):crosses { member }
  end
end)

scenario("switch:multicast_router: a port that gets everything", { each = families }, function(t)
  local source, member, router = t:hosts("source", "member", "router")
  local lan = t.net.switches.lan
  local group, port = t:group { family = t.case }, t:port()
  member:receiver { group = group, port = port }
  local sender = source:sender { group = group, port = port }
  expect(lan:multicast_router(router)):equals("disabled")
  expect(lan:multicast_router("router", "permanent")):equals("permanent")
  expect(sender:send("to all routers")):crosses { member, router }
  expect(lan:multicast_router(router.eth0, "disabled")):equals("disabled")
  expect(sender:send("to members")):crosses { member }
  expect(lan:multicast_router(router, "automatic")):equals("automatic")
end)
