--- What is left to chance is left to a seed: the run's, which its report names, or the user's own.
local chance = {}

--- FNV-1a, 64 bits, without the sign.
---@param text string what tells one who asks from all others
---@return integer from 0
function chance.seed(text)
  local value = 0xcbf29ce484222325
  for i = 1, #text do value = (value ~ text:byte(i)) * 0x100000001b3 end
  return value & math.maxinteger
end

---@class mcast.Drawn
---@field from_seed boolean|nil something was left to the run's seed: without it a run is another one
---@field is_own_seed boolean|nil the scenario's numbers come from a seed of its own

--- Notes what a scenario's own `math` draws.
---@param own table
---@param drawn mcast.Drawn
function chance.watch(own, drawn)
  local random, randomseed = own.random, own.randomseed
  function own.random(...)
    drawn.from_seed = drawn.from_seed or not drawn.is_own_seed
    return random(...)
  end
  function own.randomseed(...)
    drawn.is_own_seed = true
    return randomseed(...)
  end
end

--- The same in every run with the same seed, and another for each `number` of a scenario.
---@param run mcast.Run
---@param number integer
---@return string
function chance.base(run, number)
  run.drawn.from_seed = true
  return ("%d:%s:%d"):format(run.job.seed or 0, run.id, number)
end

return chance
