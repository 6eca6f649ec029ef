--- A long list gone through a little at a time: streams that are sent by the loop (src/traffic/stream_send.c)
--- do not stand still for as long as all of it takes.
local core = require "mcast.core"

local in_turns = {}

-- Seconds in a row, before it is the others' turn.
local longest_turn = 0.001

--- Calls `f(element, index)` for each element of the list; others go on in between.
---@param list any[]
---@param f fun(element: any, index: integer)
function in_turns.each(list, f)
  local began = core.now()
  for i, element in ipairs(list) do
    f(element, i)
    if core.now() - began >= longest_turn then
      core.sleep(0)
      began = core.now()
    end
  end
end

return in_turns
