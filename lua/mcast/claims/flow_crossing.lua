--- Which interfaces saw a stream on the wire.
local deliveries = require "mcast.deliveries"
local exactly = require "mcast.claims.exactly"
local hosts = require "mcast.host"
local impaired = require "mcast.impaired"
local options = require "mcast.options"
local proof = require "mcast.proof"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local waiting = require "mcast.waiting"
local words = require "mcast.words"

local crossing = {}

local spec = { within = types.seconds, quiet = types.seconds }

local function watches(observer, flow)
  return observer.host ~= flow.host and not observer.closed and observer._opened_at <= flow.started
    and (not observer.group or observer.group == flow.group)
end

---@return mcast.Observer[]
local function observers_of(flow)
  local list = {}
  local network = flow.host.network
  for _, observers in ipairs { network._watchers, network._all_observers } do
    for _, observer in ipairs(observers) do
      if watches(observer, flow) then list[#list + 1] = observer end
    end
  end
  return list
end

--- Looks at each frame once, until one is a probe of the stream.
local function looker(flow, observers, claim)
  local looked_at, saw, number = {}, {}, flow._raw:number()
  local function look(observer)
    local count = observer._raw:count()
    for i = (looked_at[observer] or 0) + 1, saw[observer.host] and 0 or count do
      if observer._raw:sighting(i) == number then saw[observer.host] = true end
    end
    looked_at[observer] = count
  end
  return saw, function()
    for _, observer in ipairs(observers) do look(observer) end
    local missing, extra = exactly.compare(claim.hosts, saw)
    if #extra > 0 then return "lost" end
    return #missing == 0 and "holds" or "open", flow:_last_time()
  end
end

local function dropped(observers)
  for _, observer in ipairs(observers) do
    if observer.drops > 0 then
      return ("%s could not take %s"):format(tostring(observer),
        words.count(observer.drops, "frame"))
    end
  end
  return nil
end

--- Why it is not proved that nobody else saw it.
local function missing_proof(flow, observers)
  local witnesses = {}
  for i, observer in ipairs(observers) do witnesses[i] = { object = observer } end
  local unwatched = deliveries.unwatched(flow, witnesses)
  if unwatched then return ("%s is not watched"):format(tostring(unwatched)) end
  if #observers == 0 then return "there is no other host's interface to watch" end
  if not flow.departed then return ("there is no proof that it left %s"):format(
    tostring(flow.host)) end
  return dropped(observers) or impaired.on_the_way(flow.host.network, flow:_last_time())
    or proof.machine_since(flow.host.network, flow._machine_drops)
end

local function failure(flow, claim, saw, fields)
  local missing, extra = exactly.compare(claim.hosts, saw)
  local reasons = {}
  for _, host in ipairs(exactly.in_order(extra, flow.host.network)) do
    reasons[#reasons + 1] = ("%s saw it and should not have"):format(host.name)
  end
  for _, host in ipairs(missing) do
    reasons[#reasons + 1] = ("no watched interface of %s saw it"):format(host.name)
  end
  fields.hosts = #missing > 0 and missing or extra
  fields.message = ("%s: expected to cross to %s, seen %s: %s"):format(tostring(flow),
    fields.expected, fields.seen, words.list(reasons, "and", 5))
  return verdict.fail(fields)
end

--- Exactly these hosts' interfaces saw some of it on the wire. The stream has ended.
---@param flow mcast.Flow
function crossing.settle(where, flow, given, more)
  local list, merged = exactly.split(given, more, spec)
  local timing = options.check(where, merged, spec)
  local claim = { hosts = hosts.list(where, list, flow.host.network) }
  local observers = observers_of(flow)
  local saw, look = looker(flow, observers, claim)
  local holds = waiting.settle(look, timing.within or 1, timing.quiet
    or 0.05 + impaired.travel_time(flow.host.network))
  local fields = { subject = tostring(flow), expected = hosts.names(claim.hosts),
    seen = hosts.names(hosts.ordered(saw, claim.hosts, flow.host.network)), hosts = claim.hosts }
  if not holds then return failure(flow, claim, saw, fields) end
  local reason = missing_proof(flow, observers)
  if reason then return verdict.inconclusive(fields, reason) end
  fields.message = ("%s crossed to %s, as expected"):format(fields.subject, fields.seen)
  return verdict.pass(fields)
end

return crossing
