--- The known word that a misspelt one most likely meant; nil when nothing is near.

---@param word string
---@param known string[]
---@return string|nil
return function(word, known)
  local found, distance = require("mcast.words").nearest(word, known)
  if found and distance <= math.max(1, #word // 3) then return found end
end
