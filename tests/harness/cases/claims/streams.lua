-- Claims on streams: too much lost, the wrong ones reached, nothing proved, a rate that was not kept.
-- expect: exit 1
-- expect: stdout   <any>gap of <any> at +<any>: <number> lost (step "a is away")
-- expect: failed "one is no member" stream from host 'source' to 239.1.2.3 port 5000: expected to reach a and deaf, none lost and none twice, seen a: deaf did not get it: its receiver has not joined 239.1.2.3 (23)
-- expect: failed "one should not have got it" stream from host 'source' to 239.1.2.3 port 5000: expected to reach a, none lost and none twice, seen a and b: b got 100 of it and should not have (31)
-- expect: failed "nobody, but one did" stream from host 'source' to 239.1.2.3 port 5000: expected to reach nobody, seen a: a got 100 of it and should not have (37)
-- expect: failed "a gap" stream from host 'source' to 239.1.2.3 port 5000: expected to reach a, at most 1 % lost, none twice and no gap above 100 ms, seen a (without <number>): a lost <number> of <number> (<number> %; 1 % allowed) and was dark for <any> (at most 100 ms allowed): its receiver left 239.1.2.3 <any> after the stream began (53)
-- expect: failed "opened too late" stream from host 'source' to 239.1.2.3 port 5000: expected to reach a, none lost and none twice, seen a (without <number>): a lost <number> of <number> (<number> %; none allowed): its receiver was opened <any> after the stream began (62)
-- expect: inconclusive "closed while it is measured" stream from host 'source' to 239.1.2.3 port 5000: inconclusive, because receiver on host 'a' (239.1.2.3 port 5000) was closed <any> after the stream began, when it had got <number> of <number> (73)
-- expect: inconclusive "nobody could hear it" stream from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no receiver that could have heard it (78)
-- expect: inconclusive "it never left its host" stream from host 'source' to 239.1.2.3 port 5000: inconclusive, because there is no proof that the stream left host 'source' (its TTL is 0) (86)
-- expect: failed "too slow" stream from host 'source' to 239.1.2.3 port 5000: expected to reach a, none lost, none twice and p50 latency 0.1 us, seen a: a had a latency of <any> (p50; at most 0.1 us allowed) (93)
-- expect: failed "a rate that nobody can keep" stream from host 'source' to 239.1.2.3 port 5000: it did not keep its rate: <number> of 5e+07 packets per second (at worst <any> late) (100)
-- expect: broken "a stream that is not over" expect(flow):reaches: stream from host 'source' to 239.1.2.3 port 5000 runs until it is stopped: stop it first (flow:stop()), or give it a count or a duration (107)

local group, port = "239.1.2.3", 5000

scenario("one is no member", function(t)
  local a, deaf, source = t:hosts("a", "deaf", "source")
  a:receiver{group = group, port = port}
  deaf:receiver{port = port}
  local flow = source:sender{group = group, port = port}:stream{count = 100}
  expect(flow):reaches({a, deaf}, {within = 0.1})
end)

scenario("one should not have got it", function(t)
  local a, b, source = t:hosts("a", "b", "source")
  a:receiver{group = group, port = port}
  b:receiver{group = group, port = port}
  local flow = source:sender{group = group, port = port}:stream{count = 100}
  expect(flow):reaches{a}
end)

scenario("nobody, but one did", function(t)
  local a, source = t:hosts("a", "source")
  a:receiver{group = group, port = port}
  expect(source:sender{group = group, port = port}:stream{count = 100}):reaches_nobody()
end)

scenario("a gap", function(t)
  local a, source = t:hosts("a", "source")
  local receiver = a:receiver{group = group, port = port}
  t:step("a is a member")
  local flow = source:sender{group = group, port = port}:stream{rate = 2000}
  expect(eventually(function() return flow.sent >= 300 end)):is_true()
  t:step("a is away")
  receiver:leave(group)
  local left = flow.sent
  expect(eventually(function() return flow.sent >= left + 700 end)):is_true()
  receiver:join(group)
  local before = flow:at(a).received
  expect(eventually(function() return flow:at(a).received > before + 300 end)):is_true()
  expect(flow:stop()):reaches({a}, {loss = "1%", longest_gap = 0.1, within = 0.1})
end)

scenario("opened too late", function(t)
  local a, source = t:hosts("a", "source")
  local flow = source:sender{group = group, port = port}:stream{rate = 2000}
  expect(eventually(function() return flow.sent >= 50 end)):is_true()
  a:receiver{group = group, port = port}
  expect(eventually(function() return flow:at(a).received >= 50 end)):is_true()
  expect(flow:stop()):reaches({a}, {within = 0.1})
end)

scenario("closed while it is measured", function(t)
  local a, source = t:hosts("a", "source")
  local receiver = a:receiver{group = group, port = port}
  local flow = source:sender{group = group, port = port}:stream{rate = 2000}
  expect(eventually(function() return flow:at(receiver).received >= 50 end)):is_true()
  receiver:close()
  local sent = flow.sent
  expect(eventually(function() return flow.sent >= sent + 50 end)):is_true()
  expect(flow:stop()):reaches({a}, {within = 0.1})
end)

scenario("nobody could hear it", function(t)
  local source = t:hosts("source")
  expect(source:sender{group = group, port = port}:stream{count = 100}):reaches_nobody()
end)

scenario("it never left its host", function(t)
  local a, source = t:hosts("a", "source")
  a:receiver{group = group, port = port}
  source:receiver{group = group, port = port} -- else Linux lets TTL 0 out
  local sender = source:sender{group = group, port = port, ttl = 0, loop = false}
  expect(sender:stream{count = 100}):reaches_nobody()
end)

scenario("too slow", function(t)
  local a, source = t:hosts("a", "source")
  a:receiver{group = group, port = port}
  local flow = source:sender{group = group, port = port}:stream{count = 100, rate = 1000}
  expect(flow):reaches({a}, {latency = {p50 = 0.0000001}})
end)

scenario("a rate that nobody can keep", function(t)
  local a, source = t:hosts("a", "source")
  a:receiver{group = group, port = port}
  local flow = source:sender{group = group, port = port}:stream{rate = 5e7, count = 20000}
  expect(flow):keeps_rate()
end)

scenario("a stream that is not over", function(t)
  local a, source = t:hosts("a", "source")
  a:receiver{group = group, port = port}
  local flow = source:sender{group = group, port = port}:stream{rate = 100}
  expect(flow):reaches{a}
end)
