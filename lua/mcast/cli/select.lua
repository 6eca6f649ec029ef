--- Which of the collected scenarios are meant.

local words = require "mcast.words"

local select_scenarios = {}

--- Case-insensitive: letters are lowered, but not those of classes such as %S.
local function lower_pattern(pattern)
  return (pattern:gsub("%%?.", function(item)
    return #item == 1 and item:lower() or item
  end))
end

local function matches(id, filter)
  id = id:lower()
  if id:find(filter:lower(), 1, true) then return true end
  local ok, found = pcall(string.find, id, lower_pattern(filter))
  return ok and found ~= nil
end

local function has_tag(scenario, wanted)
  for _, tag in ipairs(scenario.tags or {}) do
    if tag == wanted then return true end
  end
  return false
end

local function passes_filters(scenario, filters)
  if not filters then return true end
  for _, filter in ipairs(filters) do
    if matches(scenario.id, filter) then return true end
  end
  return false
end

local function passes_tags(scenario, tags)
  for _, tag in ipairs(tags or {}) do
    local excluded = tag:match "^!(.+)$"
    if has_tag(scenario, excluded or tag) == (excluded ~= nil) then return false end
  end
  return true
end

--- "name" selects every element of an `each` scenario called "name".
local function is_named(scenario, name)
  local each = scenario.name:sub(1, #name + 2) == name .. " ["
  return scenario.name == name or each and scenario.name:sub(-1) == "]"
end

local function stands_at(scenario, line)
  for _, lines in ipairs(scenario.places) do
    if line >= lines[1] and line <= lines[2] then return true end
  end
  return false
end

local function is_meant(scenario, target)
  if target.whole then return true end
  for _, name in ipairs(target.names) do
    if is_named(scenario, name) then return true end
  end
  for _, line in ipairs(target.lines) do
    if stands_at(scenario, line) then return true end
  end
  return false
end

local function any(list, holds)
  for _, item in ipairs(list) do
    if holds(item) then return true end
  end
  return false
end

local function missing_name(collection, name)
  local function is_it(scenario) return is_named(scenario, name) end
  if any(collection.scenarios, is_it) then return end
  return ("%s has no scenario '%s'%s"):format(collection.target.file, name,
    words.meant(name, words.names(collection.scenarios)))
end

local function missing_line(collection, line)
  local function is_it(scenario) return stands_at(scenario, line) end
  if any(collection.scenarios, is_it) then return end
  return ("%s:%d: there is no scenario at this line"):format(collection.target.file, line)
end

--- What was asked for by name or line and is not there.
local function missing_of(collection)
  local list = {}
  for _, name in ipairs(collection.target.names) do
    list[#list + 1] = missing_name(collection, name)
  end
  for _, line in ipairs(collection.target.lines) do
    list[#list + 1] = missing_line(collection, line)
  end
  return list
end

---@param collections cli.Collection[]
---@param options table  `filter` and `tag`
---@return {scenario: table, target: cli.Target}[] selected, string[] missing
function select_scenarios.from(collections, options)
  local selected, missing = {}, {}
  for _, collection in ipairs(collections) do
    for _, message in ipairs(missing_of(collection)) do missing[#missing + 1] = message end
    for _, scenario in ipairs(collection.scenarios) do
      if is_meant(scenario, collection.target) and passes_filters(scenario, options.filter)
        and passes_tags(scenario, options.tag) then
        selected[#selected + 1] = { scenario = scenario, target = collection.target }
      end
    end
  end
  return selected, missing
end

return select_scenarios
