--- What impaired links did, as claims see it: what is lost there, late, or may still be on its way.
local core = require "mcast.core"
local words = require "mcast.words"

local impaired = {}

--- So many impaired interfaces a frame may cross: the sender's, the receiver's and, of each router on
--- the way, two.
local function crossings(network)
  local count = 0
  for _, one in ipairs(network._impairments) do
    if not one.cleared then count = count + 1 end
  end
  return math.max(2, math.min(count, 2 + 2 * #network.routers))
end

--- How much longer than otherwise a claim listens on.
---@param network mcast.Network
---@return number seconds
function impaired.travel_time(network)
  local most = 0
  for _, one in ipairs(network._impairments) do
    if not one.cleared then most = math.max(most, one._travel) end
  end
  return most == 0 and 0 or crossings(network) * most
end

--- Could something that was sent at `since` not have come yet?
local function may_hold(one, since, network)
  local longest = impaired.travel_time(network) + crossings(network) * one._queueing
  return not one.cleared and core.now() < since + longest and one.held > 0
end

--- Why silence is no proof: what may yet come.
---@param network mcast.Network
---@param since number when that was sent which was not heard
---@return string|nil
function impaired.on_the_way(network, since)
  for _, one in ipairs(network._impairments) do
    if may_hold(one, since, network) then
      return ("%s still on the way through the impaired %s"):format(
        one.held == 1 and "a frame is" or one.held .. " frames are", tostring(one.interface))
    end
  end
  return impaired.overflow(network)
end

--- What was lost without the scenario's will.
---@param network mcast.Network
---@return string|nil
function impaired.overflow(network)
  for _, one in ipairs(network._impairments) do
    local lost = one.overflowed
    if lost > 0 then
      return ("the harness could not keep up at the impaired %s and lost %s there"):format(
        tostring(one.interface), words.count(lost, "frame"))
    end
  end
  return nil
end

-- ---- what was lost --------------------------------------------------------------------------

local said = { loss = "lost %s", rule = "dropped %s",
  queue = "dropped %s because its queue was full" }

--- The first frame that was dropped there and that `is_it` knows.
local function find_in(one, direction, what, is_it)
  for _, drop in ipairs(one:_drops(direction)) do
    if is_it(drop) then
      return ("the impaired %s %s"):format(tostring(one.interface), said[drop.cause]:format(what))
    end
  end
  return nil
end

--- The same of all of a host's impaired interfaces.
local function find(host, direction, what, is_it)
  for _, one in ipairs(host.network._impairments) do
    local found = one.interface.host == host and find_in(one, direction, what, is_it)
    if found then return found end
  end
  return nil
end

--- The same of the routers between two hosts, on the shortest way: the one that their routes take, and
--- that of multicast to `from`, which comes by the reverse path (RFC 7761 section 4.1.5, RPF).
local function find_between(from, to, directions, what, is_it)
  for i, interface in ipairs(from.network._routing:path(from, to)) do
    for _, one in ipairs(from.network._impairments) do
      local found = one.interface == interface
        and find_in(one, directions[(i - 1) % 2 + 1], what, is_it)
      if found then return found end
    end
  end
  return nil
end

local function is_datagram(sent)
  return function(drop)
    return drop.destination and sent:_resembles { group = drop.destination, source = drop.source,
      port = drop.port, source_port = drop.source_port, length = drop.length, time = drop.time }
  end
end

local igmp, icmpv6, udp = 2, 58, 17

--- A report of the host's (RFC 3376 section 4.2, RFC 3810 section 5.2, and the older versions).
local function is_report(family)
  return function(drop)
    return drop.protocol == (family == "ipv4" and igmp or icmpv6)
  end
end

--- Does the switch know that this host wants the group?
local function is_learnt(sent, host)
  local lab = host.network._lab
  local source = sent.host[sent.family == "ipv4" and "address" or "address6"]
  for _, interface in ipairs(host._planned) do
    local switch = interface.switch
    if not switch or not switch:_learns(sent.group) or not interface._port
      or lab:has_group(interface._port, sent.group, source) then
      return true
    end
  end
  return false
end

--- The datagram itself, or the reports without which the switch does not send it to the host.
---@param sent mcast.Sent
---@param host mcast.Host
---@return string|nil
function impaired.reason(sent, host)
  local network = host.network
  if #network._impairments == 0 then return nil end
  local datagram = is_datagram(sent)
  local lost = find(sent.host, "out", "it", datagram) or find(host, "in", "it", datagram)
    or find_between(host, sent.host, { "in", "out" }, "it", datagram)
  if lost or is_learnt(sent, host) then return lost end
  return find(host, "out", "its membership report", is_report(sent.family))
end

--- The reply that `host` sent to message `message`.
---@return string|nil
function impaired.reply(sent, host, message)
  local function is_reply(drop)
    return drop.protocol == udp and drop.destination == message.from.address
      and drop.port == message.from.port and drop.time >= message.time
  end
  return find(host, "out", "it", is_reply) or find(sent.host, "in", "it", is_reply)
    or find_between(host, sent.host, { "out", "in" }, "it", is_reply)
end

--- For a receiver that waits for its switch.
---@param interface mcast.Interface
---@param family "ipv4"|"ipv6"
---@return string|nil
function impaired.report(interface, family)
  return find(interface.host, "out", "its membership reports", is_report(family))
end

return impaired
