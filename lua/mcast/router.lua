--- A router: a host that forwards, unicast by the network's routes, multicast by static ones.
local core = require "mcast.core"
local class = require "mcast.class"
local command = require "mcast.command"
local errors = require "mcast.errors"
local host = require "mcast.host"
local mroute = require "mcast.mroute"
local switch_port = require "mcast.switch_port"
local types = require "mcast.types"

local router = {}

---@class mcast.Router: mcast.Host
local Router = class.define("router", nil, host.class)
router.class = Router

function Router.metatable.__tostring(self)
  return ("router '%s'"):format(self.name)
end

-- What the switches at its ports are told: by default that it is a multicast router, which gets all.
router.option_types = {
  multicast_router = types.one_of { "disabled", "automatic", "permanent" },
}

---@param network mcast.Network
---@param name string
---@param wanted {multicast_router: string?}
---@return mcast.Router
function router.new(network, name, wanted)
  local fields = host.fields(network, name)
  fields._forwards = true
  fields._multicast_router = wanted.multicast_router or "permanent"
  fields._kernels, fields._mroutes, fields._routed, fields._mounts = {}, {}, {}, false
  return class.new(Router, fields)
end

--- Routing daemons have fixed places for what they write: its programs have folders of their own.
---@return core.Mountns
function Router.methods._get_mounts(self)
  if not self._mounts then
    self._mounts = errors.on_host(self.name, core.mountns,
      command.folder(self.network._run))
    self.network._run:opened(self._mounts)
  end
  return self._mounts
end

--- A switch takes every router for a multicast router, because nothing tells it of static routes.
--- One that is to learn it from queries and PIM hellos must be told so.
---@param lab core.Lab built
function Router.methods._tell_switches(self, lab)
  if self._multicast_router == "permanent" then return end
  for _, planned in ipairs(self._planned) do
    if planned.switch then
      lab:set_multicast_router(planned._port, switch_port.modes[self._multicast_router])
    end
  end
end

--- The kernel's multicast routing of one family, from the first route to the scenario's end.
---@param family "ipv4"|"ipv6"
---@return core.Mroute
function Router.methods._kernel_of(self, family)
  if not self._kernels[family] then
    local opened = errors.on_host(self.name, core.mroute, self:_get_stack().netns, family)
    self.network._run:opened(opened)
    self._kernels[family] = opened
  end
  return self._kernels[family]
end

--- Installs a static route.
---@param given table
---@return mcast.Mroute
function Router.methods.mroute(self, given)
  self:_get_stack()
  return mroute.add(self, given)
end

function Router.methods._cached_mroutes(self)
  local stack, by_index, list = self:_get_stack(), {}, {}
  for _, object in ipairs(stack:objects()) do by_index[object.index] = object end
  for _, family in ipairs { "ipv4", "ipv6" } do
    for _, found in ipairs(errors.on_host(self.name, core.mroutes, stack.netns, family)) do
      list[#list + 1] = mroute.describe_cached(by_index, found)
    end
  end
  return list
end

--- What is in the kernel's forwarding cache now, whoever put it there.
---@return mcast.CachedMroute[]
function Router.methods.mroutes(self)
  self.network:_forbid_offload("a route counts frames")
  return self:_cached_mroutes()
end

return router
