--- A virtual host: a network stack of its own, with what is opened in it.
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local types = require "mcast.types"
local words = require "mcast.words"

local host = {}

---@class mcast.Host
---@field name string
---@field network mcast.Network
local Host = class.define("host")
host.class = Host

function Host.metatable.__tostring(self)
  return ("host '%s'"):format(self.name)
end

---@param network mcast.Network
---@param name string
---@return mcast.Host
function host.new(network, name)
  return class.new(Host, host.fields(network, name))
end

--- What every kind of host begins with.
function host.fields(network, name)
  return {
    _public = { name = name, network = network }, _planned = {}, _number = false, _stack = false,
    _receivers = {}, _senders = {}, _observers = {}, _sockets = {}, _processes = {},
    _introduced = false, _forwards = false, _attached = false, _blocks = {}, _pauses = {},
    _has_outages = false,
  }
end

--- Of its next interface: eth0, eth1, ... without those that the user named so.
---@return string
function Host.methods._next_name(self)
  local taken, number = {}, #self._planned
  for _, interface in ipairs(self._planned) do taken[interface.name] = true end
  while taken["eth" .. number] do number = number + 1 end
  return "eth" .. number
end

local function first(self, field)
  for _, interface in ipairs(self._planned) do
    if interface[field] then return interface[field] end
  end
  return nil
end

function Host.properties.address(self) return first(self, "address") end
function Host.properties.address6(self) return first(self, "address6") end

local function names_of(interfaces)
  return words.list { "lo", table.unpack(words.names(interfaces)) }
end

--- What is elsewhere is said before what is spelt alike.
local function refuse_what_is_elsewhere(self, word)
  local has_word = require("mcast.interface").class.methods[word]
  if has_word and word:sub(1, 1) ~= "_" then
    local first_of = self._planned[1] and self._planned[1].name or "eth0"
    errors.usage("%s has no '%s': an interface has, %s.%s:%s(...)", tostring(self), word,
      self.name, first_of, word)
  end
  if require("mcast.router").class.methods[word] then
    errors.usage("%s has no '%s': only routers do (net:router)", tostring(self), word)
  end
  if word:find("^eth%d+$") then
    errors.usage("%s has no interface '%s' (it has %s)", tostring(self), word,
      names_of(self._planned))
  end
end

--- host.eth0, host.lo: an interface by its name.
function Host.missing(self, word)
  for _, interface in ipairs(self._planned) do
    if interface.name == word then
      self:_get_stack()
      return interface
    end
  end
  if word == "lo" then return self:interface("lo") end
  refuse_what_is_elsewhere(self, word)
  return nil
end

--- Its network stack; the network is built when the first one is asked for.
---@return mcast.Stack
function Host.methods._get_stack(self)
  if not self._stack then self.network:_build() end
  return self._stack
end

---@return mcast.Interface[]
function Host.methods.interfaces(self)
  return self:_get_stack():objects()
end

---@param name string|integer|mcast.Interface
---@return mcast.Interface
function Host.methods.interface(self, name)
  return self:_get_stack():find("host:interface", name)
end

