--- Routing daemons, ready to use: require "mcast.daemon".
local errors = require "mcast.errors"
local words = require "mcast.words"

local daemon = {
  frr = require("mcast.daemon.frr").start,
  pimd = require("mcast.daemon.pimd").start,
  smcroute = require("mcast.daemon.smcroute").start,
}

return setmetatable(daemon, { __index = function(_, name)
  errors.usage("mcast.daemon has no '%s'%s", tostring(name),
    words.suggest(name, words.keys(daemon)))
end })
