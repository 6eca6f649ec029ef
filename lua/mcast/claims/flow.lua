--- Claims about who got a stream, and how much of it: reaches, reaches_nobody, crosses, keeps_rate.
local bounds = require "mcast.claims.bounds"
local deliveries = require "mcast.deliveries"
local ears = require "mcast.ears"
local errors = require "mcast.errors"
local exactly = require "mcast.claims.exactly"
local explain = require "mcast.claims.explain"
local flow_reasons = require "mcast.claims.flow_reasons"
local flow_report = require "mcast.flow_report"
local flow_view = require "mcast.claims.flow_view"
local hosts = require "mcast.host"
local impaired = require "mcast.impaired"
local machine = require "mcast.machine"
local options = require "mcast.options"
local proof = require "mcast.proof"
local show = require "mcast.show"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local waiting = require "mcast.waiting"
local words = require "mcast.words"

local claims = {}

local default_within, default_quiet = 1, 0.05

-- ---- the end of the stream -------------------------------------------------------------------

--- A stream is judged as a whole: one that is under way is waited for.
local function await_end(where, flow)
  if flow._is_endless and flow.running then
    errors.usage("%s: %s runs until it is stopped: stop it first (flow:stop()), or give it a count "
      .. "or a duration", where, tostring(flow))
  end
  flow:wait()
end

-- ---- who got what ----------------------------------------------------------------------------

local function has_receiver(receivers)
  local has = {}
  for _, receiver in ipairs(receivers) do has[receiver.host] = true end
  return has
end

--- May what is still to come not make it right?
local function is_lost(claim, view, listens)
  local _, extra = exactly.compare(claim.hosts, view.received)
  if #extra > 0 or view.exceeded then return true end
  for _, host in ipairs(claim.hosts) do
    if not listens[host] then return true end
  end
  return false
end

--- One that is lost settles as one that holds does: with what is under way its numbers would be wrong.
local function looker(flow, claim, view, receivers)
  local listens = has_receiver(receivers)
  return function()
    view:refresh(receivers, claim.wanted)
    if is_lost(claim, view, listens) then return "holds", view.changed end
    for _, host in ipairs(claim.hosts) do
      local got = view.received[host]
      if not got or not bounds.loss_is_allowed(claim.wanted, got, flow.sent) then
        return "open", view.changed
      end
    end
    return "holds", view.changed
  end
end

-- ---- proofs ----------------------------------------------------------------------------------

--- It was there to be heard: it left, or another host got it, or it was to stay in its host (TTL 0,
--- RFC 1112 section 6.1; loopback) and was heard there.
local function departure(flow, reached)
  if flow.departed then return nil end
  local stays = flow.ttl == 0 or not flow.sender._leaves_host
  for host in pairs(reached) do
    if host ~= flow.host or stays then return nil end
  end
  return ("there is no proof that the stream left %s%s"):format(tostring(flow.host),
    flow.ttl == 0 and " (its TTL is 0)" or "")
end

