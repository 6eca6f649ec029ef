--- A network: first described (net:switch, net:host), then built at one go when the first host is
--- used, at the latest when the scenario starts on a topology of its own.
local core = require "mcast.core"
local attach = require "mcast.attach"
local attachment = require "mcast.attachment"
local class = require "mcast.class"
local errors = require "mcast.errors"
local host = require "mcast.host"
local link = require "mcast.link"
local network_event = require "mcast.network_event"
local options = require "mcast.options"
local origin = require "mcast.origin"
local readiness = require "mcast.readiness"
local router = require "mcast.router"
local routing = require "mcast.routing"
local sends = require "mcast.sends"
local subnets = require "mcast.subnets"
local switch = require "mcast.switch"
local trunk = require "mcast.trunk"
local types = require "mcast.types"
local words = require "mcast.words"

local network = {}

---@class mcast.Network
---@field name string
---@field hosts mcast.Host[] and by name
---@field switches mcast.Switch[] and by name
---@field routers mcast.Router[] and by name; they are among the hosts, too
---@field links mcast.Link[] and by name
---@field trunks mcast.Trunk[] links between switches, and by name
local Network = class.define("network", "net")
network.class = Network

function Network.metatable.__tostring(self)
  return ("network '%s'"):format(self.name)
end

---@param run mcast.Run
---@param name string
---@return mcast.Network
function network.new(run, name)
  local made = class.new(Network, {
    name = name, _run = run, hosts = {}, switches = {}, routers = {}, links = {}, trunks = {},
    _subnets = subnets.new(), _lab = false, _routing = false, _ports = {},
    _receivers = {}, _senders = {}, _watchers = {}, _all_observers = {}, _origin = false,
    _faults = {},
    _flows = {}, _offload_forbidden = false, _impairments = {},
    _pending = readiness.new(), _sends = sends.new(run), _memberships_changed = core.condition(),
  })
  made._origin = origin.new(made.hosts)
  run:add_network(made)
  return made
end

-- ---- describing -----------------------------------------------------------------------------

local function refuse_late(self, where)
  if self._lab then
    errors.usage("%s: the network is built already: name every host and switch before the first "
      .. "of them is used", where)
  end
end

