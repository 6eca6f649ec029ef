-- Packets: what is filled in, what is read back, what is refused.

local function decode(packet)
  return mcast.decode(packet:bytes(), {layer = packet.eth and "ethernet" or "ip"})
end

-- What was left out, by kind of message: RFC 3376 and RFC 3810 sections 4 and 5, RFC 7761 section 4.9.
local defaults = {
  {{igmp = {type = "query"}}, to = "224.0.0.1", alert = true,
    line = "? > 224.0.0.1: IGMPv3 query for all groups, answer within 10 s, ttl 1"},
  {{igmp = {type = "query", version = 1}}, to = "224.0.0.1", alert = false,
    line = "? > 224.0.0.1: IGMPv1 query for all groups, answer within 10 s, ttl 1"},
  {{igmp = {type = "query", group = "239.1.2.3", sources = {"10.0.0.1"}}}, to = "239.1.2.3",
    alert = true,
    line = "? > 239.1.2.3: IGMPv3 query for 239.1.2.3 from {10.0.0.1}, answer within 10 s, ttl 1"},
  {{igmp = {type = "report", version = 2, group = "239.1.2.3"}}, to = "239.1.2.3", alert = true,
    line = "? > 239.1.2.3: IGMPv2 report of 239.1.2.3, ttl 1"},
  {{igmp = {type = "leave", group = "239.1.2.3"}}, to = "224.0.0.2", alert = true,
    line = "? > 224.0.0.2: IGMPv2 leave 239.1.2.3, ttl 1"},
  {{igmp = {type = "report", records = {{type = "to_exclude", group = "239.1.2.3"}}}},
    to = "224.0.0.22", alert = true,
    line = "? > 224.0.0.22: IGMPv3 report: 239.1.2.3 to_exclude {}, ttl 1"},
  {{mld = {type = "query"}}, to = "ff02::1", alert = 0,
    line = "? > ff02::1: MLDv2 query for all groups, answer within 10 s, ttl 1"},
  {{mld = {type = "done", group = "ff05::1"}}, to = "ff02::2", alert = 0,
    line = "? > ff02::2: MLDv1 done ff05::1, ttl 1"},
  {{mld = {type = "report", version = 1, group = "ff05::1"}}, to = "ff05::1", alert = 0,
    line = "? > ff05::1: MLDv1 report of ff05::1, ttl 1"},
  {{mld = {type = "report", records = {
    {type = "allow", group = "ff05::1", sources = {"fd00::1"}}}}}, to = "ff02::16", alert = 0,
    line = "? > ff02::16: MLDv2 report: ff05::1 allow {fd00::1}, ttl 1"},
  {{pim = {type = "hello", holdtime = 105}}, to = "224.0.0.13", alert = false,
    line = "? > 224.0.0.13: PIM hello, holdtime 105 s, ttl 1"},
  {{ip6 = {}, pim = {type = "hello"}}, to = "ff02::d", line = "? > ff02::d: PIM hello, ttl 1"},
  {{pim = {type = "join_prune", upstream = "10.0.0.1", groups = {{group = "239.1.2.3",
    joined = {{source = "10.0.0.9"}}}}}}, to = "224.0.0.13", alert = false,
    line = "? > 224.0.0.13: PIM join-prune, for 10.0.0.1: 239.1.2.3 (1 joined, 0 pruned), ttl 1"},
  {{ip = {destination = "239.1.2.3"}, udp = {destination_port = 5000, payload = "hello"}},
    to = "239.1.2.3", alert = false, line = "?:5000 > 239.1.2.3:5000: UDP, 5 bytes, ttl 1"},
}

scenario("what is left out is as the RFC wants it", function()
  for _, case in ipairs(defaults) do
    local packet = mcast.packet(case[1])
    local ip = packet.ip or packet.ip6
    expect(tostring(packet)):equals(case.line)
    expect(ip.destination):equals(case.to)
    expect(ip.router_alert):equals(case.alert)
    local read = decode(packet)
    local read_ip = read.ip or read.ip6
    local message = read.udp or read.igmp or read.mld or read.pim
    expect(message.checksum_valid):is_true()
    expect(read_ip.lengths_valid):is_true()
    expect(read.malformed):is_nil()
    expect(read:bytes()):equals(packet:bytes())
  end
end)

