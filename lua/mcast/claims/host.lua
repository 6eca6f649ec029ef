--- Claims about the memberships of one host, as the kernel has them for its sockets.
local address = require "mcast.address"
local core = require "mcast.core"
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"
local verdict = require "mcast.verdict"
local words = require "mcast.words"

local claims = {}

local function any(value) return value end

local claim_types = { source = types.unicast, interface = any, within = types.seconds,
  quiet = types.seconds }

local function collect(list, raw)
  for _, membership in ipairs(raw:memberships()) do list[#list + 1] = membership end
end

--- Of every open socket of the host.
local function memberships_of(host)
  local list = {}
  for _, owners in ipairs { host._receivers, host._senders } do
    for _, owner in ipairs(owners) do
      if not owner.closed then collect(list, owner._endpoint:socket()) end
    end
  end
  for _, socket in ipairs(host._sockets) do
    if not socket.closed then collect(list, socket._socket) end
  end
  return list
end

--- INCLUDE lists who is heard, EXCLUDE who is not (RFC 3376 section 3).
local function admits(membership, source)
  local listed = false
  for _, one in ipairs(membership.sources) do listed = listed or one == source end
  return listed == (membership.mode == "include")
end

local function is_one(membership, wanted)
  if membership.group ~= wanted.group then return false end
  if wanted.index and membership.interface ~= wanted.index then return false end
  if membership.mode == "include" and #membership.sources == 0 then return false end
  return not wanted.source or admits(membership, wanted.source)
end

--- Every IPv4 host is a member of 224.0.0.1, every IPv6 host of ff02::1 (RFC 1112, RFC 4291).
local always = { ["224.0.0.1"] = true, ["ff02::1"] = true }

local function is_member(host, wanted)
  if always[wanted.group] and not wanted.source then return true end
  for _, membership in ipairs(memberships_of(host)) do
    if is_one(membership, wanted) then return true end
  end
  return false
end

local function read(where, host, group, given)
  local wanted = options.check(where, given, claim_types)
  wanted.group = options.argument(where, "group", group, types.group)
  if wanted.source and address.family(wanted.source) ~= address.family(wanted.group) then
    options.refuse(where, "source", "an address of the group's family", wanted.source)
  end
  if wanted.interface ~= nil then
    wanted.found = host:_get_stack():find(where, wanted.interface)
    wanted.index = wanted.found.index
  end
  return wanted
end

local function describe(wanted)
  local text = wanted.group
  if wanted.source then text = ("%s with source %s"):format(text, wanted.source) end
  return wanted.found and ("%s on %s"):format(text, wanted.found.name) or text
end

local function show_memberships(host)
  local list, seen = {}, {}
  for _, membership in ipairs(memberships_of(host)) do
    local text = ("%s on %s"):format(membership.group,
      host:_get_stack():name_of(membership.interface))
    if #membership.sources > 0 or membership.mode == "include" then
      text = ("%s (%s %s)"):format(text, membership.mode, show.value(membership.sources))
    end
    if not seen[text] then
      seen[text] = true
      list[#list + 1] = text
    end
  end
  return #list == 0 and "no membership" or "member of " .. words.list(list)
end

--- Memberships change when a script changes them: another task may be about to.
local function await(host, wanted, expected)
  local deadline = core.now() + (wanted.within or 1)
  while is_member(host, wanted) ~= expected do
    local left = deadline - core.now()
    if left <= 0 then return false end
    host.network._memberships_changed:wait(left)
  end
  return true
end

local function settle(host, wanted, expected)
  local ok = await(host, wanted, expected)
  local fields = { subject = tostring(host), seen = show_memberships(host), hosts = { host },
    expected = (expected and "member of " or "not a member of ") .. describe(wanted) }
  if ok then return verdict.pass(fields) end
  fields.message = ("%s: expected %s, seen %s"):format(fields.subject, fields.expected,
    fields.seen)
  return verdict.fail(fields)
end

function claims.is_member(host, group, given)
  return settle(host, read("expect(host):is_member", host, group, given), true)
end

function claims.is_not_member(host, group, given)
  return settle(host, read("expect(host):is_not_member", host, group, given), false)
end

return claims
