--- Routing daemons, ready to use: require "mcast.daemon".
return {
  frr = require("mcast.daemon.frr").start,
  smcroute = require("mcast.daemon.smcroute").start,
}
