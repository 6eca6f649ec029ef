-- mcast.traffic.mix: how the rate is shared, what a seed decides, how it ends; tests/harness has what is refused.

local function lan(t)
  local net = {}
  net.left, net.right, net.member = t:hosts("left", "right", "member")
  return net
end

scenario("each group has a stream of its own, dealt out to the hosts in turn", function(t)
  local net = lan(t)
  local mix = mcast.traffic.mix{from = {net.left, net.right}, groups = 5, rate = 1000, ttl = 3,
    size = 200, family = "ipv6"}
  expect(#mix.flows):equals(5)
  expect(mix.running):is_true()
  for i, flow in ipairs(mix.flows) do
    expect(flow.host):equals(i % 2 == 1 and net.left or net.right)
    expect(flow.group):equals(mix.groups[i])
    expect(flow.family):equals("ipv6")
    expect(flow.port):equals(mix.port)
    expect(flow.size):equals(200)
    expect(flow.ttl):equals(3)
    expect(flow.wanted_rate):near(200, 1e-6)
  end
  expect(mix:stop().running):is_false()
  local sent = 0
  for _, flow in ipairs(mix.flows) do sent = sent + flow.sent end
  expect(mix.sent):equals(sent)
end)

scenario("by weights", function(t)
  local net = lan(t)
  local function shares(weights)
    return mcast.traffic.mix{from = net.left, groups = 3, rate = 1000, count = 100,
      weights = weights}:wait()
  end
  local zipf, listed, uniform = shares("zipf"), shares{1, 2, 5}, shares("uniform")
  expect(zipf.shares[1] / zipf.shares[3]):near(3, 1e-9)
  expect(zipf.flows[1].wanted_rate):near(1000 * 6 / 11, 0.001)
  expect(listed.flows[3].wanted_rate):near(625, 1e-6)
  expect(uniform.flows[2].wanted_rate):near(1000 / 3, 0.001)
  for _, mix in ipairs{zipf, listed, uniform} do expect(mix.sent):equals(100) end
  expect({zipf.flows[1].sent, zipf.flows[2].sent, zipf.flows[3].sent}):equals{55, 27, 18}
  expect({listed.flows[1].sent, listed.flows[2].sent, listed.flows[3].sent}):equals{13, 25, 62}
end)

local shapes = {"constant", "poisson", {on = 0.01, off = 0.02}}

scenario("the seed alone decides when each packet is due", {each = {1, 2, 3}}, function(t)
  local net, shape = lan(t), shapes[t.case]
  local function schedules(given)
    local mix = mcast.traffic.mix{from = given.from or net.left, groups = given.groups or 3,
      rate = 3000, shape = shape, duration = 0.05, seed = given.seed}:wait()
    local list = {}
    for i, flow in ipairs(mix.flows) do
      list[i] = flow:schedule(100000)
      expect(flow.sent):equals(#list[i])
      expect(list[i][1]):equals(0)
      expect(list[i][#list[i]] < 0.05):is_true()
    end
    return list, mix
  end

  local first, mix = schedules{seed = 5}
  expect(mix.seed):equals(5)
  -- An even stream that is a little late at its end has not kept its rate either, if it is a short one.
  if shape ~= "constant" or mix.late <= 0.005 then expect(mix.kept_rate):equals(mix.late <= 0.1) end
  expect(schedules{seed = 5, from = net.right, groups = {"239.7.7.1", "239.7.7.2", "239.7.7.3"}})
    :equals(first)
  local other = schedules{seed = 6}
  for i = 1, 3 do
    expect(other[i][2] == first[i][2]):is_false()
    expect(first[i % 3 + 1][2] == first[i][2]):is_false() -- each group has its own
  end
  local _, run_1 = schedules{}
  local _, run_2 = schedules{} -- nor does a scenario send the same mix twice
  expect(run_1.seed == run_2.seed):is_false()
end)

scenario("packets arrive as the schedule says", function(t)
  local net = lan(t)
  local group, port = t:group(), t:port()
  net.member:receiver{group = group, port = port}
  local mix = mcast.traffic.mix{from = net.left, groups = {group}, port = port, rate = 500,
    shape = "poisson", count = 100}:wait()
  local flow = mix.flows[1]
  local due = flow:schedule(1000)
  expect(#due):equals(100)
  expect(mix.sent):equals(100)
  local got = flow:at(net.member)
  expect(got.received):equals(100)
  -- Nothing is early.
  expect(got.last - flow.started):is_at_least(due[100])
  expect(mix.refused):equals(0)
end)

scenario("evenly spaced streams have schedules, too", function(t)
  local net = lan(t)
  local sender = net.left:sender{group = t:group(), port = t:port()}
  local flow = sender:stream{rate = 1000, burst = 2, count = 5}
  expect(flow:schedule(10)):equals{0, 0, 0.002, 0.002, 0.004}
  expect(flow.shape):equals("constant")
  local fast = sender:stream{count = 1}
  expect(fast.shape):is_nil()
  expect(function() fast:schedule(1) end):raises("has no rate")
  expect(function() flow:schedule(0) end):raises("count: expected an integer from 1")
end)

scenario("waiting has a deadline", function(t)
  local mix = mcast.traffic.mix{from = lan(t).left, groups = 2, rate = 100}
  local nothing, why = mix:wait{within = 0.01}
  expect(nothing):is_nil()
  expect(why):equals("timeout")
  mix:stop()
  expect(mix:wait()):equals(mix)
end)

scenario("when one cannot begin, none goes on", function(t)
  local net = lan(t)
  net.right.eth0:down()
  expect(function() mcast.traffic.mix{from = {net.left, net.right}, groups = 4, rate = 1000} end)
    :raises("ENETUNREACH")
  expect(#net.left._flows):equals(1)
  expect(net.left._flows[1].running):is_false()
end)

scenario("a latency is not measured by an uneven stream", function(t)
  local net = lan(t)
  local mix = mcast.traffic.mix{from = net.left, groups = 1, rate = 1000, shape = "poisson"}
  expect(function() mcast.measure.join{host = net.member, from = mix.flows[1]} end)
    :raises("not evenly spaced %(shape poisson%)")
end)
