--- Rows: tables of facts that are handed out by the thousand. They stay plain tables, for pairs(), for
--- JSON and for equality; only what is not there is looked at: an optional field is nil, an unknown word
--- an error that names the one that was probably meant.
local errors = require "mcast.errors"
local words = require "mcast.words"

local row = {}

local metatables = {} -- of rows, as keys

local function refuser(name, known, fields)
  return function(word)
    if type(word) ~= "string" or word:sub(1, 1) == "_" or known[word] then return end
    errors.usage("%s has no '%s'%s", name, word, words.suggest(word, fields))
  end
end

--- What makes a table a row.
---@param name string "a row of switch:mdb()": how messages call one
---@param fields string[] all that it may have
---@return table
function row.metatable(name, fields)
  local known, metatable = {}, {}
  for _, field in ipairs(fields) do known[field] = true end
  local refuse = refuser(name, known, fields)
  metatables[metatable] = true
  function metatable.__index(_, word) refuse(word) end
  function metatable.__newindex(self, word, value)
    refuse(word)
    rawset(self, word, value)
  end
  return metatable
end

--- A kind of rows: what makes a table one of them, and returns it.
---@param name string
---@param fields string[]
---@return fun(facts: table): table
function row.kind(name, fields)
  local metatable = row.metatable(name, fields)
  return function(facts) return setmetatable(facts, metatable) end
end

--- Every element of a list.
---@param kind fun(facts: table): table
---@param list table[]
---@return table[] list
function row.each(kind, list)
  for i = 1, #list do kind(list[i]) end
  return list
end

--- Is it a table that is told by what is in it: a plain one, or a row?
---@return boolean
function row.is_plain(value)
  if type(value) ~= "table" then return false end
  local metatable = getmetatable(value)
  return metatable == nil or metatables[metatable] == true
end

return row
