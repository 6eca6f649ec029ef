-- A steady stream: every member gets all of it, and nobody else any.
--
--      source           a, b, c          bystander
--      1,000 probes     members of       bound to the port,
--      per second       the group        member of nothing
--         |                |                 |
--     ----+----------------+-----------------+----  lan
--
-- Each probe has a number, a time and a check sum, so that what was lost, doubled, reordered or late
-- is counted and not guessed: received + lost = sent, at each receiver. Reordered is meant as in
-- RFC 4737; the rates are those of the sender's schedule.

local families = {"ipv4", "ipv6"}

local function open(t)
  local a, b, c, bystander, source = t:hosts("a", "b", "c", "bystander", "source")
  local group, port = t:group{family = t.case}, t:port()
  for _, member in ipairs{a, b, c} do member:receiver{group = group, port = port} end
  local deaf = bystander:receiver{port = port, family = t.case}
  return {a, b, c}, deaf, source:sender{group = group, port = port}
end

scenario("a steady stream reaches its members, and nothing is lost", {each = families}, function(t)
  local members, deaf, sender = open(t)

  local flow = sender:stream{rate = 1000, size = 200, duration = 0.5}
  expect(flow):reaches(members)
  expect(deaf):receives_nothing()

  for _, member in ipairs(members) do
    local got = flow:at(member)
    expect(got.received):equals(500)
    expect(got.reordered):equals(0)
    expect(got.hops):equals(0)
    expect(got.latency.max):is_at_least(got.latency.p50)
  end
end)

scenario("as fast as possible, and nothing is lost", {each = families}, function(t)
  local members, deaf, sender = open(t)

  expect(sender:stream{count = 20000, size = 1400}):reaches(members)
  expect(deaf):receives_nothing()
end)

scenario("bursts larger than a receive buffer", {each = families}, function(t)
  local members, deaf, sender = open(t)

  local flow = sender:stream{rate = 10000, burst = 1000, count = 3000, size = 1400}
  expect(flow):reaches(members)
  expect(deaf):receives_nothing()
end)

scenario("who leaves gets no more, and the others get all", {each = families}, function(t)
  local members, _, sender = open(t)
  local leaver = members[3]:receiver{group = t:group{family = t.case}, port = sender.port}

  t:step("the leaver is a member")
  leaver:join(sender.group)
  local flow = sender:stream{rate = 2000}
  expect(eventually(function() return flow:at(leaver).received > 100 end)):is_true()

  t:step("it leaves")
  leaver:leave(sender.group)
  local left_at = mcast.now()
  expect(eventually(function() return mcast.now() - left_at > 0.05 end)):is_true()
  flow:stop()

  local got = flow:at(leaver)
  expect(got.last):is_at_most(left_at + 0.001)
  expect(got.received + got.lost):equals(flow.sent)
  expect(got.gaps[got.gap_count].lost):is_at_least(1)
  expect(flow):reaches(members)
end)
