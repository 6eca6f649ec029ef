-- A host of an older version among newer ones: IGMPv2 among IGMPv3, MLDv1 among MLDv2.
--
--     wanted     unwanted     new     old     bystander
--        |          |          |       |          |
--    ----+----------+----------+-------+----------+----  lan: queries with the newest version
--
-- The old host cannot name sources and gets the whole group; the new one asked for one source and
-- goes on getting no other, for a switch keeps what each port wants apart. An old querier makes
-- hosts old: they report to the group itself, and can name no sources any more.
-- RFC 3376 sections 7.2 and 7.3, RFC 3810 section 8.

local families = {"ipv4", "ipv6"}
local address_of = {ipv4 = "address", ipv6 = "address6"}
local setting = {ipv4 = {"net.ipv4.conf.eth0.force_igmp_version", 2},
  ipv6 = {"net.ipv6.conf.eth0.force_mld_version", 1}}
local old_version = {ipv4 = 2, ipv6 = 1}
local reports_to = {ipv4 = "224.0.0.22", ipv6 = "ff02::16"}
local protocol = {ipv4 = 2, ipv6 = 58}

local lab = topology("an old host among new ones", function(net)
  local lan = net:switch("lan")
  for _, name in ipairs{"wanted", "unwanted", "new", "old", "bystander"} do net:host(name, lan) end
end)

-- The old host joins first. Linux 6.18 does not add a port that an old report comes from to the
-- entries that the group has for sources already: joining last, it would miss the wanted one.
scenario("an old host gets all sources, a new one those it asked for",
  {topology = lab, each = families}, function(t)
  local wanted, unwanted, new, old = t:hosts("wanted", "unwanted", "new", "old")
  local lan = t.net.switches.lan
  local group, port = t:group{family = t.case}, t:port()
  old:sysctl(table.unpack(setting[t.case]))

  t:hosts("bystander"):receiver{port = port}
  local from = wanted[address_of[t.case]]
  local member = old:receiver{group = group, port = port}
  expect(lan):forwards(group, {source = from, to = {old}})
  new:receiver{group = group, port = port, source = from}
  expect(lan):forwards(group, {source = from, to = {new, old}})

  local sender = wanted:sender{group = group, port = port}
  expect(sender:send("wanted")):crosses{new, old}
  expect(unwanted:sender{group = group, port = port}:send("unwanted")):crosses{old}

  t:step("the old host leaves")
  member:leave(group)
  expect(lan):forwards(group, {source = from, to = {new}, within = 3})
  expect(sender:send("still wanted")):crosses{new}
end)

-- Without snooping everybody hears the reports.
local plain = topology("a LAN that does not snoop", function(net)
  local lan = net:switch("lan", {snooping = false})
  for _, name in ipairs{"source", "host", "old", "listener"} do net:host(name, lan) end
end)

scenario("an old querier makes hosts report in its version, an old host does not",
  {topology = plain, each = families}, function(t)
  local source, host, old, listener = t:hosts("source", "host", "old", "listener")
  local seen, port = listener:observer{}, t:port()
  local function join(one)
    local group = t:group{family = t.case}
    seen:clear()
    one:receiver{group = group, port = port}
    return group
  end

  t:step("each reports in its own version")
  old:sysctl(table.unpack(setting[t.case]))
  expect(seen):sees{group = join(old), protocol = protocol[t.case]}
  local group = join(host)
  expect(seen):sees{group = reports_to[t.case], protocol = protocol[t.case]}
  -- What went to the group was the datagram alone: no report of the old version before it.
  source:sender{group = group, port = port}:send("behind the reports")
  expect(seen):sees{group = group, port = port}
  expect(seen):sees_nothing({group = group, protocol = protocol[t.case]},
    {given = {group = group, port = port}})

  t:step("an old querier asks")
  old:querier{family = t.case, version = old_version[t.case]}:query()
  expect(eventually(function()
    local late = join(host)
    return eventually(function()
      for _, frame in ipairs(seen:frames()) do
        if frame.group == late and frame.protocol == protocol[t.case] then return true end
      end
    end, {within = 0.5})
  end, {within = 5})):is_true()
end)
