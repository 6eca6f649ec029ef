--- Words in sentences: lists, the known word that a misspelt one was probably meant to be.
local words = {}

--- Edit distance with swapped neighbours counted once (optimal string alignment).
---@param a string
---@param b string
---@return integer
function words.distance(a, b)
  local before, above = {}, {}
  for j = 0, #b do above[j] = j end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, before[j - 2] + 1)
      end
      row[j] = best
    end
    before, above = above, row
  end
  return above[#b]
end

--- Could the one be a slip for the other? One edit in any word, one more for each five letters; and
--- something must be left of the word.
local function is_slip(distance, a, b)
  return distance <= 1 + math.max(#a, #b) // 5 and distance < math.min(#a, #b)
end

--- Is `part` whole words of it, as "threshold" of "ttl_threshold"?
local function is_part(part, whole)
  return #part > 1 and ("_" .. whole .. "_"):find("_" .. part .. "_", 1, true) ~= nil
end

--- The known word that was probably meant; nil when none is near, for a far-fetched word misleads.
---@param word string
---@param known string[]
---@return string|nil
function words.near(word, known)
  local least, nearest, longer
  for _, candidate in ipairs(known) do
    local a, b = word:lower(), candidate:lower()
    local distance = words.distance(a, b)
    if is_slip(distance, a, b) and (not least or distance < least) then
      least, nearest = distance, candidate
    elseif is_part(a, b) or is_part(b, a) then
      longer = longer or candidate
    end
  end
  return nearest or longer
end

--- " (did you mean 'group'?)", or "".
---@param word string
---@param known string[]
---@return string
function words.meant(word, known)
  local near = words.near(word, known)
  return near and (" (did you mean '%s'?)"):format(near) or ""
end

--- The same; when nothing is near, what there is.
---@param word any
---@param known string[]
---@return string
function words.suggest(word, known)
  if #known == 0 then return "" end
  local meant = words.meant(tostring(word), known)
  return meant ~= "" and meant or (" (known: %s)"):format(words.list(known, "and", 20))
end

--- "a", "a and b", "a, b and c"; beyond `most` (10) names "a, b, ... and 7 more".
---@param names string[]
---@param conjunction string|nil "and"
---@param most integer|nil
---@return string
function words.list(names, conjunction, most)
  conjunction, most = conjunction or "and", most or 10
  local count = #names
  if count <= 1 then return names[1] or "" end
  if count > most + 1 then
    return ("%s %s %d more"):format(table.concat(names, ", ", 1, most), conjunction, count - most)
  end
  return ("%s %s %s"):format(table.concat(names, ", ", 1, count - 1), conjunction, names[count])
end

--- "1 datagram", "2 datagrams".
---@param count integer
---@param noun string
---@return string
function words.count(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

--- "once", "twice", "3 times".
function words.times(count)
  return count == 1 and "once" or count == 2 and "twice" or count .. " times"
end

--- What they are called: hosts, interfaces, commands.
---@param list {name: string}[]
---@return string[]
function words.names(list)
  local names = {}
  for i, one in ipairs(list) do names[i] = one.name end
  return names
end

---@param t table
---@return string[] its string keys, sorted
function words.keys(t)
  local keys = {}
  for key in pairs(t) do
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

return words
