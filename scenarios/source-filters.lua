-- What members say of sources is in the switch's table, and on the wires.
--
--      wanted    other       only      but       any
--         |         |          |         |         |
--     ----+---------+----------+---------+---------+----  lan
--
--      only: INCLUDE {wanted}      but: EXCLUDE {wanted}      any: EXCLUDE {}
--
-- IGMPv3 and MLDv2 report source lists. A switch that understands them keeps an entry per source:
-- one that forwards for the port that included it, one that is blocked for the port that excluded
-- it, and one for each port that takes any source.
-- RFC 3376 section 4.2.12, RFC 3810 section 5.2.12, RFC 4604 section 2.

local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}

local lab = topology("three kinds of member", function(net)
  local lan = net:switch("lan")
  for _, name in ipairs{"wanted", "other", "only", "but", "any"} do net:host(name, lan) end
end)

--- The table's entry of one port: of the source, or (*,G).
local function entry_of(lan, host, group, source)
  for _, entry in ipairs(lan:mdb()) do
    if entry.host == host and entry.group == group and entry.source == source then return entry end
  end
end

local function join_all(t, group, port)
  local wanted, only, but, any = t:hosts("wanted", "only", "but", "any")
  local source = wanted[address_of[t.case]]
  only:receiver{group = group, port = port, source = source}
  but:receiver{group = group, port = port, exclude = {source}}
  any:receiver{group = group, port = port}
  return source
end

scenario("each source goes to those who want it", {topology = lab, each = families}, function(t)
  local wanted, other, only, but, any = t:hosts("wanted", "other", "only", "but", "any")
  local group, port = t:group{family = t.case}, t:port()
  join_all(t, group, port)
  local lan = t.net.switches.lan

  expect(lan):forwards(group, {source = wanted, to = {only, any}})
  expect(lan):forwards(group, {source = other, to = {but, any}})
  expect(wanted:sender{group = group, port = port}:send("signal")):crosses{only, any}
  expect(other:sender{group = group, port = port}:send("noise")):crosses{but, any}
end)

scenario("the table tells modes and sources", {topology = lab, each = families}, function(t)
  local only, but, any = t:hosts("only", "but", "any")
  local group, port = t:group{family = t.case}, t:port()
  local source = join_all(t, group, port)
  local lan = t.net.switches.lan
  expect(lan):forwards(group, {source = source, to = {only, any}})

  t:step("INCLUDE: the source has a timer, the group has none")
  local entry = entry_of(lan, only, group)
  expect(entry.mode):equals("include")
  expect(entry.sources[1].address):equals(source)
  expect(entry.sources[1].expires):exists()
  expect(entry_of(lan, only, group, source).blocked):is_false()

  t:step("EXCLUDE: the group has a timer, the source has none and is blocked")
  entry = entry_of(lan, but, group)
  expect(entry.mode):equals("exclude")
  expect(entry.expires):exists()
  expect(entry.sources[1].address):equals(source)
  expect(entry.sources[1].expires):is_nil()
  expect(entry_of(lan, but, group, source).blocked):is_true()

  t:step("any source")
  expect(entry_of(lan, any, group).sources):equals({})
  expect(entry_of(lan, any, group, source).star_exclude):is_true()
end)

scenario("the members' kernels have the same filters", {topology = lab, each = families},
  function(t)
  local other, only, but = t:hosts("other", "only", "but")
  local group, port = t:group{family = t.case}, t:port()
  local source = join_all(t, group, port)
  local stranger = other[address_of[t.case]]
  expect(only):is_member(group, {source = source})
  expect(only):is_not_member(group, {source = stranger})
  expect(but):is_member(group, {source = stranger})
  expect(but):is_not_member(group, {source = source})
end)
