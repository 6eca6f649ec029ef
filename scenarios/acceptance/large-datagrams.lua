-- A stream of large datagrams, each of which travels in many fragments.
--
--     source                      a, b                    bystander
--     8,000 and 60,000 bytes      members                 bound to the port,
--     in frames of 1,500          put them together       member of nothing
--        |                          |                         |
--    ----+--------------------------+-------------------------+----  lan, MTU 1500
--
-- Only the first fragment has the ports, and a datagram is lost if one of its fragments is: what
-- drops one frame in a thousand drops one datagram of 60,000 bytes in 25. Every byte is checked.
-- RFC 791 section 3.2, RFC 8200 section 4.5.

local families = {"ipv4", "ipv6"}
local sizes = {8000, 60000}

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

local function open(t)
  local a, b, bystander, source = t:hosts("a", "b", "bystander", "source")
  local group, port = t:group{family = t.case}, t:port()
  local sender, receivers = source:sender{group = group, port = port}, {}
  for i, member in ipairs{a, b} do receivers[i] = member:receiver{group = group, port = port} end
  await_members(sender, receivers)
  return {a, b}, bystander, sender
end

scenario("all of it arrives, and not a byte is changed", {each = families}, function(t)
  local members, bystander, sender = open(t)
  local deaf = bystander:receiver{port = sender.port, family = t.case}
  local wire = bystander:observer{group = sender.group}

  for _, size in ipairs(sizes) do
    t:step(size .. " bytes")
    local flow = sender:stream{rate = 200, size = size, count = 50}
    expect(flow):reaches(members)
    for _, member in ipairs(members) do
      expect(flow:at(member).corrupted):equals(0)
      expect(flow:at(member).bytes):equals(50 * size)
    end
  end
  expect(deaf):receives_nothing()
  expect(wire):sees_nothing()
end)

scenario("one fragment that is lost takes its datagram along", {each = families}, function(t)
  local members, _, sender = open(t)
  local lossy = members[2].eth0:impair{drop = {every = 30, only = "greater 1000"}, direction = "in"}

  local flow = sender:stream{rate = 200, size = 8000, count = 50}:wait()
  expect(flow:at(members[1]).lost):equals(0)
  expect(eventually(function() return lossy.seen > 0 and lossy.held == 0 end)):is_true()
  expect(flow:at(members[2]).lost):equals(lossy.dropped)
  expect(lossy.dropped):is_at_least(5)
end)
