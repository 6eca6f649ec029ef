--- A flow: a measured stream that was started, and what each receiver got of it.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local flow_account = require "mcast.flow_account"
local hosts = require "mcast.host"
local options = require "mcast.options"
local rate = require "mcast.rate"
local types = require "mcast.types"
local words = require "mcast.words"

local flow = {}

---@class mcast.Flow
---@field sender mcast.Sender
---@field host mcast.Host of the sender
---@field group string
---@field port integer
---@field family "ipv4"|"ipv6"
---@field ttl integer
---@field size integer
local Flow = class.define("flow")
flow.class = Flow

function Flow.metatable.__tostring(self)
  return ("stream from host '%s' to %s port %d"):format(self.host.name, self.group, self.port)
end

local function ttl_of(sender)
  return sender._endpoint:socket():get(sender._is_unicast and "unicast_ttl" or "multicast_ttl")
end

---@param sender mcast.Sender
---@param wanted table what mcast.stream has checked
---@param obstacle string|nil why it may not be offloaded
---@return mcast.Flow
function flow.new(sender, wanted, obstacle)
  return class.new(Flow, { sender = sender, host = sender.host, group = sender.group,
    port = sender.port, family = sender.family, size = wanted.size,
    ttl = ttl_of(sender), _loop = sender.loop, _wanted_rate = wanted.pps or false,
    _burst = wanted.burst or 1, _is_endless = not wanted.count and not wanted.duration,
    _shape = wanted.shape.kind or "constant",
    _offload = wanted.offload and not obstacle or false, _obstacle = obstacle or false,
    _lockstep = false, _messages_before = {}, _machine_drops = 0, _told = false })
end

function Flow.methods._start(self, raw)
  self._raw = raw
  self._started = raw:status().start
end

--- What the sender knows.
local function status(self)
  return self._raw:status()
end

-- ---- how it was sent -------------------------------------------------------------------------

--- How many the kernel took until now.
function Flow.properties.sent(self) return status(self).sent end
function Flow.properties.running(self) return status(self).running end
--- When the first one was sent (mcast.now()).
function Flow.properties.started(self) return self._started end
function Flow.properties.time(self) return self._started end
--- Seconds from the first one sent to the last.
function Flow.properties.duration(self) return status(self).active end
--- Packets that the kernel did not take when they were due.
function Flow.properties.refused(self) return status(self).refused end
--- Why it did not take the last of them, by its code.
function Flow.properties.error(self) return status(self).error end
--- Why it ended before all of it was sent, though nobody stopped it; nil: it did not.
function Flow.properties.cut_short(self)
  local now = status(self)
  if not now.cut then return nil end
  return now.cut == "closed" and "its sender was closed"
    or ("the kernel took nothing any more (%s)"):format(now.error)
end
--- The furthest that one was behind its schedule, in seconds.
function Flow.properties.late(self) return status(self).late end
--- Packets per second that were asked for; nil: as fast as possible.
function Flow.properties.wanted_rate(self) return self._wanted_rate or nil end

--- "constant", "poisson" or "on/off"; nil: it has no schedule.
function Flow.properties.shape(self) return self._wanted_rate and self._shape or nil end

local most_scheduled = 100000

--- When its first packets are due, in seconds from the first one: `count` of them, or all that there are.
---@param count integer
---@return number[]
function Flow.methods.schedule(self, count)
  local most = options.argument("flow:schedule", "count", count, types.integer(1, most_scheduled))
  if not self._wanted_rate then
    errors.usage("flow:schedule: %s has no rate: it goes as fast as possible", tostring(self))
  end
  return self._raw:schedule(most)
end

--- Between the first and the last packet lies one interval less than there are packets, or one
--- burst, which may be a part of one.
local function count_spaced(self, now)
  return now.sent - rate.last_burst(now.sent, self._burst)
end

--- Packets per second that were sent.
local function sent_rate(self, now)
  local spaced = count_spaced(self, now)
  return spaced > 0 and now.active > 0 and spaced / now.active or 0
end

function Flow.properties.rate(self) return sent_rate(self, status(self)) end

-- What a machine takes to wake up is no reason to say that a rate was not kept, unless it is a good part of
-- the time that a short stream takes.
local rate_tolerance, wake_tolerance, wake_share, late_tolerance = 0.01, 0.01, 0.2, 0.1

--- By how much longer than its schedule a stream took, and how much is allowed. A single burst has no
--- schedule.
local function overtime(self, now)
  local ideal = count_spaced(self, now) / self._wanted_rate
  local wake = ideal > 0 and math.min(wake_tolerance, wake_share * ideal) or wake_tolerance
  return now.active - ideal, math.max(rate_tolerance * ideal, wake)
end

local function is_punctual(now)
  return now.refused == 0 and now.late <= late_tolerance
end

--- Was every packet sent when it was due? nil: there was no rate to keep. Of an uneven schedule the
--- rate is what chance makes of it: it is kept when nothing was late.
function Flow.properties.kept_rate(self)
  local now = status(self)
  if not self._wanted_rate then return nil end
  if self._shape ~= "constant" then return is_punctual(now) end
  local over, allowed = overtime(self, now)
  return is_punctual(now) and over <= allowed
end

--- Was its rate not kept, but by so little time that the machine may just have woken up late?
function Flow.methods._is_too_short_to_tell(self)
  local now = status(self)
  local over, allowed = overtime(self, now)
  return self._shape == "constant" and is_punctual(now) and over > allowed
    and over <= wake_tolerance
end

