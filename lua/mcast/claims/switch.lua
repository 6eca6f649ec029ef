--- Claims about what a switch does: to which ports it forwards a group, who is its querier.
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local exactly = require "mcast.claims.exactly"
local forwarding = require "mcast.forwarding"
local hosts = require "mcast.host"
local neighbours = require "mcast.neighbours"
local options = require "mcast.options"
local state = require "mcast.claims.state"
local switches = require "mcast.switch"
local switch_state = require "mcast.switch_state"
local tables = require "mcast.claims.tables"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local words = require "mcast.words"

local claims = {}

-- ---- forwards: what is claimed ----------------------------------------------------------------

local function source_type(value)
  if class.is(value, hosts.class) then return value end
  local checked = types.unicast(value)
  return checked, "a unicast address or a host"
end

local forwards_types = { to = types.any, source = source_type, within = types.seconds,
  quiet = types.seconds }

local where = "expect(switch):forwards"

local function read_source(wanted, network)
  local family = address.family(wanted.group)
  if class.is(wanted.source, hosts.class) then
    wanted.sender = wanted.source
    wanted.source = wanted.sender[family == "ipv4" and "address" or "address6"]
  elseif wanted.source then
    if address.family(wanted.source) ~= family then
      options.refuse(where, "source", "an address of the group's family", wanted.source)
    end
    wanted.sender = network:_host_of(wanted.source)
  end
end

local function check_to(wanted)
  for _, one in ipairs(wanted.to) do
    if one == wanted.sender then
      errors.usage("%s: to: %s is the source: a switch sends nothing back to where it came from",
        where, tostring(one))
    end
  end
end

local function read(switch, group, given)
  switch.network:_build()
  local wanted = options.check(where, given, forwards_types)
  wanted.group = options.argument(where, "group", group, types.group)
  if wanted.to == nil then
    errors.usage("%s: to: missing; expected a list of hosts (none: {})", where)
  end
  wanted.to = neighbours.list(where, wanted.to, switch)
  read_source(wanted, switch.network)
  check_to(wanted)
  return wanted
end

-- ---- forwards: what is seen -------------------------------------------------------------------

--- Is the source of a channel part of the group's meaning? (RFC 4607 section 1, RFC 3306)
local function is_source_specific(group)
  local parsed = assert(address.parse(group))
  if parsed.family == "ipv4" then return parsed.bytes:byte(1) == 232 end
  return parsed.bytes:byte(1) == 0xff and parsed.bytes:byte(2) >> 4 == 3
    and parsed.bytes:sub(3, 4) == "\0\0"
end

