--- Claims about the frames that an observer saw.
local class = require "mcast.class"
local core = require "mcast.core"
local impaired = require "mcast.claims.impaired"
local deliveries = require "mcast.deliveries"
local errors = require "mcast.errors"
local machine = require "mcast.machine"
local options = require "mcast.options"
local proof = require "mcast.proof"
local sent_class = require("mcast.sent").class
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local waiting = require "mcast.waiting"
local words = require "mcast.words"

local claims = {}

local timing_types = { within = types.seconds, during = types.seconds, quiet = types.seconds }

local filter_types = { group = types.group, source = types.unicast, port = types.port,
  source_port = types.port, length = types.integer(0), ttl = types.integer(0, 255),
  protocol = types.integer(0, 255) }

local function filter_matcher(wanted)
  return function(frame)
    for field, value in pairs(wanted) do
      if frame[field] ~= value then return false end
    end
    return true
  end
end

local function sent_matcher(sent)
  local until_time = deliveries.next_alike(sent)
  return function(frame) return sent:_resembles(frame) and frame.time < until_time end
end

---@class mcast.FrameClaim
---@field matches fun(frame: mcast.Frame): any
---@field is_any boolean
---@field expected string
---@field needed table what must have been sent for silence to say something (mcast.Sends)
---@field timing table

--- What is looked for: any frame, a datagram, what a function accepts, or a table of fields.
---@return mcast.FrameClaim
local function read_wanted(where, wanted)
  if wanted == nil then
    return { matches = function() return true end, expected = "a frame", needed = {} }
  end
  if type(wanted) == "function" then
    return { matches = wanted, expected = "a frame that the function accepts", needed = {} }
  end
  if class.is(wanted, sent_class) then
    return { matches = sent_matcher(wanted), expected = "the " .. tostring(wanted),
      needed = { group = wanted.group, port = wanted.port, length = #wanted.data,
        source = wanted.host.address } }
  end
  local filter = options.check(where, wanted, filter_types)
  return { matches = filter_matcher(filter), expected = "a frame like the filter",
    needed = filter }
end

local function is_timing(given)
  if type(given) ~= "table" or getmetatable(given) then return false end
  for key in pairs(given) do
    if not timing_types[key] then return false end
  end
  return next(given) ~= nil
end

---@return mcast.FrameClaim
local function read(where, observer, wanted, timing)
  if observer.closed then errors.usage("%s: %s is closed", where, tostring(observer)) end
  if timing == nil and is_timing(wanted) then wanted, timing = nil, wanted end
  local claim = read_wanted(where, wanted)
  claim.is_any = wanted == nil
  claim.timing = options.check(where, timing, timing_types)
  return claim
end

local function describe_frames(observer)
  local frames = {}
  for i = observer._since + 1, observer._raw:count() do
    local frame = observer._raw:frame(i)
    frames[#frames + 1] = ("%s from %s (%d bytes)"):format(frame.group, frame.source, frame.length)
  end
  return #frames == 0 and "nothing" or words.list(frames, "and", 5)
end

--- Looks at each frame once; `found` and `otherwise` are what it then says.
local function looker(observer, matches, found, otherwise)
  local looked_at, began, is_found = observer._since, core.now(), false
  return function()
    while not is_found and looked_at < observer._raw:count() do
      looked_at = looked_at + 1
      is_found = matches(observer._raw:frame(looked_at))
    end
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
  local claim = read("expect(observer):sees", observer, wanted, timing)
  local drops, look = machine.drops(), looker(observer, claim.matches, "holds", "open")
  local holds = waiting.settle(look, claim.timing.within or 1, 0)
  local fields = fields_of(observer, claim.expected)
  if holds then return verdict.pass(fields) end
  local lost = machine.drops_now() - drops
  if lost > 0 then return verdict.inconclusive(fields, machine.explain(lost)) end
  return fail(fields)
end

local function missing_proof(observer, claim, drops, began)
  if observer.drops > 0 then
    return ("it could not take %s"):format(words.count(observer.drops, "frame"))
  end
  local network = observer.host.network
  local needed = claim.needed
  needed.group = needed.group or observer.group or nil
  if not network._sends:any_departed(needed, observer._cleared_at, observer.host) then
    return "nothing was sent that it could have seen"
  end
  return impaired.on_the_way(network, began) or proof.machine_since(network, drops)
end

--- No such frame since it was opened or cleared, nor in the next `during` (0.05) seconds.
function claims.sees_nothing(observer, wanted, timing)
  local claim = read("expect(observer):sees_nothing", observer, wanted, timing)
  local during = claim.timing.during or 0.05 + impaired.travel_time(observer.host.network)
  local drops, began = machine.drops(), core.now()
  local holds = waiting.settle(looker(observer, claim.matches, "lost", "holds"), during, during)
  local fields = fields_of(observer, claim.is_any and "nothing" or "not " .. claim.expected)
  if not holds then return fail(fields) end
  local reason = missing_proof(observer, claim, drops, began)
  if reason then return verdict.inconclusive(fields, reason) end
  return verdict.pass(fields)
end

return claims
