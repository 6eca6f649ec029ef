--- Why a receiver that is a member of the group takes nothing of what came: it joined on other
--- interfaces, or its filter leaves the source out (RFC 3376 section 2).
local address = require "mcast.address"
local meeting = require "mcast.claims.meeting"
local words = require "mcast.words"

local unwilling = {}

local function contains(list, wanted)
  for _, one in ipairs(list) do
    if one == wanted then return true end
  end
  return false
end

--- Where it comes in; nil: not known, there are routers on the way.
local function arrival(receiver, sent)
  if receiver.host == sent.host then return meeting.exit(sent) end
  local _, theirs = meeting.straight(sent, receiver.host)
  return theirs
end

--- The address that it has as its source; nil: not known. To groups of the link IPv6 hosts send from
--- others.
local function source_of(sent)
  local exit = meeting.exit(sent)
  if not exit then return nil end
  if sent.family == "ipv4" then return exit.address end
  local scope = assert(address.parse(sent.group)).bytes:byte(2) & 0x0f
  return scope > 2 and exit.address6 or nil
end

local function refusal(membership, source)
  if not source then return nil end
  local is_listed = contains(membership.sources, source)
  if membership.mode == "exclude" then
    return is_listed and ("its receiver excludes the source %s"):format(source) or nil
  end
  return not is_listed and ("its receiver includes %s, not the source %s"):format(
    words.list(membership.sources, "and", 3), source) or nil
end

---@param receiver mcast.Receiver that has joined the group
---@param sent mcast.Sent|mcast.Flow
---@return string|nil
function unwilling.reason(receiver, sent)
  local came_in, elsewhere, reason = arrival(receiver, sent), {}, nil
  if receiver.closed or not came_in then return nil end
  for _, membership in ipairs(receiver._endpoint:socket():memberships()) do
    if membership.group == sent.group and membership.interface == came_in.index then
      reason = refusal(membership, source_of(sent))
      if not reason then return nil end
    elseif membership.group == sent.group then
      elsewhere[#elsewhere + 1] = receiver.host._stack:name_of(membership.interface)
    end
  end
  if reason or #elsewhere == 0 then return reason end
  return ("its receiver has joined on %s, and it came by %s"):format(words.list(elsewhere, "and"),
    came_in.name)
end

return unwilling
