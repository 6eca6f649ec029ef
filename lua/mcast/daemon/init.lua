--- Routing daemons, ready to use: require "mcast.daemon".
return {
  frr = require("mcast.daemon.frr").start,
  pimd = require("mcast.daemon.pimd").start,
  smcroute = require("mcast.daemon.smcroute").start,
}
