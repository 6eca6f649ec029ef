-- mcast.measure: what is refused, what a latency is, and what it means when there is none.
local try = require("mcast.expect").try

local families = {"ipv4", "ipv6"}

local function lan(t, family, rate)
  local member, stayer, source = t:hosts("member", "stayer", "source")
  local group, port = t:group{family = family or "ipv4"}, t:port()
  stayer:receiver{group = group, port = port}
  local sender = source:sender{group = group, port = port}
  return {member = member, stayer = stayer, source = source, group = group, port = port,
    sender = sender, flow = sender:stream{rate = rate or 1000}}
end

local function refuses(word, given, words)
  expect(function() mcast.measure[word](given) end):raises(words)
end

-- ---- what is refused -------------------------------------------------------------------------

scenario("a wrong option is refused with its value", function(t)
  local on = lan(t)
  for _, word in ipairs{"join", "leave"} do
    local where = "mcast%.measure%." .. word .. ": "
    refuses(word, {hosts = on.member, from = on.flow}, where .. "unknown option 'hosts'.*'host'")
    refuses(word, {from = on.flow}, where .. "host: missing; expected a host, or a list of hosts")
    refuses(word, {host = on.member}, where .. "from: missing; expected a flow")
    refuses(word, {host = {}, from = on.flow}, where .. "host: expected a host, or a list")
    refuses(word, {host = "member", from = on.flow}, 'host: expected a host.*got "member"')
    refuses(word, {host = on.member, from = on.sender}, "from: expected a flow, got sender")
    refuses(word, {host = on.member, from = on.flow, group = "239.9.9.9"},
      where .. "group: the stream goes to " .. on.group .. ", not to 239%.9%.9%.9")
    refuses(word, {host = on.member, from = on.flow, group = "10.1.1.1"}, "a multicast address")
    refuses(word, {host = on.source, from = on.flow}, "host 'source' sends the stream")
    refuses(word, {host = {on.member, on.member}, from = on.flow}, "'member' is there twice")
    refuses(word, {host = on.member, from = on.flow, within = -1}, "within: expected a number")
  end
end)

scenario("a host that is where it would get to is refused", function(t)
  local on = lan(t)
  refuses("join", {host = on.stayer, from = on.flow}, "'stayer' is a member of " .. on.group
    .. " already")
  refuses("leave", {host = on.member, from = on.flow}, "'member' has no receiver that is a member")
  on.member:socket():add_membership(on.group)
  refuses("join", {host = on.member, from = on.flow}, "'member' is a member of .* already")
end)

scenario("a stream that is over is refused", function(t)
  local on = lan(t)
  on.flow:stop()
  for _, word in ipairs{"join", "leave"} do
    refuses(word, {host = on.stayer, from = on.flow}, "from: the stream .* is over")
  end
end)

scenario("a change needs two streams to two groups", function(t)
  local on = lan(t)
  local other = on.source:sender{group = on.group, port = t:port()}:stream{rate = 100}
  refuses("channel_change", {host = on.stayer, from = on.flow}, "to: missing; expected a flow")
  refuses("channel_change", {host = on.stayer, from = on.flow, to = other},
    "to: both streams go to " .. on.group)
  other:stop()
  refuses("channel_change", {host = on.stayer, from = on.flow, to = other}, "to: .* is over")
end)

-- ---- what is measured ------------------------------------------------------------------------

