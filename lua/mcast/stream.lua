--- sender:stream{...}: a measured stream of numbered probes, moved in C. What it was asked for is
--- checked here; what becomes of it is a flow (mcast.flow).
local core = require "mcast.core"
local address = require "mcast.address"
local errors = require "mcast.errors"
local flow = require "mcast.flow"
local lockstep = require "mcast.lockstep"
local machine = require "mcast.machine"
local options = require "mcast.options"
local pause = require "mcast.pause"
local rate = require "mcast.rate"
local show = require "mcast.show"
local types = require "mcast.types"

local stream = {}

local where = "sender:stream"
local default_size = 100

-- src/traffic/probe.h, and RFC 768 over IPv4 and IPv6.
local least_size = 18
stream.least_size = least_size
local largest_size = { ipv4 = 65507, ipv6 = 65527 }
local header_size = { ipv4 = 28, ipv6 = 48 }

-- Receivers of a stream get this much buffer, as far as the kernel lets us, unless the scenario has
-- chosen one: what the network delivered is to be lost in the network or not at all.
local receive_buffer = 4 << 20

local function positive_seconds(value)
  if type(value) ~= "number" or not (value > 0 and value < 1e9) then
    return nil, "a number of seconds above 0"
  end
  return value
end

--- How large it may be depends on the sender.
local function bytes(value)
  local number = math.type(value) and math.tointeger(value)
  return number, not number and "an integer, bytes of payload" or nil
end

local spec = {
  rate = rate.type, size = bytes, count = types.integer(1, (1 << 40) - 1),
  duration = positive_seconds, burst = types.integer(1, 1 << 31), offload = types.boolean,
  lockstep = types.boolean,
}

-- ---- what was asked for ----------------------------------------------------------------------

--- How large a datagram can be, and what the MTU has to do with it.
local function check_size(sender, size)
  local largest, mtu = largest_size[sender.family], sender._mtu
  if size >= least_size and size <= largest then return end
  local fits = mtu and ("; the MTU of %s is %d: more than %d bytes travel in fragments"):format(
    sender._interface_name, mtu, mtu - header_size[sender.family]) or ""
  if size < least_size then
    errors.usage("%s: size: expected %d to %d bytes of payload, got %d: a probe carries its run, "
      .. "flow, number, time and check sum in %d bytes", where, least_size, largest, size,
      least_size)
  end
  errors.usage("%s: size: expected %d to %d bytes of payload (the largest of a UDP datagram over "
    .. "%s), got %d%s", where, least_size, largest, sender.family == "ipv6" and "IPv6" or "IPv4",
    size, fits)
end

local function check_together(wanted)
  if wanted.count and wanted.duration then
    errors.usage("%s: count and duration: give one of them, or neither to send until it is "
      .. "stopped", where)
  end
  if wanted.burst and not wanted.rate then
    errors.usage("%s: rate: missing; a burst of %d is sent again and again at some average rate",
      where, wanted.burst)
  end
end

---@return table plan for core.stream, with `pps`
local function read(sender, given)
  local wanted = options.check(where, given, spec)
  wanted.size = wanted.size or default_size
  check_size(sender, wanted.size)
  check_together(wanted)
  wanted.pps = wanted.rate and rate.packets(wanted.rate, wanted.size) or nil
  if wanted.pps and (wanted.pps > 1e8 or wanted.pps < 1e-6) then
    errors.usage("%s: rate: expected 0.000001 to 100000000 packets per second, got %s: %.6g "
      .. "packets of %d bytes", where, show.value(given.rate), wanted.pps, wanted.size)
  end
  return wanted
end

-- ---- offload ---------------------------------------------------------------------------------

--- Why many datagrams may not travel in one buffer; nil: they may.
local function offload_obstacle(sender, size)
  local network = sender.host.network
  if network._offload_forbidden then return network._offload_forbidden end
  if sender._mtu and size + header_size[sender.family] > sender._mtu then
    return ("%d bytes do not fit into one frame"):format(size)
  end
  return nil
end

-- ---- receivers -------------------------------------------------------------------------------

--- Could it hear the flow?
---@param receiver mcast.Receiver
---@param one mcast.Flow
local function is_concerned(receiver, one)
  return receiver.port == one.port and receiver.family == one.family and not receiver._closed
end

local function prepare(receiver, one)
  if not receiver._own_buffer then
    receiver._endpoint:socket():set("receive_buffer", receive_buffer)
    receiver._own_buffer = true
  end
  if one._offload then receiver._endpoint:coalesce(true) end
end

--- A receiver was opened: streams that run towards it are prepared for it.
---@param receiver mcast.Receiver
function stream.welcome(receiver)
  for _, one in ipairs(receiver.host.network._flows) do
    if one.running and is_concerned(receiver, one) then prepare(receiver, one) end
  end
end

-- ---- starting --------------------------------------------------------------------------------

--- Before it starts, so that nothing is missed.
---@return mcast.Receiver[] that could hear it
local function prepare_all(sender, one)
  local concerned = {}
  core.drain()
  for _, receiver in ipairs(sender.host.network._receivers) do
    if is_concerned(receiver, one) then
      prepare(receiver, one)
      receiver:_sample_drops()
      one._messages_before[receiver] = receiver._endpoint:count()
      concerned[#concerned + 1] = receiver
    end
  end
  return concerned
end

--- Claims of silence ask what was sent, and whether it left.
local function note(sender, one)
  sender.host.network._sends:add { host = sender.host, family = sender.family, to = sender.group,
    port = sender.port, source_port = sender.source_port, length = one.size,
    ttl = one.ttl, loop = one._loop, is_told = true,
    time = one.started, last_time = function() return one:_last_time() end,
    departed = function() return one.departed end }
end

---@param sender mcast.Sender
---@param given table|nil
---@param shape {kind: string, on: number?, off: number?, seed: integer, together: number}|nil  nil: evenly
--- spaced; `together`: packets per second of all that are started with it
---@return mcast.Flow
function stream.start(sender, given, shape)
  if sender.closed then errors.usage("%s: the sender is closed", where) end
  pause.refuse(sender.host, where)
  local wanted = read(sender, given)
  wanted.shape = shape or {}
  local network = sender.host.network
  network._run:await_ready()
  local obstacle = wanted.offload and offload_obstacle(sender, wanted.size) or nil
  local one = flow.new(sender, wanted, obstacle)
  one._lockstep = lockstep.is_wanted(sender, wanted, prepare_all(sender, one), receive_buffer)
  one._machine_drops = machine.drops()
  one:_start(errors.on_host(sender.host.name, core.stream, sender._endpoint, {
    to = address.canonical(sender.group), port = sender.port, size = wanted.size,
    rate = wanted.pps, burst = wanted.burst, count = wanted.count, duration = wanted.duration,
    offload = one._offload, shape = wanted.shape.kind, on = wanted.shape.on,
    off = wanted.shape.off, seed = wanted.shape.seed, lockstep = one._lockstep }))
  table.insert(network._flows, one)
  sender.host._flows = sender.host._flows or {}
  table.insert(sender.host._flows, one)
  note(sender, one)
  return one
end

return stream
