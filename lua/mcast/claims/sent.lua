--- Claims about who got a datagram: reaches, reaches_nobody, crosses. Exact: those and no others.
local deliveries = require "mcast.deliveries"
local ears = require "mcast.ears"
local exactly = require "mcast.claims.exactly"
local explain = require "mcast.claims.explain"
local hosts = require "mcast.host"
local impaired = require "mcast.impaired"
local options = require "mcast.options"
local proof = require "mcast.proof"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local waiting = require "mcast.waiting"
local words = require "mcast.words"

local claims = {}

local timing_types = { within = types.seconds, quiet = types.seconds }
local default_within, default_quiet = 1, 0.05

--- Reads the arguments of an exact claim.
---@return {hosts: mcast.Host[], within: number, quiet: number}
function claims.read(where, sent, given, timing)
  local list, merged = exactly.split(given, timing, timing_types)
  local wanted = options.check(where, merged, timing_types)
  return { hosts = hosts.list(where, list, sent.host.network),
    within = wanted.within or default_within,
    quiet = wanted.quiet or default_quiet + impaired.travel_time(sent.host.network) }
end

-- ---- exactly these ------------------------------------------------------------------------

local function has_witness(witnesses)
  local has = {}
  for _, witness in ipairs(witnesses) do has[witness.host] = true end
  return has
end

--- What the claim sees now: nothing can make an extra delivery or a duplicate undone, and who does
--- not listen will not hear a datagram that has been sent.
local function looker(claim, got, witnesses)
  local listens = has_witness(witnesses)
  return function()
    got:update()
    local missing, extra = exactly.compare(claim.hosts, got.reached)
    if #extra > 0 or claim.once and got.twice then return "lost" end
    for _, host in ipairs(missing) do
      if not listens[host] then return "lost" end
    end
    return #missing == 0 and "holds" or "open", got.last_time
  end
end

--- Why silence is not proved; nil when it is, or when nobody was silent.
local function missing_proof(sent, got, claim)
  local silent = got:silent()
  if claim.blind then return claim.blind end
  if #silent == 0 then return #claim.hosts == 0 and claim.no_witness or nil end
  local receivers = {}
  for i, witness in ipairs(silent) do receivers[i] = witness.object end
  return proof.departure(sent, claim.heard or got.reached)
    or claim.silence(receivers, sent.time) or proof.machine_for_silence(sent)
end

local function failure(sent, claim, got, fields)
  local missing, extra = exactly.compare(claim.hosts, got.reached)
  local reasons = {}
  for _, host in ipairs(exactly.in_order(extra, sent.host.network)) do
    reasons[#reasons + 1] = ("%s %s it and should not have"):format(host.name, claim.verb)
  end
  if got.twice and claim.once then
    reasons[#reasons + 1] = ("%s got it %s"):format(tostring(got.twice.object),
      words.times(got.counts[got.twice]))
  end
  for i, host in ipairs(missing) do
    if i > 5 then
      reasons[#reasons + 1] = ("and %d more"):format(#missing - 5)
      break
    end
    reasons[#reasons + 1] = claim.why_not(sent, host)
  end
  fields.hosts = #missing > 0 and missing or extra
  fields.message = ("%s: expected %s %s, seen %s: %s"):format(tostring(sent), claim.to,
    fields.expected, fields.seen, table.concat(reasons, "; "))
  return verdict.fail(fields)
end

--- Settles an exact claim: waits, compares, and demands proof of silence.
local function settle(sent, claim, witnesses)
  local got = deliveries.new(sent, witnesses)
  local holds = waiting.settle(looker(claim, got, witnesses), claim.within, claim.quiet)
  local reached = hosts.ordered(got.reached, claim.hosts, sent.host.network)
  local fields = { subject = tostring(sent), expected = hosts.names(claim.hosts),
    seen = hosts.names(reached), hosts = claim.hosts }
  if holds then
    if claim.once == nil then claim.heard = claims.heard_by_receivers(sent) end
    local reason = missing_proof(sent, got, claim)
    if reason then return verdict.inconclusive(fields, reason) end
    fields.message = ("%s %s %s, as expected"):format(fields.subject, claim.did, fields.seen)
    return verdict.pass(fields)
  end
  local _, extra = exactly.compare(claim.hosts, got.reached)
  local lost = #extra == 0 and not (claim.once and got.twice) and proof.machine(sent)
  if lost then return verdict.inconclusive(fields, lost) end
  return failure(sent, claim, got, fields)
end

--- Hosts whose receivers got it: proof that there was something to be seen on the wire.
function claims.heard_by_receivers(sent)
  local got = deliveries.new(sent, deliveries.receivers(sent))
  got:update()
  return got.reached
end

-- ---- the claims -----------------------------------------------------------------------------

local function reaches(sent, claim)
  claim.once, claim.verb, claim.to, claim.did = true, "got", "to reach", "reached"
  claim.why_not = explain.not_received
  function claim.silence(receivers, since)
    return proof.all_listening(receivers, since) or ears.any_obstacle(receivers, sent)
  end
  claim.no_witness = "there is no receiver that could have heard it" .. ears.describe_cut_off(sent)
  return settle(sent, claim, deliveries.receivers(sent))
end

function claims.reaches(sent, given, timing)
  return reaches(sent, claims.read("expect(sent):reaches", sent, given, timing))
end

function claims.reaches_nobody(sent, timing)
  return reaches(sent, claims.read("expect(sent):reaches_nobody", sent, {}, timing))
end

local function observers_dropped(observers)
  for _, observer in ipairs(observers) do
    local dropped = observer.drops
    if dropped > 0 then
      return ("%s could not take %s"):format(tostring(observer), words.count(dropped, "frame"))
    end
  end
  return nil
end

local function not_seen(_, host)
  if #host._observers == 0 and #host.network._watchers == 0 then
    return ("%s is not watched (host:observer{} before the send)"):format(host.name)
  end
  return ("no interface of %s saw it"):format(host.name)
end

--- Exactly these hosts' interfaces saw it on the wire.
function claims.crosses(sent, given, timing)
  local claim = claims.read("expect(sent):crosses", sent, given, timing)
  claim.verb, claim.to, claim.did = "saw", "to cross to", "crossed to"
  claim.why_not, claim.silence = not_seen, observers_dropped
  local witnesses = deliveries.observers(sent)
  local unwatched = deliveries.unwatched(sent, witnesses)
  claim.blind = unwatched and ("%s is not watched"):format(tostring(unwatched))
  claim.no_witness = "there is no other host's interface to watch"
  return settle(sent, claim, witnesses)
end

claims.acknowledged_by = function(...)
  return require("mcast.claims.acknowledgement").acknowledged_by(...)
end

return claims
