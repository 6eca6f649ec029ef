-- What saved captures say of their packets, as tshark reads it.

local families = {"ipv4", "ipv6"}

--- The comments of the saved captures, for each interface by the number of the packet on it:
--- {["b:eth0"] = {[3] = "..."}}; and how many packets there are.
local function comments_of(t, capture, more)
  if not os.execute("command -v tshark >/dev/null") then t:skip("tshark is not installed") end
  local path = os.tmpname()
  t:defer(function() os.remove(path) end)
  capture:save(path, more)
  -- The last occurrence: in front of the comment, tshark 4.4 has each of its lines.
  local result = capture.host:run{"tshark", "-r", path, "-T", "fields", "-E", "separator=|",
    "-E", "occurrence=l", "-e", "frame.interface_name", "-e", "frame.comment", timeout = 30}
  expect(result.status):equals(0)
  local found, count = {}, {}
  for name, comment in result.stdout:gmatch("([^|\n]*)|([^\n]*)") do
    count[name] = (count[name] or 0) + 1
    found[name] = found[name] or {}
    if comment ~= "" then found[name][count[name]] = comment:gsub("\\n", "\n") end
  end
  return found, count
end

local function numbers(comments)
  local list = {}
  for i in pairs(comments) do list[#list + 1] = i end
  table.sort(list)
  return list
end

scenario("a claim about a stream: its ends, its gaps, and what a receiver lost", {each = families},
  function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local filter = "udp dst port " .. port
  local out, into = source:capture{filter = filter}, member:capture{filter = filter}
  member:receiver{group = group, port = port}
  local lost = {11, 12, 13, 40}
  member.eth0:impair{direction = "in", drop = {nth = lost, only = filter}}
  local sender = source:sender{group = group, port = port}
  sender:stream{rate = 2000, count = 5}:wait() -- no claim is about this one
  member.eth0:impair{direction = "in", drop = {nth = lost, only = filter}}
  local flow = sender:stream{rate = 2000, count = 100}
  expect(flow):reaches({member}, {loss = 4})
  expect(flow):reaches({member}, {loss = 7})

  local found, count = comments_of(t, out, {with = {into}})
  expect(count):equals{["source:eth0"] = 105, ["member:eth0"] = 101}
  local left, came = found["source:eth0"], found["member:eth0"]
  expect(numbers(left)):equals{6, 16, 45, 105}
  expect(numbers(came)):equals{6, 15, 16, 41, 42, 101}

  local claims = "\n%S*comments_spec.lua:%d+: expect%(flow%):reaches%(.*loss = 4.*%) holds"
    .. "\n%S*comments_spec.lua:%d+: expect%(flow%):reaches%(.*loss = 7.*%) holds$"
  expect(came[6]):matches("^first of the stream here: number 1 of 100" .. claims)
  expect(came[15]):matches("^next comes a gap: 3 missing, numbers 11 to 13" .. claims)
  expect(came[16]):matches("^behind a gap: 3 missing, numbers 11 to 13" .. claims)
  expect(came[41]):matches("^next comes a gap: 1 missing, number 40" .. claims)
  expect(came[42]):matches("^behind a gap: 1 missing, number 40" .. claims)
  expect(came[101]):matches("^last of the stream here: number 100 of 100: here 4 missing" .. claims)
  local gap = "number %d: here begins a gap of receiver on host 'member' %%(.*%%), %d missing"
  expect(left[16]):matches("^" .. gap:format(11, 3) .. claims)
  expect(left[45]):matches("^" .. gap:format(40, 1) .. claims)
  expect(left[105]):matches("^last of the stream here: number 100 of 100" .. claims)
end)

scenario("a claim about a stream: what came twice, and what came late", function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group(), t:port()
  local filter = "udp dst port " .. port
  local into = member:capture{filter = filter}
  member:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  member.eth0:impair{direction = "in", duplicate = 1, only = filter}
  local twice = sender:stream{count = 20}
  expect(twice):reaches({member}, {duplicates = 20})
  member.eth0:impair{direction = "in", delay = 1, reorder = 0.5, seed = 1, only = filter}
  local mixed = sender:stream{count = 20}
  expect(mixed):reaches({member}, {within = 10, reordered = 20, quiet = 0})

  local found = comments_of(t, into)["member:eth0"]
  local again, late = {}, {}
  for i, comment in pairs(found) do
    if comment:find("again: the first of 20", 1, true) then again[#again + 1] = i end
    if comment:find("the first of %d+ that came late") then late[#late + 1] = i end
    expect(comment:find("gap", 1, true)):is_nil() -- what came late is not lost
  end
  expect(again):equals{2}
  expect(found[2]):matches("^number 1 again: the first of 20\n")
  expect(found[40]):matches("^last of the stream here: number 20 of 20: here 20 again\n")
  expect(#late):equals(1)
  local number, before = found[late[1]]:match("number (%d+) behind number (%d+): the first")
  expect(tonumber(number)):is_at_most(tonumber(before))
end)

local routed = topology("a router between two switches", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:router("r", {left, right})
  net:host("a", left)
  net:host("b", right)
end)

scenario("injected packets: who injected them, when, and the claims that name them",
  {each = families, topology = routed}, function(t)
  local a, r, b = t:hosts("a", "r", "b")
  local group, port = t:group{family = t.case}, t:port()
  local wire = r:capture{filter = "udp dst port " .. port}
  b:receiver{group = group, port = port}
  r:mroute{group = group, source = a, to = {b}}
  b:observer{group = group}
  local header = t.case == "ipv4" and {ip = {destination = group, ttl = 9}}
    or {ip6 = {destination = group, hop_limit = 9}}
  header.udp = {source_port = port, destination_port = port, payload = "one"}
  t:step("the forged one")
  local one = a:inject(header)
  expect(one):crosses{r, b}
  t:step("one that nobody claims anything of")
  header.udp.payload = "two"
  a:inject(header)
  expect(wire):sees(function(packet) return packet.udp.payload == "two" and
    packet.interface == "eth1" end)
  t:step("what the host's own stack sends")
  expect(a:sender{group = group, port = port, ttl = 9}:send("three")):reaches{b}

  local found = comments_of(t, wire)
  local named = '^injected by host \'a\' in step "the forged one"\n'
    .. "%S*comments_spec.lua:%d+: expect%(injection%):crosses%(.-%) holds$"
  expect(found["r:eth0"][1]:gsub("^step: the forged one\n", "")):matches(named)
  expect(found["r:eth1"][1]):matches(named)
  local unnamed = 'injected by host \'a\' in step "one that nobody claims anything of"'
  expect(found["r:eth0"][2]):contains(unnamed)
  expect(found["r:eth0"][3]:find("injected", 1, true)):is_nil()
  expect(found["r:eth1"][2]):matches("^" .. unnamed
    .. "\n%S*comments_spec.lua:%d+: expect%(capture%):sees%(function%) holds$")
end)

scenario("every fragment of a datagram has the claim and its place", {each = families}, function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group{family = t.case}, t:port()
  local fragments = t.case == "ipv4" and "ip[6:2] & 0x3fff != 0" or "ip6[6] == 44"
  local wire = b:capture{filter = fragments}
  b:receiver{group = group, port = port}
  local sender = a:sender{group = group, port = port}
  sender:send(("y"):rep(3000)) -- no claim is about this one
  expect(sender:send(("x"):rep(4000))):reaches{b}
  expect(sender:stream{count = 3, size = 2000}):reaches{b}

  local found, count = comments_of(t, wire)
  local comments = found["b:eth0"]
  expect(count["b:eth0"]):equals(3 + 3 + 6)
  expect(numbers(comments)):equals{4, 5, 6, 7, 8, 11, 12}
  for n = 1, 3 do
    expect(comments[3 + n]):matches("^%S*comments_spec.lua:%d+: expect%(datagram%):reaches%(.-%) "
      .. "holds\nfragment " .. n .. " of 3$")
  end
  for n = 1, 2 do
    expect(comments[6 + n]):matches("^first of the stream .*\nfragment " .. n .. " of 2$")
    expect(comments[10 + n]):matches("^last of the stream .*\nfragment " .. n .. " of 2$")
  end
end)

scenario("claims about what a receiver and an observer heard", {each = families}, function(t)
  local source, member, watcher = t:hosts("source", "member", "watcher")
  local group, port = t:group{family = t.case}, t:port()
  local filter = "dst host " .. group
  local into, past = member:capture{filter = filter}, watcher:capture{filter = filter}
  local out = source:capture{filter = filter}
  local receiver = member:receiver{group = group, port = port}
  local observer = member:observer()
  watcher:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  for i = 1, 5 do sender:send("message " .. i) end
  sender:send(("fragments "):rep(300))
  expect(receiver):receives("message 2")
  expect(receiver):receives(function(message) return message.data:find("4$") end)
  expect(receiver):receives("^fragments")
  expect(observer):sees("message 2")

  local found = comments_of(t, into, {with = {out, past}})
  expect(found["source:eth0"]):equals{}
  expect(found["watcher:eth0"]):equals{}
  local came = found["member:eth0"]
  expect(came[2]):matches(
    '^%S*comments_spec.lua:%d+: expect%(receiver%):receives%("message 2"%) holds\n'
    .. '%S*comments_spec.lua:%d+: expect%(observer%):sees%(.*%) holds$')
  expect(came[4]):matches("expect%(receiver%):receives%(.*%) holds$")
  expect(came[6]):matches("expect%(receiver%):receives%(\"^fragments\"%) holds")
  expect({came[1], came[3], came[5]}):equals{}
end)
