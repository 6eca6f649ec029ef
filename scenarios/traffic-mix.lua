-- Many groups at once, as a plant or an exchange has them: a few carry most of the traffic, and none is
-- evenly spaced. Who joined some gets those whole, and nothing of the others.
--
--      left, right        viewer            recorder        bystander
--      20 groups,         member of the     member of       bound to the port,
--      2,000 pps          first three       all             member of nothing
--         |                  |                 |                |
--     ----+------------------+-----------------+----------------+----  lan
--
-- The groups share the rate by Zipf's law: the n-th has 1/n of the first one's. Each schedule comes from
-- the run's seed, which the report names: the same seed sends the same traffic again (--seed).

local cases = {"constant", "poisson", {on = 0.02, off = 0.03}}

local function open(t)
  local net = {}
  net.left, net.right, net.viewer, net.recorder, net.bystander =
    t:hosts("left", "right", "viewer", "recorder", "bystander")
  local groups, port = {}, t:port()
  for i = 1, 20 do groups[i] = t:group() end
  net.recorder:receiver{groups = groups, port = port}
  net.viewer:receiver{groups = {groups[1], groups[2], groups[3]}, port = port}
  net.deaf = net.bystander:receiver{port = port}
  return net, groups, port
end

for _, shape in ipairs(cases) do
  local name = type(shape) == "table" and "on and off" or shape
  scenario("each member gets its groups whole, and no others: " .. name, function(t)
    local net, groups, port = open(t)

    t:step("the mix runs")
    local mix = mcast.traffic.mix{from = {net.left, net.right}, groups = groups, port = port,
      rate = 2000, weights = "zipf", shape = shape, size = 400, duration = 0.5}
    expect(mix:wait{within = 20}):equals(mix)
    t:log("%s: %d sent by the seed %d", tostring(mix), mix.sent, mix.seed)

    t:step("what came of it")
    for i, flow in ipairs(mix.flows) do
      local members = i <= 3 and {net.viewer, net.recorder} or {net.recorder}
      expect(flow):reaches(members)
    end
    expect(net.deaf):receives_nothing()
    expect(mix.flows[1].wanted_rate):near(20 * mix.flows[20].wanted_rate, 1e-6)
  end)
end

scenario("the same seed sends the same again", function(t)
  local net, groups, port = open(t)
  local function send(seed)
    return mcast.traffic.mix{from = net.left, groups = groups, port = port, rate = 2000,
      shape = "poisson", duration = 0.2, seed = seed}:wait()
  end

  local first, again, other = send(7), send(7), send(8)
  expect(again.sent):equals(first.sent)
  for i, flow in ipairs(first.flows) do
    expect(flow):reaches{net.recorder, i <= 3 and net.viewer or nil}
    expect(again.flows[i].sent):equals(flow.sent)
    expect(again.flows[i]:schedule(100)):equals(flow:schedule(100))
    expect(other.flows[i]:schedule(2)[2] == flow:schedule(2)[2]):is_false()
  end
end)
