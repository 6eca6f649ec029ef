--- One host that leaves while a stream runs: from the call until the last datagram that the network
--- sent to its interface. Its kernel drops what comes after the call, so an observer watches.
local core = require "mcast.core"
local errors = require "mcast.errors"
local observers = require "mcast.observer"
local path_loss = require "mcast.measure.path_loss"
local proof = require "mcast.proof"
local rhythm = require "mcast.measure.rhythm"
local show = require "mcast.show"

local leaving = {}

---@class mcast.Leaving
---@field host mcast.Host
---@field flow mcast.Flow
---@field called number|false
---@field latency number seconds; infinite: it had no end
---@field leaked integer datagrams after the call
---@field why string|nil it had no end, or nothing was proved
---@field proved boolean
---@field seen mcast.PathLoss
---@field unseen integer datagrams that may have leaked beside
---@field obscured number seconds after the last datagram in which others may have been lost
local Leaving = {}
Leaving.__index = Leaving

-- Datagrams that must have been sent without one of them coming.
local silent_datagrams = 3

-- ---- who leaves ------------------------------------------------------------------------------

local function is_member(receiver, flow)
  if receiver.closed or receiver.family ~= flow.family then return false end
  for _, group in ipairs(receiver.groups) do
    if group == flow.group then return true end
  end
  return false
end

--- A host leaves when the last of its sockets does.
local function members(where, host, flow)
  local list = {}
  for _, receiver in ipairs(host._receivers) do
    if is_member(receiver, flow) then list[#list + 1] = receiver end
  end
  if #list == 0 then
    errors.usage("%s: host: %s has no receiver that is a member of %s: there is nothing to leave",
      where, tostring(host), flow.group)
  end
  return list
end

---@param host mcast.Host
---@param where string
---@param flow mcast.Flow
---@param wanted table options of the call
---@return mcast.Leaving
function leaving.new(host, where, flow, wanted)
  local list = members(where, host, flow)
  local given = { group = flow.group, interface = wanted.interface }
  local observer = observers.open(host, given, true)
  observer._raw:leave_to_reader()
  return setmetatable({ host = host, flow = flow, called = false, _receivers = list,
    _observer = observer, _stream = flow._raw:number(), _within = wanted.within,
    _quiet = wanted.quiet or rhythm.quiet(flow), _interface = wanted.interface, _read = 0,
    _last = false, leaked = 0, latency = math.huge, proved = false,
    seen = path_loss.seen(0, 0, 0), obscured = 0, unseen = 0, _lost_in_a_row = 0,
    _seen_before = path_loss.seen(0, 0, 0) }, Leaving)
end

-- ---- what comes ------------------------------------------------------------------------------

--- Where the stream stood when the last one of it was seen here, and what the machine had lost.
local function mark(self, now)
  self._sent, self._departed, self._drops = now.sent, now.departed, now.machine_drops
end

--- The numbers of what came say what did not; what came before the call may say more.
local function note_losses(self)
  local before = self._seen_before
  local seen = path_loss.seen(self._observer._raw:loss_runs(self._stream))
  self.seen = seen.span < before.span and before or seen
  self._lost_in_a_row = path_loss.in_a_row(self.seen)
  self.obscured = rhythm.silence(self.flow, self._lost_in_a_row) - rhythm.interval(self.flow)
  self.unseen = math.max(0, self.seen.lost - before.lost) + self._lost_in_a_row
  self._losses_are_old = false
end

--- Takes in what has come, and notes the latest one of the stream.
local function read(self, now)
  local raw = self._observer._raw
  raw:read()
  local last, leaked = raw:tally(self._read + 1, self._stream, self.called or core.now())
  self._read = raw:count()
  if not last then return end
  self._last = last
  self._losses_are_old = true
  if self.called then self.leaked = self.leaked + leaked end
  mark(self, now)
end

local function silence(self)
  return core.now() - math.max(self._last, self.called)
end

--- A silence that losses do not explain.
local function is_no_loss(self, now)
  if self._losses_are_old then note_losses(self) end
  return silence(self) >= self._quiet + self.obscured
    and now.sent - self._sent >= silent_datagrams + self._lost_in_a_row
end

--- Has it been silent for long enough, while the stream went on?
local function is_silent(self, now)
  return silence(self) >= self._quiet and now.sent - self._sent >= silent_datagrams
    and now.departed > self._departed and is_no_loss(self, now)
end

-- ---- the call --------------------------------------------------------------------------------

---@param statuses fun(flow: mcast.Flow): table
function Leaving:call(statuses)
  if self.why then return end
  local now = statuses(self.flow)
  self._seen_before = path_loss.with_silence(self.seen, now.sent - self._sent)
  self._losses_are_old = true
  mark(self, now)
  self.called = core.now()
  for _, receiver in ipairs(self._receivers) do
    receiver:leave(self.flow.group, { interface = self._interface })
  end
end

---@param statuses fun(flow: mcast.Flow): table
---@return boolean
function Leaving:look(statuses)
  if self.why then return true end
  local now = statuses(self.flow)
  read(self, now)
  if not now.running then return true end
  if self.called then return is_silent(self, now) end
  note_losses(self)
  return self.seen.span >= path_loss.enough
end

--- Before the call only what has not come is told.
local function finish_first(self)
  if self._last then return end
  self.why = ("nothing of the stream came to %s before it left, within %s%s"):format(
    self._observer.interface.name, show.duration(self._within),
    self.flow.running and "" or ": the stream ended meanwhile")
end

--- What makes the silence worthless; nil: nothing.
local function missing_proof(self, now)
  local lost = self._observer.drops
  if lost > 0 then return ("its observer lost %d frames"):format(lost) end
  if self._observer:_was_down() then
    return ("%s was down meanwhile"):format(tostring(self._observer.interface))
  end
  if not is_silent(self, now) then
    if not now.running then return "the stream ended meanwhile" end
    if not is_no_loss(self, now) and self.seen.lost > 0 then
      return ("a silence of %s does not tell its end: %s; give it more time (within)"):format(
        show.duration(silence(self)), path_loss.describe(self.seen, self.host))
    end
    return ("there is no proof that the stream still left %s"):format(tostring(self.flow.host))
  end
  return proof.machine_since(self.host.network, self._drops)
end

local function still_comes(self)
  return self.leaked > 0 and core.now() - self._last < self._quiet
end

local function finish_last(self, now)
  read(self, now)
  if now.running and still_comes(self) then
    self.proved = true
    self.why = ("it still came %s after the leave: %d datagrams"):format(
      show.duration(self._within), self.leaked)
    return
  end
  self.why = missing_proof(self, now)
  self.proved = self.why == nil
  if self.proved then self.latency = math.max(0, self._last - self.called) end
end

---@param statuses fun(flow: mcast.Flow): table
function Leaving:finish(statuses)
  if self.called then
    finish_last(self, statuses(self.flow))
  elseif not self.why then
    finish_first(self)
  end
  if self.called or self.why then self._observer:close() end
end

return leaving
