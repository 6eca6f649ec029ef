--- A sender: one socket towards one group and port.
local core = require "mcast.core"
local acks = require "mcast.acks"
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local hosts = require "mcast.host"
local losses = require "mcast.losses"
local options = require "mcast.options"
local pause = require "mcast.pause"
local sent = require "mcast.sent"
local socket = require "mcast.socket"
local types = require "mcast.types"

local sender = {}

---@class mcast.Sender
---@field host mcast.Host
---@field group string
---@field port integer
---@field source_port integer
---@field family "ipv4"|"ipv6"
---@field ttl integer
local Sender = class.define("sender")
sender.class = Sender

function Sender.metatable.__tostring(self)
  return ("sender on host '%s' (to %s port %d)"):format(self.host.name, self.group, self.port)
end

local open_types = {
  group = types.group, port = types.integer(1, 65535), ttl = types.integer(0, 255),
  interface = types.any, loop = types.boolean, source_port = types.port,
}

-- A thousand hosts answer at once; the kernel's default holds 256 small replies.
local reply_buffer = 4 << 20

local function open_endpoint(self, stack, wanted)
  local found = wanted.interface ~= nil and stack:find("host:sender", wanted.interface)
    or stack:default("host:sender")
  self._leaves_host = found ~= nil and found.name ~= "lo"
  self._mtu, self._interface_name = found and found.mtu, found and found.name
  return socket.prepared(stack, self.family, function(raw)
    raw:set("receive_buffer", reply_buffer)
    if wanted.ttl then raw:set("multicast_ttl", wanted.ttl) end
    if wanted.loop ~= nil then raw:set("multicast_loop", wanted.loop) end
    if found then
      raw:set_multicast_if(found.index, self.family == "ipv4" and found.address or nil)
    end
    local _, port = raw:bind(nil, wanted.source_port or 0)
    class.set(self, "source_port", port)
    return core.endpoint(raw, { sources = self.host:_addresses(), track = true })
  end)
end

local function open(host, wanted)
  pause.refuse(host, "host:sender")
  local stack, network = host:_get_stack(), host.network
  local self = class.new(Sender, { host = host, group = wanted.group, port = wanted.port,
    family = address.family(wanted.group), source_port = 0, _closed = false, _socket = false,
    _opened_with = { ttl = wanted.ttl or 1, loop = wanted.loop ~= false },
    _is_unicast = not address.is_multicast(wanted.group) })
  self._endpoint = open_endpoint(self, stack, wanted)
  host:_introduce()
  table.insert(host._senders, self)
  table.insert(network._senders, self)
  network._run:opened(self)
  return self
end

---@param host mcast.Host
---@param given table
---@return mcast.Sender
function sender.open(host, given)
  return open(host, options.require("host:sender", given, open_types, { "group", "port" }))
end

--- One towards a single host: the unicast class of traffic in benchmarks (mcast.rfc3918).
---@param host mcast.Host
---@param to string its address
---@param port integer
---@return mcast.Sender
function sender.towards(host, to, port)
  return open(host, { group = address.canonical(to), port = port })
end

function Sender.properties.socket(self)
  if self._closed then errors.usage("sender: the sender is closed") end
  if not self._socket then
    self._socket = socket.wrap(self._endpoint:socket(), self.host._stack, self.family)
  end
  return self._socket
end

function Sender.properties.closed(self) return self._closed end
function Sender.properties.ttl(self) return (self:_reach()) end
function Sender.properties.loop(self) return (select(2, self:_reach())) end

--- Of the socket, so that what was sent before is not in doubt.
local function settable(word, option)
  Sender.setters[word] = function()
    errors.usage("sender: %s can only be read: set sender.socket.%s", word, option)
  end
end
settable("ttl", "multicast_ttl")
settable("loop", "multicast_loop")

--- Replies that the kernel dropped because its buffer was full.
function Sender.properties.drops(self) return self:_losses_since(0).full end

--- Of those replies that came when it had lost so many already.
---@param before integer
---@return mcast.Loss
function Sender.methods._losses_since(self, before)
  return losses.split(self.host._stack, self._endpoint:drops() - before)
end

--- How far its datagrams go: TTL, and whether the host's own receivers get them. A socket that the
--- scenario has not been given has the values it was opened with; asking the kernel takes time.
---@return integer ttl, boolean loop
function Sender.methods._reach(self)
  local opened = self._opened_with
  if not self._socket or self._socket.closed then return opened.ttl, opened.loop end
  local raw = self._endpoint:socket()
  return raw:get("multicast_ttl"), raw:get("multicast_loop")
end

local function send(self, where, data, at_once)
  if self._closed then errors.usage("%s: the sender is closed", where) end
  options.argument(where, "data", data, types.string)
  local host = self.host
  pause.refuse(host, where)
  host.network._run:await_ready()
  return errors.on_host(host.name, sent.send, self, data, at_once)
end

--- Sends one datagram.
---@param data string
---@return mcast.Sent
function Sender.methods.send(self, data)
  return send(self, "sender:send", data)
end

--- Of few sockets it takes less time to read each than to hear from the kernel which have something.
local few = 16

local function has_few_sockets(network)
  return #network._receivers + #network._senders <= few
end

local request_types = { within = types.seconds, from = types.any }

--- Sends one datagram and collects replies until all of `from` have answered or `within` (1) is
--- over.
---@param data string
---@param given {within: number?, from: mcast.Host[]?}|nil
---@return mcast.Acks
function Sender.methods.request(self, data, given)
  local wanted = options.check("sender:request", given, request_types)
  local from, waiting = nil, {}
  if wanted.from then
    from, waiting = hosts.list("sender:request: from", wanted.from, self.host.network)
  end
  local at_once = has_few_sockets(self.host.network)
  local one = send(self, "sender:request", data, at_once)
  local answers = acks.collect(one, wanted.within or 1, from, waiting)
  if at_once then core.sleep(0) end -- else nobody else would have a turn between requests
  return answers
end

--- Starts a measured stream of numbered probes.
---@param given table|nil {rate=, size=, count= or duration=, burst=, offload=}
---@return mcast.Flow
function Sender.methods.stream(self, given)
  return require("mcast.stream").start(self, given)
end

function Sender.methods.close(self)
  if self._closed then return end
  if not self.host.network._run.ended then core.drain() end
  self._closed = true
  self._endpoint:close()
end

Sender.metatable.__close = Sender.methods.close

return sender
