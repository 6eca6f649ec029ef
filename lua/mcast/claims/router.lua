--- Claims about a router's multicast forwarding cache, whoever filled it; and those about any host.
local address = require "mcast.address"
local class = require "mcast.class"
local direction = require "mcast.direction"
local exactly = require "mcast.claims.exactly"
local hosts = require "mcast.host"
local options = require "mcast.options"
local state = require "mcast.claims.state"
local tables = require "mcast.claims.tables"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local words = require "mcast.words"

local claims = {}
for name, claim in pairs(require "mcast.claims.host") do claims[name] = claim end

-- ---- what is claimed --------------------------------------------------------------------------

local function source_type(value)
  if class.is(value, hosts.class) then return value end
  local checked = types.unicast(value)
  return checked, "a unicast address or a host"
end

local route_types = { group = types.group, source = source_type, from = types.any, to = types.any,
  within = types.seconds, quiet = types.seconds }

local function source_of(where, wanted)
  local source, family = wanted.source, address.family(wanted.group)
  if class.is(source, hosts.class) then
    return source[family == "ipv4" and "address" or "address6"]
  end
  if source and address.family(source) ~= family then
    options.refuse(where, "source", "an address of the group's family", source)
  end
  return source
end

local function read(where, router, given, timing)
  router:_get_stack()
  local merged = {}
  for _, part in ipairs { timing or {}, given or {} } do
    for key, value in pairs(part) do merged[key] = value end
  end
  local wanted = options.require(where, merged, route_types, { "group" })
  wanted.source = source_of(where, wanted)
  if wanted.from ~= nil then
    wanted.from = direction.resolve(where, router, "from", wanted.from)
  end
  if wanted.to ~= nil then wanted.to = direction.resolve_all(where, router, wanted.to) end
  return wanted
end

-- ---- what the cache says ----------------------------------------------------------------------

local function of_group(routes, wanted, has_source)
  local list = {}
  for _, route in ipairs(routes) do
    if route.group == wanted.group and route.resolved and has_source(route.source) then
      list[#list + 1] = route
    end
  end
  return list
end

--- The routes that a packet of the group may take: of this source its own one before any (*,G), as
--- the kernel looks them up (ip_mr_input() of net/ipv4/ipmr.c).
local function candidates(routes, wanted)
  if not wanted.source then return of_group(routes, wanted, function() return true end) end
  local own = of_group(routes, wanted, function(source) return source == wanted.source end)
  if #own > 0 then return own end
  return of_group(routes, wanted, function(source) return source == nil end)
end

local function sends_exactly(route, to)
  local expected = exactly.set(to)
  for _, out in ipairs(route.to) do
    if not expected[out] then return false end
    expected[out] = nil
  end
  return next(expected) == nil
end

local function sends_any(route, to)
  local asked = exactly.set(to)
  for _, out in ipairs(route.to) do
    if asked[out] then return true end
  end
  return false
end

--- Is there a route as claimed? One without an output routes nothing.
local function has_route(routes, wanted, sends)
  for _, route in ipairs(candidates(routes, wanted)) do
    local is_from = not wanted.from or route.from == wanted.from
    if is_from and #route.to > 0 and (not wanted.to or sends(route, wanted.to)) then return true end
  end
  return false
end

-- ---- in words ---------------------------------------------------------------------------------

local function names(interfaces)
  return #interfaces == 0 and "nowhere" or words.list(words.names(interfaces))
end

local function describe_wanted(wanted)
  local text = wanted.source and ("(%s, %s)"):format(wanted.source, wanted.group)
    or "of " .. wanted.group
  if wanted.from then text = text .. " from " .. wanted.from.name end
  return wanted.to and text .. " to " .. names(wanted.to) or text
end

local function describe_route(route)
  return ("(%s, %s) from %s to %s"):format(route.source or "*", route.group,
    route.from and route.from.name or "?", names(route.to))
end

local function describe_seen(routes, wanted)
  local list = {}
  for _, route in ipairs(routes) do
    if route.group == wanted.group then
      list[#list + 1] = route.resolved and describe_route(route)
        or ("(%s, %s) waiting for a route"):format(route.source, route.group)
    end
  end
  return #list == 0 and "no route of the group" or words.list(list)
end

-- ---- the claims -------------------------------------------------------------------------------

local function settle(router, wanted, sends, expected)
  local routes
  local ok = state.settle(function()
    routes = router:_cached_mroutes()
    return has_route(routes, wanted, sends) == expected
  end, wanted, expected and 0 or state.default_quiet)
  local fields = { subject = tostring(router), hosts = { router },
    expected = (expected and "a route " or "no route ") .. describe_wanted(wanted),
    seen = describe_seen(routes, wanted), table = tables.of_routes(routes) }
  return ok, fields
end

local function fail(fields)
  fields.message = ("%s: expected %s, seen %s"):format(fields.subject, fields.expected,
    fields.seen)
  return verdict.fail(fields)
end

--- One entry of the cache is as described; the outputs exactly.
function claims.routes(router, given, timing)
  local wanted = read("expect(router):routes", router, given, timing)
  local ok, fields = settle(router, wanted, sends_exactly, true)
  if not ok then return fail(fields) end
  router._routed[wanted.group] = true
  return verdict.pass(fields)
end

--- A router that routes no multicast at all says nothing by not routing one group, unless it was
--- seen to route it before.
local function missing_proof(router, wanted)
  if router._routed[wanted.group] then return nil end
  local family = address.family(wanted.group)
  if router:sysctl(("net.%s.conf.all.mc_forwarding"):format(family)) == 1 then return nil end
  return ("nothing routes %s multicast on %s: neither a route of ours nor a daemon"):format(
    family == "ipv4" and "IPv4" or "IPv6", tostring(router))
end

--- No entry of the cache sends the group, of that source and from there, to any of those.
function claims.does_not_route(router, given, timing)
  local wanted = read("expect(router):does_not_route", router, given, timing)
  local ok, fields = settle(router, wanted, sends_any, false)
  if not ok then return fail(fields) end
  local reason = missing_proof(router, wanted)
  return reason and verdict.inconclusive(fields, reason) or verdict.pass(fields)
end

return claims
