--- Claims about what one receiver heard.
local core = require "mcast.core"
local data = require "mcast.claims.data"
local ears = require "mcast.ears"
local impaired = require "mcast.impaired"
local losses = require "mcast.losses"
local machine = require "mcast.machine"
local options = require "mcast.options"
local proof = require "mcast.proof"
local show = require "mcast.show"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local waiting = require "mcast.waiting"
local words = require "mcast.words"

local claims = {}

local default_within, default_during = 1, 0.05

-- ---- receives -------------------------------------------------------------------------------

local function what(value)
  if value ~= nil and type(value) ~= "string" and type(value) ~= "function" then
    return nil, "the data, a pattern or a function"
  end
  return value
end

local function describe_messages(receiver)
  local messages = {}
  for i = receiver._since + 1, receiver._endpoint:count() do
    messages[#messages + 1] = show.text(receiver._endpoint:message(i).data, 30)
  end
  local probes = receiver:_probes()
  if probes > 0 then messages[#messages + 1] = words.count(probes, "probe") .. " of a stream" end
  return #messages == 0 and "nothing" or words.list(messages, "and", 5)
end

--- For the comment at its packet (mcast.comments.heard).
---@return mcast.Heard
local function as_heard(receiver, number)
  local message = receiver:_message(number)
  return { host = receiver.host, time = message.time, source = message.from.address,
    group = message.to }
end

--- Looks at each message once; `looked.at` is the one that was found.
local function looker(receiver, is_wanted, looked)
  local looked_at, found = receiver._since, false
  return function()
    while not found and looked_at < receiver._endpoint:count() do
      looked_at = looked_at + 1
      found = is_wanted(receiver:_message(looked_at))
    end
    if found then looked.at = looked_at end
    return found and "holds" or "open"
  end
end

local function why_not(receiver)
  local dropped = losses.describe(receiver:_losses_since(receiver._cleared_at))
  if dropped then return "; it " .. dropped end
  return receiver.closed and "; it is closed" or ""
end

--- Some message since it was opened or last cleared is the wanted one.
function claims.receives(receiver, wanted, timing)
  local where = "expect(receiver):receives"
  if type(wanted) == "table" and timing == nil then wanted, timing = nil, wanted end
  if wanted ~= nil then options.argument(where, "data", wanted, what) end
  local given = options.check(where, timing, { within = types.seconds, quiet = types.seconds })
  local drops = machine.drops()
  local looked = {}
  local look = looker(receiver, data.matcher(wanted), looked)
  local holds = waiting.settle(look, given.within or default_within, 0)
  local fields = { subject = tostring(receiver), seen = describe_messages(receiver),
    expected = wanted == nil and "a message" or show.value(wanted), hosts = { receiver.host } }
  if type(wanted) == "function" then fields.expected = "a message that the function accepts" end
  fields.message = ("%s received %s"):format(fields.subject, fields.expected)
  if holds then
    fields.heard = as_heard(receiver, looked.at)
    return verdict.pass(fields)
  end
  local lost = machine.drops_now() - drops
  if lost > 0 then return verdict.inconclusive(fields, machine.explain(lost)) end
  fields.message = ("%s: expected %s, received %s%s"):format(fields.subject, fields.expected,
    fields.seen, why_not(receiver))
  return verdict.fail(fields)
end

-- ---- receives_nothing -----------------------------------------------------------------------

--- Silence says something only of a receiver that listened, and towards which something was sent.
local function missing_proof(receiver, drops, began)
  local network = receiver.host.network
  local since = receiver._cleared_at
  local reason = proof.listening(receiver, since) or ears.obstacle(receiver, since, core.now())
  if reason then return reason end
  local heard, inaudible =
    network._sends:towards(receiver.port, receiver.family, since, receiver.host)
  if not heard and inaudible then return "nothing that was sent towards it left its sender" end
  if not heard then return "nothing was sent towards it" end
  return impaired.on_the_way(network, began) or proof.machine_since(network, drops)
end

--- Nothing has come since it was opened or cleared, nor comes in the next `during` seconds.
function claims.receives_nothing(receiver, timing)
  local where = "expect(receiver):receives_nothing"
  local given = options.check(where, timing, { during = types.seconds, within = types.seconds,
    quiet = types.seconds })
  local during = given.during or default_during + impaired.travel_time(receiver.host.network)
  local drops, began = machine.drops(), core.now()
  local count = receiver._since
  local holds = waiting.settle(function()
    if receiver._endpoint:count() > count or receiver:_probes() > 0 then return "lost" end
    return "holds", began
  end, during, during)
  local fields = { subject = tostring(receiver), expected = "nothing",
    seen = describe_messages(receiver), hosts = { receiver.host } }
  if holds then
    local reason = missing_proof(receiver, drops, began)
    if reason then return verdict.inconclusive(fields, reason) end
    fields.message = ("%s received nothing, though something was sent towards it"):format(
      fields.subject)
    return verdict.pass(fields)
  end
  if receiver._endpoint:count() == count then
    fields.message = ("%s: expected nothing, received %s"):format(fields.subject, fields.seen)
    return verdict.fail(fields)
  end
  local first = receiver:_message(count + 1)
  fields.message = ("%s: expected nothing, received %s from %s to %s"):format(fields.subject,
    fields.seen, first.from.host and first.from.host.name or first.from.address, first.to)
  fields.heard = as_heard(receiver, count + 1)
  return verdict.fail(fields)
end

return claims
