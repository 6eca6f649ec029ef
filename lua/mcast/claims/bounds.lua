--- Upper bounds on what may happen to a flow: {loss=, duplicates=, reordered=, longest_gap=,
--- latency=}.
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"
local words = require "mcast.words"

local bounds = {}

local amount_expected = 'a number of datagrams, a fraction below 1 of those sent, or "1%"'

--- A count, or a share of what was sent.
local function amount(value)
  local percent = type(value) == "string" and tonumber(value:match("^([%d.]+)%s*%%$"))
  if percent and percent <= 100 then return { share = percent / 100 } end
  if type(value) ~= "number" or value ~= value or value < 0 then return nil, amount_expected end
  local count = math.tointeger(value)
  if count then return { count = count } end
  if value > 1 then return nil, amount_expected end
  return { share = value }
end

local percentiles = { "min", "mean", "p50", "p90", "p99", "p999", "max" }

--- Seconds, for the maximum; or {p99 = 0.001, max = 0.01}.
local function latency(value)
  local expected = "seconds, for the maximum, or a table such as {p99 = 0.001, max = 0.01}"
  if type(value) == "number" then value = { max = value } end
  if type(value) ~= "table" or next(value) == nil then return nil, expected end
  local known = {}
  for _, name in ipairs(percentiles) do known[name] = true end
  for name, seconds in pairs(value) do
    if not known[name] or types.seconds(seconds) == nil then return nil, expected end
  end
  return value
end

bounds.types = {
  loss = amount, duplicates = amount, reordered = amount, longest_gap = types.seconds,
  latency = latency, within = types.seconds, quiet = types.seconds,
}

--- None lost and none twice, unless the scenario allows it.
---@param where string
---@param given table|nil
function bounds.read(where, given)
  local wanted = options.check(where, given, bounds.types)
  wanted.loss = wanted.loss or { count = 0 }
  wanted.duplicates = wanted.duplicates or { count = 0 }
  return wanted
end

--- A share that is meant exactly, 29 % of 100, must not be missed by the rounding of a product.
local rounding = 1 + 1e-12

---@param limit {count: integer?, share: number?}|nil nil: any number
---@param sent integer
---@return number
local function allowed(limit, sent)
  if not limit then return math.huge end
  return limit.count or limit.share * sent * rounding
end

local counted = {
  { bound = "loss", field = "lost", verb = "lost" },
  { bound = "duplicates", field = "duplicated", verb = "got twice" },
  { bound = "reordered", field = "reordered", verb = "got out of order" },
}

local function percent(part, whole)
  return ("%.3g %%"):format(100 * part / whole)
end

local function describe(limit)
  if limit.share then return percent(limit.share, 1) .. " allowed" end
  return limit.count == 0 and "none allowed" or ("%d allowed"):format(limit.count)
end

--- Latencies may be shorter than what show.duration() tells apart.
local function latency_text(seconds)
  if seconds < 0.001 then return ("%.3g us"):format(seconds * 1e6) end
  return show.duration(seconds)
end

--- "lost 12 of 1000 (1.2 %; none allowed)".
local function count_excess(wanted, got, sent)
  local list = {}
  for _, one in ipairs(counted) do
    local limit, number = wanted[one.bound], got[one.field]
    if number > allowed(limit, sent) then
      list[#list + 1] = ("%s %d of %d (%s; %s)"):format(one.verb, number, sent,
        percent(number, sent), describe(limit))
    end
  end
  return list
end

local function add_latency_excess(list, wanted, got)
  for _, name in ipairs(percentiles) do
    local limit = wanted.latency and wanted.latency[name]
    if limit and got.latency and got.latency[name] > limit then
      list[#list + 1] = ("had a latency of %s (%s; at most %s allowed)"):format(
        latency_text(got.latency[name]), name, latency_text(limit))
    end
  end
end

--- What exceeds the bounds, in words; empty when nothing does.
---@param wanted table
---@param got mcast.FlowAccount
---@param sent integer
---@return string[]
function bounds.excess(wanted, got, sent)
  local list = count_excess(wanted, got, sent)
  if wanted.longest_gap and got.longest_gap > wanted.longest_gap then
    list[#list + 1] = ("was dark for %s (at most %s allowed)"):format(
      show.duration(got.longest_gap), show.duration(wanted.longest_gap))
  end
  add_latency_excess(list, wanted, got)
  return list
end

--- Why the account does not say how many were lost; nil: it does.
---@param got mcast.FlowAccount
---@return string|nil
function bounds.uncounted(got)
  local count = got.unaccounted
  if count == 0 then return nil end
  return words.count(count, "datagram") .. " could not be counted for want of memory"
end

--- Why it does not say that it is within the others; nil: it does.
---@param wanted table
---@param got mcast.FlowAccount
---@return string|nil
function bounds.unlisted(wanted, got)
  if got.complete or not (wanted.longest_gap or wanted.latency) then return nil end
  return "it had more gaps than can be listed, or memory ran out"
end

--- Is it within them, as far as that can still change: may more datagrams make it right?
---@param wanted table
---@param received integer
---@param sent integer
function bounds.loss_is_allowed(wanted, received, sent)
  return sent - received <= allowed(wanted.loss, sent)
end

--- Nothing that is still to come can undo these.
function bounds.is_exceeded_for_good(wanted, duplicated, reordered, sent)
  return duplicated > allowed(wanted.duplicates, sent)
    or reordered > allowed(wanted.reordered, sent)
end

--- "none lost", "at most 1 % lost".
local function describe_count(one, limit)
  local most = limit.share and "at most " .. percent(limit.share, 1)
    or limit.count == 0 and "none" or "at most " .. limit.count
  return most .. " " .. one.verb:gsub("got ", "")
end

--- "none lost, none twice and no gap above 0.2 s".
function bounds.describe(wanted)
  local parts = {}
  for _, one in ipairs(counted) do
    local limit = wanted[one.bound]
    if limit then parts[#parts + 1] = describe_count(one, limit) end
  end
  if wanted.longest_gap then
    parts[#parts + 1] = "no gap above " .. show.duration(wanted.longest_gap)
  end
  for _, name in ipairs(percentiles) do
    local limit = wanted.latency and wanted.latency[name]
    if limit then parts[#parts + 1] = ("%s latency %s"):format(name, latency_text(limit)) end
  end
  return words.list(parts)
end

return bounds