scenario("all fields of IGMP and MLD are read back", function()
  local query = {version = 3, type = "query", group = "239.1.2.3", max_response = 12.8,
    robustness = 7, query_interval = 3968, suppress = true, sources = {"10.0.0.1", "10.0.0.2"},
    reserved = 3, trailing = "more"}
  local read = decode(mcast.packet{igmp = query}).igmp
  for name, value in pairs(query) do expect(read[name]):equals(value) end
  local records = {}
  local kinds = {"is_include", "is_exclude", "to_include", "to_exclude", "allow", "block", 77}
  for i, kind in ipairs(kinds) do
    records[i] = {type = kind, group = "ff05::" .. i, sources = i % 2 == 0 and {"fd00::1"} or {},
      auxiliary = i == 3 and "auxi" or nil}
  end
  expect(decode(mcast.packet{mld = {type = "report", records = records}}).mld.records)
    :equals(records)
end)

scenario("times are rounded down to what their codes can say", function()
  local function query(fields)
    fields.type = "query"
    return decode(mcast.packet{igmp = fields}).igmp
  end
  expect(query{max_response = 12.9}.max_response):equals(12.8)
  expect(query{query_interval = 130}.query_interval):equals(128)
  expect(query{version = 2, max_response = 25.5}.max_response):equals(25.5)
  -- A version 2 query whose code is forced to zero is one of version 1 (RFC 3376 section 7.1).
  expect(query{version = 2, max_response_code = 0}.version):equals(1)
end)

scenario("an edited copy is right again, and wrong where it was forced to be", function()
  local packet = decode(mcast.packet{eth = {}, igmp = {type = "query", checksum = 0xdead}})
  expect(packet.igmp.checksum_valid):is_false()
  local copy = decode(packet:copy{ip = {ttl = 9, source = "10.0.0.9"}})
  expect(copy.ip.ttl):equals(9)
  expect(copy.ip.checksum_valid):is_true()
  expect(copy.igmp.checksum):equals(0xdead)
  expect(tostring(copy)):contains("wrong igmp checksum")
  expect(packet.ip.ttl):equals(1)
  packet.igmp.checksum = nil
  packet.ip.total_length, packet.ip.lengths_valid = 99, nil
  local changed = decode(packet)
  expect(changed.truncated):is_true()
  expect(changed.ip.total_length):equals(99)
end)

scenario("router alerts can be taken away and added", function()
  local without = decode(mcast.packet{ip = {router_alert = false}, igmp = {type = "query"}})
  expect(without.ip.router_alert):is_false()
  expect(without.ip.options):is_nil()
  expect(decode(without:copy{ip = {router_alert = true}}).ip.header_length):equals(24)
  local mld = decode(mcast.packet{ip6 = {extensions = {}}, mld = {type = "query"}})
  expect(mld.ip6.router_alert):is_nil()
  local with = decode(mld:copy{ip6 = {router_alert = 7}})
  expect(with.ip6.router_alert):equals(7)
  expect(decode(with:copy{ip6 = {router_alert = 8}}).ip6.router_alert):equals(8)
  expect(with.ip6.extensions[1].type):equals("hop_by_hop")
end)

scenario("a layer that is not there is nil, a misspelt one is an error", function()
  local packet = mcast.packet{igmp = {type = "query"}}
  expect(packet.udp):is_nil()
  expect(function() return packet.igpm end):raises("did you mean 'igmp'")
  packet.eth = {}
  expect(packet:hex()):matches("^01005e000001")
  expect(function() packet.imgp = {} end):raises("did you mean 'igmp'")
end)

