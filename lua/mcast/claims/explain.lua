--- Why somebody did not get a datagram, or its reply did not come back, as far as the logs tell.
local address = require "mcast.address"
local fault = require "mcast.claims.fault"
local impaired = require "mcast.impaired"
local large = require "mcast.claims.large"
local losses = require "mcast.losses"
local meeting = require "mcast.claims.meeting"
local proof = require "mcast.proof"
local show = require "mcast.show"
local unwilling = require "mcast.claims.unwilling"

local explain = {}

local function open_receivers(host, sent)
  local list = {}
  for _, receiver in ipairs(host._receivers) do
    if not receiver._closed_at or receiver._closed_at >= sent.time then
      list[#list + 1] = receiver
    end
  end
  return list
end

local function is_member(receiver, group)
  for _, joined in ipairs(receiver.groups) do
    if joined == group then return true end
  end
  return false
end

--- The first of the receivers' shortcomings; nil when one of them should have heard it.
local function shortcoming(receivers, sent)
  local reason
  for _, receiver in ipairs(receivers) do
    if receiver._opened_at > sent.time then
      reason = "its receiver was opened after the send"
    elseif receiver.family ~= sent.family then
      reason = reason or ("its receiver is %s, the datagram %s"):format(receiver.family,
        sent.family)
    elseif receiver.port ~= sent.port then
      reason = reason or ("its receiver listens on port %d"):format(receiver.port)
    elseif not is_member(receiver, sent.group) then
      reason = ("its receiver has not joined %s"):format(sent.group)
    else
      reason = unwilling.reason(receiver, sent)
      if not reason then return nil end
    end
  end
  return reason
end

local function dropped(receivers, sent)
  for _, receiver in ipairs(receivers) do
    local lost = losses.describe(receiver:_losses_since(sent.time))
    if lost then return ("%s %s"):format(tostring(receiver), lost) end
  end
  return nil
end

local function not_sent(sent, host)
  if host == sent.host then
    return not sent._loop and "it was sent with loop = false" or nil
  end
  if sent.departed then return nil end
  if address.is_interface_local(sent.group) then
    return ("%s is of interface-local scope, and stays in %s"):format(sent.group,
      sent.host.name)
  end
  local code = sent:_error()
  if code then return ("it did not leave %s: %s"):format(sent.host.name, code) end
  return ("nothing shows that it left %s%s"):format(sent.host.name,
    sent.ttl == 0 and " (its TTL is 0)" or "")
end

--- The routers on the shortest way, in its order; nil: there is no way.
local function routers_between(one, other)
  local names, path = {}, one.network._routing:path(one, other)
  for i = 2, #path - 1, 2 do names[#names + 1] = path[i].host.name end
  return #path > 0 and names or nil
end

--- A router forwards nothing with a TTL of 1 (RFC 1812 section 5.3.1), so no way is short enough for
--- one that ends on the shortest.
local function beyond(sent, names)
  if not names then return ("it shares no switch with %s"):format(sent.host.name) end
  if sent.ttl <= #names then
    return ("the TTL of %d is used up at %s, which is on the way"):format(sent.ttl, names[sent.ttl])
  end
  return ("it is behind %s"):format(table.concat(names, ", "))
end

local function unreachable(sent, host)
  if host == sent.host or host._attached or sent.host._attached
    or meeting.straight(sent, host) then
    return nil
  end
  return meeting.missed(sent, host) or beyond(sent, routers_between(sent.host, host))
end

--- What is known of this datagram comes before what a receiver lost meanwhile of all that came to it.
local function lost_on_the_way(sent, host)
  return not_sent(sent, host) or fault.reason(host, sent) or large.reason(host, sent)
end

--- "b did not get it: its receiver has not joined 239.1.1.1".
---@param sent mcast.Sent
---@param host mcast.Host
---@return string
function explain.not_received(sent, host)
  local receivers = open_receivers(host, sent)
  local reason = #receivers == 0 and "it has no open receiver" or shortcoming(receivers, sent)
    or lost_on_the_way(sent, host) or dropped(receivers, sent) or unreachable(sent, host)
  return ("%s did not get it%s"):format(host.name, reason and ": " .. reason or "")
end

-- ---- replies --------------------------------------------------------------------------------

---@class mcast.Delivery
---@field receiver mcast.Receiver
---@field number integer of the message that is this datagram
---@field message mcast.Message

--- What a reply was nearest to is told first.
local function nearness(delivery)
  local message = delivery.message
  return message.replied and 3 or message.reply_error and 2 or delivery.receiver._reply and 1 or 0
end

--- Of the host's receivers that got it, the one that came nearest to a reply.
---@return mcast.Delivery|nil
local function delivered(sent, host)
  local nearest
  for _, receiver in ipairs(host._receivers) do
    local count, first = 0, nil
    if receiver.family == sent.family then count, first = sent:_deliveries_at(receiver) end
    local one = count > 0 and { receiver = receiver, number = first,
      message = receiver._endpoint:message(first) }
    if one and (not nearest or nearness(one) > nearness(nearest)) then nearest = one end
  end
  return nearest
end

local function not_answered(delivery)
  local receiver, message = delivery.receiver, delivery.message
  if message.reply_error then
    return ("its reply could not be sent: %s"):format(message.reply_error)
  end
  if not receiver._reply then return "it has no reply" end
  if type(receiver._reply) ~= "function" then return "it has not answered" end
  if delivery.number > receiver._served then return "its reply function has not returned yet" end
  return "its reply function returned nothing"
end

--- Tells a lost request from a reply that was not given, could not be sent, or got lost.
---@param sent mcast.Sent
---@param host mcast.Host
---@return string
function explain.not_acknowledged(sent, host)
  local delivery = delivered(sent, host)
  if not delivery then
    return ("%s never got the request (%s)"):format(host.name, explain.not_received(sent, host))
  end
  if not delivery.message.replied then
    return ("%s got the request and did not reply: %s"):format(host.name,
      not_answered(delivery))
  end
  local message = delivery.message
  return ("%s replied after %s, and the reply was lost on the way back (%s)"):format(host.name,
    show.duration(message.replied - sent.time),
    proof.sender_listening(sent) or impaired.reply(sent, host, message) or ("to %s port %d"):format(
      address.canonical(message.from.address) or message.from.address, message.from.port))
end

return explain
