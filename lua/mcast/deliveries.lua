--- Who got a datagram, by the witnesses' own logs, kept up to date while a claim waits. With a
--- thousand receivers it asks again only those that got something since the last look.
local ears = require "mcast.ears"

local deliveries = {}

---@class mcast.Witness
---@field host mcast.Host
---@field object mcast.Receiver|mcast.Observer
---@field could_hear boolean
---@field moved fun(): integer changes when there may be something new
---@field ask fun(): integer, number|nil how often, and when first

---@class mcast.Deliveries
---@field reached table<mcast.Host, integer> how often, at most
---@field last_time number when it last reached somebody
---@field twice mcast.Witness|nil one that got it more than once
local Deliveries = {}
Deliveries.__index = Deliveries

---@param sent mcast.Sent
---@param witnesses mcast.Witness[]
function deliveries.new(sent, witnesses)
  return setmetatable({ _witnesses = witnesses, _moved = {}, counts = {}, reached = {},
    last_time = sent.time, twice = nil }, Deliveries)
end

function Deliveries:_note(witness)
  local count, time = witness.ask()
  if count == (self.counts[witness] or 0) then return end
  self.counts[witness] = count
  self.reached[witness.host] = math.max(self.reached[witness.host] or 0, count)
  self.last_time = math.max(self.last_time, time or 0)
  if count > 1 then self.twice = self.twice or witness end
end

function Deliveries:update()
  for _, witness in ipairs(self._witnesses) do
    local moved = witness.moved()
    if moved ~= self._moved[witness] then
      self._moved[witness] = moved
      self:_note(witness)
    end
  end
end

--- Witnesses that could have got it and did not: those whose silence says something.
---@return mcast.Witness[]
function Deliveries:silent()
  local list = {}
  for _, witness in ipairs(self._witnesses) do
    if witness.could_hear and not self.counts[witness] then list[#list + 1] = witness end
  end
  return list
end

-- ---- witnesses ------------------------------------------------------------------------------

local function was_closed(receiver, sent)
  return receiver._closed_at and receiver._closed_at < sent.time
end

local function is_addressed(receiver, sent)
  if receiver.port == sent.port then return true end
  for _, group in ipairs(receiver.groups) do
    if group == sent.group then return true end
  end
  return false
end

--- Does its silence say something: did it listen on the port, or as a member of the group, when
--- the datagram was sent?
---@param sent mcast.Sent
---@param receiver mcast.Receiver
---@return boolean
function deliveries.could_hear(sent, receiver)
  return receiver.family == sent.family and is_addressed(receiver, sent)
    and receiver._opened_at <= sent.time and not was_closed(receiver, sent)
end

--- The same, and its host's interfaces were not taken down by the scenario.
---@param sent mcast.Sent|mcast.Flow
---@param receiver mcast.Receiver
---@return boolean
function deliveries.is_witness(sent, receiver)
  return deliveries.could_hear(sent, receiver) and not ears.are_cut_off(receiver, sent)
end

---@param sent mcast.Sent
---@param receiver mcast.Receiver
---@return mcast.Witness
local function receiver_witness(sent, receiver)
  local endpoint = receiver._endpoint
  return {
    host = receiver.host, object = receiver, could_hear = deliveries.is_witness(sent, receiver),
    moved = function() return endpoint:count() end,
    ask = function()
      local count, first = sent:_deliveries_at(receiver)
      return count, first and endpoint:message(first).time
    end,
  }
end

--- Every receiver that it may reach: of its family, and not closed before it was sent.
---@param sent mcast.Sent
---@return mcast.Witness[]
function deliveries.receivers(sent)
  local list = {}
  for _, receiver in ipairs(sent.host.network._receivers) do
    if receiver.family == sent.family and not was_closed(receiver, sent) then
      list[#list + 1] = receiver_witness(sent, receiver)
    end
  end
  return list
end

--- Who on its port got it, when, and who answered: entries of the event `deliveries`.
---@param sent mcast.Sent
---@return {host: string, after_us: number|nil, acknowledged: boolean}[]
function deliveries.entries(sent)
  local list = {}
  for _, witness in ipairs(deliveries.receivers(sent)) do
    if witness.object.port == sent.port then
      local _, time = witness.ask()
      list[#list + 1] = { host = witness.host.name, after_us = time and (time - sent.time) * 1e6,
        acknowledged = sent:_reply_count(witness.host) > 0 }
    end
  end
  return list
end

--- When the next datagram that looks the same on the wire was sent.
---@param sent mcast.Sent
---@return number
function deliveries.next_alike(sent)
  if sent._next_alike then return sent:_next_alike() end
  local last = sent.sender._endpoint:sent_count()
  for number = sent._number + 1, last do
    local other = sent.sender._endpoint:sent(number)
    if other.length == #sent.data then return other.time end
  end
  return math.huge
end

local function observer_witness(sent, observer)
  return {
    host = observer.host, object = observer, could_hear = true,
    moved = function() return observer._raw:count() end,
    ask = function() return observer:_sightings(sent, deliveries.next_alike(sent)) end,
  }
end

local function watches(observer, sent)
  return observer.host ~= sent.host and not observer.closed and observer._opened_at <= sent.time
    and (not observer.group or observer.group == sent.group)
end

--- Every interface of other hosts that was watched when it was sent.
---@param sent mcast.Sent
---@return mcast.Witness[]
function deliveries.observers(sent)
  local list = {}
  local network = sent.host.network
  for _, observers in ipairs { network._watchers, network._all_observers } do
    for _, observer in ipairs(observers) do
      if watches(observer, sent) then list[#list + 1] = observer_witness(sent, observer) end
    end
  end
  return list
end

--- The first interface of another host that none of the witnesses watches.
---@param sent mcast.Sent
---@param witnesses mcast.Witness[] observers
---@return mcast.Interface|nil
function deliveries.unwatched(sent, witnesses)
  local watched = {}
  for _, witness in ipairs(witnesses) do watched[witness.object.interface] = true end
  for _, interface in ipairs(sent.host.network:_all_interfaces()) do
    if interface.host ~= sent.host and not watched[interface] then return interface end
  end
  return nil
end

return deliveries
