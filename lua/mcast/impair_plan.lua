--- What interface:impair{...} or link:impair{...} was asked for, checked, and as the C side wants it.
local errors = require "mcast.errors"
local options = require "mcast.options"
local packet_filter = require "mcast.packet_filter"
local show = require "mcast.show"
local types = require "mcast.types"

local impair_plan = {}

local full_frame = 1518 -- bytes
local longest, most_frames, most_numbers, default_queue = 3600, 1000000, 32, 1000

-- ---- types ----------------------------------------------------------------------------------

local function share(value)
  if type(value) ~= "number" or not (value >= 0 and value <= 1) then
    return nil, "a share of the frames from 0 to 1 (0.1 is 10 %)"
  end
  return value
end

local function seconds(value)
  if type(value) ~= "number" or not (value >= 0 and value <= longest) then
    return nil, ("seconds from 0 to %d"):format(longest)
  end
  return value
end

local bits = { bit = 1, kbit = 1e3, mbit = 1e6, gbit = 1e9 }

--- Frames a second, or "10mbit".
local function rate(value)
  local expected = 'frames per second, or bits per second such as "10mbit" (bit, kbit, mbit, gbit)'
  if type(value) == "number" then
    if not (value > 0 and value < math.huge) then return nil, expected end
    return { frame_time = 1 / value, text = ("%g frames/s"):format(value) }
  end
  local number, unit = tostring(value):lower():match("^(%d+%.?%d*)%s*(%a+)$")
  if type(value) ~= "string" or not bits[unit] or tonumber(number) <= 0 then
    return nil, expected
  end
  return { byte_time = 8 / (tonumber(number) * bits[unit]), text = number .. unit }
end

local function filter(where, name)
  return function(value)
    local expression, expected = packet_filter.expression(value)
    if expression then packet_filter.compile(("%s: %s"):format(where, name), expression) end
    return expression, expected
  end
end

local count = types.integer(1)

local function numbers(value)
  local list, expected = type(value) == "table" and value or { value },
    ("a number from 1, or a list of at most %d"):format(most_numbers)
  if types.list(list) == nil or #list == 0 or #list > most_numbers then return nil, expected end
  for _, one in ipairs(list) do
    if count(one) == nil then return nil, expected, one end
  end
  return list
end

local function read_rule(where, given)
  local rule = options.check(where .. ": drop", given, { nth = numbers, first = count,
    every = count, only = filter(where, "drop: only") })
  if not (rule.nth or rule.first or rule.every) then
    errors.usage("%s: drop: expected nth, first or every: which frames to drop; all of them are "
      .. "loss = 1", where)
  end
  return rule
end

--- One rule, or a list of them.
local function rules(where)
  return function(value)
    if type(value) ~= "table" or getmetatable(value) then
      return nil, 'a rule such as {nth = 3, only = "igmp"}, or a list of rules'
    end
    if #value == 0 then return { read_rule(where, value) } end
    local list = {}
    for i, one in ipairs(value) do list[i] = read_rule(where, one) end
    return list
  end
end

local function option_types(where, word, check)
  return {
    loss = share, duplicate = share, reorder = share, delay = seconds, jitter = seconds,
    rate = rate, queue = types.integer(1, most_frames), only = filter(where, "only"),
    drop = rules(where), seed = types.integer(0), [word] = check,
  }
end

-- ---- the whole ------------------------------------------------------------------------------

local function check_together(where, wanted)
  if wanted.jitter and wanted.jitter > (wanted.delay or 0) then
    errors.usage("%s: jitter: %g s is more than the delay of %g s, around which it spreads", where,
      wanted.jitter, wanted.delay or 0)
  end
  if wanted.reorder and (wanted.delay or 0) == 0 then
    errors.usage("%s: reorder: who overtakes skips a delay: add one, such as delay = 0.01", where)
  end
  if wanted.queue and not wanted.rate then
    errors.usage("%s: queue: only a rate makes frames wait in one: add rate = ...", where)
  end
