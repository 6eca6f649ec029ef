--- What mcast.traffic.mix{...} was asked for, checked: who sends to which group, how much, and in what shape.
local class = require "mcast.class"
local errors = require "mcast.errors"
local hosts = require "mcast.host"
local options = require "mcast.options"
local rate = require "mcast.rate"
local types = require "mcast.types"

local mix_plan = {}

local where = "mcast.traffic.mix"
local most_groups, default_size = 1000, 100
local least_size, largest_size = 18, 65507 -- src/traffic/probe.h; RFC 768 over IPv4
local least_rate = 1e-6
local most_periods = 1000 -- src/traffic/shape.h: MH_SHAPE_PERIODS_MAX

-- ---- types -----------------------------------------------------------------------------------

local host_list = types.list_of(class.type(hosts.class))

--- One host, or several.
local function some_hosts(value)
  if class.is(value, hosts.class) then return { value } end
  local list, _, culprit = host_list(value)
  if not list or #list == 0 then return nil, "a host, or a list of hosts", culprit end
  return list
end

local how_many, group_list = types.integer(1, most_groups), types.list_of(types.group)

--- How many, or which.
local function some_groups(value)
  local expected = ("how many (1 to %d), or a list of multicast addresses"):format(most_groups)
  if type(value) ~= "table" then
    local number = how_many(value)
    return number, number == nil and expected or nil
  end
  local list, _, culprit = group_list(value)
  if not list then return nil, expected, culprit end
  if #list == 0 or #list > most_groups then return nil, expected end
  return list
end

local datagram_size = types.integer(least_size, largest_size)

local function size_of_probes(value)
  local size = datagram_size(value)
  if size then return size end
  return nil, ("%d to %d bytes of payload (a probe carries its run, flow, number, time and check "
    .. "sum in %d; more than the MTU carries travels in fragments)"):format(least_size,
    largest_size, least_size)
end

local function is_positive(value)
  return type(value) == "number" and value > 0 and value < 1e9
end

local function weights(value)
  local expected = '"uniform", "zipf" or a list of numbers above 0, one per group'
  if value == "uniform" or value == "zipf" then return value end
  if types.list(value) == nil or #value == 0 then return nil, expected end
  for _, one in ipairs(value) do
    if not is_positive(one) then return nil, expected, one end
  end
  return value
end

local shortest, longest = 1e-6, 3600

local function period(value)
  if type(value) ~= "number" or not (value >= shortest and value <= longest) then
    return nil, ("mean seconds from %g to %d"):format(shortest, longest)
  end
  return value
end

local function shape(value)
  if value == "constant" or value == "poisson" then return { kind = value } end
  if type(value) ~= "table" or getmetatable(value) then
    return nil, '"constant", "poisson" or mean seconds such as {on = 0.1, off = 0.2}'
  end
  local wanted = options.require(where .. ": shape", value, { on = period, off = period },
    { "on", "off" })
  return { kind = "on/off", on = wanted.on, off = wanted.off }
end

local function duration(value)
  if not is_positive(value) then return nil, "a number of seconds above 0" end
  return value
end

local spec = {
  from = some_hosts, groups = some_groups, family = types.family, port = types.integer(1, 65535),
  rate = rate.type, weights = weights, shape = shape, ttl = types.integer(0, 255),
  size = size_of_probes, count = types.integer(1, (1 << 40) - 1),
  duration = duration, seed = types.integer(0),
}

-- ---- groups ----------------------------------------------------------------------------------

local function check_twice(list)
  local seen = {}
  for _, group in ipairs(list) do
    if seen[group] then errors.usage("%s: groups: %s is there twice", where, group) end
    seen[group] = true
  end
end

local function groups_of(wanted, run)
  if type(wanted.groups) == "table" then
    if wanted.family then
      errors.usage("%s: family: is of fresh groups (groups = %d); those of a list have theirs",
        where, #wanted.groups)
    end
    check_twice(wanted.groups)
    return wanted.groups
  end
  local list = {}
  for i = 1, wanted.groups do
    list[i] = run.identifiers:group(wanted.family or "ipv4", false)
  end
  return list
end

local function check_hosts(list, run)
  local seen = {}
  for _, host in ipairs(list) do
    if seen[host] then errors.usage("%s: from: %s is there twice", where, tostring(host)) end
    seen[host] = true
    if host.network ~= list[1].network or host.network._run ~= run then
      errors.usage("%s: from: %s is not of the network of %s", where, tostring(host),
        tostring(list[1]))
    end
  end
end

-- ---- shares ----------------------------------------------------------------------------------

--- By Zipf's law the n-th has the weight 1/n.
local function weight_of(kind, i)
  if kind == "zipf" then return 1 / i end
  return type(kind) == "table" and kind[i] or 1
end

--- Of the whole, per group; 1 all together.
local function shares_of(wanted, count)
  local kind, list, sum = wanted.weights, {}, 0
  if type(kind) == "table" and #kind ~= count then
    errors.usage("%s: weights: expected one per group, %d, got %d", where, count, #kind)
  end
  for i = 1, count do
    list[i] = weight_of(kind, i)
    sum = sum + list[i]
  end
  for i = 1, count do list[i] = list[i] / sum end
  return list
end

local function check_rates(wanted, shares)
  local least = math.min(table.unpack(shares)) * wanted.pps
  if wanted.pps > 1e8 or least < least_rate then
    options.refuse(where, "rate", ("at least %g packets per second for each group, and at most "
      .. "100000000 in all"):format(least_rate), wanted.pps)
  end
  local one = wanted.shape
  if one.kind == "on/off" and least * (one.on + one.off) * most_periods < 1 then
    errors.usage("%s: shape: a group with %.3g packets per second would send less than one in %d "
      .. "periods of %g s on and %g s off: give longer ones, or a higher rate", where, least,
      most_periods, one.on, one.off)
  end
end

--- Whole numbers whose sum is `count`, none further than one from its share.
local function counts_of(count, shares)
  local list, sum, before = {}, 0, 0
  for i, share in ipairs(shares) do
    sum = sum + share
    local now = i == #shares and count or math.floor(sum * count + 0.5)
    list[i], before = now - before, now
    if list[i] < 1 then
      errors.usage("%s: count: %d packets are too few for %d groups with these weights: at least "
        .. "%d leave one for each", where, count, #shares,
        math.ceil(1 / math.min(table.unpack(shares))))
    end
  end
  return list
end

-- ---- the whole -------------------------------------------------------------------------------

---@param run mcast.Run
---@param given table
---@return table wanted with `groups`, `port`, `pps`, `shares`, `counts` (nil: by duration)
function mix_plan.read(run, given)
  local wanted = options.require(where, given, spec, { "from", "groups", "rate" })
  if wanted.count and wanted.duration then
    errors.usage("%s: count and duration: give one of them, or neither to send until it is "
      .. "stopped", where)
  end
  check_hosts(wanted.from, run)
  wanted.groups = groups_of(wanted, run)
  wanted.port = wanted.port or run.identifiers:port()
  wanted.size = wanted.size or default_size
  wanted.shape = wanted.shape or { kind = "constant" }
  wanted.pps = rate.packets(wanted.rate, wanted.size)
  wanted.shares = shares_of(wanted, #wanted.groups)
  check_rates(wanted, wanted.shares)
  wanted.counts = wanted.count and counts_of(wanted.count, wanted.shares)
  return wanted
end

return mix_plan
