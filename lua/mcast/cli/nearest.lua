--- The known word that a misspelt one most likely meant.

--- Damerau-Levenshtein distance, transpositions of neighbours counted as one.
local function distance(a, b)
  local before, previous = {}, {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    local current = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      current[j] = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        current[j] = math.min(current[j], before[j - 2] + 1)
      end
    end
    before, previous = previous, current
  end
  return previous[#b]
end

---@param word string
---@param known string[]
---@return string|nil
local function nearest(word, known)
  local best, best_distance = nil, math.max(1, #word // 3) + 1
  for _, candidate in ipairs(known) do
    local d = distance(word:lower(), candidate:lower())
    if d < best_distance then best, best_distance = candidate, d end
  end
  return best
end

return nearest
