--- mcast.traffic: what loads a network as many senders do.
local class = require "mcast.class"

local traffic = {}

local Traffic = class.define("mcast.traffic")

function Traffic.metatable.__tostring() return "mcast.traffic" end

--- Each word only while a scenario runs.
---@param current fun(word: string): mcast.Run
function traffic.table(current)
  return class.new(Traffic, {
    mix = function(given)
      return require("mcast.mix").start(current("mcast.traffic.mix"), given)
    end,
  })
end

return traffic
