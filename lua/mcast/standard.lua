--- Lua's standard library as a scenario has it: in tables of its own. What a scenario takes out of them or
--- replaces there is gone for itself, and not for this library.
local errors = require "mcast.errors"

local standard = {}

local functions = { "assert", "collectgarbage", "error", "getmetatable", "ipairs", "next", "pairs",
  "pcall", "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber",
  "tostring", "type", "warn", "xpcall", "_VERSION" }

local tables = { "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8" }

local function copy(original)
  local made = {}
  for name, value in pairs(original) do made[name] = value end
  return made
end

--- Strings and files have one metatable, for scenarios and for us. Methods that a scenario adds to
--- `own` are found behind Lua's; what getmetatable() gives it takes other metamethods, and shows `own`.
local function share_metatable(value, own, name)
  local metatable = getmetatable(value)
  setmetatable(metatable.__index, { __index = own })
  metatable.__metatable = setmetatable({}, { __index = { __index = own },
    __newindex = function(_, key, metamethod)
      if key == "__index" or key == "__metatable" then
        errors.usage("the %s of %s cannot be replaced: add methods to %s", key, name,
          name == "strings" and "`string`" or "its __index")
      end
      metatable[key] = metamethod
    end })
end

--- debug's functions get at what getmetatable() keeps: for all but strings and files.
local function keep_metatables(own)
  local function is_shared(value) return type(value) == "string" or io.type(value) ~= nil end
  function own.getmetatable(value)
    return (is_shared(value) and getmetatable or debug.getmetatable)(value)
  end
  function own.setmetatable(value, metatable)
    if is_shared(value) then
      errors.usage("debug.setmetatable: strings and files keep the metatable that they have")
    end
    return debug.setmetatable(value, metatable)
  end
end

--- Puts Lua's words into the globals; returns the table of loaded modules.
---@param globals table
---@return table<string, any>
function standard.add(globals)
  local loaded = { _G = globals }
  for _, name in ipairs(functions) do globals[name] = _G[name] end
  for _, name in ipairs(tables) do
    loaded[name] = copy(_G[name])
    globals[name] = loaded[name]
  end
  globals.package.loaded = loaded
  globals.package.searchers = copy(package.searchers)
  keep_metatables(globals.debug)
  share_metatable("", globals.string, "strings")
  share_metatable(io.stdout, copy(getmetatable(io.stdout).__index), "files")
  return loaded
end

-- ---- modules that Lua finds -----------------------------------------------------------------

--- A module that is a Lua file has the scenario's globals, and may set some of its own.
local function give_globals(loader, globals)
  if debug.getinfo(loader, "S").what ~= "main" then return end
  debug.setupvalue(loader, 1, setmetatable({}, { __index = globals }))
end

--- What Lua finds by the scenario's `package`. Raises where it finds none, and where another one did
--- not find it either.
---@param own table the scenario's `package`
---@param name string
---@param globals table
---@param missing string "\n\tno file 'x'"
function standard.require(own, name, globals, missing)
  if type(own.searchers) ~= "table" then error("'package.searchers' must be a table", 0) end
  package.path, package.cpath = own.path, own.cpath -- where Lua's own searchers look
  for _, searcher in ipairs(own.searchers) do
    local loader, place = searcher(name)
    if type(loader) == "function" then
      give_globals(loader, globals)
      return loader(name, place)
    end
    if type(loader) == "string" then missing = ("%s\n\t%s"):format(missing, loader) end
  end
  error(("module '%s' not found:%s"):format(name, missing), 0)
end

return standard
