--- The scenarios of a file, as they are declared: scenario(name, [options,] function(t) ... end).
local class = require "mcast.class"
local errors = require "mcast.errors"
local extent = require "mcast.extent"
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"

local scenario = {}

---@class mcast.Scenario
---@field number integer
---@field id string "file::name"
---@field name string
---@field file string
---@field line integer of the scenario( call
---@field places mcast.Lines[] where it stands
---@field body fun(t: mcast.Context)
---@field options table
---@field case any
---@field digest string|nil of an element of `each` without a name
local Scenario = {}
Scenario.__index = Scenario

function Scenario:position()
  return ("%s:%d"):format(self.file, self.line)
end

local function topology_type(value)
  local definition = class.of(value)
  if definition and definition.name == "topology" then return value end
  return nil, "a topology: topology(\"name\", function(net) ... end)"
end

local option_types = {
  tags = types.list_of(types.name),
  timeout = types.finite(0.001, " s"),
  topology = topology_type,
  each = types.list_of(types.any),
  needs = types.list_of(types.name),
  retries = types.integer(0, 1000),
}

local has_words = { string = true, number = true, boolean = true }

--- How an element of `each` is called: itself, or its name; nil: it has none.
local function element_name(element)
  local name = element
  if type(element) == "table" then
    local fields = class.public(element)
    name = rawget(fields, "name") or rawget(fields, 1)
  end
  return has_words[type(name)] and tostring(name) or nil
end

--- What tells elements apart that are called by their places: the list may be in another order in
--- the process that runs one of them. Without addresses, which differ there.
local function digest(element)
  if type(element) == "function" then
    local info = debug.getinfo(element, "S")
    return ("%s:%d"):format(info.short_src, info.linedefined)
  end
  return (show.value(element):gsub("0x%x+", ""))
end

---@class mcast.Registry
---@field scenarios mcast.Scenario[]
local Registry = {}
Registry.__index = Registry

---@param file string
function scenario.registry(file)
  return setmetatable({ file = file, scenarios = {}, _by_name = {}, closed = false }, Registry)
end

---@param element_digest string|nil
function Registry:_add(declared, name, case, element_digest)
  local earlier = self._by_name[name]
  if earlier then
    errors.usage("scenario: there is a scenario %s already, in line %d", show.text(name),
      earlier.line)
  end
  local added = setmetatable({
    number = #self.scenarios + 1, id = self.file .. "::" .. name, name = name, file = self.file,
    line = declared.line, places = declared.places, body = declared.body,
    options = declared.options, case = case, digest = element_digest,
  }, Scenario)
  self.scenarios[added.number], self._by_name[name] = added, added
end

--- Once for each element.
function Registry:_add_each(declared, name, elements)
  if #elements == 0 then
    declared.body = function(t) t:skip("each is an empty list: there is nothing to run it with") end
    return self:_add(declared, name)
  end
  for place, element in ipairs(elements) do
    local called = element_name(element)
    self:_add(declared, ("%s [%s]"):format(name, called or place), element,
      not called and digest(element) or nil)
  end
end

--- By its name: the order may be another when a file declares them in that of pairs().
---@param element_digest string|nil
---@return mcast.Scenario|nil
function Registry:find(name, element_digest)
  local found = self._by_name[name]
  return found and found.digest == element_digest and found or nil
end

--- scenario(name, [options,] function(t) ... end)
function Registry:declare(name, given, body)
  if self.closed then errors.usage("scenario: a scenario cannot declare another one") end
  if body == nil and type(given) == "function" then given, body = nil, given end
  options.argument("scenario", "name", name, types.name)
  local wanted = options.check("scenario", given, option_types)
  options.argument("scenario", "function", body, types.func)
  local _, line = errors.user_location()
  local declared = { line = line or 0, body = body, options = wanted,
    places = extent.of(body, self.file) }
  if wanted.each then return self:_add_each(declared, name, wanted.each) end
  self:_add(declared, name)
end

return scenario