local function add_named(list, name, object)
  list[#list + 1], list[name] = object, object
  return object
end

local function check_name(where, list, name)
  options.argument(where, "name", name, types.name)
  if list[name] then errors.usage("%s: there is a %s already", where, tostring(list[name])) end
end

---@param name string
---@param given table|nil
---@return mcast.Switch
function Network.methods.switch(self, name, given)
  refuse_late(self, "net:switch")
  check_name("net:switch", self.switches, name)
  return add_named(self.switches, name, switch.new(self, name, given))
end

--- Ports get their numbers in this order; both ends of a link follow one upon the other.
function Network.methods._add_port(self, port)
  table.insert(self._ports, port)
  self._origin:add(port.interface.address, port.host)
  self._origin:add(port.interface.address6, port.host)
end

---@param name string
---@param ... any attachments
---@return mcast.Host
function Network.methods.host(self, name, ...)
  refuse_late(self, "net:host")
  check_name("net:host", self.hosts, name)
  if select("#", ...) > #{ ... } then
    options.refuse("net:host", "attach", "a switch, or a table {switch, address=, ...}", nil)
  end
  local attachments = attachment.read(self, { ... }, "net:host")
  local added = host.new(self, name)
  for _, one in ipairs(attachments) do attachment.connect(self, added, one) end
  return add_named(self.hosts, name, added)
end

--- A router stands on each switch, in the order of the list; with none it is there for net:link.
---@param name string
---@param attached any the switches
---@param given {multicast_router: string?}|nil
---@return mcast.Router
function Network.methods.router(self, name, attached, given)
  refuse_late(self, "net:router")
  check_name("net:router", self.hosts, name)
  if attached ~= nil and type(attached) ~= "table" then
    options.refuse("net:router", "switches", "a switch, or a list of switches", attached)
  end
  local is_alone = attached == nil or not class.of(attached) and #attached == 0
  local attachments = is_alone and {} or attachment.read(self, { attached }, "net:router")
  local wanted = options.check("net:router", given, router.option_types)
  local added = router.new(self, name, wanted)
  for _, one in ipairs(attachments) do attachment.connect(self, added, one) end
  add_named(self.routers, name, added)
  return add_named(self.hosts, name, added)
end

--- By its name, too; of several cables between the same two, the first.
local function add_cable(list, cable)
  list[#list + 1] = cable
  list[cable.name] = list[cable.name] or cable
  return cable
end

---@param a mcast.Host|mcast.Switch|string
---@param b mcast.Host|mcast.Switch|string
---@param given table|nil
---@return mcast.Link|mcast.Trunk
function Network.methods.link(self, a, b, given)
  refuse_late(self, "net:link")
  if trunk.is_end(self, a) or trunk.is_end(self, b) then
    return add_cable(self.trunks, trunk.new(self, a, b, given))
  end
  return add_cable(self.links, link.new(self, a, b, given))
end

--- A place that is there already.
---@param name string
---@param given table
---@return mcast.Host
function Network.methods.attach(self, name, given)
  refuse_late(self, "net:attach")
  check_name("net:attach", self.hosts, name)
  return add_named(self.hosts, name, attach.new(self, name, given))
end

--- The host of that name.
---@param where string
---@param name string
---@return mcast.Host
function Network.methods._find(self, where, name)
  local found = self.hosts[name]
  if not found then
    errors.usage("%s: %s has no host '%s'%s", where, tostring(self), name,
      words.suggest(name, words.names(self.hosts)))
  end
  return found
end

---@param text string
---@return mcast.Host|nil
function Network.methods._host_of(self, text)
  return self._origin:host_of(text)
end

-- ---- building -------------------------------------------------------------------------------

local function plan_of(port)
  local planned = port.interface
  return {
    host = port.host._number, switch = port.switch and port.switch._number,
    interface = planned.name, mtu = port.mtu,
    address = ("%s/%d"):format(planned.address, port.length or port.pool.subnet.length),
    address6 = ("%s/%d"):format(planned.address6, port.length6 or port.pool6.subnet.length),
    default_multicast = port.host._planned[1] == planned,
    impairable = port.link and port.link:_decide_impairable() or nil,
  }
end

local function add_port(lab, port)
  if port.switch then
    port.interface._port = lab:add_port(plan_of(port))
  elseif port == port.link._ports[1] then
    local other = port.link._ports[2]
    port.interface._port = lab:add_cable(plan_of(port), plan_of(other))
    other.interface._port = port.interface._port + 1
  end
end

--- Switches of one LAN elect the querier that has the lowest address: the first of them, as over
--- IPv6, where addresses rise with the switches' numbers.
local function address_switches(self)
  for _, root in ipairs(self.switches) do
    local lan = root:_root() == root and root:_lan() or {}
    local pool, list = root:_pool_of("ipv4"), {}
    for i, one in ipairs(#lan > 1 and lan or {}) do list[i] = pool:last_address(one.name) end
    for i, text in ipairs(list) do
      lan[#list + 1 - i]._plan.address = ("%s/%d"):format(text, pool.subnet.length)
    end
  end
end

local function add_to_lab(self, lab)
  if #self.trunks > 0 then address_switches(self) end
  for _, one in ipairs(self.switches) do one._number = lab:add_switch(one._plan) end
  for _, one in ipairs(self.hosts) do
    if not one._attached then
      one._number = one._forwards and lab:add_router(one.name) or lab:add_host(one.name)
    end
  end
  for _, port in ipairs(self._ports) do add_port(lab, port) end
  for _, one in ipairs(self.trunks) do
    one._number = lab:add_trunk(one.switches[1]._number, one.switches[2]._number)
  end
  self._routing = routing.new(self)
  self._routing:install(lab)
end

local function open_stacks(self, lab)
  local Stack = require "mcast.stack"
  for _, one in ipairs(self.hosts) do
    if not one._attached then
      one._stack = Stack.new(self._run, lab:netns(one._number), one)
      for _, planned in ipairs(one._planned) do
        planned._stack = one._stack
        one._stack:adopt(planned)
      end
    end
  end
end

--- Where a scenario says ":crosses", every interface is watched from the start: who saw a datagram
--- on the wire cannot be asked afterwards. Packet sockets cost time to close, so that no other
--- scenario has them.
local function watch(self)
  if not self._run.mentions.crosses or #self._ports > 100 then return end
  local observer = require "mcast.observer"
  for _, each in ipairs(self:_all_interfaces()) do
    table.insert(self._watchers, observer.watch(each.host, each))
  end
end

--- Those that the network gave to its hosts, and those that attached hosts came with.
---@return mcast.Interface[]
function Network.methods._all_interfaces(self)
  local list = {}
  for i, port in ipairs(self._ports) do list[i] = port.interface end
  for _, one in ipairs(self.hosts) do
    if one._attached then table.move(one._planned, 1, #one._planned, #list + 1, list) end
  end
  return list
end

--- Makes it, waits until every switch forwards as it will, and tells of it. Once.
function Network.methods._build(self)
  if self._lab then return end
  local began = core.now()
  local lab = core.lab()
  self._lab = lab
  self._run:opened(lab)
  add_to_lab(self, lab)
  lab:build()
  for _, one in ipairs(self.routers) do one:_tell_switches(lab) end
  lab:settle()
  open_stacks(self, lab)
  network_event.tell(self, core.now() - began)
  watch(self)
end

function Network.methods.ready(self) self:_build() end

---@return string
function Network.methods.draw(self)
  return require("mcast.draw").network(self)
end

-- ---- what happens on it ---------------------------------------------------------------------

function Network.methods._await_ready(self) self._pending:await(self) end
function Network.methods._tell_sends(self) self._sends:tell() end
--- From here on every datagram of a stream is a frame of its own: somebody looks at frames.
---@param reason string
function Network.methods._forbid_offload(self, reason)
  self._offload_forbidden = self._offload_forbidden or reason
  for _, flow in ipairs(self._flows) do flow:_forbid_offload(reason) end
end

function Network.methods._tell_flows(self)
  for _, flow in ipairs(self._flows) do require("mcast.flow_report").tell(flow) end
end
function Network.methods._tell_deliveries(self) self._sends:tell_deliveries() end

return network
