--- topology(name, function(net) ... end): how to make a network. The function runs anew for each
--- scenario that uses it.
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local types = require "mcast.types"

local topology = {}

---@class mcast.Topology
---@field name string
local Topology = class.define("topology")
topology.class = Topology

function Topology.metatable.__tostring(self)
  return ("topology '%s'"):format(self.name)
end

--- topology([name,] function(net) ... end)
---@return mcast.Topology
function topology.declare(name, describe)
  if describe == nil and type(name) == "function" then name, describe = "network", name end
  options.argument("topology", "name", name, types.name)
  options.argument("topology", "function", describe, types.func)
  return class.new(Topology, { name = name, _describe = describe,
    _position = errors.user_position() })
end

---@param value any what a --topology file returned
function topology.is(value)
  return class.is(value, Topology)
end

--- Fills an empty network as the topology says.
---@param network mcast.Network
function Topology.methods._fill(self, network)
  class.set(network, "name", self.name)
  self._describe(network)
end

return topology
