--- A datagram that was sent: what claims of delivery are about.
local core = require "mcast.core"
local class = require "mcast.class"
local deliveries = require "mcast.deliveries"
local machine = require "mcast.machine"
local show = require "mcast.show"

local sent = {}

---@class mcast.Sent
---@field host mcast.Host of the sender
---@field sender mcast.Sender
---@field group string
---@field port integer
---@field data string
local Sent = class.define("datagram")
sent.class = Sent

function Sent.metatable.__tostring(self)
  return ("datagram %s from host '%s' to %s port %d"):format(show.text(self.data, 30),
    self.host.name, self.group, self.port)
end

--- Sends and notes what later claims need: when, and what was there before.
---@param sender mcast.Sender
---@param data string
---@param at_once boolean|nil who got it by then answers before anything else is done
---@return mcast.Sent
function sent.send(sender, data, at_once)
  local endpoint, from = sender._endpoint, class.public(sender)
  local ttl, loop = sender:_reach()
  local before, drops, machine_drops = endpoint:count(), endpoint:drops(), machine.drops()
  local number = endpoint:send(data, from.group, from.port)
  if at_once then core.drain() end
  local public = { sender = sender, host = from.host, group = from.group, port = from.port,
    data = data, family = from.family, ttl = ttl, time = endpoint:sent(number).time }
  local self = class.new(Sent, { _public = public, _loop = loop, _number = number,
    _replies_before = before, _drops_before = drops, _machine_drops = machine_drops,
    _departed = false })
  from.host.network._sends:add { host = from.host, family = from.family, to = from.group,
    port = from.port, source_port = from.source_port, data = data, length = #data,
    ttl = ttl, loop = loop,
    time = public.time, departed = function() return self:_has_departed() end, sent = self }
  return self
end

--- When the device took it; nil: there is no proof that it left. What loopback took has not left.
function Sent.properties.departed(self)
  if not self._departed and self.sender._leaves_host then
    self._departed = self.sender._endpoint:sent(self._number).departed or false
  end
  return self._departed or nil
end

function Sent.methods._has_departed(self) return self.departed ~= nil end

--- Was it never to leave: TTL 0 (RFC 1112 section 6.1), or sent on loopback?
function Sent.methods._stays(self)
  return self.ttl == 0 or not self.sender._leaves_host
end

--- Of its payload, in bytes.
function Sent.methods._length(self) return #self.data end

--- An error that the network sent back, by its code.
function Sent.methods._error(self)
  return self.sender._endpoint:sent(self._number).error
end

--- Could this frame be it, by all that a frame tells?
---@param frame mcast.Frame
---@return boolean
function Sent.methods._resembles(self, frame)
  return frame.group == self.group and frame.port == self.port and frame.time >= self.time
    and frame.source_port == self.sender.source_port and frame.length == #self.data
    and self.host:_has_address(frame.source)
end

--- How often it arrived at the receiver, and the number of the first message.
---@param receiver mcast.Receiver
---@return integer count, integer|nil first
function Sent.methods._deliveries_at(self, receiver)
  return self.sender._endpoint:deliveries(self._number, receiver._endpoint)
end

--- What the host's own receivers know: did one of them answer it? nil: it has none that answer, or
--- a plain socket that may have done so.
---@param host mcast.Host
---@return boolean|nil
local function is_answered(self, host)
  local sockets, receivers = host._sockets, host._receivers
  for i = 1, #sockets do -- without ipairs(): asked for each of a thousand replies
    if sockets[i]:_could_hear(self) then return nil end
  end
  local endpoint, number, known = self.sender._endpoint, self._number, nil
  for i = 1, #receivers do
    local receiver = receivers[i]
    if receiver._reply then
      if endpoint:answered_by(number, receiver._endpoint) then return true end
      if deliveries.could_hear(self, receiver) then known = false end
    end
  end
  return known
end

---@param host mcast.Host
---@return integer
function Sent.methods._reply_count(self, host)
  return self.sender._endpoint:replies(self._number, host:_addresses())
end

local function always() return true end

--- Says of a host that has replied since whether that answers this datagram. A reply does not say
--- what it answers; it may be a late one to an earlier send.
---@return fun(host: mcast.Host): boolean
function Sent.methods._reply_filter(self)
  local count = self.sender._endpoint:sent_count()
  if count == 1 then return always end
  return function(host)
    local answered = is_answered(self, host)
    if answered ~= nil then return answered end
    return count == self._number or self:_reply_count(host) > 0
  end
end

--- The machine's own losses since it was sent.
---@return integer
function Sent.methods._machine_drops_since(self)
  return machine.drops_now() - self._machine_drops
end

--- @return number seconds since it was sent
function Sent.properties.age(self) return core.now() - self.time end

return sent
