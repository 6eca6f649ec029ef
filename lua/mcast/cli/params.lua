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

local function refuse_undeclared(name, by_name)
  local names = words.keys(by_name)
  if #names == 0 then refuse("--param %s: these files declare no parameters", name) end
  refuse("--param %s: no file declares it%s; declared are: %s", name,
    words.meant(name, names), table.concat(names, ", "))
end

--- That each is declared by a file; the file itself has read the value (mcast.parameters).
---@param texts table<string, string>
---@param collections cli.Collection[]
function params.check(texts, collections)
  local by_name = {}
  for _, collection in ipairs(collections) do
    for _, declared in ipairs(collection.params) do by_name[declared.name] = true end
  end
  for name in pairs(texts) do
    if not by_name[name] then refuse_undeclared(name, by_name) end
  end
end

return params