--- How many of those that were planned it has not even tried to send, and how many were planned.
---@return integer unsent, integer planned
function Flow.methods._unsent(self)
  local now = status(self)
  return math.max(0, now.planned - now.sent - now.refused), now.planned
end

--- Is there proof that it left the sender's interface?
function Flow.properties.departed(self)
  return self.sender._leaves_host and status(self).departed > 0
end

--- "single frames", or "offload": many datagrams in one buffer.
function Flow.properties.mode(self)
  if status(self).offloaded == 0 then return "single frames" end
  return self._obstacle and "offload, then single frames" or "offload"
end

--- Is it sent in lockstep with who hears it, or from a thread of its own?
function Flow.properties.lockstep(self) return self._lockstep end

--- Why it was not offloaded, though that was asked for.
function Flow.properties.why_single(self) return self._obstacle or nil end

--- As of a datagram that was sent (mcast.claims.explain).
function Flow.methods._error(self) return self.error end
function Flow.methods._length(self) return self.size end

--- Could this frame be one of it, by all that a frame tells?
---@param frame mcast.Frame
---@return boolean
function Flow.methods._resembles(self, frame)
  return frame.group == self.group and frame.port == self.port and frame.time >= self.time
    and frame.source_port == self.sender.source_port and frame.length == self.size
    and self.host:_has_address(frame.source)
end

function Flow.methods._last_time(self)
  local now = status(self)
  return now.running and core.now() or now.last
end

function Flow.methods._forbid_offload(self, reason)
  if not self._offload or not self.running then return end
  self._obstacle = reason
  self._raw:forbid_offload()
end

-- ---- its end ---------------------------------------------------------------------------------

--- Waits until it has ended and reads what has come; nil, "timeout" at the end of `within`.
---@param given {within: number?}|nil
---@return mcast.Flow|nil flow, "timeout"|nil
function Flow.methods.wait(self, given)
  local wanted = options.check("flow:wait", given, { within = types.seconds })
  local deadline = core.now() + (wanted.within or math.huge)
  while self.running do
    local left = deadline - core.now()
    if left <= 0 then return nil, "timeout" end
    self._raw:changed():wait(left < math.huge and left or nil)
  end
  core.drain()
  return self
end

--- Sends nothing any more. Harmless when it has ended.
---@return mcast.Flow
function Flow.methods.stop(self)
  self._raw:stop()
  core.drain()
  return self
end

-- ---- what a receiver got ---------------------------------------------------------------------

--- As far as it has been read; for many of them after one core.drain().
---@param receiver mcast.Receiver
---@return mcast.FlowAccount
function Flow.methods._account(self, receiver)
  return flow_account.new(self, receiver)
end

--- Is it a member of the flow's group, or bound to its port as if it were?
local function is_addressed(self, receiver)
  return receiver.family == self.family and receiver.port == self.port
end

--- The host's receivers on the flow's port: those that could get it.
---@param host mcast.Host
---@return mcast.Receiver[]
function Flow.methods._receivers_of(self, host)
  local list = {}
  for _, receiver in ipairs(host._receivers) do
    if is_addressed(self, receiver) then list[#list + 1] = receiver end
  end
  return list
end

--- The one of them that the host's account is: the only one, or the only one that got something.
local function receiver_on(self, host)
  local list = self:_receivers_of(host)
  if #list == 1 then return list[1] end
  if #list == 0 then
    errors.usage("flow:at: %s has no %s receiver on port %d", tostring(host), self.family,
      self.port)
  end
  local hearing = {}
  for _, receiver in ipairs(list) do
    if self._raw:counts(receiver._endpoint) > 0 then hearing[#hearing + 1] = receiver end
  end
  if #hearing > 1 then
    errors.usage("flow:at: %s has %s that got it: name one of them in place of the host",
      tostring(host), words.count(#hearing, "receiver"))
  end
  return hearing[1] or list[1]
end

--- To one that it does not go to none of it is lost.
local function check_addressed(self, where, receiver)
  if is_addressed(self, receiver) then return end
  local received, _, _, corrupted = self._raw:counts(receiver._endpoint)
  if received + corrupted > 0 then return end
  errors.usage("%s: the stream goes to %s, port %d: the %s %s cannot hear it", where, self.group,
    self.port, receiver.family, tostring(receiver))
end

---@return mcast.Receiver
local function find_receiver(self, where, who)
  if class.is(who, hosts.class) then return receiver_on(self, who) end
  local definition = class.of(who)
  if not definition or definition.name ~= "receiver" then
    options.refuse(where, "receiver", "a receiver or a host", who)
  end
  if who.host.network ~= self.host.network then
    errors.usage("%s: %s is not of the stream's network", where, tostring(who))
  end
  check_addressed(self, where, who)
  return who
end

--- What a receiver, or the one of a host, has got of it until now.
---@param who mcast.Receiver|mcast.Host
---@return mcast.FlowAccount
function Flow.methods.at(self, who)
  local receiver = find_receiver(self, "flow:at", who)
  core.drain()
  return self:_account(receiver)
end

--- By tenths of a second of sending: how many were sent, or of those how many arrived there.
---@param who mcast.Receiver|mcast.Host|nil
---@return integer[]
function Flow.methods.series(self, who)
  if who == nil then return self._raw:series() end
  local receiver = find_receiver(self, "flow:series", who)
  core.drain()
  return self:_series(receiver)
end

--- As far as it has been read.
---@param receiver mcast.Receiver
---@return integer[]
function Flow.methods._series(self, receiver)
  return self._raw:series(receiver._endpoint)
end

return flow
