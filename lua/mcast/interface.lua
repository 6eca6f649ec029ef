--- An interface of a host, or of this machine.
local class = require "mcast.class"
local row = require "mcast.row"
local show = require "mcast.show"

local interface = {}

---@class mcast.Interface
---@field name string
---@field host mcast.Host|nil
local Interface = class.define("interface")
interface.class = Interface

function Interface.metatable.__tostring(self)
  return self.host and ("%s of host '%s'"):format(self.name, self.host.name) or self.name
end

local planned = { address = true, address6 = true, mtu = true }

function Interface.instead(_, word, value)
  return planned[word] and ("net:host(name, {switch, %s = %s}) gives it one"):format(word,
    show.value(value))
end

--- What the kernel knows of it, now.
local function facts(self)
  for _, found in ipairs(self._stack:interfaces()) do
    if found.name == self.name then return found end
  end
  require("mcast.errors").raise { code = "ENODEV", operation = "read interface",
    message = ("there is no interface %s any more"):format(self.name),
    host = self.host and self.host.name or nil }
end

function Interface.properties.index(self)
  if not self._index then
    local lab = self._port and self.host.network._lab
    self._index = (lab and lab:port(self._port) or facts(self)).index
  end
  return self._index
end

local flags_row = row.kind("interface.flags",
  { "up", "running", "multicast", "loopback", "broadcast" })
local address_row = row.kind("a row of interface.addresses", { "address", "prefix_length" })

function Interface.properties.mac(self) return facts(self).mac end
function Interface.properties.flags(self) return flags_row(facts(self).flags) end
function Interface.properties.addresses(self)
  return row.each(address_row, facts(self).addresses)
end

function Interface.properties.mtu(self) return facts(self).mtu end

--- Of the plan, or of the kernel.
function Interface.properties.address(self) return self._address or nil end
function Interface.properties.address6(self) return self._address6 or nil end
function Interface.properties.switch(self) return self._switch or nil end
function Interface.properties.link(self) return self._link or nil end

--- What it is attached to, of our own making.
---@return mcast.Switch|mcast.Link|nil
function Interface.methods._segment(self) return self._switch or self._link or nil end

--- Takes it down, as `ip link set down` does.
function Interface.methods.down(self) require("mcast.outage").down(self) end

--- Brings it up again, with the addresses and routes that it had.
function Interface.methods.up(self) require("mcast.outage").up(self) end

--- Loses, delays, repeats and reorders what crosses its cable; without options none of it any more.
---@param given table|nil
---@return mcast.Impairment|nil
function Interface.methods.impair(self, given)
  return require("mcast.impair").interface(self, given)
end

--- Where its cable is cut open: a place of the lab's, and which way frames go past it.
---@param direction "in"|"out"
---@return integer place, "in"|"out" way
function Interface.methods._detour(self, direction) return self._port, direction end

---@param fields table name, host, _stack
---@return mcast.Interface
function interface.new(fields)
  for _, field in ipairs { "_index", "_mac", "_address", "_address6", "_switch", "_link", "_port",
    "_outage", "_last_outage", "_impaired" } do
    if fields[field] == nil then fields[field] = false end
  end
  fields._public = { name = fields.name, host = fields.host or false }
  fields.name, fields.host = nil, nil
  return class.new(Interface, fields)
end

return interface
