--- Claims about what mcast.measure measured: takes_at_most.
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local words = require "mcast.words"

local claims = {}

local percentiles = { "min", "mean", "p50", "p90", "p99", "max" }

local spec = { leaked = types.integer(0), overlap = types.seconds }
for _, name in ipairs(percentiles) do spec[name] = types.seconds end

-- ---- what is allowed -------------------------------------------------------------------------

local function read(where, measured, given)
  if type(given) == "number" then given = { max = given } end
  local wanted = options.check(where, given, spec)
  if next(wanted) == nil then
    options.refuse(where, "bounds", "seconds, for the maximum, or a table such as "
      .. "{p99 = 0.1, max = 0.5}", given)
  end
  for _, name in ipairs { "leaked", "overlap" } do
    local has = name == "leaked" and measured.kind ~= "join" or measured.kind == "channel change"
    if wanted[name] and not has then
      options.refuse(where, name, ("none of a %s: it has no such number"):format(measured.kind),
        wanted[name])
    end
  end
  return wanted
end

local function describe(wanted)
  local parts = {}
  for _, name in ipairs(percentiles) do
    if wanted[name] then parts[#parts + 1] = name .. " " .. show.duration(wanted[name]) end
  end
  if wanted.leaked then parts[#parts + 1] = wanted.leaked .. " leaked" end
  if wanted.overlap then parts[#parts + 1] = "overlap " .. show.duration(wanted.overlap) end
  return words.list(parts)
end

-- ---- what was measured -----------------------------------------------------------------------

--- The stream's last datagram was seen, and the next one would have come this much later: until
--- then the path may have been open. Before a first datagram it may have been open for as long.
---@return number less, number more than the number that was measured
local function doubt_of(measured)
  if measured.kind == "leave" then return 0, measured.resolution end
  return measured.resolution, 0
end

local function longest_overlap(measured)
  local longest = 0
  for _, entry in ipairs(measured.entries) do
    longest = math.max(longest, entry.overlap or math.huge)
  end
  return longest
end

local function seconds_text(seconds)
  return seconds == math.huge and "none" or show.duration(seconds)
end

--- Those over their bound, and those that the resolution leaves open, in words.
local function compare(measured, wanted)
  local over, open = {}, {}
  local less, more = doubt_of(measured)
  for _, name in ipairs(percentiles) do
    local limit, value = wanted[name], measured[name]
    if limit and value - less > limit then
      over[#over + 1] = ("%s %s"):format(name, seconds_text(value))
    elseif limit and value + more > limit then
      open[#open + 1] = ("%s %s"):format(name, seconds_text(value))
    end
  end
  if wanted.leaked and measured.leaked > wanted.leaked then
    over[#over + 1] = measured.leaked .. " leaked"
  end
  if wanted.overlap and longest_overlap(measured) > wanted.overlap then
    over[#over + 1] = "overlap " .. seconds_text(longest_overlap(measured))
  end
  return over, open
end

--- Hosts without an answer, by why: those that the network failed, those of which nothing is known.
local function reasons(measured)
  local silent, unproved, hosts = {}, {}, {}
  for _, entry in ipairs(measured.entries) do
    if entry.why then
      local to = entry._proved and silent or unproved
      if not to[entry.why] then
        to[#to + 1], to[entry.why] = entry.why, {}
      end
      table.insert(to[entry.why], entry.host.name)
      hosts[#hosts + 1] = entry.host
    end
  end
  return silent, unproved, hosts
end

--- "b and c: nothing came within 1 s".
local function sentence(by_reason)
  local list = {}
  for i = 1, math.min(#by_reason, 5) do
    list[i] = ("%s: %s"):format(words.list(by_reason[by_reason[i]]), by_reason[i])
  end
  if #by_reason > 5 then list[6] = ("and %d more"):format(#by_reason - 5) end
  return table.concat(list, "; ")
end

local function slowest(measured)
  local found = measured.entries[1]
  for _, entry in ipairs(measured.entries) do
    if entry.latency > found.latency then found = entry end
  end
  return found
end

local function fail(measured, fields, over, silent, hosts)
  if #over == 0 then over = { words.count(#hosts, "host") .. " without a latency" } end
  local why = #silent > 0 and sentence(silent)
    or ("the slowest was %s"):format(slowest(measured).host.name)
  fields.hosts = #hosts > 0 and hosts or { slowest(measured).host }
  fields.message = ("%s: expected at most %s, seen %s: %s"):format(fields.subject, fields.expected,
    words.list(over), why)
  return verdict.fail(fields)
end

--- What the resolution leaves open.
local function undecided(measured, open)
  return ("%s is nearer to the bound than the resolution of %s: send faster, or to fewer "
    .. "hosts"):format(words.list(open), show.duration(measured.resolution))
end

--- None of the numbers is greater: seconds for the slowest host, or {p99 =, max =, leaked =}. What
--- nobody measured is not small: it fails, or is inconclusive when nothing was proved.
---@param measured mcast.Measurement
---@param given number|table
function claims.takes_at_most(measured, given)
  local wanted = read("expect(measurement):takes_at_most", measured, given)
  local over, open = compare(measured, wanted)
  local silent, unproved, hosts = reasons(measured)
  local fields = { subject = measured:_title(), expected = describe(wanted),
    seen = tostring(measured) }
  if #unproved > 0 then return verdict.inconclusive(fields, sentence(unproved)) end
  if #over + #silent > 0 then return fail(measured, fields, over, silent, hosts) end
  if wanted.leaked and measured._lost then return verdict.inconclusive(fields, measured._lost) end
  if #open > 0 then return verdict.inconclusive(fields, undecided(measured, open)) end
  fields.message = ("%s, as expected (at most %s)"):format(tostring(measured), fields.expected)
  return verdict.pass(fields)
end

return claims
