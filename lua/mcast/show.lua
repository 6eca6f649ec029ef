--- Values as a person reads them in a sentence.
local show = {}

local escapes = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }

--- A quoted string on one line; long ones are cut and say how long they are.
---@param text string
---@param most integer|nil bytes shown (60)
---@return string
function show.text(text, most)
  most = most or 60
  local shown = #text > most and text:sub(1, most) or text
  shown = shown:gsub('[%c"\\]', function(c)
    return escapes[c] or ("\\x%02x"):format(c:byte())
  end)
  if not utf8.len(shown) then
    shown = shown:gsub("[\x80-\xff]", function(c) return ("\\x%02x"):format(c:byte()) end)
  end
  if #text > most then return ('"%s..." (%d bytes)'):format(shown, #text) end
  return '"' .. shown .. '"'
end

local function key(k)
  if type(k) == "string" and k:match("^[%a_][%w_]*$") then return k end
  return "[" .. show.value(k) .. "]"
end

local function sorted_keys(t)
  local keys = {}
  for k in pairs(t) do
    if math.type(k) ~= "integer" or k < 1 or k > #t then keys[#keys + 1] = k end
  end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local function show_table(t, depth)
  if depth > 2 then return "{...}" end
  local parts = {}
  for i = 1, math.min(#t, 10) do parts[i] = show.value(t[i], depth + 1) end
  if #t > 10 then parts[#parts + 1] = ("... %d more"):format(#t - 10) end
  for _, k in ipairs(sorted_keys(t)) do
    if #parts > 12 then parts[#parts + 1] = "..." break end
    parts[#parts + 1] = ("%s = %s"):format(key(k), show.value(t[k], depth + 1))
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

---@param value any
---@param depth integer|nil
---@return string
function show.value(value, depth)
  if type(value) == "string" then return show.text(value) end
  if type(value) ~= "table" then return tostring(value) end
  local metatable = getmetatable(value)
  if type(metatable) == "table" and metatable.__tostring then return tostring(value) end
  return show_table(value, depth or 0)
end

--- A duration: "0.35 ms", "12 ms", "1.5 s".
---@param seconds number
---@return string
function show.duration(seconds)
  if seconds < 0.001 then return ("%.2f ms"):format(seconds * 1000) end
  if seconds < 0.01 then return ("%.1f ms"):format(seconds * 1000) end
  if seconds < 1 then return ("%.0f ms"):format(seconds * 1000) end
  return ("%g s"):format(math.floor(seconds * 100 + 0.5) / 100)
end

return show
