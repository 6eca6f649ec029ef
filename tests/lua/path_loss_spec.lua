-- mcast.measure.path_loss: what a lossy path hides of a latency is in its resolution, and decides no claim.
local path_loss = require "mcast.measure.path_loss"
local try = require("mcast.expect").try

local families = {"ipv4", "ipv6"}
local rate, interval = 20, 0.05
-- What a busy machine may take for one host longer than for another; and for the report of one behind a link
-- in user space.
local slack, report_slack = 0.1, 1

local function names_of(count)
  local names = {}
  for i = 1, count do names[i] = "lossy" .. i end
  return table.unpack(names)
end

local function lose(host, given)
  given.direction = "in"
  host.eth0:impair(given)
end

--- A host that loses nothing, and others of which each loses by a seed of its own.
local function lan(t, count, family)
  local lossy, clean, source = {t:hosts(names_of(count))}, t:hosts("clean", "source")
  local group, port = t:group{family = family}, t:port()
  for i, host in ipairs(lossy) do lose(host, {loss = i % 2 == 0 and 0.5 or 0.3, seed = i}) end
  return {lossy = lossy, clean = clean, source = source, group = group, port = port,
    all = table.move(lossy, 1, count, 2, {clean}),
    flow = source:sender{group = group, port = port}:stream{rate = rate}}
end

local function become_members(on)
  for _, host in ipairs(on.all) do host:receiver{group = on.group, port = on.port} end
end

local function check_each(measured, on, check)
  for _, host in ipairs(on.lossy) do check(measured:at(host), measured:at(on.clean)) end
end

-- ---- how many in a row -----------------------------------------------------------------------

local function in_a_row(span, lost, longest)
  return path_loss.in_a_row(path_loss.seen(span, lost, longest))
end

scenario("as many in a row as chance makes rarely", function()
  expect(in_a_row(0, 0, 0)):equals(0)
  expect(in_a_row(20, 0, 0)):equals(0)
  expect(in_a_row(1000000, 500000, 19)):equals(19)
  expect(in_a_row(1000000, 500000, 3)):equals(13) -- 0.5 ^ 14 < 1e-4
  expect(in_a_row(1000000, 10000, 1)):equals(2) -- 0.01 ^ 3
  expect(in_a_row(1000, 10, 10)):equals(10) -- all at once
end)

scenario("of few that came those that did not are lost, too", function()
  local seen = path_loss.with_silence(path_loss.seen(2, 0, 0), 18)
  expect({seen.span, seen.lost, seen.longest}):equals{20, 18, 18}
  seen = path_loss.with_silence(path_loss.seen(2, 0, 0), 1) -- on its way
  expect({seen.span, seen.lost, seen.longest}):equals{2, 0, 0}
  seen = path_loss.with_silence(path_loss.seen(20, 1, 1), 18)
  expect({seen.span, seen.lost, seen.longest}):equals{20, 1, 1}
end)

scenario("the fewer were looked at, the more", function()
  expect(in_a_row(20, 10, 4)):is_at_least(in_a_row(200, 100, 4) + 1)
end)

-- ---- what was measured -----------------------------------------------------------------------

scenario("the true leave lies within the resolution", {each = families}, function(t)
  local on = lan(t, 16, t.case)
  t.net.switches.lan:set{last_member_interval = 0.5}
  become_members(on)
  local left = mcast.measure.leave{host = on.all, from = on.flow, within = 20}
  check_each(left, on, function(entry, clean)
    expect(entry.why):is_nil()
    expect(clean.latency):is_at_most(entry.latency + entry.resolution + slack)
    expect(entry.latency):is_at_most(clean.latency + clean.resolution + report_slack)
    expect(entry.resolution):is_at_least(clean.resolution + interval / 2)
  end)
end)

