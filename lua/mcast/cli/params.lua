--- --param NAME=VALUE against what the files declare.

local words = require "mcast.words"

local params = {}

local function refuse(format, ...)
  error({ usage = format:format(...) }, 0)
end

--- The texts that the children get, by name; the last assignment counts.
---@return table<string, string>
function params.texts(assignments)
  local texts = {}
  for _, assignment in ipairs(assignments or {}) do texts[assignment.name] = assignment.value end
  return texts
end

local expectations = {
  number = function(text) return tonumber(text) ~= nil, "a number" end,
  integer = function(text) return math.tointeger(tonumber(text)) ~= nil, "a whole number" end,
  boolean = function(text) return text == "true" or text == "false", "true or false" end,
}

local function check_value(declared, text)
  local expectation = expectations[declared.type]
  if not expectation then return end
  local fits, expected = expectation(text)
  if not fits then
    refuse("--param %s: %s expected (its default is %s), got '%s'", declared.name, expected,
      tostring(declared.default), text)
  end
end

local function refuse_undeclared(name, by_name)
  local names = words.keys(by_name)
  if #names == 0 then refuse("--param %s: these files declare no parameters", name) end
  refuse("--param %s: no file declares it%s; declared are: %s", name,
    words.meant(name, names), table.concat(names, ", "))
end

---@param texts table<string, string>
---@param collections cli.Collection[]
function params.check(texts, collections)
  local by_name = {}
  for _, collection in ipairs(collections) do
    for _, declared in ipairs(collection.params) do
      by_name[declared.name] = by_name[declared.name] or {}
      table.insert(by_name[declared.name], declared)
    end
  end
  for name, text in pairs(texts) do
    if not by_name[name] then refuse_undeclared(name, by_name) end
    for _, declared in ipairs(by_name[name]) do check_value(declared, text) end
  end
end

return params