--- Without a source the claim is about all of them: those of which the table says something of
--- their own, and any other. Nobody asks for "any other" of a source-specific group.
local function sources_of(wanted, picture)
  if wanted.source then return { wanted.source } end
  local sources = picture:sources()
  if #sources > 0 and is_source_specific(wanted.group) then return sources end
  sources[#sources + 1] = false
  return sources
end

---@class mcast.Sighting where the datagrams of one source go to
---@field source string|false
---@field reached table<mcast.Neighbour, string> and why
---@field missing mcast.Neighbour[]
---@field extra mcast.Neighbour[]

--- Where the source's datagrams come in says nothing.
local function sight(switch, wanted, picture, source)
  local reached, missing, extra, expected = {}, {}, {}, {}
  local entrances = neighbours.entrances(switch, wanted.sender)
  for one, reason in pairs(picture:targets(source or nil)) do
    if not entrances[one] then reached[one] = reason end
  end
  for _, one in ipairs(wanted.to) do
    expected[one] = true
    if not reached[one] then missing[#missing + 1] = one end
  end
  for _, one in ipairs(neighbours.of(switch)) do
    if reached[one] and not expected[one] then extra[#extra + 1] = one end
  end
  return { source = source, reached = reached, missing = missing, extra = extra }
end

local function look(switch, wanted)
  local picture, holds = forwarding.read(switch, wanted.group), true
  local sightings = {}
  for i, source in ipairs(sources_of(wanted, picture)) do
    sightings[i] = sight(switch, wanted, picture, source)
    holds = holds and #sightings[i].missing == 0 and #sightings[i].extra == 0
  end
  wanted.picture, wanted.sightings, wanted.fits = picture, sightings, holds
  return holds and picture.grace == 0
end

-- ---- forwards: in words -----------------------------------------------------------------------

local function names(switch, sighting, wanted)
  return neighbours.names(sighting.reached, wanted.to, switch)
end

local function from(source)
  return source and "from " .. source or "from any other source"
end

local function describe_seen(switch, wanted)
  local first = names(switch, wanted.sightings[1], wanted)
  local list, differ = {}, false
  for i, sighting in ipairs(wanted.sightings) do
    local seen = names(switch, sighting, wanted)
    differ = differ or seen ~= first
    list[i] = ("to %s %s"):format(seen, from(sighting.source))
  end
  if not differ then return "to " .. first end
  return words.list(list) .. (wanted.source and "" or " (name a source)")
end

local function why_extra(picture, sighting, one)
  local reason, name = sighting.reached[one], neighbours.name(one)
  if reason == "router port" then
    return ("%s is behind a router port, which gets all"):format(name)
  end
  if reason == "flooded" then return ("all is flooded, because %s"):format(picture.floods) end
  return ("%s has it"):format(name)
end

local function why_missing(picture, sighting, one)
  local name = neighbours.name(one)
  if picture.floods then
    return ("%s has a port that is down or kept from flooding"):format(name)
  end
  for _, entry in ipairs(picture.entries) do
    if (entry.host or entry.switch) == one then
      if entry.source and entry.source == sighting.source and entry.blocked then
        return ("%s blocks %s"):format(name, entry.source)
      end
      if not entry.source and entry.mode == "include" then
        return ("%s wants other sources"):format(name)
      end
    end
  end
  return ("%s has no entry for it"):format(name)
end

--- The first of each kind, and no reason twice.
local function describe_reasons(wanted)
  local list, seen = {}, {}
  local function add(text)
    if not seen[text] then list[#list + 1] = text end
    seen[text] = true
  end
  for _, sighting in ipairs(wanted.sightings) do
    for _, host in ipairs(sighting.extra) do add(why_extra(wanted.picture, sighting, host)) end
    for _, host in ipairs(sighting.missing) do
      add(why_missing(wanted.picture, sighting, host))
    end
  end
  return table.concat(list, "; ")
end

-- ---- forwards: the verdict --------------------------------------------------------------------

--- Nothing goes to a port that is down, whatever the table says, nor where there is nobody.
local function missing_proof(switch, wanted)
  local expected, others = neighbours.entrances(switch, wanted.sender), 0
  for _, one in ipairs(wanted.to) do expected[one] = true end
  for _, port in ipairs(wanted.picture.ports) do
    if not expected[port.neighbour] then
      others = others + 1
      if not port.forwarding then
        return ("the port of %s is down"):format(tostring(port.interface or port.neighbour))
      end
    end
  end
  if #wanted.to > 0 or others > 0 then return nil end
  return ("there is nobody to whom %s could forward"):format(tostring(switch))
end

--- It would hold, but for the grace time of a querier that has come.
local function explain_grace(wanted)
  if not wanted.fits or wanted.picture.grace == 0 then return nil end
  return ("its querier has come while the claim waited, and until its query response interval is "
    .. "over it may flood (for %.1f s yet)"):format(wanted.picture.grace)
end

--- Hosts whose events tell most.
local function hosts_of(list)
  local found = {}
  for _, one in ipairs(list) do
    if class.is(one, hosts.class) then found[#found + 1] = one end
  end
  return found
end

--- Exactly the ports of these hosts (and linked switches) have it.
function claims.forwards(switch, group, given)
  local wanted = read(switch, group, given)
  local ok = state.settle(function() return look(switch, wanted) end, wanted,
    state.default_quiet, switch.network._lab:changed())
  local fields = { subject = tostring(switch), hosts = hosts_of(wanted.to),
    expected = ("%s to %s%s"):format(wanted.group,
      neighbours.names(exactly.set(wanted.to), wanted.to, switch),
      wanted.source and " " .. from(wanted.source) or ""),
    seen = describe_seen(switch, wanted), table = tables.of_switch(switch, wanted.picture) }
  local reason
  if ok then reason = missing_proof(switch, wanted) else reason = explain_grace(wanted) end
  if reason then return verdict.inconclusive(fields, reason) end
  if ok then return verdict.pass(fields) end
  fields.message = ("%s: expected %s, seen %s: %s"):format(fields.subject, fields.expected,
    fields.seen, describe_reasons(wanted))
  return verdict.fail(fields)
end

-- ---- has_querier ------------------------------------------------------------------------------

local querier_types = { family = types.family, within = types.seconds, quiet = types.seconds }

local function querier_type(value)
  if class.is(value, hosts.class) or class.is(value, switches.class) then return value end
  return nil, "a host or a switch"
end

local function is_querier(switch, found, wanted, family)
  if not found then return false end
  if wanted == nil then return true end
  if wanted == switch then return found.own end
  if class.is(wanted, hosts.class) then return found.host == wanted end
  local its = switch_state.querier(wanted, family)
  return not found.own and not found.host and its ~= nil and its.own
    and its.address == found.address
end

local function describe_querier(found)
  if not found then return "none" end
  if found.own then return ("the switch itself (%s)"):format(found.address) end
  if not found.host then return found.address end
  return ("host '%s' (%s)"):format(found.host.name, found.address)
end

local function fail_querier(fields, family)
  fields.message = ("%s: expected as %s querier %s, seen %s"):format(fields.subject,
    family == "ipv4" and "IGMP" or "MLD", fields.expected, fields.seen)
  return verdict.fail(fields)
end

local function name_querier(switch, one)
  return one == nil and "any" or one == switch and "itself" or tostring(one)
end

local function read_querier(switch, one, given)
  local asking = "expect(switch):has_querier"
  switch.network:_build()
  if type(one) == "table" and not class.of(one) and given == nil then one, given = nil, one end
  local wanted = options.check(asking, given, querier_types)
  wanted.one = options.optional(asking, "querier", one, querier_type)
  wanted.family = wanted.family or "ipv4"
  return wanted
end

--- The querier of one family, IPv4's unless it is named, is this one; none given: there is one.
function claims.has_querier(switch, one, given)
  local wanted, found = read_querier(switch, one, given), nil
  local ok = state.settle(function()
    found = switch_state.querier(switch, wanted.family)
    return is_querier(switch, found, wanted.one, wanted.family)
  end, wanted, 0, switch.network._lab:changed())
  local fields = { subject = tostring(switch), seen = describe_querier(found),
    expected = name_querier(switch, wanted.one), table = tables.of_queriers(switch) }
  if not ok then return fail_querier(fields, wanted.family) end
  return verdict.pass(fields)
end

return claims