--- The switch forwards at once, and the clean host has the first datagram that there is.
scenario("the true join lies within the resolution", {each = families}, function(t)
  local on = lan(t, 16, t.case)
  local joined = mcast.measure.join{host = on.all, from = on.flow}
  check_each(joined, on, function(entry, clean)
    expect(entry.latency - entry.resolution):is_at_most(clean.latency + report_slack)
    expect(entry.resolution):is_at_least(clean.resolution + interval / 2)
  end)
end)

scenario("without loss nothing changes", {each = families}, function(t)
  local on = lan(t, 1, t.case)
  local reordered = {duplicate = 0.5, delay = 2.4 * interval, reorder = 0.3, seed = 7}
  for _, step in ipairs{{"join", {duplicate = 0.5, seed = 7}}, {"leave", reordered}} do
    local word, done = table.unpack(step)
    lose(on.lossy[1], done)
    local measured = mcast.measure[word]{host = on.all, from = on.flow}
    for _, entry in ipairs(measured.entries) do
      expect(entry.resolution):is_at_least(interval)
      expect(entry.resolution):is_at_most(interval + on.flow.late + 1e-6)
    end
    expect(measured.resolution):equals(measured.entries[1].resolution)
  end
end)

-- ---- what is claimed -------------------------------------------------------------------------

local function is_open(measured, bounds)
  local verdict = try(measured):takes_at_most(bounds)
  expect(verdict.inconclusive):is_true()
  expect(verdict.message):matches("the path to lossy%d+ lost %d+ of %d+ datagrams while it was a "
    .. "member, and up to %d+ in a row")
end

scenario("what a leave lost decides no claim", {each = families}, function(t)
  local on = lan(t, 2, t.case)
  become_members(on)
  local left = mcast.measure.leave{host = on.lossy, from = on.flow}
  is_open(left, left.max + 1.2 * interval)
  is_open(left, {max = 100, leaked = left.leaked})
  expect(try(left):takes_at_most{max = left.max + left.resolution, leaked = 1000}.ok):is_true()
end)

scenario("nor does what a join lost", {each = families}, function(t)
  local on = lan(t, 16, t.case)
  local joined = mcast.measure.join{host = on.lossy, from = on.flow}
  is_open(joined, 0.001)
  expect(try(joined):takes_at_most(joined.max).ok):is_true()
end)

scenario("nor what a change did", {each = families}, function(t)
  local on = lan(t, 1, t.case)
  t.net.switches.lan:set{last_member_interval = 0.5}
  local other = on.source:sender{group = t:group{family = t.case}, port = t:port()}
  become_members(on)
  local changed = mcast.measure.channel_change{host = on.lossy, from = on.flow,
    to = other:stream{rate = rate}}
  is_open(changed, {overlap = changed:at(on.lossy[1]).overlap + 2.2 * interval})
  is_open(changed, changed.max / 2)
  expect(try(changed):takes_at_most{max = changed.max, overlap = 100}.ok):is_true()
end)

scenario("lossy hosts leave the numbers of the others alone", function(t)
  local second, third = t:hosts("second", "third")
  local on = lan(t, 2)
  on.all = {on.lossy[1], on.lossy[2], on.clean, second, third}
  become_members(on)
  local left = mcast.measure.leave{host = on.all, from = on.flow}
  local bound = 0
  for _, host in ipairs{on.clean, second, third} do
    bound = math.max(bound, left:at(host).latency + left:at(host).resolution)
  end
  expect(try(left):takes_at_most{p50 = bound}.ok):is_true()
  is_open(left, {p50 = bound, max = left.max + left:at(on.clean).resolution + interval / 2})
end)

scenario("a silence that may be loss is no end", function(t)
  local on = lan(t, 2)
  become_members(on)
  t.net.switches.lan:set{snooping = false}
  on.lossy[2].eth0:impair{loss = 0.9, direction = "in", seed = 3}
  local left = mcast.measure.leave{host = on.lossy[2], from = on.flow, within = 2}
  local verdict = try(left):takes_at_most(1.5)
  expect(verdict.ok):is_false()
end)
