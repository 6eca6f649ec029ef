--- A long list gone through a little at a time: streams that are sent by the loop (src/traffic/stream_send.c)
--- do not stand still for as long as all of it takes.
local core = require "mcast.core"

local in_turns = {}

-- Seconds in a row, before it is the others' turn.
local longest_turn = 0.001

--- Calls `f(element, index)` for each element of the list; others go on in between, of which `begin_turn`
--- is told before the first element and after each pause.
---@param list any[]
---@param f fun(element: any, index: integer)
---@param begin_turn fun()|nil
function in_turns.each(list, f, begin_turn)
  local began = -math.huge
  for i, element in ipairs(list) do
    if core.now() - began >= longest_turn then
      if i > 1 then core.sleep(0) end
      began = core.now()
      if begin_turn then begin_turn() end
    end
    f(element, i)
  end
end

return in_turns
