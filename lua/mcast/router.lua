--- A router: a host that forwards.
local class = require "mcast.class"
local host = require "mcast.host"

local router = {}

---@class mcast.Router: mcast.Host
local Router = class.define("router", nil, host.class)
router.class = Router

function Router.metatable.__tostring(self)
  return ("router '%s'"):format(self.name)
end

---@param network mcast.Network
---@param name string
---@return mcast.Router
function router.new(network, name)
  local fields = host.fields(network, name)
  fields._forwards = true
  return class.new(Router, fields)
end

return router
