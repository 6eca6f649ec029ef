-- Captures: what they see, and that tshark, capinfos and dumpcap agree with it.

local families = {"ipv4", "ipv6"}

--- A folder of its own, removed at the end.
local function folder(t)
  local path = os.tmpname()
  os.remove(path)
  assert(os.execute("mkdir " .. path))
  t:defer(function() os.execute("rm -r " .. path) end)
  return path
end

local function need(t, program)
  if not os.execute("command -v " .. program .. " >/dev/null") then
    t:skip(program .. " is not installed")
  end
end

--- One list of fields per packet, as tshark reads the file.
local function tshark(host, path, ...)
  local command = {"tshark", "-r", path, "-T", "fields", "-E", "separator=|"}
  for _, field in ipairs{...} do table.move({"-e", field}, 1, 2, #command + 1, command) end
  local result, packets = host:run(command), {}
  expect(result.status):equals(0)
  for line in result.stdout:gmatch("[^\n]+") do
    local fields = {}
    for field in (line .. "|"):gmatch("([^|]*)|") do fields[#fields + 1] = field end
    packets[#packets + 1] = fields
  end
  return packets
end

scenario("capture: a datagram, at both ends of its way", {each = families}, function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group{family = t.case}, t:port()
  local filter = "udp dst port " .. port
  local out, into = a:capture{filter = filter}, b:capture{filter = filter}
  b:receiver{group = group, port = port}
  local sender = a:sender{group = group, port = port, ttl = 3}
  local sent = sender:send("hello")

  local left, came = out:wait(), into:wait()
  expect(left.direction):equals("out")
  expect(came.direction):equals("in")
  expect(came.interface):equals("eth0")
  expect(left.time >= sent.time and left.time <= came.time and came.time <= mcast.now()):is_true()
  expect(came.eth.source):equals(a.eth0.mac)
  local ip = came.ip or came.ip6
  expect(ip.source):equals(t.case == "ipv4" and a.address or a.address6)
  expect(ip.destination):equals(group)
  expect(ip.ttl or ip.hop_limit):equals(3)
  expect(came.udp.source_port):equals(sender.source_port)
  expect(came.udp.payload):equals("hello")
  expect(came.udp.checksum_valid):is_true()
  expect(tostring(out)):equals("capture on eth0 of host 'a'")
  expect(out.filter):equals(filter)
end)

scenario("capture: membership reports, by version 3 of IGMP and 2 of MLD", {each = families},
  function(t)
  local a = t:hosts("a")
  local group, port = t:group{family = t.case}, t:port()
  local capture = a:capture()
  local function reports(kind)
    return function(packet)
      for _, record in ipairs((packet.igmp or packet.mld or {}).records or {}) do
        if record.group == group and record.type == kind then return true end
      end
    end
  end
  local receiver = a:receiver{group = group, port = port}
  expect(capture):sees(reports("to_exclude"))
  receiver:close()
  local report = capture:wait(reports("to_include"))
  expect((report.igmp or report.mld).version):equals(t.case == "ipv4" and 3 or 2)
  expect(report.direction):equals("out")
  expect(capture:count(t.case == "ipv4" and "igmp" or "mld")):is_at_least(2)
end)

scenario("capture: each filter goes on behind the packet that it gave last", function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group(), t:port()
  local capture = b:capture{filter = "udp dst port " .. port}
  b:receiver{group = group, port = port}
  local sender = a:sender{group = group, port = port}
  for i = 1, 4 do sender:send(("x"):rep(i)) end

  expect(capture:wait("greater 46").length):equals(46)     -- 4 bytes
  expect(capture:wait().udp.payload):equals("x")
  expect(capture:wait().udp.payload):equals("xx")
  local seen = {}
  for i = 1, 4 do
    seen[i] = capture:wait(function(packet) return packet.udp end).udp.payload
  end
  expect(seen):equals{"x", "xx", "xxx", "xxxx"}
  local none, why = capture:wait("greater 46", {within = 0.02})
  expect(none):is_nil()
  expect(why):equals("timeout")

  t:step("what is cleared is gone, and the filters begin anew")
  capture:clear()
  expect(capture:count()):equals(0)
  expect({capture:wait{within = 0}}):equals{nil, "timeout"}
  sender:send("again")
  expect(capture:wait("greater 46").udp.payload):equals("again")
end)

scenario("capture: a waiting task sees what comes later", function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group(), t:port()
  local capture = b:capture()
  b:receiver{group = group, port = port}
  local task = mcast.spawn(function() return capture:wait("udp dst port " .. port) end)
  a:sender{group = group, port = port}:send("later")
  expect(task:join().udp.payload):equals("later")
end)

scenario("capture: count, packets, stop", function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group(), t:port()
  local capture, witness = b:capture{filter = "udp"}, b:capture{filter = "udp"}
  b:receiver{group = group, port = port}
  local sender = a:sender{group = group, port = port}
  sender:send("one")
  sender:send("two")
  local function to_port(packet) return packet.udp.destination_port == port end
  expect(eventually(function() return capture:count(to_port) == 2 end)):is_true()
  expect(#capture:packets("udp dst port " .. port)):equals(2)
  expect(capture:packets(to_port)[2].udp.payload):equals("two")

  expect(capture.stopped):is_false()
  capture:stop()
  capture:stop()
  expect(capture.stopped):is_true()
  sender:send("three")
  expect(eventually(function() return witness:count(to_port) == 3 end)):is_true()
  expect(capture:count(to_port)):equals(2)
  expect(capture):sees("udp dst port " .. port)
  expect({capture:wait("port 1", {within = 30})}):equals{nil, "timeout"}
end)

scenario("capture: what does not fit is counted", function(t)
  local a, b = t:hosts("a", "b")
  local group, port = t:group(), t:port()
  local capture = b:capture{filter = "udp dst port " .. port, limit = 1000}
  b:receiver{group = group, port = port}
  local sender = a:sender{group = group, port = port}
  for _ = 1, 20 do sender:send("hello") end
  expect(eventually(function() return capture:count() + capture.drops == 20 end)):is_true()
  expect(capture:count()):is_at_least(1)
  expect(capture.drops):is_at_least(1)
  capture:clear()
  expect(capture.drops):equals(0)
end)

local routed = topology("a router between two switches", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:router("r", {left, right})
  net:host("a", left)
  net:host("b", right)
end)

scenario("capture: all interfaces of a host, by time", {topology = routed}, function(t)
  local a, r, b = t:hosts("a", "r", "b")
  local group, port = t:group(), t:port()
  local capture = r:capture{filter = "udp dst port " .. port}
  r:mroute{group = group, source = a, to = {b}}
  b:receiver{group = group, port = port}
  local sender = a:sender{group = group, port = port, ttl = 9}
  for i = 1, 5 do expect(sender:send("number " .. i)):reaches{b} end

  expect(eventually(function() return capture:count() == 10 end)):is_true()
  local ways, before = {}, 0
  for i, packet in ipairs(capture:packets()) do
    ways[i] = ("%s %s %d"):format(packet.interface, packet.direction, packet.ip.ttl)
    expect(packet.time >= before):is_true()
    before = packet.time
  end
  for i = 1, 10, 2 do
    expect(ways[i]):equals("eth0 in 9")
    expect(ways[i + 1]):equals("eth1 out 8")
  end
  local one = r:capture{interfaces = {r.eth1, "eth0"}, filter = "udp"}
  expect(#one.interfaces):equals(2)
  expect(#r:capture{interface = "lo"}.interfaces):equals(1)
end)

scenario("capture: tshark and capinfos read the saved file", {topology = routed}, function(t)
  need(t, "tshark")
  local a, r, b = t:hosts("a", "r", "b")
  local group, port, path = t:group(), t:port(), folder(t) .. "/saved.pcapng"
  local udp = "udp dst port " .. port
  local capture, other = r:capture(), b:capture{filter = udp}
  r:mroute{group = group, source = a, to = {b}}
  b:receiver{group = group, port = port}
  local sender = a:sender{group = group, port = port, ttl = 9}
  t:step("a first datagram")
  sender:send("one")
  expect(other):sees(udp)
  t:step("and a second")
  sender:send("two and more")
  expect(other):sees(function(packet) return #packet.udp.payload > 3 end)
  for _, one in ipairs{capture, other} do one:stop() end -- the switches' reports go on
  expect(capture:save(path, {with = {other}})):equals(path)

  local mine, theirs = capture:packets(), tshark(a, path, "frame.interface_name",
    "frame.interface_id", "frame.time_epoch", "frame.len", "frame.packet_flags_direction",
    "eth.src", "frame.comment")
  expect(#theirs):equals(#mine + other:count())
  local at, comments = {}, {}
  local direction = {["in"] = "0x00000001", out = "0x00000002"}
  for _, fields in ipairs(theirs) do
    local name, _, time, length, way, source, comment = table.unpack(fields)
    if name:find("^r:") then
      at[#at + 1] = {time = time, packet = mine[#at + 1]}
      local packet = mine[#at]
      expect(name):equals("r:" .. packet.interface)
      expect(tonumber(length)):equals(packet.length)
      expect(way):equals(direction[packet.direction])
      expect(source):equals(packet.eth.source)
    elseif comment ~= "" then
      comments[#comments + 1] = comment
    end
  end
  expect(#at):equals(#mine)
  -- The same nanoseconds, but for where they begin to count.
  local first
  local offset = tonumber(at[1].time:match("^%d+")) - math.floor(at[1].packet.time)
  for _, one in ipairs(at) do
    local seconds, nanoseconds = one.time:match("^(%d+)%.(%d%d%d%d%d%d%d%d%d)$")
    local difference = (seconds - offset - one.packet.time) + nanoseconds / 1e9
    first = first or difference
    expect(difference):near(first, 2e-6)
  end
  expect(#comments):equals(2)
  expect(comments[1]):matches("^step: a first datagram.*spec%.lua:%d+: expect%(capture%):sees%(\"")
  expect(comments[2]):matches("^step: and a second.*sees%(function%) holds$")

  local checked = a:run{"tshark", "-r", path, "-o", "udp.check_checksum:TRUE", "-Y",
    "udp.checksum.status == 0"}
  expect(checked.stdout):equals("")
  local facts = a:run{"capinfos", path}.stdout
  expect(facts):matches("Number of packets:%s+" .. #theirs .. "\n")
  expect(facts):matches("Number of interfaces in file: 3\n")
  expect(facts):contains("nanoseconds (9)")
  expect(facts):matches("Name = r:eth0\n.*Name = r:eth1\n.*Name = b:eth0\n")
  expect(facts):contains("Filter string = " .. udp)
  expect(facts):matches("Strict time order:%s+True")
end)

scenario("capture: claims about datagrams point at their packets", function(t)
  need(t, "tshark")
  local a, b = t:hosts("a", "b")
  local group, port, path = t:group(), t:port(), folder(t) .. "/saved.pcapng"
  local capture = b:capture{filter = "udp dst port " .. port}
  b:receiver{group = group, port = port}
  local sender = a:sender{group = group, port = port}
  for _, text in ipairs{"same", "same", "longer"} do
    local sent = sender:send(text)
    expect(sent):reaches{b}
    if text == "longer" then expect(sent):reaches{b} end
  end
  capture:save(path)
  local packets = tshark(a, path, "frame.comment")
  expect(#packets):equals(3)
  local claim = "capture_spec%.lua:%d+: expect%(datagram%):reaches%(.-%) holds"
  expect(packets[1][1]):matches("^%S*" .. claim .. "$")
  expect(packets[2][1]):matches("^%S*" .. claim .. "$")
  for i = 1, 2 do expect(select(2, packets[i][1]:gsub("expect", ""))):equals(1) end
  expect(packets[3][1]):matches("^%S*" .. claim .. "\\n%S*" .. claim .. "$")
end)

scenario("capture: sees what dumpcap sees", {each = families}, function(t)
  need(t, "tshark")
  need(t, "dumpcap")
  local a, b = t:hosts("a", "b")
  local group, port, path = t:group{family = t.case}, t:port(), folder(t)
  local filter, packets = "udp dst port " .. port, 20
  b:receiver{group = group, port = port}
  local dumpcap = b:start{"dumpcap", "-p", "-q", "-i", "eth0", "-f", filter, "-c", packets, "-w",
    path .. "/theirs.pcapng"}
  dumpcap:expect_output("File: ", {within = 20})
  local capture = b:capture{filter = filter}
  local sender = a:sender{group = group, port = port}
  for i = 1, packets do sender:send(("x"):rep(i * 70)) end
  expect(dumpcap:wait{within = 20}.status):equals(0)
  expect(eventually(function() return capture:count() == packets end)):is_true()
  capture:save(path .. "/ours.pcapng")

  local fields = {"frame.time_epoch", "frame.len", "eth.src", "eth.dst", "_ws.col.Info",
    "udp.payload"}
  local ours = tshark(a, path .. "/ours.pcapng", table.unpack(fields))
  local theirs = tshark(a, path .. "/theirs.pcapng", table.unpack(fields))
  expect(#ours):equals(packets)
  expect(#theirs):equals(packets)
  for i, packet in ipairs(ours) do
    expect(tonumber(packet[1])):near(tonumber(theirs[i][1]), 0.001)
    packet[1], theirs[i][1] = "", ""
    expect(packet):equals(theirs[i])
  end
end)

scenario("capture: a file is saved where a path says, or it is said why not", function(t)
  local a = t:hosts("a")
  local capture, path = a:capture(), folder(t)
  expect(capture:save(path .. "/x.pcapng")):equals(path .. "/x.pcapng")
  local here = io.popen("pwd"):read("l")
  local relative = ("../"):rep(select(2, here:gsub("/", ""))) .. path:sub(2) .. "/y.pcapng"
  expect(capture:save(relative)):equals(here .. "/" .. relative)
  expect(io.open(path .. "/y.pcapng", "rb"):read(4)):equals("\x0a\x0d\x0d\x0a")
  local refused = {[path .. "/no/x"] = "ENOENT", [path] = "EISDIR", ["/dev/full"] = "ENOSPC"}
  for place, code in pairs(refused) do
    local ok, problem = pcall(capture.save, capture, place)
    expect(ok):is_false()
    expect(problem.code):equals(code)
    expect(tostring(problem)):contains("host a: save packets to " .. place .. ": ")
  end
end)
