--- Claims about the memberships of one host, as its kernel has them, whoever joined.
local address = require "mcast.address"
local memberships = require "mcast.memberships"
local options = require "mcast.options"
local show = require "mcast.show"
local state = require "mcast.claims.state"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local words = require "mcast.words"

local claims = {}

local claim_types = { source = types.unicast, interface = types.any, within = types.seconds,
  quiet = types.seconds }

local function read(where, host, group, given)
  local wanted = options.check(where, given, claim_types)
  wanted.group = options.argument(where, "group", group, types.group)
  if wanted.source and address.family(wanted.source) ~= address.family(wanted.group) then
    options.refuse(where, "source", "an address of the group's family", wanted.source)
  end
  if wanted.interface ~= nil then
    wanted.found = host:_get_stack():find(where, wanted.interface)
  end
  return wanted
end

-- ---- the answer -------------------------------------------------------------------------------

--- true, false, or nil when the kernel does not tell.
local function is_one(membership, wanted)
  if membership.group ~= wanted.group then return false end
  if wanted.found and membership.interface ~= wanted.found then return false end
  if not wanted.source then return true end
  return membership._filter:admits(wanted.source)
end

--- Is the host a member? nil: a membership that may or may not be the one is all there is.
local function ask(host, wanted)
  local answer = false
  for _, membership in ipairs(memberships.read(host)) do
    local is = is_one(membership, wanted)
    if is then return true end
    if is == nil then answer = nil end
  end
  return answer
end

-- ---- in words ---------------------------------------------------------------------------------

local function describe(wanted)
  local text = wanted.group
  if wanted.source then text = ("%s with source %s"):format(text, wanted.source) end
  return wanted.found and ("%s on %s"):format(text, wanted.found.name) or text
end

local function describe_membership(membership)
  local text = ("%s on %s"):format(membership.group, membership.interface.name)
  if membership.mode == "include" or #membership.sources > 0 then
    text = ("%s (%s %s)"):format(text, membership.mode or "at least include",
      show.value(membership.sources))
  end
  return text
end

--- All but what a host joins for itself, unless that is what was asked for.
local function show_memberships(host, wanted)
  local list, seen = {}, {}
  for _, membership in ipairs(memberships.read(host)) do
    local group = membership.group
    local text = describe_membership(membership)
    if not seen[text] and (group == wanted.group or not memberships.is_automatic(group)) then
      seen[text] = true
      list[#list + 1] = text
    end
  end
  return #list == 0 and "no membership" or "member of " .. words.list(list)
end

-- ---- the claims -------------------------------------------------------------------------------

--- An interface that is up and speaks IGMP or MLD is in the all-nodes group.
local function speaks(membership, all_nodes, wanted)
  local interface = membership.interface
  if membership.group ~= all_nodes or not interface.flags.up then return false end
  if wanted.found then return wanted.found == interface end
  return not interface.flags.loopback
end

--- Silence of a host that could not be a member says nothing.
local function missing_proof(host, wanted)
  local is_ipv4 = address.family(wanted.group) == "ipv4"
  local all_nodes = is_ipv4 and "224.0.0.1" or "ff02::1"
  for _, membership in ipairs(memberships.read(host)) do
    if speaks(membership, all_nodes, wanted) then return nil end
  end
  local protocol = is_ipv4 and "IGMP" or "MLD"
  if wanted.found then
    return ("%s is down or does not speak %s"):format(tostring(wanted.found), protocol)
  end
  return ("%s has no interface that is up and speaks %s"):format(tostring(host), protocol)
end

local unknown = "the kernel tells which groups were joined, not which sources of them: several "
  .. "programs joined this one, with different filters"

local function settle(host, wanted, expected, quiet)
  local answer
  local ok = state.settle(function()
    answer = ask(host, wanted)
    return answer == expected
  end, wanted, quiet, host.network._memberships_changed)
  local fields = { subject = tostring(host), seen = show_memberships(host, wanted),
    hosts = { host },
    expected = (expected and "member of " or "not a member of ") .. describe(wanted) }
  local reason = ok and not expected and missing_proof(host, wanted)
  if not ok and answer == nil then reason = unknown end
  if reason then return verdict.inconclusive(fields, reason) end
  if ok then return verdict.pass(fields) end
  fields.message = ("%s: expected %s, seen %s"):format(fields.subject, fields.expected,
    fields.seen)
  return verdict.fail(fields)
end

function claims.is_member(host, group, given)
  return settle(host, read("expect(host):is_member", host, group, given), true, 0)
end

function claims.is_not_member(host, group, given)
  return settle(host, read("expect(host):is_not_member", host, group, given), false,
    state.default_quiet)
end

return claims
