--- What impaired links did, as claims see it: what is lost there, late, or may still be on its way.
local core = require "mcast.core"
local words = require "mcast.words"

local impaired = {}

--- So many impairments a frame may cross: of the sender's interface, the receiver's and, of each router on
--- the way, two, and those of links between switches.
local function crossings(network)
  local count = 0
  for _, one in ipairs(network._impairments) do
    if not one.cleared then count = count + 1 end
  end
  return math.max(2, math.min(count, 2 + 2 * #network.routers + #network.trunks))
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

local function describe_held(one)
  return ("%s still on the way through the impaired %s"):format(
    one.held == 1 and "a frame is" or one.held .. " frames are", tostring(one._place))
end

--- Why silence is no proof: what may yet come.
---@param network mcast.Network
---@param since number when that was sent which was not heard
---@return string|nil
function impaired.on_the_way(network, since)
  for _, one in ipairs(network._impairments) do
    if may_hold(one, since, network) then return describe_held(one) end
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
        tostring(one._place), words.count(lost, "frame"))
    end
  end
  return nil
end

-- ---- what was lost --------------------------------------------------------------------------

local said = { loss = "lost %s", rule = "dropped %s",
  queue = "dropped %s because its queue was full" }

--- The first frame that was dropped in a lane that `is_there` knows, and that `is_it` knows.
local function find(network, is_there, what, is_it)
  for _, one in ipairs(network._impairments) do
    for _, each in ipairs(one._lanes) do
      for _, drop in ipairs(is_there(each.lane) and one:_drops(each) or {}) do
        if is_it(drop) then
          return ("the impaired %s %s"):format(tostring(one._place), said[drop.cause]:format(what))
        end
      end
    end
  end
  return nil
end

--- At an interface of the host's.
local function at(host, direction)
  return function(lane)
    return lane.host == host and lane.direction == direction
  end
end

--- On a link between switches over which the interface gets what comes from beyond.
local function before(interface)
  return function(lane)
    return interface.switch and lane:leads_to(interface.switch)
  end
end

local function is_between_switches(lane) return lane.host == nil end

--- What goes from one host to another, on the shortest way: at the interfaces on it, the hosts' and the
--- routers', and on links between switches before them. So goes what their routes forward, and multicast
--- from `to`, which comes by the reverse path (RFC 7761 section 4.1.5, RPF): then `is_reverse`.
local function find_between(from, to, is_reverse, what, is_it)
  for i, interface in ipairs(from.network._routing:path(from, to)) do
    local arrives = (i % 2 == 0) ~= is_reverse
    local here = function(lane)
      return lane.owner == interface and lane.direction == (arrives and "in" or "out")
    end
    local found = find(from.network, here, what, is_it)
      or arrives and find(from.network, before(interface), what, is_it)
    if found then return found end
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

--- A report (RFC 3376 section 4.2, RFC 3810 section 5.2, and the older versions).
local function is_report(family)
  return function(drop)
    return drop.protocol == (family == "ipv4" and igmp or icmpv6)
  end
end

--- A report of the host's: on its own cable, or on the way to other switches.
local function find_report(host, family, what)
  local is_any = is_report(family)
  return find(host.network, at(host, "out"), what, is_any)
    or find(host.network, is_between_switches, what, function(drop)
      return is_any(drop) and host:_has_address(drop.source)
    end)
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
---@param sent mcast.Sent|mcast.Flow
---@param host mcast.Host
---@param what string|nil "it"
---@return string|nil
function impaired.reason(sent, host, what)
  local network = host.network
  if #network._impairments == 0 then return nil end
  local datagram = is_datagram(sent)
  what = what or "it"
  local lost = find(network, at(sent.host, "out"), what, datagram)
    or find(network, at(host, "in"), what, datagram)
    or find_between(host, sent.host, true, what, datagram)
  if lost or is_learnt(sent, host) then return lost end
  return find_report(host, sent.family, "its membership report")
end

--- What is held up at the interfaces of either end.
---@param sent mcast.Sent|mcast.Flow
---@param host mcast.Host
---@return string|nil
function impaired.holding(sent, host)
  local leaves, arrives = at(sent.host, "out"), at(host, "in")
  for _, one in ipairs(host.network._impairments) do
    for _, each in ipairs(one._lanes) do
      if (leaves(each.lane) or arrives(each.lane)) and not one.cleared and one.held > 0 then
        return describe_held(one)
      end
    end
  end
  return nil
end

--- What was sent twice at the interfaces of either end.
---@param sent mcast.Sent|mcast.Flow
---@param host mcast.Host
---@return string|nil
function impaired.duplication(sent, host)
  local leaves, arrives = at(sent.host, "out"), at(host, "in")
  for _, one in ipairs(host.network._impairments) do
    for _, each in ipairs(one._lanes) do
      if one.duplicated > 0 and (leaves(each.lane) or arrives(each.lane)) then
        return ("the impaired %s sent %s twice"):format(tostring(one._place),
          words.count(one.duplicated, "frame"))
      end
    end
  end
  return nil
end

--- The reply that `host` sent to message `message`.
---@param sent mcast.Sent
---@param host mcast.Host
---@param message mcast.Message
---@return string|nil
function impaired.reply(sent, host, message)
  local plain = message.from.address:match("^[^%%]+") -- frames have no zones
  local network = host.network
  local function is_reply(drop)
    return drop.protocol == udp and drop.destination == plain
      and drop.port == message.from.port and drop.time >= message.time
  end
  return find(network, at(host, "out"), "it", is_reply)
    or find(network, at(sent.host, "in"), "it", is_reply)
    or find_between(host, sent.host, false, "it", is_reply)
end

--- For a receiver that waits for its switch.
---@param interface mcast.Interface
---@param family "ipv4"|"ipv6"
---@return string|nil
function impaired.report(interface, family)
  return find_report(interface.host, family, "its membership reports")
end

return impaired
