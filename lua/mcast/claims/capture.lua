--- Claims about the packets of a capture.
local core = require "mcast.core"
local evidence = require "mcast.capture_evidence"
local errors = require "mcast.errors"
local impaired = require "mcast.impaired"
local packet_filter = require "mcast.packet_filter"
local machine = require "mcast.machine"
local options = require "mcast.options"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local waiting = require "mcast.waiting"

local claims = {}

local default_within, default_during = 1, 0.05
local most_described = 5

--- A claim without a filter is about any packet: its options come first then.
local function split(wanted, timing)
  if type(wanted) == "table" and timing == nil then return nil, wanted end
  return wanted, timing
end

local function describe_packets(capture)
  local count, list = capture._raw:count(), {}
  for i = math.max(1, count - most_described + 1), count do
    list[#list + 1] = tostring(capture:_packet(i))
  end
  if count == 0 then return "nothing" end
  if count <= most_described then return table.concat(list, "; ") end
  return ("%d packets, the last of them %s"):format(count, table.concat(list, "; "))
end

local function fields_of(capture, expected)
  return { subject = tostring(capture), expected = expected, seen = describe_packets(capture),
    hosts = { capture.host } }
end

--- Looks at each packet once; `found` and `otherwise` are what it then says. Remembers in
--- `looked.at` the packet that it found.
local function looker(capture, wanted, looked, found, otherwise)
  local from, clearing, began = 1, capture._cleared_at, core.now()
  return function()
    local count = capture:_read()
    if capture._cleared_at ~= clearing then from, clearing = 1, capture._cleared_at end
    if not looked.at then looked.at = capture:_find(wanted, from) end
    from = count + 1
    return looked.at and found or otherwise, began
  end
end

--- The saved file tells at the packet which claim found it, and where that stands.
local function point_at(capture, i, word, wanted, outcome)
  local position = errors.user_position()
  capture:_comment(i, ("%sexpect(capture):%s(%s) %s"):format(position and position .. ": " or "",
    word, type(wanted) == "string" and ("%q"):format(wanted) or wanted and "function" or "",
    outcome))
end

--- Some packet since it was opened or last cleared.
function claims.sees(capture, wanted, timing)
  local where, looked = "expect(capture):sees", {}
  wanted, timing = split(wanted, timing)
  capture:_wanted(where, wanted)
  local given = options.check(where, timing, { within = types.seconds, quiet = types.seconds })
  local drops, look = machine.drops(), looker(capture, wanted, looked, "holds", "open")
  local holds = waiting.settle(look, capture.stopped and 0 or given.within or default_within, 0)
  local fields = fields_of(capture, packet_filter.describe("a", wanted))
  if holds then
    point_at(capture, looked.at, "sees", wanted, "holds")
    fields.message = ("%s saw %s"):format(fields.subject, fields.expected)
    return verdict.pass(fields)
  end
  fields.message = ("%s: expected %s, saw %s"):format(fields.subject, fields.expected, fields.seen)
  local reason = evidence.missed(capture) or evidence.machine_lost(drops)
  if reason then return verdict.inconclusive(fields, reason) end
  return verdict.fail(fields)
end

local nothing_types = { during = types.seconds, within = types.seconds, quiet = types.seconds,
  given = packet_filter.wanted }

--- No such packet since it was opened or cleared, nor in the next `during` (0.05) seconds.
function claims.sees_nothing(capture, wanted, timing)
  local where, looked = "expect(capture):sees_nothing", {}
  wanted, timing = split(wanted, timing)
  capture:_wanted(where, wanted)
  local given = options.check(where, timing, nothing_types)
  capture:_wanted(where, given.given)
  if capture.stopped then
    errors.usage("%s: the %s is stopped: make the claim before capture:stop()", where,
      tostring(capture))
  end
  local during, drops = given.during
    or default_during + impaired.travel_time(capture.host.network), machine.drops()
  local look, began = looker(capture, wanted, looked, "lost", "holds"), core.now()
  local holds = waiting.settle(look, during, during)
  local fields = fields_of(capture, packet_filter.describe("no", wanted))
  if not holds then
    point_at(capture, looked.at, "sees_nothing", wanted, "does not hold")
    fields.seen = tostring(capture:_packet(looked.at))
    fields.message = ("%s: expected %s, saw %s"):format(fields.subject, fields.expected,
      fields.seen)
    return verdict.fail(fields)
  end
  local reason = evidence.missing(capture, wanted, given.given, drops)
    or impaired.on_the_way(capture.host.network, began)
  if reason then return verdict.inconclusive(fields, reason) end
  fields.message = ("%s saw %s"):format(fields.subject, fields.expected)
  return verdict.pass(fields)
end


return claims