--- Every address it sends from.
---@return string[]
function Host.methods._addresses(self)
  if not self._all_addresses then
    local list = {}
    for _, found in ipairs(self:_get_stack():interfaces()) do
      for _, one in ipairs(found.addresses) do list[#list + 1] = one.address end
    end
    self._all_addresses = list
  end
  return self._all_addresses
end

--- The scope of a link-local address does not count: a frame has none.
---@param address string
---@return boolean
function Host.methods._has_address(self, address)
  local plain = address:match("^[^%%]+")
  for _, one in ipairs(self:_addresses()) do
    if one:match("^[^%%]+") == plain then return true end
  end
  return false
end

--- Before a fault: what the host is made of ends with the scenario, and its faults with it.
function Host.methods._keep_interface() end

--- Its first unicast to a host on a large network must not wait for ARP (lab.h).
function Host.methods._introduce(self)
  if self._introduced then return end
  self._introduced = true
  self.network._lab:introduce(self._number)
end

---@param given table|nil
---@return mcast.Socket
function Host.methods.socket(self, given)
  return require("mcast.socket").open(self:_get_stack(), given, "host:socket")
end

---@param given table
---@return mcast.Receiver
function Host.methods.receiver(self, given)
  return require("mcast.receiver").open(self, given)
end

---@param given table
---@return mcast.Sender
function Host.methods.sender(self, given)
  return require("mcast.sender").open(self, given)
end

---@param given table|nil
---@return mcast.Observer
function Host.methods.observer(self, given)
  return require("mcast.observer").open(self, given)
end

--- The mount namespace of its programs; nil: they see the files of this process.
---@return core.Mountns|nil
function Host.methods._get_mounts() return nil end
---@param given table|nil
---@return mcast.Capture
function Host.methods.capture(self, given)
  return require("mcast.capture").open(self, given)
end

--- Sends a packet as it is, past the host's own network stack.
---@param packet mcast.Packet|table|string
---@param given {interface: any?}|nil
---@return mcast.Injection
function Host.methods.inject(self, packet, given)
  return require("mcast.injection").call(self, packet, given)
end

--- Acts as an IGMP or MLD querier, beside what the host does.
---@param given table|nil
---@return mcast.HostQuerier
function Host.methods.querier(self, given)
  return require("mcast.querier").open(self, given)
end

--- Runs a program to its end.
---@param given table {"command", "argument", ..., input =, cwd =, env =, timeout =}
---@return mcast.ProcessResult|nil result, "timeout"|nil
function Host.methods.run(self, given)
  return require("mcast.process").run(self, given)
end

--- Starts a program, which runs beside the scenario.
---@param given table {"command", "argument", ..., input =, cwd =, env =}
---@return mcast.Process
function Host.methods.start(self, given)
  return require("mcast.process").start(self, given)
end

--- Reads a kernel setting of the host, or sets it.
---@param key string "net.ipv4.ip_forward"
---@param value string|number|boolean|nil
---@return string|integer
function Host.methods.sysctl(self, key, value)
  return require("mcast.sysctl").call(self, key, value)
end

--- The groups that the kernel has it in, whoever joined.
---@return mcast.Membership[]
function Host.methods.memberships(self)
  return require("mcast.memberships").read(self)
end

--- What the kernel has counted; counters can be subtracted from each other.
---@return mcast.Counters
function Host.methods.counters(self)
  self.network:_forbid_offload("counters count frames")
  return require("mcast.counters").read(self)
end

-- ---- faults ---------------------------------------------------------------------------------

--- Drops packets, as a firewall in the host does.
---@param given {group: string?, source: string?, port: integer?, direction: string?}|nil
---@return mcast.Block
function Host.methods.block(self, given)
  return require("mcast.block").open(self, given)
end

--- Its programs stand still, and the harness's own receivers and senders on it.
function Host.methods.pause(self) require("mcast.pause").pause(self) end
function Host.methods.resume(self) require("mcast.pause").resume(self) end

-- ---- lists of hosts -------------------------------------------------------------------------

local function find(where, one, network)
  local found = class.is(one, Host) and one or type(one) == "string" and network:_find(where, one)
  if not found then options.refuse(where, "hosts", "a list of hosts", one) end
  if found.network ~= network then
    errors.usage("%s: hosts: %s is not a host of this network", where, tostring(found))
  end
  return found
end

--- Hosts that the user listed: objects or names, of this network, none twice.
---@param where string
---@param given any
---@param network mcast.Network
---@return mcast.Host[], table<mcast.Host, true> the same as a set
function host.list(where, given, network)
  if class.is(given, Host) then given = { given } end
  options.argument(where, "hosts", given, types.list)
  local list, seen = {}, {}
  for i = 1, #given do
    local found = find(where, given[i], network)
    if seen[found] then errors.usage("%s: hosts: host '%s' is named twice", where, found.name) end
    seen[found], list[i] = true, found
  end
  return list, seen
end

--- The hosts of a set, in one order whatever came first: as the user listed them, then as the
--- network has them.
---@param set table<mcast.Host, any>
---@param listed mcast.Host[]
---@param network mcast.Network
---@return mcast.Host[]
function host.ordered(set, listed, network)
  local list, seen = {}, {}
  for _, hosts in ipairs { listed, network.hosts } do
    for _, one in ipairs(hosts) do
      if set[one] and not seen[one] then
        seen[one] = true
        list[#list + 1] = one
      end
    end
  end
  return list
end

---@param hosts mcast.Host[]
---@return string "a, b and c"
function host.names(hosts)
  return #hosts == 0 and "nobody" or words.list(words.names(hosts))
end

return host
