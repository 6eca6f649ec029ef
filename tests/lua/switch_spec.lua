-- The options of a switch are what the bridge then uses.
local asked = { subnet = "10.7.0.0/24", subnet6 = "fd00:77::/64", snooping = true,
  querier = false, igmp_version = 2, mld_version = 1, fast_leave = true, flood_unknown = false,
  query_interval = 3, query_response_interval = 0.2, last_member_interval = 0.3,
  startup_query_interval = 1.5, membership_interval = 7, querier_interval = 8 }
local rfc = { query_interval = 125, query_response_interval = 10, last_member_interval = 1,
  startup_query_interval = 31.25, membership_interval = 260, querier_interval = 255 }
local usual = { snooping = true, querier = true, igmp_version = 3, mld_version = 2,
  fast_leave = false, query_interval = 2, membership_interval = 5, querier_interval = 4.05 }

-- The kernel counts in its own ticks: 31.25 s at 250 a second is 31.248 s.
local function read_back(switch, wanted)
  for name, value in pairs(wanted) do
    if name == "querier" then
      expect(switch:querier() ~= nil):equals(value)
      expect(switch:querier("ipv6") ~= nil):equals(value)
    elseif type(value) == "number" then
      expect(switch[name]):near(value, 0.02)
    else
      expect(switch[name]):equals(value)
    end
  end
end

scenario("switch: its table has those whose receivers are open", {each = {"ipv4", "ipv6"}},
  function(t)
  local member = t:hosts("member")
  local group = t:group{family = t.case}
  member:receiver{group = group, port = t:port()}
  local function is_there()
    for _, entry in ipairs(t.net.switches.lan:mdb()) do
      if entry.group == group then return entry.host == member end
    end
    return false
  end
  expect(is_there()):is_true()
end)

scenario("switch: what was asked for is read back", function(t)
  local net = t.net
  local all, slow, plain = net:switch("all", asked), net:switch("slow", { timers = "rfc" }),
    net:switch("plain")
  net:host("a", all, slow, plain)
  net:ready()
  read_back(all, asked)
  read_back(slow, rfc)
  read_back(plain, usual)
end)

scenario("switch: another querier is told, its grace time awaited", {each = {"ipv4", "ipv6"}},
  function(t)
  local lan = t.net:switch("lan", { querier = false })
  local a, b = t.net:host("a", lan), t.net:host("b", lan)
  local group, port, family = t:group { family = t.case }, t:port(), { family = t.case }
  expect(lan:querier(t.case)):is_nil()
  a:querier { family = t.case, interval = 1, max_response = 0.2 }
  expect(lan):has_querier(a, family)
  local found = lan:querier(t.case)
  expect(found.own):is_false()
  expect(found.host):equals(a)
  expect(found.interface):equals(a.eth0)
  expect(found.expires):is_at_most(lan.querier_interval)

  expect(lan):forwards(group, { to = {} })
  expect(b:sender { group = group, port = port }:send("pruned")):crosses {}
end)
