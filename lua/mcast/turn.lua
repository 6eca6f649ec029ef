--- Scenarios that run side by side are walled off from each other, but not in a place that is not the
--- harness's own: there they take turns.
local core = require "mcast.core"

local turn = {}

local for_ever = 1e8 -- seconds; without a deadline the runner could not end it (deadline.h)

--- Returns when it is ours, until the end of the scenario, whose time begins anew when it had to
--- wait: for others' doing it is not to time out.
---@param run mcast.Run
---@param thing string "nic/eth1"; "": attached places, among the scenarios of one run
function turn.take(run, thing)
  if run.turns[thing] then return end
  if not core.take_turn(thing, false) then
    local began = core.now()
    run:emit("turn", { of = thing, state = "awaited" })
    core.deadline(for_ever)
    core.take_turn(thing, true)
    core.deadline(run.timeout)
    run.waited = run.waited + core.now() - began
    run:emit("turn", { of = thing, state = "taken" })
  end
  run.turns[thing] = true
end

return turn
