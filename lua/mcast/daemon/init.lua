--- Routing daemons, ready to use: require "mcast.daemon".
return {
  smcroute = require("mcast.daemon.smcroute").start,
}