--- The flow's own account and gaps say the same.
scenario("a join takes until the first datagram", {each = families}, function(t)
  local on = lan(t, t.case)
  local before = mcast.now()
  local joined = mcast.measure.join{host = on.member, group = on.group, from = on.flow}
  local entry = joined:at(on.member)

  expect(joined):takes_at_most(10)
  local first = on.flow:at(entry.receiver).first
  expect(entry.latency):is_at_least(0)
  expect(entry.latency):is_at_most(first - before)
  expect(first - before - entry.latency):is_at_most(5)
  expect(joined.resolution):is_at_least(0.001)
  expect(joined.leaked):is_nil()
  expect(#joined.missing):equals(0)
  expect(on.member):is_member(on.group)
end)

scenario("a leave takes until the last datagram on the wire", {each = families}, function(t)
  local on = lan(t, t.case)
  on.member:receiver{group = on.group, port = on.port}
  t.net.switches.lan:set{last_member_interval = 0.2}
  local left = mcast.measure.leave{host = on.member, from = on.flow}

  expect(left):takes_at_most(10)
  expect(left.max):is_at_least(0.35) -- two queries, 0.2 s apart
  expect(left.leaked):is_at_least(100)
  expect(left.leaked):is_at_most(on.flow.sent)
  expect(on.member):is_not_member(on.group)
end)

--- As many leak as the stream sent until the last of them, whatever else goes to the group.
scenario("only the stream that is measured leaks", {each = families}, function(t)
  local on = lan(t, t.case, 200)
  local source_port = on.sender.source_port
  on.stayer:sender{group = on.group, port = on.port, source_port = source_port}
    :stream{rate = 2000}
  on.sender:stream{rate = 2000}
  on.member:receiver{group = on.group, port = on.port}
  local left = mcast.measure.leave{host = on.member, from = on.flow}
  local slow = on.flow:stop().rate
  expect(left.leaked):is_at_most(math.ceil((left.max + 2 * left.resolution) * slow) + 1)
  expect(left.leaked):is_at_least(1)
end)

scenario("with fast leave hardly anything leaks", {each = families}, function(t)
  local on = lan(t, t.case)
  on.member:receiver{group = on.group, port = on.port}
  t.net.switches.lan:set{fast_leave = true, last_member_interval = 20}
  expect(mcast.measure.leave{host = on.member, from = on.flow}):takes_at_most(15)
end)

scenario("a source-specific member joins and leaves", {each = families}, function(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group{family = t.case, ssm = true}, t:port()
  local flow = source:sender{group = group, port = port}:stream{rate = 1000}
  local address = t.case == "ipv6" and source.address6 or source.address
  local joined = mcast.measure.join{host = member, group = group, from = flow, source = address}
  expect(joined):takes_at_most(10)
  expect(member):is_member(group, {source = address})
  expect(mcast.measure.leave{host = member, from = flow}):takes_at_most(10)
  expect(member):is_not_member(group)
end)

scenario("many hosts have percentiles", function(t)
  local names = {}
  for i = 1, 30 do names[i] = "member" .. i end
  local members, source = {t:hosts(table.unpack(names))}, t:hosts("source")
  local flow = source:sender{group = t:group(), port = t:port()}:stream{rate = 200}

  for _, word in ipairs{"join", "leave"} do
    local took = mcast.measure[word]{host = members, from = flow}
    expect(took):takes_at_most(10)
    expect(#took.entries):equals(30)
    local order = {took.min, took.p50, took.p90, took.p99, took.max}
    for i = 2, #order do expect(order[i]):is_at_least(order[i - 1]) end
    expect(took.mean):is_at_least(took.min)
    expect(took.max):is_at_least(took.mean)
  end
end)

scenario("a change of the channel overlaps while the old one leaks", {each = families}, function(t)
  local on = lan(t, t.case)
  local sender = on.source:sender{group = t:group{family = t.case}, port = t:port()}
  local other = sender:stream{rate = 500}
  t.net.switches.lan:set{last_member_interval = 0.2}
  local changed = mcast.measure.channel_change{host = on.stayer, from = on.flow, to = other}
  local entry = changed:at(on.stayer)

  expect(changed):takes_at_most{max = 1, overlap = 2}
  expect(changed.resolution):is_at_least(0.002)
  expect(entry.leave_latency):is_at_least(0.35)
  expect(entry.overlap):near(entry.leave_latency - entry.latency, 0.3)
  expect(on.stayer):is_member(sender.group)
  expect(on.stayer):is_not_member(on.group)
end)

local function is_member(host, group)
  for _, membership in ipairs(host:memberships()) do
    if membership.group == group then return true end
  end
  return false
end

-- ---- no answer -------------------------------------------------------------------------------

scenario("who gets nothing is infinitely slow", function(t)
  local on = lan(t)
  on.member:block{group = on.group, direction = "in"}
  local joined = mcast.measure.join{host = on.member, from = on.flow, within = 0.3}
  expect(joined.max):equals(math.huge)
  expect(joined.mean):equals(math.huge)
  expect(#joined.missing):equals(1)
  expect(tostring(joined)):matches("by member: none %(resolution")
  expect(joined:at(on.member).why):matches("nothing came within 300 ms: member did not get it")
  local verdict = try(joined):takes_at_most(10)
  expect(verdict.ok):is_false()
  expect(verdict.inconclusive):is_false()
end)

scenario("who gets nothing makes the others no faster", function(t)
  local member, other, source = t:hosts("member", "other", "source")
  local group, port = t:group(), t:port()
  member:block{group = group, direction = "in"}
  local flow = source:sender{group = group, port = port}:stream{rate = 1000}
  local joined = mcast.measure.join{host = {member, other}, from = flow, within = 0.3}
  expect(joined.min < math.huge):is_true()
  expect(tostring(joined)):matches("p99 none, max none %(resolution")
end)

-- On a loaded machine the stream, or who listens, may be held up at the end: that proves nothing.
scenario("a switch that floods has no end", function(t)
  local on = lan(t)
  local receiver = on.member:receiver{group = on.group, port = on.port}
  t.net.switches.lan:set{snooping = false}
  local left, verdict
  for _ = 1, 50 do
    left = mcast.measure.leave{host = on.member, from = on.flow, within = 0.3}
    verdict = try(left):takes_at_most(10)
    expect(verdict.ok):is_false()
    if not verdict.inconclusive then break end
    receiver:join(on.group)
  end
  expect(verdict.inconclusive):is_false()
  expect(left.max):equals(math.huge)
  expect(left.leaked):is_at_least(100)
end)

scenario("what was not proved is inconclusive", function(t)
  local on = lan(t)
  on.member:receiver{group = on.group, port = on.port}
  mcast.spawn(function()
    eventually(function() return not is_member(on.member, on.group) end)
    on.flow:stop()
  end)
  local left = mcast.measure.leave{host = on.member, from = on.flow}
  expect(left.max):equals(math.huge)
  expect(left:at(on.member).why):equals("the stream ended meanwhile")
  expect(try(left):takes_at_most(10).inconclusive):is_true()
end)

--- The sender stands still for as long.
local function hold(host, seconds)
  local began = mcast.now()
  host:pause()
  eventually(function() return mcast.now() - began >= seconds end, {within = 30})
  host:resume()
end

scenario("an interface that is down does not leave", {each = families}, function(t)
  local on = lan(t, t.case)
  on.member:receiver{group = on.group, port = on.port}
  t.net.switches.lan:set{last_member_interval = 2}
  local cut = mcast.spawn(function()
    eventually(function() return not is_member(on.member, on.group) end)
    on.member.eth0:down()
  end)
  local left = mcast.measure.leave{host = on.member, from = on.flow}
  cut:join()
  local verdict = try(left):takes_at_most(5)
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):contains("eth0 of host 'member' was down meanwhile")
end)

scenario("a pause of the stream is in the resolution, whatever was before", function(t)
  local on = lan(t)
  local source = on.flow.host
  on.member:receiver{group = on.group, port = on.port}
  hold(source, 1.5)
  expect(eventually(function() -- it has caught up
    return on.flow.sent >= 1000 * (mcast.now() - on.flow.started) - 100
  end, {within = 30})):is_true()
  expect(on.flow.late):is_at_least(1)
  local task = mcast.spawn(function()
    eventually(function() return not is_member(on.member, on.group) end, {within = 30})
    hold(source, 0.2)
  end)
  local left = mcast.measure.leave{host = on.member, from = on.flow, within = 30}
  task:join()
  expect(left.resolution):is_at_least(0.15)
end)

scenario("so is one of a stream without a rate", function(t)
  local on = lan(t)
  on.member:receiver{group = on.group, port = on.port}
  local flow = on.sender:stream{size = 200}
  local task = mcast.spawn(function()
    eventually(function() return not is_member(on.member, on.group) end, {within = 30})
    hold(on.source, 0.2)
  end)
  local left = mcast.measure.leave{host = on.member, from = flow, within = 30}
  task:join()
  expect(left.resolution):is_at_least(0.15)
  expect(flow:stop().late):equals(0)
end)

scenario("a bound below the resolution proves nothing", function(t)
  local on = lan(t, nil, 10)
  on.member:receiver{group = on.group, port = on.port}
  t.net.switches.lan:set{fast_leave = true}
  local left = mcast.measure.leave{host = on.member, from = on.flow}
  expect(left.resolution):is_at_least(0.1)
  expect(try(left):takes_at_most(left.max + left.resolution / 2).inconclusive):is_true()
  local joined = mcast.measure.join{host = on.member, from = on.flow}
  expect(joined.resolution):is_at_least(0.1)
  expect(try(joined):takes_at_most(joined.max).ok):is_true()
  expect(try(joined):takes_at_most(math.max(0, joined.max - joined.resolution / 2)).inconclusive)
    :is_true()
  expect(function() try(left):takes_at_most{} end):raises("bounds: expected seconds")
  expect(function() try(left):takes_at_most{overlap = 1} end):raises("overlap: expected none of a")
end)
