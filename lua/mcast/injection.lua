--- A packet that a host was made to send, whatever its own network stack thinks of it.
local core = require "mcast.core"
local address = require "mcast.address"
local addresses = require "mcast.packet.addresses"
local class = require "mcast.class"
local errors = require "mcast.errors"
local machine = require "mcast.machine"
local options = require "mcast.options"
local packets = require "mcast.packet"
local pause = require "mcast.pause"

local injection = {}

---@class mcast.Injection
---@field host mcast.Host
---@field interface mcast.Interface
---@field packet mcast.Packet as it was sent
---@field time number
---@field group string|nil where it went
---@field family "ipv4"|"ipv6"|nil
local Injection = class.define("injection")
injection.class = Injection

function Injection.metatable.__tostring(self)
  return ("packet %s from %s"):format(tostring(self.packet), tostring(self.interface))
end

-- ---- sending --------------------------------------------------------------------------------

--- One port for each interface of a host, closed with the scenario.
local function port_of(host, interface)
  host._frame_ports = host._frame_ports or {}
  local port = host._frame_ports[interface.name]
  if not port then
    port = errors.on_host(host.name, core.frame_port, host:_get_stack().netns, interface.index)
    host._frame_ports[interface.name] = port
    host.network._run:opened { close = function()
      host._frame_ports[interface.name] = nil
      port:close()
    end }
  end
  return port
end

local function facts(host, interface)
  for _, found in ipairs(host:_get_stack():interfaces()) do
    if found.index == interface.index then return found end
  end
  errors.raise { code = "ENODEV", operation = "inject", host = host.name,
    message = ("inject: there is no interface %s any more"):format(interface.name) }
end

--- Bytes behind the IP header and its extensions; of UDP those behind its own header, too.
local function payload_length(packet)
  if packet.udp then return #packet.udp.payload end
  local alone = { igmp = packet.igmp, mld = packet.mld, pim = packet.pim, payload = packet.payload }
  alone.ip6 = packet.ip6 and { source = packet.ip6.source, destination = packet.ip6.destination }
  alone.ip = packet.ip and {}
  return #core.packet_encode(alone) - (alone.ip and 20 or 40)
end

--- Sends it and notes what claims need.
---@param host mcast.Host
---@param interface mcast.Interface
---@param packet table completed and ours
---@return mcast.Injection
local function send(host, interface, packet)
  local port, ip = port_of(host, interface), packet.ip or packet.ip6
  local bytes = errors.on_host(host.name, core.packet_encode, packet)
  local self = class.new(Injection, { host = host, interface = interface,
    packet = packets.adopt(core.packet_decode(bytes)), group = ip and ip.destination or false,
    family = packet.ip and "ipv4" or ip and "ipv6" or false, time = core.now(), _port = port,
    _machine_drops = machine.drops(), _length = ip and payload_length(packet), _departed = false })
  self._number = errors.on_host(host.name, port.send, port, bytes)
  host._injections = host._injections or {}
  table.insert(host._injections, self)
  return self
end

--- Its port, if a socket could take it: what is built wrong no stack hands on.
local function heard_port(packet)
  local udp = packet.udp
  local is_right = udp and udp.checksum_valid and (packet.ip or packet.ip6).lengths_valid
    and (not packet.ip or packet.ip.checksum_valid)
  return is_right and udp.destination_port or 0
end

--- What silence is measured by: a datagram like a sender's.
local function note_send(self)
  local packet = self.packet
  local ip = packet.ip or packet.ip6
  if not ip then return end
  self.host.network._sends:add { host = self.host, family = self.family, to = self.group,
    port = heard_port(packet), source_port = packet.udp and packet.udp.source_port,
    data = packet.udp and packet.udp.payload, length = self._length,
    ttl = ip.ttl or ip.hop_limit, loop = false, time = self.time, protocol = ip.protocol,
    is_unicast = not address.is_multicast(self.group), source = ip.source,
    departed = function() return self.departed ~= nil end, is_told = true }
end

local function tell(self)
  self.host.network._run:emit("inject", { host = self.host.name, interface = self.interface.name,
    packet = tostring(self.packet), length = self.packet.length, departed = self.departed ~= nil,
    time = self.time })
end

local inject_types = { interface = function(value) return value end }

---@param host mcast.Host
---@param given mcast.Packet|table|string
---@param interface mcast.Interface
---@return mcast.Injection
local function inject(where, host, given, interface)
  local packet = packets.prepare(where, given)
  pause.refuse(host, where)
  addresses.complete(where, facts(host, interface), packet)
  host.network._run:await_ready()
  local self = send(host, interface, packet)
  note_send(self)
  tell(self)
  return self
end

--- host:inject(packet, {interface =})
function injection.call(host, given, wanted)
  local where = "host:inject"
  local checked = options.check(where, wanted, inject_types)
  local stack = host:_get_stack()
  local interface = checked.interface ~= nil and stack:find(where, checked.interface)
    or stack:require_default(where)
  return inject(where, host, given, interface)
end

-- ---- what is known of it --------------------------------------------------------------------

--- When the device took it; nil: there is no proof that it left.
function Injection.properties.departed(self)
  if not self._departed then
    local port = self.host._frame_ports[self.interface.name]
    if port ~= self._port then return nil end
    self._departed = port:departed(self._number) or false
  end
  return self._departed or nil
end

--- Where it went, of UDP.
function Injection.properties.port(self)
  return self.packet.udp and self.packet.udp.destination_port
end

function Injection.properties.age(self) return core.now() - self.time end

function Injection.methods._stays() return false end
function Injection.methods._error() return nil end
function Injection.methods._deliveries_at() return 0, nil end

function Injection.methods._machine_drops_since(self)
  return machine.drops_now() - self._machine_drops
end

--- Could this frame be it, by all that a frame tells?
---@param frame mcast.Frame
---@return boolean
function Injection.methods._resembles(self, frame)
  local packet = self.packet
  local ip, udp = packet.ip or packet.ip6, packet.udp
  return ip ~= nil and frame.group == self.group and frame.source == ip.source
    and frame.protocol == ip.protocol and frame.length == self._length and frame.time >= self.time
    and (not udp or frame.port == udp.destination_port and frame.source_port == udp.source_port)
end

local function is_alike(self, other)
  local a, b = self.packet, other.packet
  local ip, other_ip = a.ip or a.ip6, b.ip or b.ip6
  return other.interface == self.interface and other.group == self.group
    and other._length == self._length and ip and other_ip and ip.source == other_ip.source
end

--- When the next packet that looks the same on the wire was sent.
---@return number
function Injection.methods._next_alike(self)
  local is_later = false
  for _, other in ipairs(self.host._injections) do
    if is_later and is_alike(self, other) then return other.time end
    is_later = is_later or other == self
  end
  return math.huge
end

return injection
