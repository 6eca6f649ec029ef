-- Streams in lockstep with who hears them, and streams from a thread of their own: which are which,
-- and that the latter keep their schedule while the scenario is busy with other things.
local lockstep = require "mcast.lockstep"

local families = {"ipv4", "ipv6"}

local function open(t, given)
  local member, source = t:hosts("member", "source")
  local group, port = t:group{family = t.case or "ipv4"}, t:port()
  local wanted = {group = group, port = port}
  for key, value in pairs(given or {}) do wanted[key] = value end
  return member:receiver(wanted), source:sender{group = group, port = port}
end

--- No turn for anybody else, until `is_done()`.
local function stay_busy(is_done)
  local deadline = mcast.now() + 60
  while not is_done() do
    if mcast.now() > deadline then error("it did not come to pass within 60 s") end
  end
end

-- ---- while the scenario is busy --------------------------------------------------------------

scenario("packets leave when they are due while the scenario does not yield", {each = families},
  function(t)
    local receiver, sender = open(t)
    local flow = sender:stream{rate = 2000, count = 500}
    expect(flow.lockstep):equals(false)
    stay_busy(function() return flow.sent == 500 end)
    expect(flow.running):equals(true) -- nobody has been told of its end yet
    expect(flow):reaches({receiver.host}, {loss = 0})
    -- By the kernel's stamp the last one was not early, either; the clock may be slewed meanwhile.
    expect(flow:at(receiver).last - flow.started):is_at_least(499 / 2000 - 0.001)
  end)

-- The buffer that receivers of streams get holds some 0.4 s of it.
scenario("nothing is lost in a buffer while the scenario computes for seconds", {each = families},
  function(t)
    local receiver, sender = open(t)
    local flow = sender:stream{rate = 10000, count = 20000, size = 1316}
    expect(flow.lockstep):equals(false)
    stay_busy(function() return flow.sent == 20000 end)
    expect(flow):reaches({receiver.host}, {loss = 0})
    local got = flow:at(receiver)
    expect(got.received):equals(20000)
    expect(got.duplicated + got.reordered + got.corrupted + got.drops):equals(0)
    expect(receiver.drops):equals(0)
  end)

scenario("in lockstep nothing leaves meanwhile, and all of it later", function(t)
  local receiver, sender = open(t)
  local flow = sender:stream{rate = 2000, count = 200, lockstep = true}
  expect(flow.lockstep):equals(true)
  local busy_until = mcast.now() + 0.2
  stay_busy(function() return mcast.now() > busy_until end)
  expect(flow.sent):equals(1)
  expect(flow):reaches({receiver.host}, {loss = 0})
  expect(flow.late):is_at_least(0.15)
end)

scenario("what is under way does not count as lost", function(t)
  local receiver, sender = open(t)
  local flow = sender:stream{rate = 5000, lockstep = false}
  local alike = 0
  stay_busy(function()
    local got = flow:at(receiver)
    -- A kernel that is busy itself brings the last of it somewhat later.
    if got.lost == 0 and got.received > 100 * alike and #got.gaps == 0 then alike = alike + 1 end
    return alike == 10
  end)
  flow:stop()
  expect(flow):reaches({receiver.host}, {loss = 0})
end)

-- ---- which are which -------------------------------------------------------------------------

scenario("what is too fast for the receivers' buffers goes in lockstep", function(t)
  local _, sender = open(t)
  local function goes(given)
    local flow = sender:stream(given):stop()
    return flow.lockstep
  end
  expect(goes{rate = 100, size = 40}):equals(false)
  expect(goes{}):equals(true)
  expect(goes{lockstep = false}):equals(false)
  expect(goes{rate = 100, lockstep = true}):equals(true)
  expect(goes{rate = 100, burst = 50000}):equals(true)
  expect(goes{rate = 1e6}):equals(true)
end)

scenario("a small buffer holds little", function(t)
  local _, sender = open(t, {receive_buffer = 8192})
  expect(sender:stream{rate = 1000}:stop().lockstep):equals(true)
  expect(sender:stream{rate = 10}:stop().lockstep):equals(false)
end)

scenario("a buffer is too small when it holds less than a quarter of a second", function()
  local function too_fast(wanted, buffer)
    wanted.shape = wanted.shape or {}
    return lockstep.is_too_fast(wanted, buffer)
  end
  expect(lockstep.room(100)):equals(768)
  expect(lockstep.room(1400)):equals(2304)
  expect(too_fast({pps = 4000, size = 100}, 1001 * 768)):equals(false)
  expect(too_fast({pps = 4000, size = 100}, 1001 * 768 - 1)):equals(true)
  expect(too_fast({pps = 4000, size = 100, burst = 10}, 1001 * 768)):equals(true)
  expect(too_fast({pps = 4, size = 100, shape = {together = 4001}}, 1001 * 768)):equals(true)
  local shape = {kind = "on/off", on = 1, off = 3}
  expect(too_fast({pps = 1000, size = 100, shape = shape}, 1001 * 768)):equals(false)
  expect(too_fast({pps = 1001, size = 100, shape = shape}, 1001 * 768)):equals(true)
  expect(too_fast({size = 100}, 1 << 40)):equals(true)
end)

scenario("with nobody to hear it the sender's place decides", function()
  local function goes(attached, wanted)
    wanted.size, wanted.shape = 100, {}
    return lockstep.is_wanted({host = {_attached = attached}}, wanted, {}, 4 << 20)
  end
  expect(goes(false, {pps = 1000})):equals(false)
  expect(goes(false, {})):equals(true)
  expect(goes("eth1 of this machine", {})):equals(false)
  expect(goes("eth1 of this machine", {lockstep = true})):equals(true)
end)
