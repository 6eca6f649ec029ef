--- mcast.measure: how long the network takes. Join and leave latency as RFC 2432 sections 3.4.1 and
--- 3.4.2 mean them (group join and leave delay), of one host or of a thousand, and a change of the
--- channel as those who carry television measure it. The receivers' kernels and interfaces tell the
--- times, so that a busy harness makes none of them longer.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local flows = require "mcast.flow"
local hosts = require "mcast.host"
local in_turns = require "mcast.in_turns"
local joining = require "mcast.measure.joining"
local leaving = require "mcast.measure.leaving"
local machine = require "mcast.machine"
local measurement = require "mcast.measure.measurement"
local options = require "mcast.options"
local pause = require "mcast.pause"
local rhythm = require "mcast.measure.rhythm"
local types = require "mcast.types"

local measure = {}

-- Seconds: IGMPv3 and MLDv2 with the RFCs' timers leave within 2 s (RFC 3376 section 8.8).
local default_within = 5

local host_type = class.type(hosts.class)
local host_list = types.list_of(host_type)

--- One host, or several.
local function some_hosts(value)
  if class.is(value, hosts.class) then return { value } end
  local list = host_list(value)
  if not list or #list == 0 then return nil, "a host, or a list of hosts" end
  return list
end

local spec = { host = some_hosts, group = types.group, from = class.type(flows.class),
  source = types.unicast, interface = types.any, within = types.seconds, quiet = types.seconds }

-- ---- what is refused -------------------------------------------------------------------------

local function check_hosts(where, list, flow)
  local seen = {}
  for _, host in ipairs(list) do
    if host.network ~= flow.host.network then
      errors.usage("%s: host: %s is not of the network of the %s", where, tostring(host),
        tostring(flow))
    end
    if host == flow.host then
      errors.usage("%s: host: %s sends the stream: what it hears itself has not crossed the "
        .. "network", where, tostring(host))
    end
    if seen[host] then errors.usage("%s: host: %s is there twice", where, tostring(host)) end
    seen[host] = true
    pause.refuse(host, where)
  end
end

local function check_running(where, name, flow)
  if flow.running and flow._shape ~= "constant" then
    errors.usage("%s: %s: the %s is not evenly spaced (shape %s): its pauses would be taken for "
      .. "the network's; measure by a sender:stream{rate = ...}", where, name, tostring(flow),
      flow.shape)
  end
  if flow.running then return end
  errors.usage("%s: %s: the %s is over: a latency is measured while it runs; give it no count and "
    .. "no duration, and stop it afterwards", where, name, tostring(flow))
end

local function check_group(where, group, flow)
  if group and group ~= flow.group then
    errors.usage("%s: group: the stream goes to %s, not to %s", where, flow.group, group)
  end
end

local function read(where, given)
  local wanted = options.require(where, given, spec, { "host", "from" })
  check_running(where, "from", wanted.from)
  check_group(where, wanted.group, wanted.from)
  check_hosts(where, wanted.host, wanted.from)
  wanted.within = wanted.within or default_within
  return wanted
end

-- ---- waiting ---------------------------------------------------------------------------------

-- Often enough to end soon. The times are the kernel's, however late they are read; so with many
-- hosts, whose looks take long, the stream gets at least as much time as they do.
local poll_interval = 0.005

--- In turns, each of which knows anew what the senders know.
local function for_each(parts, f)
  local statuses
  in_turns.each(parts, function(part, i) f(part, statuses, i) end,
    function() statuses = rhythm.statuses() end)
end

