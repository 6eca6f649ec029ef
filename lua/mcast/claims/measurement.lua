--- Claims about what mcast.measure measured: takes_at_most.
local options = require "mcast.options"
local path_loss = require "mcast.measure.path_loss"
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

--- The longest that was seen. The old stream may have come for longer, and the new one from an earlier time
--- on: the longest that may have been.
---@return number longest, number most
local function overlap_bounds(measured)
  local longest, most = 0, 0
  for _, entry in ipairs(measured.entries) do
    longest = math.max(longest, entry.overlap or math.huge)
    most = math.max(most, entry._most_overlap)
  end
  return longest, most
end

local function seconds_text(seconds)
  return seconds == math.huge and "none" or show.duration(seconds)
end

--- Those over their bound, and those that the resolution leaves open, in words.
local function compare(measured, wanted)
  local over, open = {}, {}
  local function judge(limit, least, most, text)
    local to = least > limit and over or most > limit and open
    if to then to[#to + 1] = text end
  end
  for _, name in ipairs(percentiles) do
    if wanted[name] then
      local least, most = measured:_bounds(name)
      judge(wanted[name], least, most, ("%s %s"):format(name, seconds_text(measured[name])))
    end
  end
  if wanted.leaked then
    local leaked = measured.leaked
    judge(wanted.leaked, leaked, leaked + measured:_unseen(), leaked .. " leaked")
  end
  if wanted.overlap then
    local longest, most = overlap_bounds(measured)
    judge(wanted.overlap, longest, most, "overlap " .. seconds_text(longest))
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

--- Of the hosts with the coarsest resolution what their path lost; nil: nothing.
local function losses_text(measured)
  local worst
  for _, entry in ipairs(measured.entries) do
    if not worst or entry.resolution > worst.resolution then worst = entry end
  end
  for _, seen in ipairs(worst._losses) do
    if seen.lost > 0 then return path_loss.describe(seen, worst.host) end
  end
end

--- What the resolution leaves open.
local function undecided(measured, open)
  local losses = losses_text(measured)
  return ("%s is nearer to the bound than the resolution of %s%s: send faster, or to fewer "
    .. "hosts"):format(words.list(open), show.duration(measured.resolution),
    losses and " (" .. losses .. ")" or "")
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
