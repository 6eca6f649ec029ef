--- A static multicast route of a router.
local address = require "mcast.address"
local class = require "mcast.class"
local direction = require "mcast.direction"
local errors = require "mcast.errors"
local options = require "mcast.options"
local row = require "mcast.row"
local types = require "mcast.types"
local host = require "mcast.host"

local mroute = {}

---@class mcast.Mroute
---@field router mcast.Router
---@field group string
---@field from mcast.Interface
---@field to mcast.Interface[]
---@field ttl_threshold integer of outputs that have none of their own
---@field ttl_thresholds integer[] of each of `to`
local Mroute = class.define("mroute")
mroute.class = Mroute

local function describe(source, group)
  return ("(%s, %s)"):format(source or "*", group)
end

function Mroute.metatable.__tostring(self)
  return ("multicast route %s of %s"):format(describe(self._source, self.group),
    tostring(self.router))
end

-- ---- what was asked for -----------------------------------------------------------------------

local where = "router:mroute"

--- What no router forwards, whatever its routes say: RFC 5771 section 4, RFC 4291 section 2.7.
local function stays_on_link(group)
  local parsed = assert(address.parse(group))
  if parsed.family == "ipv4" then return parsed.bytes:sub(1, 3) == "\224\0\0" end
  return parsed.bytes:byte(2) & 0x0f <= 2
end

local function check_group(wanted)
  if stays_on_link(wanted.group) then
    errors.usage("%s: group: %s is never forwarded: its scope is the link", where, wanted.group)
  end
end

local function source_of(wanted, family)
  local source = wanted.source
  if class.is(source, host.class) then
    return source[family == "ipv4" and "address" or "address6"]
  end
  if source and address.family(source) ~= family then
    errors.usage("%s: source: %s and group %s are of different families", where, source,
      wanted.group)
  end
  return source
end

local function incoming_of(router, wanted, source)
  if wanted.from ~= nil then return direction.resolve(where, router, "from", wanted.from) end
  local sender = source and router.network:_host_of(source)
  if sender then return direction.towards(where, router, sender) end
  errors.usage("%s: from: missing; expected an interface, a switch, a link or a host", where)
end

local function source_type(value)
  if class.is(value, host.class) then return value end
  local checked = types.unicast(value)
  return checked, "a unicast address or a host"
end

local option_types = {
  group = types.group, source = source_type, from = types.any, to = types.any,
  ttl_threshold = types.integer(1, 254),
}

-- ---- the route ------------------------------------------------------------------------------

local function entry_of(self)
  local outputs = {}
  for i, out in ipairs(self.to) do
    outputs[i] = { interface = out.index, ttl_threshold = self.ttl_thresholds[i] }
  end
  return { source = self._source, group = self.group, incoming = self.from.index,
    outputs = outputs }
end

--- The outputs and their thresholds, in two lists.
local function outputs_of(router, wanted, family)
  local to, thresholds, is_asked = {}, {}, wanted.ttl_threshold
  for i, output in ipairs(direction.outputs(where, router, wanted.to)) do
    is_asked = is_asked or output.ttl_threshold
    to[i], thresholds[i] = output.interface, output.ttl_threshold or wanted.ttl_threshold or 1
  end
  if #to == 0 then
    errors.usage("%s: to: expected interfaces, switches or hosts, got none", where)
  end
  if family == "ipv6" and is_asked then
    errors.usage("%s: ttl_threshold: the kernel has none for IPv6", where)
  end
  return to, thresholds
end

local function check_interfaces(router, from, to)
  for _, out in ipairs(to) do
    if out == from then
      errors.usage("%s: %s: what comes in through %s cannot go out through it", where,
        tostring(router), from.name)
    end
  end
end

---@param router mcast.Router whose network is built
---@param given table
---@return mcast.Mroute
function mroute.add(router, given)
  local wanted = options.require(where, given, option_types, { "group" })
  local family = address.family(wanted.group)
  check_group(wanted)
  local source = source_of(wanted, family)
  local from = incoming_of(router, wanted, source)
  local to, thresholds = outputs_of(router, wanted, family)
  check_interfaces(router, from, to)
  local name = describe(source, wanted.group)
  if router._mroutes[name] then
    errors.usage("%s: %s has a route %s already: remove it first", where, tostring(router), name)
  end
  local self = class.new(Mroute, { router = router, group = wanted.group, from = from, to = to,
    ttl_threshold = wanted.ttl_threshold or 1, ttl_thresholds = thresholds,
    _source = source or nil, _name = name, _kernel = router:_kernel_of(family), _last = false })
  errors.on_host(router.name, self._kernel.add, self._kernel, entry_of(self))
  router._mroutes[name] = self
  return self
end

--- nil: any.
function Mroute.properties.source(self) return self._source end

local function counters(self)
  return self._last
    or errors.on_host(self.router.name, self._kernel.count, self._kernel, entry_of(self))
end

for _, name in ipairs { "packets", "bytes", "wrong_interface" } do
  Mroute.properties[name] = function(self)
    self.router.network:_forbid_offload("a route counts frames")
    return counters(self)[name]
  end
end

--- Its counters stay as they were.
function Mroute.methods.remove(self)
  if self._last then return end
  local last = counters(self)
  errors.on_host(self.router.name, self._kernel.remove, self._kernel, entry_of(self))
  self._last = last
  self.router._mroutes[self._name] = nil
end

-- ---- the kernel's cache -----------------------------------------------------------------------

local cached_row = row.kind("a row of router:mroutes()", { "source", "group", "from", "to",
  "ttl_thresholds", "resolved", "packets", "bytes", "wrong_interface" })

--- One entry as it is told: interfaces instead of their indexes.
---@param by_index table<integer, mcast.Interface>
---@param found table
---@return mcast.CachedMroute
function mroute.describe_cached(by_index, found)
  local to, thresholds = {}, {}
  for _, out in ipairs(found.outputs) do
    -- That a (*,G) entry has its incoming interface among the outputs is the kernel's own affair.
    if found.source or out.interface ~= found.incoming then
      to[#to + 1] = by_index[out.interface]
      thresholds[#thresholds + 1] = out.ttl_threshold
    end
  end
  return cached_row { source = found.source, group = found.group,
    from = by_index[found.incoming], to = to, ttl_thresholds = thresholds,
    resolved = found.resolved, packets = found.packets, bytes = found.bytes,
    wrong_interface = found.wrong_interface }
end

return mroute