end

local effects = { "loss", "drop", "delay", "jitter", "rate", "duplicate", "reorder" }

local function has_effect(wanted)
  for _, name in ipairs(effects) do
    if wanted[name] then return true end
  end
  return false
end

--- nil: nothing at all is asked for.
---@param where string "interface:impair"
---@param given table|nil
---@param word string how the scenario names one of the two ways: "direction"
---@param check mcast.Type what it may be
---@return table|nil
function impair_plan.read(where, given, word, check)
  local wanted = options.check(where, given, option_types(where, word, check))
  if next(wanted) == nil then return nil end
  if not has_effect(wanted) then
    errors.usage("%s: expected what to do to frames: loss, drop, delay, jitter, rate, duplicate or "
      .. "reorder", where)
  end
  check_together(where, wanted)
  return wanted
end

--- Is any of it left to chance? Whoever loses all or nothing draws nothing.
---@param wanted table from read()
---@return boolean
function impair_plan.is_random(wanted)
  for _, name in ipairs { "loss", "duplicate", "reorder" } do
    local one = wanted[name] or 0
    if one > 0 and one < 1 then return true end
  end
  return (wanted.jitter or 0) > 0
end

local function rule_plan(rule)
  return { only = rule.only, numbers = rule.nth, first = rule.first, every = rule.every }
end

--- For core.impairment.
---@param wanted table from read()
---@param seed integer
---@return table
function impair_plan.plan(wanted, seed)
  local plan = { rules = {}, seed = seed, queue = wanted.queue or default_queue }
  local medium = wanted.rate or {}
  for _, name in ipairs { "loss", "duplicate", "reorder", "delay", "jitter", "only" } do
    plan[name] = wanted[name]
  end
  plan.frame_time, plan.byte_time = medium.frame_time, medium.byte_time
  for i, rule in ipairs(wanted.drop or {}) do plan.rules[i] = rule_plan(rule) end
  return plan
end

--- At most so long a frame waits for the wire: a full queue of full frames.
---@return number seconds
function impair_plan.longest_queueing(wanted)
  local medium = wanted.rate
  if not medium then return 0 end
  local for_one = (medium.frame_time or 0) + (medium.byte_time or 0) * full_frame
  return (wanted.queue or default_queue) * for_one
end

-- ---- in words -------------------------------------------------------------------------------

local function percent(value) return ("%g %%"):format(value * 100) end

local function describe_rule(rule)
  local parts = {}
  if rule.first then parts[#parts + 1] = ("the first %d"):format(rule.first) end
  if rule.nth then parts[#parts + 1] = "no. " .. table.concat(rule.nth, ", ") end
  if rule.every then parts[#parts + 1] = ("every %d."):format(rule.every) end
  return ("drops %s%s"):format(table.concat(parts, " and "),
    rule.only and (" of %q"):format(rule.only) or "")
end

local function describe_delay(wanted)
  local text = "delays by " .. show.duration(wanted.delay)
  return wanted.jitter and ("%s +- %s"):format(text, show.duration(wanted.jitter)) or text
end

--- "loses 10 %, delays by 20 ms".
---@return string
function impair_plan.describe(wanted)
  local parts = {}
  local function add(text) parts[#parts + 1] = text end
  for _, rule in ipairs(wanted.drop or {}) do add(describe_rule(rule)) end
  if wanted.loss then add("loses " .. percent(wanted.loss)) end
  if wanted.rate then add("carries " .. wanted.rate.text) end
  if wanted.delay then add(describe_delay(wanted)) end
  if wanted.duplicate then add("duplicates " .. percent(wanted.duplicate)) end
  if wanted.reorder then add("reorders " .. percent(wanted.reorder)) end
  return table.concat(parts, ", ") .. (wanted.only and (" of %q"):format(wanted.only) or "")
end

return impair_plan