-- Every table of a packet, with a field that it knows and has not, and a slip.
local tables = {
  {{eth = {}, ip = {destination = "239.1.2.3"}, udp = {destination_port = 5}}, {
    {"packet.eth", "eth", absent = "vlan", slip = "sorce", meant = "source"},
    {"packet.ip", "ip", absent = "options", slip = "tll", meant = "ttl"},
    {"packet.ip", "ip", absent = "hop_limit", slip = "hop_limits", meant = "hop_limit"},
    {"packet.udp", "udp", absent = "trailer", slip = "paylod", meant = "payload"}}},
  {{eth = {vlan = {id = 5}}, ip = {options = {{type = 130, value = "ab"}}}, igmp = {type = "report",
    records = {{type = "allow", group = "239.1.2.3"}}}}, {
    {"packet.eth.vlan", "eth", "vlan", absent = false, slip = "di", meant = "id"},
    {"packet.ip.options[i]", "ip", "options", 1, absent = false, slip = "values", meant = "value"},
    {"packet.igmp", "igmp", absent = "group", slip = "gruop", meant = "group"},
    {"packet.igmp.records[i]", "igmp", "records", 1, absent = "auxiliary", slip = "gruop",
      meant = "group"}}},
  {{ip6 = {}, mld = {type = "report", records = {{type = "allow", group = "ff05::1"}}}}, {
    {"packet.ip6", "ip6", absent = "ttl", slip = "hop_limits", meant = "hop_limit"},
    {"packet.ip6.extensions[i]", "ip6", "extensions", 1, absent = "value", slip = "tpye",
      meant = "type"},
    {"packet.ip6.extensions[i].options[i]", "ip6", "extensions", 1, "options", 1, absent = false,
      slip = "vlaue", meant = "value"},
    {"packet.mld", "mld", absent = "group", slip = "recrods", meant = "records"},
    {"packet.mld.records[i]", "mld", "records", 1, absent = "auxiliary", slip = "source",
      meant = "sources"}}},
  {{pim = {type = "hello", lan_prune_delay = {tracking = true}, options = {{type = 99,
    value = "x"}}}}, {
    {"packet.pim", "pim", absent = "dr_priority", slip = "dr_prioriy", meant = "dr_priority"},
    {"packet.pim.lan_prune_delay", "pim", "lan_prune_delay", absent = false, slip = "traking",
      meant = "tracking"},
    {"packet.pim.options[i]", "pim", "options", 1, absent = false, slip = "typo",
      meant = "type"}}},
  {{pim = {type = "join_prune", upstream = "10.0.0.1", groups = {{group = "239.1.2.3",
    joined = {{source = "10.0.0.9"}}, pruned = {{source = "10.0.0.8"}}}}}}, {
    {"packet.pim.groups[i]", "pim", "groups", 1, absent = "rps", slip = "join", meant = "joined"},
    {"packet.pim.groups[i].joined[i]", "pim", "groups", 1, "joined", 1, absent = false,
      slip = "sorce", meant = "source"},
    {"packet.pim.groups[i].pruned[i]", "pim", "groups", 1, "pruned", 1, absent = false,
      slip = "sprase", meant = "sparse"}}},
  {{ip = {destination = "224.0.0.13"}, pim = {type = "bootstrap", router = "10.0.0.1", groups = {
    {group = "239.0.0.0", mask_length = 8, rps = {{address = "10.0.0.1"}}}}}}, {
    {"packet.pim.groups[i].rps[i]", "pim", "groups", 1, "rps", 1, absent = false,
      slip = "adress", meant = "address"}}},
  {{ip = {destination = "10.0.0.1"}, pim = {type = "candidate_rp", rp = "10.0.0.2", groups = {
    {group = "239.0.0.0", mask_length = 8}}}}, {
    {"packet.pim.groups[i]", "pim", "groups", 1, absent = "joined", slip = "gruop",
      meant = "group"}}},
}

local function inside(packet, path)
  for i = 2, #path do packet = packet[path[i]] end
  return packet
end

scenario("a field that a table of a packet lacks is nil, a misspelt one is an error", function(t)
  for _, case in ipairs(tables) do
    local built = mcast.packet(case[1])
    for how, packet in pairs{built = built, decoded = decode(built), copied = built:copy()} do
      for _, one in ipairs(case[2]) do
        t:log("%s, %s", one[1], how)
        local found = inside(packet, one)
        if one.absent and how == "decoded" then expect(found[one.absent]):is_nil() end
        local _, said = pcall(function() return found[one.slip] end)
        expect(said):contains(("%s has no '%s' (did you mean '%s'?)"):format(one[1], one.slip,
          one.meant))
      end
    end
  end
end)

scenario("a packet that was changed is built of what it then is", function()
  local packet = decode(mcast.packet{ip = {destination = "239.1.2.3"},
    udp = {destination_port = 5}})
  packet.ip.ttl, packet.ip.options = 7, {{type = 130, value = "ab"}}
  expect(decode(packet).ip.ttl):equals(7)
  expect(decode(packet).ip.options):equals{{type = 130, value = "ab"}}
  expect(function() packet.ip.tll = 7 end):raises("did you mean 'ttl'")
end)

