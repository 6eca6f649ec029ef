-- Bursts: what comes at once arrives as well as what comes evenly.
--
--     source                a, b            bystander
--     nothing, then         members         bound to the port,
--     all at once                           member of nothing
--        |                    |                 |
--    ----+--------------------+-----------------+----  lan
--
-- Applications seldom send evenly: a market opens, a picture changes, a file is announced. Moderate
-- bursts come ten times a second; then 5,000 and 50,000 datagrams as fast as the sender can. On
-- equipment this asks for the buffers of ports; here for those of the receivers, which get 4 MiB
-- and are read in between. Who asks for less and does not read loses, and knows how much.
-- socket(7) on SO_RCVBUF, RFC 2432 section 3.2.

local families = {"ipv4", "ipv6"}
local size = param("size", 200, "bytes of payload")

--- A network that is not ours learns of members in its own time.
local function await_members(sender, receivers)
  expect(eventually(function()
    sender:send("are you there?")
    for _, receiver in ipairs(receivers) do
      if receiver:count() == 0 then return false end
    end
    return true
  end, {within = 5, every = 0.05})):is_true()
end

local function open(t, given)
  local a, b, bystander, source = t:hosts("a", "b", "bystander", "source")
  local group, port = t:group{family = t.case}, t:port()
  local sender, receivers = source:sender{group = group, port = port}, {}
  for i, member in ipairs{a, b} do receivers[i] = member:receiver{group = group, port = port} end
  await_members(sender, receivers)
  local deaf = bystander:receiver{port = port, family = t.case}
  return {a, b}, deaf, sender:stream(given)
end

scenario("moderate bursts", {each = families}, function(t)
  local members, deaf, flow = open(t, {rate = 1000, burst = 100, count = 1000, size = size})
  expect(flow):reaches(members, {reordered = 0})
  expect(deaf):receives_nothing()
end)

for _, burst in ipairs{5000, 50000} do
  scenario(("a burst of %d"):format(burst), {each = families}, function(t)
    local members, deaf, flow = open(t, {count = burst, size = size})
    expect(flow):reaches(members, {reordered = 0})
    expect(deaf):receives_nothing()
    expect(flow:at(members[1]).received):equals(burst)
  end)
end

scenario("who does not read loses what does not fit", {each = families}, function(t)
  local source, reader, sleeper = t:hosts("source", "reader", "sleeper")
  local group, port = t:group{family = t.case}, t:port()
  local awake = reader:receiver{group = group, port = port}
  local asleep = sleeper:receiver{group = group, port = port, receive_buffer = 65536}
  local sender = source:sender{group = group, port = port}
  await_members(sender, {awake, asleep})
  expect(sender:send("both listen")):reaches{reader, sleeper}

  sleeper:pause()
  local flow = sender:stream{count = 5000, size = size}:wait()
  sleeper:resume()
  expect(flow:at(reader).received):equals(5000)
  local got = flow:at(asleep)
  expect(got.drops):is_at_least(1)
  expect(got.lost):equals(got.drops)
end)
