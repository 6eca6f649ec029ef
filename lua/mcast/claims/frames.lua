--- What a claim about an observer looks for: any frame, a datagram, data, what a function accepts, or
--- a table of fields. Each knows whether such a thing was sent, without which silence says nothing.
local class = require "mcast.class"
local data = require "mcast.claims.data"
local deliveries = require "mcast.deliveries"
local options = require "mcast.options"
local sent_class = require("mcast.sent").class
local show = require "mcast.show"
local types = require "mcast.types"

local frames = {}

---@class mcast.WantedFrame
---@field matches fun(frame: mcast.Frame): any
---@field expected string
---@field was_sent fun(observer: mcast.Observer): boolean so that it could have seen it
---@field reads_data boolean|nil
---@field is_any boolean|nil

local filter_types = { group = types.group, source = types.unicast, port = types.port,
  source_port = types.port, length = types.integer(0), ttl = types.integer(0, 255),
  protocol = types.integer(0, 255) }

local function departed(observer, filter)
  local needed = { group = observer.group or nil }
  for field, value in pairs(filter) do needed[field] = value end
  return observer.host.network._sends:any_departed(needed, observer._cleared_at, observer.host)
end

local function departed_as(observer, accepts)
  return observer.host.network._sends:any_seen_by(observer._cleared_at, observer.host,
    function(send)
      return not send.is_unicast and (not observer.group or observer.group == send.to)
        and accepts(send)
    end)
end

local function any()
  return { is_any = true, matches = function() return true end, expected = "a frame",
    was_sent = function(observer) return departed(observer, {}) end }
end

local function datagram(sent)
  local until_time = deliveries.next_alike(sent)
  return {
    matches = function(frame) return sent:_resembles(frame) and frame.time < until_time end,
    expected = "the " .. tostring(sent),
    was_sent = function(observer)
      return departed_as(observer, function(send) return send.sent == sent end)
    end,
  }
end

local function with_data(wanted)
  local matches = data.matches(wanted)
  return {
    matches = data.matcher(wanted), expected = ("a frame with %s"):format(show.text(wanted, 30)),
    reads_data = true,
    was_sent = function(observer)
      return departed_as(observer, function(send) return send.data and matches(send.data) end)
    end,
  }
end

--- What an observer makes of a send that has crossed so many routers.
local function frame_of(send, hops)
  local source = send.source or send.family == "ipv4" and send.host.address or send.host.address6
  return { time = send.time, source = source, group = send.to, protocol = send.protocol,
    ttl = send.ttl - hops, source_port = send.source_port, port = send.port, length = send.length,
    data = send.data }
end

--- The function is asked about what was sent, too.
local function accepted(accepts)
  return {
    matches = accepts, expected = "a frame that the function accepts",
    was_sent = function(observer)
      local most_hops = #observer.host.network.routers
      return departed_as(observer, function(send)
        for hops = 0, math.min(most_hops, send.ttl - 1) do
          local ok, answer = pcall(accepts, frame_of(send, hops))
          if ok and answer then return true end
        end
        return false
      end)
    end,
  }
end

local function like(filter)
  local function matches(frame)
    for field, value in pairs(filter) do
      if frame[field] ~= value then return false end
    end
    return true
  end
  return { matches = matches, expected = "a frame like the filter",
    was_sent = function(observer) return departed(observer, filter) end }
end

---@return mcast.WantedFrame
function frames.wanted(where, given)
  if given == nil then return any() end
  if type(given) == "function" then return accepted(given) end
  if type(given) == "string" then return with_data(given) end
  if class.is(given, sent_class) then return datagram(given) end
  if type(given) ~= "table" or class.of(given) then
    options.refuse(where, "what", "a datagram that was sent, its data, a pattern, a function, "
      .. "or a table of fields such as {group = ...}", given)
  end
  return like(options.check(where, given, filter_types))
end

return frames