local hello = {type = "hello"}
local refused = {
  {{}, "nothing to build"},
  {5, "expected a table of layers, got 5"},
  {{igpm = {}}, "unknown field 'igpm' (did you mean 'igmp'?)"},
  {{igmp = {}}, "mcast.packet: igmp: type: missing; expected leave, query or report"},
  {{igmp = {typ = "query"}}, "mcast.packet: igmp: unknown field 'typ' (did you mean 'type'?)"},
  {{igmp = {type = "qeury"}},
    "igmp: type: expected \"query\" or \"report\" or \"leave\", got \"qeury\""},
  {{igmp = {type = "query", grup = 1}},
    "igmp: version 3 query: unknown field 'grup' (did you mean 'group'?)"},
  {{igmp = {type = "query", version = 2, sources = {}}},
    "version 2 query: unknown field 'sources'"},
  {{igmp = {type = "query", version = 4}}, "igmp: version: a query has version 1, 2 or 3, got 4"},
  {{igmp = {type = "leave", version = 3}}, "igmp: version: a leave has version 2, got 3"},
  {{igmp = {type = "query", robustness = 8}}, "robustness: expected an integer from 0 to 7, got 8"},
  {{igmp = {type = "query", version = 2, max_response = 30}},
    "max_response: expected seconds from 0.1 to 25.5, got 30"},
  {{igmp = {type = "report", version = 2}},
    "version 2 report: group: missing; expected a multicast address"},
  {{igmp = {type = "report", records = {{group = "239.1.2.3"}}}}, "records[1]: type: missing"},
  {{igmp = {type = "report", records = {{type = "allow", group = "::1"}}}},
    "records[1]: group: expected an IPv4 address, got \"::1\""},
  {{igmp = {type = "report", records = {{type = "alow", group = "239.1.2.3"}}}},
    "records[1]: type: expected \"is_include\""},
  {{ip6 = {}, igmp = {type = "query"}}, "igmp goes over ip, not over ip6"},
  {{ip = {}, mld = {type = "query"}}, "mld goes over ip6, not over ip"},
  {{ip = {}, ip6 = {}, udp = {}}, "both ip and ip6"},
  {{igmp = {type = "query"}, udp = {destination_port = 1}},
    "both udp and igmp: a packet carries one"},
  {{udp = {destination_port = 1}}, "ip: destination: missing; expected an IPv4 address"},
  {{ip = {destination = "239.1.2.3"}, udp = {}}, "udp: destination_port: missing"},
  {{ip = {ttl = 256}, igmp = {type = "query"}},
    "ip: ttl: expected an integer from 0 to 255, got 256"},
  {{ip = {fragment_offset = 7}, igmp = {type = "query"}},
    "fragment_offset: expected a multiple of 8"},
  {{ip6 = {fragment_offset = 8}, mld = {type = "query"}}, "a fragment has an extension header"},
  {{eth = {destination = "1:2"}, igmp = {type = "query"}},
    "eth: destination: expected an Ethernet address"},
  {{eth = {vlan = {}}, igmp = {type = "query"}}, "eth: vlan: id: missing"},
  {{eth = {}, payload = "x"}, "eth: type: missing"},
  {{pim = {type = "helo"}}, "pim: type: expected \"hello\""},
  {{pim = {type = "hello", upstream = "10.0.0.1"}}, "pim: unknown field 'upstream'"},
  {{pim = {type = "join_prune"}}, "pim: upstream: missing"},
  {{pim = {type = "register"}}, "ip: destination: missing"},
  {{pim = {type = "hello", lan_prune_delay = {propagation_delay = 40}}},
    "lan_prune_delay: propagation_delay: expected seconds from 0 to 32.767"},
  {{ip = {options = {{value = "x"}}}, pim = hello}, "ip: options[1]: type: missing"},
  {{ip = {options = {{type = 7, value = ("x"):rep(50)}}}, pim = hello},
    "longer than a packet can be"},
  {{ip = {destination = "10.0.0.1"}, payload = ("x"):rep(70000)}, "longer than a packet can be"},
}

scenario("what no packet has is refused with its place", function()
  for _, case in ipairs(refused) do
    local ok, problem = pcall(mcast.packet, case[1])
    expect(ok):is_false()
    expect(problem):contains(case[2])
    expect(problem):matches("^tests/lua/packet_spec.lua:%d+: ")
  end
  expect(function() mcast.decode(7) end):raises("mcast.decode: bytes: expected a string, got 7")
  expect(function() mcast.decode("", {layer = "udp"}) end)
    :raises("layer: expected \"ethernet\" or \"ip\"")
end)

scenario("any bytes are read without an error, and written again as they were", function()
  local random <const> = math.random
  math.randomseed(7)
  local seeds = {}
  for i, case in ipairs(defaults) do
    local packet = mcast.packet(case[1])
    seeds[2 * i - 1] = {packet:bytes(), "ip"}
    packet.eth = {}
    seeds[2 * i] = {packet:bytes(), "ethernet"}
  end
  for _ = 1, 2000 do
    local seed = seeds[random(#seeds)]
    local bytes, place = seed[1], random(#seed[1])
    bytes = bytes:sub(1, place - 1) .. string.char(random(0, 255)) .. bytes:sub(place + 1)
    if random(4) == 1 then bytes = bytes:sub(1, random(0, #bytes)) end
    local packet = mcast.decode(bytes, {layer = seed[2]})
    expect(tostring(packet)):exists()
    local again = packet:bytes()
    -- What is behind an IP packet without a frame is lost; the bytes of PIM say more than its fields.
    if seed[2] == "ip" then bytes = bytes:sub(1, #again) end
    if not packet.pim then expect(again):equals(bytes) end
  end
end)
