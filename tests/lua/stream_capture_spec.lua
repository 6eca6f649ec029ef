-- What receivers account for, against tshark's reading of what was on their wires.

local families = {"ipv4", "ipv6"}

-- Where the number stands in a probe, as hexadecimal digits (src/traffic/probe.h).
local number_in = {long = {33, 48}, short = {9, 18}}

--- How often each probe is in the saved file, by its number, as tshark sees it.
local function numbers_in(t, capture, form)
  local path = os.tmpname()
  t:defer(function() os.remove(path) end)
  capture:save(path)
  local result = capture.host:run{"tshark", "-r", path, "-T", "fields", "-e", "udp.payload",
    timeout = 20}
  expect(result.status):equals(0)
  local times, packets = {}, 0
  for payload in result.stdout:gmatch("%x+") do
    local number = tonumber(payload:sub(table.unpack(number_in[form])), 16)
    times[number], packets = (times[number] or 0) + 1, packets + 1
  end
  return times, packets
end

local function need_tshark(t)
  if not os.execute("command -v tshark >/dev/null") then t:skip("tshark is not installed") end
end

local function compare(t, wire, form, sent_number, got)
  local times, packets = numbers_in(t, wire, form)
  local distinct = 0
  for number in pairs(times) do
    if number >= sent_number then t:fail(("number %d was never sent"):format(number)) end
    distinct = distinct + 1
  end
  expect(distinct):equals(got.received)
  expect(packets - distinct):equals(got.duplicated)
end

local function count_with_tshark(t, family, size, form)
  need_tshark(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group{family = family}, t:port()
  local receiver = member:receiver{group = group, port = port}
  local filter = "udp dst port " .. port
  local out, into = source:capture{filter = filter}, member:capture{filter = filter}

  local flow = source:sender{group = group, port = port}:stream{rate = 2000, size = size}
  local function grows_by(count)
    local before = flow:at(receiver).received
    expect(eventually(function() return flow:at(receiver).received >= before + count end,
      {within = 10})):is_true()
  end
  grows_by(200)
  t:step("the cable is pulled")
  member.eth0:down()
  local at_down = flow.sent
  expect(eventually(function() return flow.sent > at_down + 100 end)):is_true()
  t:step("and put back")
  member.eth0:up()
  grows_by(200)
  flow:stop()

  local got = flow:at(receiver)
  expect(got.received + got.lost):equals(flow.sent)
  expect(got.lost):is_at_least(100)
  compare(t, into, form, flow.sent, got)
  local times, packets = numbers_in(t, out, form)
  expect(packets):equals(flow.sent)
  expect(times[flow.sent - 1]):equals(1)
  return out
end

scenario("tshark counts the same", {each = families, timeout = 60}, function(t)
  count_with_tshark(t, t.case, 100, "long")
end)

scenario("and of short probes", {timeout = 60}, function(t)
  local out = count_with_tshark(t, "ipv4", 18, "short")
  expect(out:packets()[1].length):equals(60) -- and the check sequence
end)

scenario("a paused source sends nothing, and catches up", function(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group(), t:port()
  local receiver = member:receiver{group = group, port = port}
  local flow = source:sender{group = group, port = port}:stream{rate = 1000, count = 1000}
  expect(eventually(function() return flow:at(receiver).received > 20 end)):is_true()
  source:pause()
  local sent, paused_at = flow.sent, mcast.now()
  expect(eventually(function() return mcast.now() - paused_at > 0.15 end)):is_true()
  expect(flow.sent):equals(sent)
  source:resume()
  expect(flow):reaches{member}
  -- no slot of the pause is left out; what the machine's own input queue had no room for is refused
  expect(flow.sent + flow.refused):equals(1000)
  expect(flow.late):is_at_least(0.1)
  expect(flow.kept_rate):is_false()
end)
