--- acknowledged_by: exactly these hosts replied, told by the replies that reached the sender.
local claims = require "mcast.claims.sent"
local deliveries = require "mcast.deliveries"
local ears = require "mcast.ears"
local explain = require "mcast.claims.explain"
local hosts = require "mcast.host"
local pause = require "mcast.pause"
local proof = require "mcast.proof"
local show = require "mcast.show"
local verdict = require "mcast.verdict"
local waiting = require "mcast.waiting"
local words = require "mcast.words"

local acknowledgement = {}

---@class mcast.Replies who replied until now
local Replies = {}
Replies.__index = Replies

local function new_replies(sent, expected)
  local self = setmetatable({ sent = sent, by = {}, strangers = {}, extra = {},
    missing = #expected, last_time = sent.time, _seen = sent._replies_before, _expected = {} },
    Replies)
  for _, host in ipairs(expected) do self._expected[host] = true end
  return self
end

function Replies:_note(message)
  local host = self.sent.host.network:_host_of(message.from.address)
  if host and (self.by[host] or not self.answers(host)) then return end
  self.last_time = math.max(self.last_time, message.time)
  if not host then
    self.strangers[#self.strangers + 1] = message.from.address
    return
  end
  self.by[host] = message.time - self.sent.time
  if self._expected[host] then
    self.missing = self.missing - 1
  else
    table.insert(self.extra, host)
  end
end

function Replies:update()
  local endpoint = self.sent.sender._endpoint
  self.answers = self.sent:_reply_filter()
  for i = self._seen + 1, endpoint:count() do
    self:_note(endpoint:message(i))
    self._seen = i
  end
end

function Replies:look()
  self:update()
  if #self.extra > 0 or #self.strangers > 0 then return "lost" end
  return self.missing == 0 and "holds" or "open", self.last_time
end

--- Those who replied, in the order of the claim and of the network.
local function ordered(replies, listed)
  return hosts.ordered(replies.by, listed, replies.sent.host.network)
end

local function names(replies, listed)
  local text = hosts.names(ordered(replies, listed))
  if #replies.strangers == 0 then return text end
  return ("%s, and %s, which is no host of the network"):format(text, replies.strangers[1])
end

--- "a (0.21 ms) and b (0.25 ms)".
local function with_times(replies, listed)
  local list = {}
  for i, host in ipairs(ordered(replies, listed)) do
    list[i] = ("%s (%s)"):format(host.name, show.duration(replies.by[host]))
  end
  return #list == 0 and "nobody" or words.list(list)
end

--- Somebody who could have answered and did not.
local function silent_responders(sent, replies)
  local list = {}
  for _, receiver in ipairs(sent.host.network._receivers) do
    if receiver._reply and not replies.by[receiver.host]
      and deliveries.is_witness(sent, receiver) then
      list[#list + 1] = receiver
    end
  end
  return list
end

--- A plain socket on the port may answer, too.
local function has_sockets(sent)
  for _, host in ipairs(sent.host.network.hosts) do
    for _, socket in ipairs(host._sockets) do
      if socket:_could_hear(sent) then return true end
    end
  end
  return false
end

--- Who stood still from the send on, by the scenario's own doing, needed no ear to be silent.
local function awake(receivers, sent)
  local list = {}
  for _, receiver in ipairs(receivers) do
    if not pause.since(receiver.host, sent.time) then list[#list + 1] = receiver end
  end
  return list
end

local function missing_proof(sent, claim, replies)
  local silent = silent_responders(sent, replies)
  if #claim.hosts == 0 and #silent == 0 and not has_sockets(sent) then
    return "there is no receiver with a reply that could have answered"
  end
  if #silent == 0 and #claim.hosts > 0 then return nil end
  local listeners = awake(silent, sent)
  return proof.departure(sent, replies.by) or proof.sender_listening(sent)
    or proof.all_listening(listeners, sent.time) or ears.any_obstacle(listeners, sent)
    or proof.machine_for_silence(sent)
end

local function failure(sent, claim, replies, fields)
  local reasons, missing = {}, {}
  for _, host in ipairs(replies.extra) do
    reasons[#reasons + 1] = ("%s replied and should not have"):format(host.name)
  end
  for _, stranger in ipairs(replies.strangers) do
    reasons[#reasons + 1] = ("%s replied, which is no host of the network"):format(stranger)
  end
  for _, host in ipairs(claim.hosts) do
    if not replies.by[host] then
      missing[#missing + 1] = host
      if #missing <= 5 then reasons[#reasons + 1] = explain.not_acknowledged(sent, host) end
    end
  end
  if #missing > 5 then reasons[#reasons + 1] = ("and %d more"):format(#missing - 5) end
  fields.hosts = #missing > 0 and missing or replies.extra
  fields.message = ("%s: expected replies from %s, seen from %s: %s"):format(tostring(sent),
    fields.expected, fields.seen, table.concat(reasons, "; "))
  return verdict.fail(fields)
end

---@param sent mcast.Sent
---@param given mcast.Host[]
---@param timing {within: number?, quiet: number?}|nil
---@return mcast.Verdict
function acknowledgement.acknowledged_by(sent, given, timing)
  local claim = claims.read("expect(sent):acknowledged_by", sent, given, timing)
  local replies = new_replies(sent, claim.hosts)
  local holds = waiting.settle(function() return replies:look() end, claim.within, claim.quiet)
  local fields = { subject = tostring(sent), expected = hosts.names(claim.hosts),
    seen = names(replies, claim.hosts), hosts = claim.hosts }
  if holds then
    local reason = missing_proof(sent, claim, replies)
    if reason then return verdict.inconclusive(fields, reason) end
    fields.message = ("%s was acknowledged by %s"):format(fields.subject,
      with_times(replies, claim.hosts))
    return verdict.pass(fields)
  end
  local lost = #replies.extra + #replies.strangers == 0 and proof.machine(sent)
  if lost then return verdict.inconclusive(fields, lost) end
  return failure(sent, claim, replies, fields)
end

return acknowledgement
