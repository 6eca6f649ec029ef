--- The words that a scenario file sees without `require`.
local core = require "mcast.core"
local class = require "mcast.class"

local language = {}

local Mcast = class.define("mcast")

function Mcast.metatable.__tostring() return "mcast" end

--- Sockets of this machine itself.
local function machine_stack(run)
  if not run.machine_stack then
    run.machine_stack = require("mcast.stack").new(run, core.machine_netns(), nil)
  end
  return run.machine_stack
end

--- mcast.measure and its like: words whose module is read when one of them is used, and only while a
--- scenario runs.
---@param current fun(word: string): mcast.Run
local function group(name, words, current)
  local definition, fields = class.define(name), {}
  function definition.metatable.__tostring() return name end
  for _, word in ipairs(words) do
    fields[word] = function(given)
      local run = current(name .. "." .. word)
      return require(name)[word](given, run)
    end
  end
  return class.new(definition, fields)
end

---@param current fun(word: string): mcast.Run
local function mcast_table(current)
  local function tasks() return require "mcast.tasks" end
  return class.new(Mcast, {
    version = core.version,
    now = core.now,
    spawn = function(f, ...) return tasks().spawn(current("mcast.spawn"), f, ...) end,
    all = function(functions) return tasks().all(current("mcast.all"), functions) end,
    sleep = function(seconds) return tasks().sleep(current("mcast.sleep"), seconds) end,
    measure = group("mcast.measure", { "join", "leave", "channel_change" }, current),
    traffic = group("mcast.traffic", { "mix" }, current),
    socket = function(given)
      local run = current("mcast.socket")
      return require("mcast.socket").open(machine_stack(run), given, "mcast.socket")
    end,
    packet = function(given) return require("mcast.packet").build(given) end,
    decode = function(bytes, given) return require("mcast.packet").decode(bytes, given) end,
  })
end

---@param registry mcast.Registry
---@param parameters mcast.Parameters
---@param current fun(word: string): mcast.Run raises while the file loads
---@return table<string, any>
function language.words(registry, parameters, current)
  return {
    mcast = mcast_table(current),
    scenario = function(...) return registry:declare(...) end,
    topology = function(...) return require("mcast.topology").declare(...) end,
    param = function(...) return parameters:declare(...) end,
    expect = require("mcast.expect").word(function() return current("expect") end),
    eventually = function(f, given)
      return require("mcast.tasks").eventually(current("eventually"), f, given)
    end,
  }
end

return language
