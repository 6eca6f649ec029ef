--- Objects that know their words: an unknown one is an error that names the one that was probably meant,
--- never a silent nil.
---
--- Internal fields start with "_"; a field that is public is set in the constructor (class.new), and can only
--- be read from there on: it is kept apart, in `_public`, for Lua tells of no assignment to what is there.
local errors = require "mcast.errors"
local words = require "mcast.words"

local class = {}

---@class mcast.Class
---@field name string            "receiver": how messages call it
---@field methods table<string, function>
---@field properties table<string, fun(self): any>
---@field setters table<string, fun(self, value)>
---@field metatable table
---@field parent mcast.Class|nil what it has besides
---@field instead nil|fun(self, word: string, value): string|nil what does what an assignment does not
---@field is_open boolean|nil class.open
---@field element nil|fun(self, index: integer): any of a list that makes its elements when asked

local function known_words(definition, object)
  local seen, part_of = {}, definition
  while part_of do
    for _, part in ipairs { part_of.methods, part_of.properties, part_of.setters } do
      for word in pairs(part) do seen[word] = true end
    end
    part_of = part_of.parent
  end
  for word in pairs(class.public(object)) do
    if type(word) == "string" then seen[word] = true end
  end
  for word in pairs(seen) do
    if word:sub(1, 1) == "_" then seen[word] = nil end
  end
  return words.keys(seen)
end

local function refuse(definition, object, word)
  errors.usage("%s has no '%s'%s", tostring(object), tostring(word),
    words.suggest(word, known_words(definition, object)))
end

--- A word that is known is assigned to, and no setter takes it.
local function refuse_assignment(definition, object, word, value)
  local is_method = definition.methods[word] ~= nil
  local other = definition.instead and definition.instead(object, word, value)
    or is_method and ("%s:%s(...)"):format(definition.variable, word)
  errors.usage("%s: %s can only be %s%s", tostring(object), word, is_method and "called" or "read",
    other and ": " .. other or "")
end

--- A method that says what is wrong when it is called with a dot.
local function with_self(definition, word, method)
  return function(self, ...)
    if not class.is(self, definition) then
      errors.usage("%s.%s(...): write %s:%s(...), with a colon", definition.variable, word,
        definition.variable, word)
    end
    return method(self, ...)
  end
end

--- Where a class puts its methods; those that begin with "_" are our own and not checked.
local function method_table(definition)
  local inherited = definition.parent and definition.parent.methods
  return setmetatable({}, { __index = inherited, __newindex = function(methods, word, method)
    if word:sub(1, 1) ~= "_" then method = with_self(definition, word, method) end
    rawset(methods, word, method)
  end })
end

local function inherit(parent, part)
  return setmetatable({}, { __index = parent and parent[part] })
end

--- A word that is no method, and no field that the object has.
local function look_further(definition, self, word)
  local property = definition.properties[word]
  if property then return property(self) end
  if definition.element and math.type(word) == "integer" then
    return definition.element(self, word)
  end
  -- The end of a list, or a field of ours that is not set.
  if type(word) ~= "string" or word:sub(1, 1) == "_" then return nil end
  if definition.missing then
    local value = definition.missing(self, word)
    if value ~= nil then return value end
  end
  refuse(definition, self, word)
end

---@param name string
---@param variable string|nil how a scenario calls such an object: "net"; default: the name
---@param parent mcast.Class|nil its words are known, too
---@return mcast.Class
function class.define(name, variable, parent)
  local definition = { name = name, variable = variable or name, parent = parent,
    properties = inherit(parent, "properties"), setters = inherit(parent, "setters"),
    missing = parent and parent.missing, instead = parent and parent.instead }
  definition.methods = method_table(definition)
  local metatable = { __name = "mcast." .. name, __class = definition }
  definition.metatable = metatable

  local methods = definition.methods

  function metatable.__index(self, word)
    local found = methods[word]
    if found ~= nil then return found end
    found = self._public[word]
    if found ~= nil then return found end
    return look_further(definition, self, word)
  end

  function metatable.__newindex(self, word, value)
    if type(word) ~= "string" or word:sub(1, 1) == "_" then return rawset(self, word, value) end
    local setter = definition.setters[word]
    if setter then return setter(self, value) end
    if definition.properties[word] or definition.methods[word]
      or rawget(class.public(self), word) ~= nil then
      refuse_assignment(definition, self, word, value)
    end
    refuse(definition, self, word)
  end

  function metatable.__tostring() return name end
  return definition
end

local none <const> = {}

--- Takes the public ones out of the fields. Who makes objects by the thousand gives them as `_public`.
local function take_public(fields)
  local public = none
  for word, value in next, fields do
    if type(word) == "string" and word:byte() ~= 0x5f then -- "_"
      if public == none then public = {} end
      public[word], fields[word] = value, nil
    end
  end
  return public
end

---@generic T: table
---@param definition mcast.Class
---@param fields T
---@return T
function class.new(definition, fields)
  if not fields._public and not definition.is_open then fields._public = take_public(fields) end
  return setmetatable(fields, definition.metatable)
end

--- Objects of the class are plain tables of public fields, for pairs() and for C.
---@param definition mcast.Class
function class.open(definition)
  definition.is_open = true
  function definition.metatable.__index(self, word)
    return definition.methods[word] or look_further(definition, self, word)
  end
end

--- Sets a public field that the constructor has set: for the class itself.
---@param self table
---@param word string
function class.set(self, word, value)
  assert(self._public[word] ~= nil)
  self._public[word] = value
end

--- The table that an object's public fields are in, and any other table itself.
---@param object table
---@return table
function class.public(object)
  return rawget(object, "_public") or object
end

---@return mcast.Class|nil
function class.of(value)
  local metatable = type(value) == "table" and getmetatable(value)
  return type(metatable) == "table" and rawget(metatable, "__class") or nil
end

---@param value any
---@param definition mcast.Class
---@return boolean
function class.is(value, definition)
  if type(value) == "table" and getmetatable(value) == definition.metatable then return true end
  local found = class.of(value)
  while found and found ~= definition do found = found.parent end
  return found ~= nil
end

--- A type (mcast.types) that takes objects of the class.
---@param definition mcast.Class
---@param article string|nil "a"
---@return mcast.Type
function class.type(definition, article)
  local expected = ("%s %s"):format(article or "a", definition.name)
  return function(value)
    if not class.is(value, definition) then return nil, expected end
    return value
  end
end

return class