--- Receivers whose silence says something.
local function silent(flow, view, receivers)
  local list = {}
  for _, receiver in ipairs(receivers) do
    local could = deliveries.is_witness(flow, receiver)
    if could and not view.received[receiver.host] then list[#list + 1] = receiver end
  end
  return list
end

--- Why silence is not proved; nil when it is, or when nobody was silent.
local function missing_proof(flow, claim, view, receivers)
  local quiet = silent(flow, view, receivers)
  if #quiet == 0 then
    return #claim.hosts == 0 and "there is no receiver that could have heard it"
      .. ears.describe_cut_off(flow) or nil
  end
  return departure(flow, view.received) or proof.all_listening(quiet, flow.started)
    or ears.any_obstacle(quiet, flow)
    or impaired.on_the_way(flow.host.network, flow:_last_time())
    or proof.machine_since(flow.host.network, flow._machine_drops)
end

--- The receiver that a host is judged by; of one that got nothing, and has none any more, the last.
local function spokesman(flow, view, host)
  local last = view.judged[host]
  for _, receiver in ipairs(last and {} or flow:_receivers_of(host)) do
    if not receiver._closed_at then return nil end
    if not last or receiver._closed_at > last._closed_at then last = receiver end
  end
  return last
end

--- A receiver that was closed before the end of the stream could not get the rest.
local function closed_meanwhile(flow, claim, view)
  local from, till = flow.started, flow:_last_time()
  for _, host in ipairs(claim.hosts) do
    local receiver = spokesman(flow, view, host)
    local closed = receiver and receiver._closed_at
    if closed and closed >= from and closed < till then
      return ("%s was closed %s after the stream began, when it had got %d of %d"):format(
        tostring(receiver), show.duration(closed - from), view.received[host] or 0, flow.sent)
    end
  end
  return nil
end

--- Why one of the accounts is none to judge by: `doubt` says so.
---@param doubt fun(got: mcast.FlowAccount): string|nil
local function unknown(claim, view, doubt)
  for _, host in ipairs(claim.hosts) do
    local receiver = view.judged[host]
    local why = receiver and doubt(view:account_of(receiver))
    if why then return ("%s: %s"):format(tostring(receiver), why) end
  end
  return nil
end

--- What has holes does not say that a bound was kept.
local function doubtful(claim, view)
  return unknown(claim, view, bounds.uncounted)
    or unknown(claim, view, function(got) return bounds.unlisted(claim.wanted, got) end)
end

local function machine_lost(flow)
  local lost = machine.drops_now() - flow._machine_drops
  return lost > 0 and machine.explain(lost) or nil
end

-- ---- reasons ---------------------------------------------------------------------------------

--- "a", or which of its receivers.
local function who(flow, receiver)
  local hearing = 0
  for _, one in ipairs(flow:_receivers_of(receiver.host)) do
    if flow._raw:counts(one._endpoint) > 0 then hearing = hearing + 1 end
  end
  if hearing < 2 then return receiver.host.name end
  return ("%s (one of its %d receivers)"):format(receiver.host.name, hearing)
end

--- What is wrong with one host that should have got it; nil: nothing.
local function shortcoming(flow, claim, view, host)
  local receiver = view.judged[host]
  if not receiver then return explain.not_received(flow, host) end
  local got = view:account_of(receiver)
  local excess = bounds.excess(claim.wanted, got, flow.sent)
  if #excess == 0 then return nil end
  return ("%s %s%s"):format(who(flow, receiver), words.list(excess),
    flow_reasons.describe(flow, receiver, got, claim.wanted))
end

--- Sentences about all that is wrong, and the receivers whose series show it.
local function shortcomings(flow, claim, view)
  local reasons, shown = {}, {}
  local _, extra = exactly.compare(claim.hosts, view.received)
  for _, host in ipairs(exactly.in_order(extra, flow.host.network)) do
    reasons[#reasons + 1] = ("%s got %d of it and should not have"):format(host.name,
      view.received[host])
    shown[#shown + 1] = view.judged[host]
  end
  for _, host in ipairs(claim.hosts) do
    local reason = shortcoming(flow, claim, view, host)
    if reason then
      reasons[#reasons + 1] = reason
      shown[#shown + 1] = view.judged[host] or flow:_receivers_of(host)[1]
    end
  end
  if #reasons == 0 and view.exceeded then
    reasons[1] = ("%s %s"):format(tostring(view.exceeded),
      words.list(bounds.excess(claim.wanted, view:account_of(view.exceeded), flow.sent)))
    shown[1] = view.exceeded
  end
  return reasons, shown
end

local function fail(flow, claim, fields, reasons, shown)
  local more = #reasons - 5
  if more > 0 then
    reasons = table.move(reasons, 1, 5, 1, {})
    reasons[6] = ("and %d more"):format(more)
  end
  fields.hosts = {}
  for i, receiver in ipairs(shown) do fields.hosts[i] = receiver.host end
  if #fields.hosts == 0 then fields.hosts = claim.hosts end
  fields.details = flow_report.details(flow, shown)
  fields.message = ("%s: expected to reach %s, seen %s: %s"):format(tostring(flow),
    fields.expected, fields.seen, table.concat(reasons, "; "))
  return verdict.fail(fields)
end

-- ---- the claims ------------------------------------------------------------------------------

local function expected_of(claim)
  local names = hosts.names(claim.hosts)
  return #claim.hosts == 0 and names or ("%s, %s"):format(names, bounds.describe(claim.wanted))
end

local function seen_of(flow, claim, view)
  local reached = hosts.ordered(view.received, claim.hosts, flow.host.network)
  local names = {}
  for i, host in ipairs(reached) do
    local lost = flow.sent - view.received[host]
    names[i] = lost == 0 and host.name or ("%s (without %d)"):format(host.name, lost)
  end
  return #names == 0 and "nobody" or words.list(names)
end

--- A stream that did not keep its rate proves less than it seems to: never without a word.
local function say_rate(flow, fields)
  local broken = flow_report.broken_rate(flow)
  if not broken then return end
  fields.message = ("%s; but %s"):format(fields.message, broken)
  flow.host.network._run:log(("%s: %s"):format(tostring(flow), broken), "log")
end

local function pass(flow, fields)
  fields.message = ("%s reached %s, as expected"):format(fields.subject, fields.seen)
  say_rate(flow, fields)
  return verdict.pass(fields)
end

--- What was not sent had no chance to get lost: a part of the stream does not stand for all of it.
local function cut_short(flow)
  local why = flow.cut_short
  return why and ("the stream was cut short after %s: %s"):format(
    words.count(flow.sent, "datagram"), why) or nil
end

--- A datagram for which a device has no room is refused, after the kernel has looped it back: its
--- number is sent once more, and the receivers beside the sender get it twice.
local function looped_back(flow, view)
  local is_beside = view.received[flow.host] and flow._loop
  if flow.refused == 0 or not is_beside then return nil end
  return ("%s also gets what the kernel refused to send (%s, %s)"):format(
    tostring(view.judged[flow.host]), words.count(flow.refused, "datagram"), flow.error)
end

--- Why a claim that seems to hold is not proved.
local function unproved(flow, claim, view, receivers)
  return cut_short(flow) or looped_back(flow, view) or closed_meanwhile(flow, claim, view)
    or doubtful(claim, view) or missing_proof(flow, claim, view, receivers)
end

--- Why one that does not hold says nothing about the network.
local function excuse(flow, claim, view)
  local _, extra = exactly.compare(claim.hosts, view.received)
  if #extra > 0 then return nil end
  local beside = looped_back(flow, view)
  if beside or view.exceeded then return beside end
  return unknown(claim, view, bounds.uncounted) or closed_meanwhile(flow, claim, view)
    or machine_lost(flow)
end

local function settle(flow, claim)
  local receivers, view = flow_view.receivers_of(flow), flow_view.new(flow)
  local holds = waiting.settle(looker(flow, claim, view, receivers), claim.wanted.within
    or default_within, claim.wanted.quiet
      or default_quiet + impaired.travel_time(flow.host.network))
  local fields = { subject = tostring(flow), expected = expected_of(claim),
    seen = seen_of(flow, claim, view), hosts = claim.hosts }
  local reasons, shown = shortcomings(flow, claim, view)
  local is_kept = holds and #reasons == 0
  local why
  if is_kept then
    why = unproved(flow, claim, view, receivers)
  else
    why = excuse(flow, claim, view)
  end
  if why then return verdict.inconclusive(fields, why) end
  if is_kept then return pass(flow, fields) end
  return fail(flow, claim, fields, reasons, shown)
end

--- Exactly these hosts' receivers got it, within the bounds.
function claims.reaches(flow, given, more)
  local where = "expect(flow):reaches"
  local list, merged = exactly.split(given, more, bounds.types)
  local claim = { wanted = bounds.read(where, merged),
    hosts = hosts.list(where, list, flow.host.network) }
  await_end(where, flow)
  return settle(flow, claim)
end

function claims.reaches_nobody(flow, timing)
  local where = "expect(flow):reaches_nobody"
  options.check(where, timing, { within = types.seconds, quiet = types.seconds })
  await_end(where, flow)
  return settle(flow, { wanted = bounds.read(where, timing), hosts = {} })
end

--- Exactly these hosts' interfaces saw it on the wire.
function claims.crosses(flow, given, more)
  local where = "expect(flow):crosses"
  await_end(where, flow)
  return require("mcast.claims.flow_crossing").settle(where, flow, given, more)
end

--- Between two packets lies an interval; one of them, or one burst, has no rate.
local function without_rate(flow)
  return flow.rate == 0 and ("only %s was sent: that has no rate"):format(
    flow.sent == 1 and "one datagram" or "one burst") or nil
end

--- A machine that wakes up late looks like a rate that it cannot keep when the stream is that short.
local function too_short(flow, broken)
  return flow:_is_too_short_to_tell() and ("the stream took %s, which is too short to tell: %s")
    :format(show.duration(flow.duration), broken) or nil
end

--- Every packet was sent when it was due.
function claims.keeps_rate(flow)
  local where = "expect(flow):keeps_rate"
  if not flow.wanted_rate then
    errors.usage("%s: %s has no rate: it goes as fast as possible", where, tostring(flow))
  end
  await_end(where, flow)
  local fields = { subject = tostring(flow), hosts = { flow.host },
    expected = ("%.6g packets per second"):format(flow.wanted_rate),
    seen = ("%.6g packets per second"):format(flow.rate) }
  local broken = flow_report.broken_rate(flow)
  local why = not broken and (cut_short(flow) or without_rate(flow)) or too_short(flow, broken)
  if why then return verdict.inconclusive(fields, why) end
  fields.message = ("%s: %s"):format(fields.subject, broken or "it kept its rate")
  return broken and verdict.fail(fields) or verdict.pass(fields)
end

function claims.acknowledged_by()
  errors.usage("expect(flow):acknowledged_by: the probes of a stream are not answered: send a "
    .. "datagram (sender:send), or claim expect(flow):reaches{...}")
end

return claims
