--- Claims about the frames that an observer saw.
local core = require "mcast.core"
local errors = require "mcast.errors"
local frames = require "mcast.claims.frames"
local impaired = require "mcast.impaired"
local machine = require "mcast.machine"
local options = require "mcast.options"
local proof = require "mcast.proof"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local waiting = require "mcast.waiting"
local words = require "mcast.words"

local claims = {}

local sees_types = { within = types.seconds, quiet = types.seconds }

local nothing_types = { within = types.seconds, during = types.seconds, quiet = types.seconds,
  given = types.any }

---@return boolean
local function is_timing(given, spec)
  if type(given) ~= "table" or getmetatable(given) then return false end
  for key in pairs(given) do
    if not spec[key] then return false end
  end
  return next(given) ~= nil
end

---@return mcast.WantedFrame claim, table timing
local function read(where, observer, wanted, timing, spec)
  if observer.closed then errors.usage("%s: %s is closed", where, tostring(observer)) end
  if timing == nil and is_timing(wanted, spec) then wanted, timing = nil, wanted end
  return frames.wanted(where, wanted), options.check(where, timing, spec)
end

local function describe_frames(observer)
  local list = {}
  for i = observer._since + 1, observer._raw:count() do
    local frame = observer._raw:frame(i)
    list[#list + 1] = ("%s from %s (%d bytes)"):format(frame.group, frame.source, frame.length)
  end
  return #list == 0 and "nothing" or words.list(list, "and", 5)
end

--- For the comment at its packet (mcast.comments.heard).
---@return mcast.Heard
local function as_heard(observer, number)
  local frame = observer._raw:frame(number)
  return { host = observer.host, time = frame.time, source = frame.source, group = frame.group }
end

--- Looks at each frame once; `found` and `otherwise` are what it then says, `looked.at` is the one
--- that was found.
local function looker(observer, matches, looked, found, otherwise)
  local looked_at, began, is_found = observer._since, core.now(), false
  return function()
    while not is_found and looked_at < observer._raw:count() do
      looked_at = looked_at + 1
      is_found = matches(observer._raw:frame(looked_at))
    end
    if is_found then looked.at = looked_at end
    return is_found and found or otherwise, began
  end
end

local function fields_of(observer, expected)
  return { subject = tostring(observer), expected = expected, seen = describe_frames(observer),
    hosts = { observer.host } }
end

local function fail(fields)
  fields.message = ("%s: expected %s, saw %s"):format(fields.subject, fields.expected, fields.seen)
  return verdict.fail(fields)
end

--- Some frame since it was opened or last cleared.
function claims.sees(observer, wanted, timing)
  local claim, times = read("expect(observer):sees", observer, wanted, timing, sees_types)
  local drops, looked = machine.drops(), {}
  local look = looker(observer, claim.matches, looked, "holds", "open")
  local holds = waiting.settle(look, times.within or 1, 0)
  local fields = fields_of(observer, claim.expected)
  if holds then
    fields.heard = as_heard(observer, looked.at)
    return verdict.pass(fields)
  end
  local lost = machine.drops_now() - drops
  if lost > 0 then return verdict.inconclusive(fields, machine.explain(lost)) end
  return fail(fields)
end

--- Datagrams whose data it cannot tell: they came in fragments, or there was no room for more.
local function count_unread(observer)
  local count = 0
  for i = observer._since + 1, observer._raw:count() do
    local frame = observer._raw:frame(i)
    if frame.protocol == 17 and not frame.data then count = count + 1 end
  end
  return count
end

local function missed(observer, claim)
  if observer.drops > 0 then
    return ("it could not take %s"):format(words.count(observer.drops, "frame"))
  end
  if observer:_was_down() then return "its interface was down meanwhile" end
  local unread = claim.reads_data and count_unread(observer) or 0
  if unread > 0 then
    return ("it could not read the data of %s, which came in fragments or beyond 64 MiB"):format(
      words.count(unread, "datagram"))
  end
  return nil
end

local function has_seen(observer, sign)
  for i = observer._since + 1, observer._raw:count() do
    if sign.matches(observer._raw:frame(i)) then return true end
  end
  return false
end

--- There was something to see: it was sent elsewhere, or the observer saw what the user named as the
--- sign that it would have come here.
local function nothing_to_see(observer, claim, sign)
  if sign then
    return not has_seen(observer, sign)
      and ("it did not see %s, which is the sign that it could have"):format(sign.expected) or nil
  end
  if observer.interface.flags.loopback then
    return "what others send does not come to a loopback interface"
  end
  return not claim.was_sent(observer) and "nothing was sent that it could have seen" or nil
end

local function missing_proof(observer, claim, sign, drops, began)
  local reason = missed(observer, claim) or nothing_to_see(observer, claim, sign)
  if reason then return reason end
  local network = observer.host.network
  return impaired.on_the_way(network, began) or proof.machine_since(network, drops)
end

--- No such frame since it was opened or cleared, nor in the next `during` (0.05) seconds.
function claims.sees_nothing(observer, wanted, timing)
  local where = "expect(observer):sees_nothing"
  local claim, times = read(where, observer, wanted, timing, nothing_types)
  local sign = times.given ~= nil and frames.wanted(where .. ": given", times.given) or nil
  local during = times.during or 0.05 + impaired.travel_time(observer.host.network)
  local drops, began, looked = machine.drops(), core.now(), {}
  local look = looker(observer, claim.matches, looked, "lost", "holds")
  local holds = waiting.settle(look, during, during)
  local fields = fields_of(observer, claim.is_any and "nothing" or "not " .. claim.expected)
  if not holds then
    fields.heard = as_heard(observer, looked.at)
    return fail(fields)
  end
  local reason = missing_proof(observer, claim, sign, drops, began)
  if reason then return verdict.inconclusive(fields, reason) end
  return verdict.pass(fields)
end

return claims