--- Those that wait for more.
local function unfinished(parts, look)
  local left = {}
  for_each(parts, function(part, statuses)
    if not part[look](part, statuses) then left[#left + 1] = part end
  end)
  return left
end

--- Waits until each part has an end or the time is over.
---@param parts {look: (fun(self, statuses): boolean), finish: fun(self, statuses)}[]
---@param within number
---@param look "look"|"look_on"|nil what tells that one has its end
local function await(parts, within, look)
  local deadline, pending = core.now() + within, parts
  while #pending > 0 do
    local began = core.now()
    pending = unfinished(pending, look or "look")
    if core.now() >= deadline then break end
    if #pending > 0 then core.sleep(math.max(poll_interval, core.now() - began)) end
  end
end

--- Each says how it ended.
local function finish(parts)
  core.drain()
  for_each(parts, function(part, statuses) part:finish(statuses) end)
end

local function each(list, make, ...)
  local made, given = {}, table.pack(...)
  in_turns.each(list, function(host, i)
    made[i] = make(host, table.unpack(given, 1, given.n))
  end)
  return made
end

local function call_all(parts)
  for_each(parts, function(part, statuses) part:call(statuses) end)
end

-- ---- the words -------------------------------------------------------------------------------

--- From the call until the first datagram.
---@param given table
---@return mcast.Measurement
function measure.join(given)
  local where = "mcast.measure.join"
  local wanted = read(where, given)
  local flow = wanted.from
  flow.host.network._run:await_ready()
  local drops = machine.drops()
  local parts = each(wanted.host, joining.new, where, flow, wanted, drops)
  local pauses = rhythm.pauses(flow) -- how long it took to open a thousand sockets is no part of it
  call_all(parts)
  await(parts, wanted.within)
  local resolution = pauses()
  await(parts, wanted.within, "look_on")
  finish(parts)
  return measurement.new("join", flow, parts, resolution, drops)
end

--- From the call until the last datagram that the network sent to the host's interface.
---@param given table
---@return mcast.Measurement
function measure.leave(given)
  local where = "mcast.measure.leave"
  local wanted = read(where, given)
  local flow = wanted.from
  flow.host.network._run:await_ready()
  local drops = machine.drops()
  local parts = each(wanted.host, leaving.new, where, flow, wanted)
  await(parts, wanted.within) -- nobody leaves what has not come
  finish(parts)
  local pauses = rhythm.pauses(flow)
  call_all(parts)
  await(parts, wanted.within)
  local resolution = pauses()
  finish(parts)
  return measurement.new("leave", flow, parts, resolution, drops)
end

-- ---- change of the channel -------------------------------------------------------------------

local change_spec = { host = some_hosts, from = class.type(flows.class),
  to = class.type(flows.class), interface = types.any, within = types.seconds,
  quiet = types.seconds }

local function read_change(where, given)
  local wanted = options.require(where, given, change_spec, { "host", "from", "to" })
  for _, name in ipairs { "from", "to" } do
    check_running(where, name, wanted[name])
    check_hosts(where, wanted.host, wanted[name])
  end
  if wanted.from.group == wanted.to.group then
    errors.usage("%s: to: both streams go to %s: there is nothing to change", where,
      wanted.to.group)
  end
  wanted.within = wanted.within or default_within
  return wanted
end

--- As a set-top box does: it leaves, and joins at once.
local function change_all(left, joined)
  for_each(left, function(part, statuses, i)
    part:call(statuses)
    joined[i]:call(statuses)
  end)
end

local function both(left, joined)
  local list = table.move(left, 1, #left, 1, {})
  return table.move(joined, 1, #joined, #list + 1, list)
end

--- From the leave of the one group until the first datagram of the other.
---@param given table
---@return mcast.Measurement
function measure.channel_change(given)
  local where = "mcast.measure.channel_change"
  local wanted = read_change(where, given)
  wanted.from.host.network._run:await_ready()
  local drops = machine.drops()
  local left = each(wanted.host, leaving.new, where, wanted.from, wanted)
  local joined = each(wanted.host, joining.new, where, wanted.to, wanted, drops)
  await(left, wanted.within)
  finish(left)
  local old, new = rhythm.pauses(wanted.from), rhythm.pauses(wanted.to)
  change_all(left, joined)
  local parts = both(left, joined)
  await(parts, wanted.within)
  local resolution = math.max(old(), new())
  await(joined, wanted.within, "look_on")
  finish(parts)
  return measurement.change(wanted.from, wanted.to, left, joined, resolution, drops)
end

return measure
