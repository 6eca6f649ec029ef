--- One host that joins while a stream runs: from the call until the first datagram, as its kernel
--- stamped it.
local core = require "mcast.core"
local errors = require "mcast.errors"
local explain = require "mcast.claims.explain"
local memberships = require "mcast.memberships"
local path_loss = require "mcast.measure.path_loss"
local proof = require "mcast.proof"
local rhythm = require "mcast.measure.rhythm"
local receivers = require "mcast.receiver"
local show = require "mcast.show"

local joining = {}

---@class mcast.Joining
---@field host mcast.Host
---@field flow mcast.Flow
---@field receiver mcast.Receiver
---@field called number
---@field latency number seconds; infinite: nothing came
---@field why string|nil nothing came, or nothing was proved
---@field proved boolean
---@field seen mcast.PathLoss
---@field obscured number seconds before the first datagram in which others may have been lost
local Joining = {}
Joining.__index = Joining

--- The network would send it there already.
local function check_no_member(where, host, group)
  for _, membership in ipairs(memberships.read(host)) do
    if membership.group == group then
      errors.usage("%s: host: %s is a member of %s already: its latency cannot be seen", where,
        tostring(host), group)
    end
  end
end

---@param host mcast.Host
---@param where string
---@param flow mcast.Flow
---@param wanted table options of the call
---@param drops integer of the machine, until now
---@return mcast.Joining
function joining.new(host, where, flow, wanted, drops)
  check_no_member(where, host, flow.group)
  local receiver = receivers.open(host, { port = flow.port, family = flow.family, ready = false })
  return setmetatable({ host = host, flow = flow, receiver = receiver, _drops = drops,
    _within = wanted.within, _options = { ready = false, source = wanted.source,
      interface = wanted.interface }, latency = math.huge, proved = false, obscured = 0,
    seen = path_loss.seen(0, 0, 0), _sent = 0 }, Joining)
end

---@param statuses fun(flow: mcast.Flow): table
function Joining:call(statuses)
  self._departed = statuses(self.flow).departed
  self.called = core.now()
  self.receiver:join(self.flow.group, self._options)
end

--- Is there nothing more to wait for?
---@param statuses fun(flow: mcast.Flow): table
---@return boolean
function Joining:look(statuses)
  return self.flow._raw:counts(self.receiver._endpoint) > 0 or not statuses(self.flow).running
end

local function note_losses(self, now)
  local before = self.seen.span
  self.seen = path_loss.seen(self.flow._raw:loss_runs(self.receiver._endpoint))
  if self.seen.span > before then self._sent = now.sent end
end

--- Has enough come after the first datagram to tell what may have been lost before it?
---@param statuses fun(flow: mcast.Flow): table
---@return boolean
function Joining:look_on(statuses)
  local now = statuses(self.flow)
  note_losses(self, now)
  return self.seen.span == 0 or self.seen.span >= path_loss.enough or not now.running
end

--- Why the silence says nothing; nil: it is the network's.
local function missing_proof(self)
  local now = self.flow._raw:status()
  if not now.running then return "the stream ended meanwhile" end
  if now.departed <= self._departed then
    return ("there is no proof that the stream left %s meanwhile"):format(tostring(self.flow.host))
  end
  return proof.listening(self.receiver, self.called)
    or proof.machine_since(self.host.network, self._drops)
end

--- As of a datagram that was sent when the host had joined.
local function since_call(self)
  return setmetatable({ time = self.called }, { __index = self.flow })
end

--- How many may have been lost before the first one.
local function judge_losses(self, now)
  note_losses(self, now)
  self.seen = path_loss.with_silence(self.seen, now.sent - self._sent)
  local lost = path_loss.in_a_row(self.seen)
  self.obscured = rhythm.silence(self.flow, lost) - rhythm.interval(self.flow)
end

---@param statuses fun(flow: mcast.Flow): table
function Joining:finish(statuses)
  if self.flow._raw:counts(self.receiver._endpoint) > 0 then
    local first = self.flow._raw:account(self.receiver._endpoint).first
    -- A datagram that was on its way into the host is stamped before the call that lets it in.
    self.latency, self.proved = math.max(0, first - self.called), true
    judge_losses(self, statuses(self.flow))
    return
  end
  local doubt = missing_proof(self)
  self.proved = doubt == nil
  self.why = ("nothing came within %s: %s"):format(show.duration(self._within),
    doubt or explain.not_received(since_call(self), self.host))
end

return joining
