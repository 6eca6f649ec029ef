--- A trial: frames are offered at a rate, and those that arrive are counted (RFC 2544 section 23).
local core = require "mcast.core"
local class = require "mcast.class"
local flow_report = require "mcast.flow_report"
local machine = require "mcast.machine"
local waiting = require "mcast.waiting"
local words = require "mcast.words"

local trial = {}

---@class mcast.Rfc3918Load
---@field sender mcast.Sender
---@field receivers mcast.Receiver[] one on each host that is to get it
---@field share number of the offered rate, among the shares of all loads

---@class mcast.Rfc3918Offer
---@field rate number frames per second of all loads together
---@field payload integer
---@field duration number|nil nil: until they are stopped
---@field residual number|nil
---@field tagged integer|nil the load that a tagged frame is added to

---@class mcast.Rfc3918Trial
---@field outcome "passed"|"lost"|"disturbed"
---@field reason string|nil why it did not pass
---@field rate number frames per second offered
---@field flows mcast.Flow[] one for each load
local Trial = class.define("trial")
trial.class = Trial

function Trial.metatable.__tostring(self)
  return ("trial at %.6g frames/s"):format(self.rate)
end

--- Starts a stream for each load.
---@param loads mcast.Rfc3918Load[]
---@param offer mcast.Rfc3918Offer
---@return mcast.Flow[]
function trial.start(loads, offer)
  local flows, shares = {}, 0
  for _, load in ipairs(loads) do shares = shares + load.share end
  for i, load in ipairs(loads) do
    local rate = offer.rate * load.share / shares
    flows[i] = load.sender:stream { rate = rate, size = offer.payload,
      count = offer.duration and math.max(1, math.floor(rate * offer.duration + 0.5)) }
  end
  return flows
end

--- A frame that can be told from all others, at the mid-point of a trial: a flow of its own (RFC 3918
--- section 5.1).
local function send_tagged(load, offer)
  core.sleep(offer.duration / 2)
  return load.sender:stream { rate = offer.rate, size = offer.payload, count = 1 }
end

--- One that was sent when the stream was over has measured a device at rest.
local function is_amid(tagged, flows)
  for _, flow in ipairs(flows) do
    if tagged.started < flow.started + flow.duration then return true end
  end
  return false
end

local function has_all(loads, flows)
  for i, load in ipairs(loads) do
    local sent = flows[i].sent
    for _, receiver in ipairs(load.receivers) do
      if flows[i]._raw:counts(receiver._endpoint) < sent then return false end
    end
  end
  return true
end

--- Waits for the end of the streams and for what is under way then.
local function await(loads, flows, residual)
  for _, flow in ipairs(flows) do flow:wait() end
  waiting.settle(function() return has_all(loads, flows) and "holds" or "open" end, residual, 0)
end

--- What one receiver missed: a reason, and whether it was the harness's own machine.
local function shortcoming(flow, receiver)
  local got = flow:_account(receiver)
  if got.lost == 0 and got.duplicated == 0 then return nil end
  local text = ("%s lost %s of %d"):format(receiver.host.name, words.count(got.lost, "frame"),
    flow.sent)
  if got.lost == 0 then
    text = ("%s got %d frames twice"):format(receiver.host.name, got.duplicated)
  end
  if got.drops > 0 then return text .. ": its receive buffer was full", true end
  local dropped = machine.drops_now() - flow._machine_drops
  if got.lost > 0 and dropped > 0 then return text .. ": " .. machine.explain(dropped), true end
  return text, false
end

local function judge_flow(flow, receivers)
  local broken = flow_report.broken_rate(flow)
  if broken then return "disturbed", ("%s: %s"):format(tostring(flow), broken) end
  for _, receiver in ipairs(receivers) do
    local reason, is_own = shortcoming(flow, receiver)
    if reason then return is_own and "disturbed" or "lost", reason end
  end
  return "passed"
end

--- Disturbed outweighs lost: such a trial says nothing.
local function judge(loads, flows)
  local outcome, reason = "passed", nil
  for i, flow in ipairs(flows) do
    local one, why = judge_flow(flow, loads[i].receivers)
    if one == "disturbed" then return one, why end
    if one == "lost" and outcome == "passed" then outcome, reason = one, why end
  end
  return outcome, reason
end

--- A trial whose tagged frame is missing somewhere is as invalid as one that lost another frame.
local function judge_tagged(loads, flows, tagged, n)
  local outcome, reason = judge(loads, flows)
  if outcome ~= "passed" or not tagged then return outcome, reason end
  if not is_amid(tagged, flows) then return "disturbed", "the tagged frame was sent too late" end
  outcome, reason = judge_flow(tagged, loads[n].receivers)
  return outcome, reason and "of the tagged frame, " .. reason
end

-- A tagged frame that comes later than this after the last frame was offered makes its trial invalid
-- (RFC 3918 section 5.1).
local latest_tagged = 5

---@param loads mcast.Rfc3918Load[]
---@param offer mcast.Rfc3918Offer
---@return mcast.Rfc3918Trial
function trial.run(loads, offer)
  local flows, n, residual = trial.start(loads, offer), offer.tagged, offer.residual
  local tagged = n and send_tagged(loads[n], offer)
  await(loads, flows, residual)
  if tagged then await({ loads[n] }, { tagged }, math.min(residual, latest_tagged)) end
  core.drain()
  local outcome, reason = judge_tagged(loads, flows, tagged, n)
  return class.new(Trial, { outcome = outcome, rate = offer.rate, flows = flows, _loads = loads,
    _reason = reason or false, _tagged = tagged or false, _tagged_load = n or false })
end

-- ---- what it came to -------------------------------------------------------------------------

function Trial.properties.reason(self) return self._reason or nil end
--- The flow of the tagged frame alone; nil: there was none.
function Trial.properties.tagged(self) return self._tagged or nil end

--- Frames that were offered.
function Trial.properties.sent(self)
  local sent = 0
  for _, flow in ipairs(self.flows) do sent = sent + flow.sent end
  return sent
end

--- Calls visit(account, flow, how many are to get it, receiver) for each flow and each of those.
local function each_account(self, visit)
  for i, flow in ipairs(self.flows) do
    local receivers = self._loads[i].receivers
    for _, receiver in ipairs(receivers) do
      visit(flow:_account(receiver), flow, #receivers, receiver)
    end
  end
end

--- Calls visit(account, receiver) with what each egress interface got of the tagged frame.
function Trial.methods._each_tagged(self, visit)
  for _, receiver in ipairs(self._loads[self._tagged_load].receivers) do
    visit(self._tagged:_account(receiver), receiver)
  end
end

--- Calls visit(account, receiver) with what each egress interface got of each flow.
function Trial.methods._each_account(self, visit)
  each_account(self, function(got, _, _, receiver) visit(got, receiver) end)
end

--- Frames that arrived, at all egress interfaces together.
function Trial.properties.received(self)
  local received = 0
  each_account(self, function(got) received = received + got.received end)
  return received
end

--- Did at least one frame of each flow come to everybody who is to get it (RFC 3918 section 7.1)?
function Trial.properties.complete(self)
  local complete = true
  each_account(self, function(got) complete = complete and got.received > 0 end)
  return complete
end

--- Frames per second that came through to an egress interface, on their average: what arrived, over
--- the time for which frames were offered (RFC 2285 section 3.6.1).
function Trial.properties.forwarding_rate(self)
  local rate = 0
  each_account(self, function(got, flow, egress)
    rate = rate + flow.wanted_rate * got.received / flow.sent / egress
  end)
  return rate
end

return trial
