--- What a claim about a stream sees while it waits: which hosts got how much of it, and by which of
--- their receivers they are judged.
local core = require "mcast.core"
local bounds = require "mcast.claims.bounds"

local flow_view = {}

---@class mcast.FlowView
---@field judged table<mcast.Host, mcast.Receiver> of each host that got some of it one receiver
---@field received table<mcast.Host, integer> by that one
---@field accounts table<mcast.Receiver, mcast.FlowAccount> as far as they were asked for
---@field exceeded mcast.Receiver|nil one that got too many twice or out of order
---@field changed number when something came last
local View = {}
View.__index = View

--- Every receiver that it may reach: of its family, and not closed before it began.
---@param flow mcast.Flow
---@return mcast.Receiver[]
function flow_view.receivers_of(flow)
  local list = {}
  for _, receiver in ipairs(flow.host.network._receivers) do
    local closed = receiver._closed_at and receiver._closed_at < flow.started
    if receiver.family == flow.family and not closed then list[#list + 1] = receiver end
  end
  return list
end

---@param flow mcast.Flow that has ended
---@return mcast.FlowView
function flow_view.new(flow)
  local last_time = flow:_last_time()
  return setmetatable({ judged = {}, received = {}, accounts = {}, changed = last_time,
    _flow = flow, _last_time = last_time, _was_there = {}, _total = 0 }, View)
end

--- Was it a member all the time, as far as the scenario is concerned?
local function was_there(self, receiver)
  local started, last_call = self._flow.started, receiver._calls[#receiver._calls]
  return receiver._opened_at <= started
    and not (receiver._closed_at and receiver._closed_at < self._last_time)
    and not (last_call and last_call.time >= started)
end

--- Does a receiver that got so many say more about its host than the one that was judged until now? Of
--- those that were there all the time the one that got least does; where there is none, the one that
--- got most.
local function tells_more(self, host, is_there, received)
  local before = self.received[host]
  if not before then return true end
  if is_there ~= self._was_there[host] then return is_there end
  if is_there then return received < before end
  return received >= before
end

local function judge_by(self, receiver, received)
  local host, is_there = receiver.host, was_there(self, receiver)
  if not tells_more(self, host, is_there, received) then return end
  self.received[host], self.judged[host], self._was_there[host] = received, receiver, is_there
end

local function look_at(self, receiver, wanted, sent)
  local received, duplicated, reordered, corrupted = self._flow._raw:counts(receiver._endpoint)
  if received + corrupted > 0 then judge_by(self, receiver, received) end
  if bounds.is_exceeded_for_good(wanted, duplicated, reordered, sent) then
    self.exceeded = self.exceeded or receiver
  end
  return received + duplicated + corrupted
end

--- Looks at all of them; notes when the sum changed.
---@param receivers mcast.Receiver[]
---@param wanted table the bounds
function View:refresh(receivers, wanted)
  local total, sent = 0, self._flow.sent
  self.judged, self.received, self._was_there = {}, {}, {}
  for _, receiver in ipairs(receivers) do
    total = total + look_at(self, receiver, wanted, sent)
  end
  if total ~= self._total then self._total, self.changed = total, core.now() end
end

--- What a receiver got when the waiting was over, read once: a thousand have long accounts.
---@param receiver mcast.Receiver
---@return mcast.FlowAccount
function View:account_of(receiver)
  self.accounts[receiver] = self.accounts[receiver] or self._flow:_account(receiver)
  return self.accounts[receiver]
end

return flow_view
