--- What a scenario file sees: its own global environment, with the words of the scenario language,
--- Lua's standard library, and `require` for mcast.* and for files beside it.
local chance = require "mcast.chance"
local errors = require "mcast.errors"
local standard = require "mcast.standard"
local words = require "mcast.words"

---@class mcast.Environment
---@field globals table
---@field run mcast.Run|nil set when a scenario runs
---@field drawn mcast.Drawn by the file and the scenario
---@field mentions table<string, boolean> what loaded files speak of, and a network is made for
local Environment = {}
Environment.__index = Environment

--- A network costs more where these are to work; so it is made for them where they may be used.
local costly_words = { "crosses", "impair" }

local function directory_of(path)
  return path:match("^(.*)/[^/]*$")
end

---@param job Job
---@param registry mcast.Registry
---@param parameters mcast.Parameters
---@return mcast.Environment
function Environment.new(job, registry, parameters)
  local self = setmetatable({ mentions = {}, drawn = {}, _job = job, _loading = {} }, Environment)
  self.globals = self:_make_globals(registry, parameters)
  return self
end

-- ---- loading --------------------------------------------------------------------------------

--- A sentence about a file that does not load.
local function describe_syntax(name, problem)
  if problem:find("attempt to load a binary chunk", 1, true) or problem:find("^bad binary") then
    return ("%s: is not Lua text"):format(name)
  end
  return problem
end

--- Compiles what the user wrote. Raises a sentence with its file and line.
---@param text string
---@param name string as reports show it
---@return function
function Environment:compile(text, name)
  errors.register_source("@" .. name)
  for _, word in ipairs(costly_words) do
    if text:find(word, 1, true) then self.mentions[word] = true end
  end
  if text:byte(1) == 0x1b or text:find("\0", 1, true) then
    error(("%s: is not Lua text"):format(name), 0)
  end
  -- As lua(1) does, a byte order mark and a first line that begins with # are skipped; lines keep
  -- their numbers.
  local source = text:gsub("^\xef\xbb\xbf", "", 1):gsub("^#[^\n]*", "", 1)
  local chunk, problem = load(source, "@" .. name, "t", self.globals)
  if not chunk then error(describe_syntax(name, problem), 0) end
  return chunk
end

---@param path string
---@return string|nil text, string|nil problem
local function read_file(path)
  local file <close>, problem = io.open(path, "rb")
  if not file then return nil, problem end
  local text, why = file:read("a")
  if not text then return nil, why end
  return text
end

--- Reads and compiles a file; `name` is what errors call it.
function Environment:load_file(path, name)
  local text, problem = read_file(path)
  if not text then
    error(("%s: cannot be read: %s"):format(name, problem:gsub("^.*: ", "")), 0)
  end
  return self:compile(text, name)
end

--- A module of the library as a scenario file: the demo.
---@param module string "mcast.demo"
function Environment:load_builtin(module)
  for _, searcher in ipairs(package.searchers) do
    local loader = searcher(module)
    if type(loader) == "function" and debug.getinfo(loader, "S").what == "main" then
      errors.register_source(debug.getinfo(loader, "S").source)
      debug.setupvalue(loader, 1, self.globals)
      return loader
    end
  end
  error(("there is no built-in scenario '%s'"):format(module), 0)
end

-- ---- the globals ----------------------------------------------------------------------------

local function refuse_assignment(globals, name)
  errors.usage("global variable '%s' is not declared: write 'local %s'%s", tostring(name),
    tostring(name), words.meant(tostring(name), words.keys(globals)))
end

--- The folders of the scenario's file and of --topology's, and how errors call them.
local function folders_of(job)
  local folders = { { directory_of(job.path or "") or ".", directory_of(job.file) or "." } }
  if job.topology then
    folders[2] = { directory_of(job.topology), directory_of(job.topology_name) or "." }
  end
  return folders
end

--- The text of the module and how errors call its file; nil when none is beside the scenario or the
--- topology, and where it would have been.
local function find_beside(job, name)
  local beside, missing = name:gsub("%.", "/"), {}
  for _, folder in ipairs(folders_of(job)) do
    for _, form in ipairs { "/%s.lua", "/%s/init.lua" } do
      local file = form:format(beside)
      local text, shown = read_file(folder[1] .. file), (folder[2] .. file):gsub("^%./", "")
      if text then return text, shown end
      missing[#missing + 1] = ("\n\tno file '%s'"):format(shown)
    end
  end
  return nil, table.concat(missing)
end

--- Also when it raises.
local function until_closed(set, name)
  set[name] = true
  return setmetatable({}, { __close = function() set[name] = nil end })
end

--- What the module returns, or has put into package.loaded; once.
---@param f fun(): any runs the module
function Environment:_load_module(name, f)
  if self._loading[name] then
    errors.usage("require: module '%s' requires itself, by way of what it requires", name)
  end
  local _ <close> = until_closed(self._loading, name)
  local result = f()
  if result == nil then result = self._loaded[name] end
  if result == nil then result = true end
  self._loaded[name] = result
  return result
end

--- require(name): a module of ours, or a file beside the scenario, or what Lua finds.
function Environment:_require(name)
  if type(name) ~= "string" then errors.usage("require: expected the name of a module") end
  if name:match("^mcast%.") then return require(name) end
  if self._loaded[name] ~= nil then return self._loaded[name] end
  local text, place = find_beside(self._job, name)
  return self:_load_module(name, function()
    if text then return self:compile(text, place)(name, place) end
    return standard.require(self._package, name, self.globals, place)
  end)
end

--- load, loadfile and dofile with this environment in place of the library's own.
local function add_loaders(self, globals)
  function globals.load(chunk, name, mode, ...)
    local environment = globals
    if select("#", ...) > 0 then environment = (...) end
    return load(chunk, name, mode, environment)
  end
  function globals.loadfile(path, mode, ...)
    local environment = globals
    if select("#", ...) > 0 then environment = (...) end
    return loadfile(path, mode, environment)
  end
  function globals.dofile(path) return self:load_file(path, path)() end
  function globals.require(name) return self:_require(name) end
end

--- The execution under way; claims and tasks belong to one.
function Environment:_current(word)
  if not self.run then
    errors.usage("%s: only inside a scenario: there is no network while the file loads", word)
  end
  return self.run
end

local function print_to(self, ...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  local text = table.concat(parts, "\t")
  if self.run then self.run:log(text, "print") end
end

function Environment:_make_globals(registry, parameters)
  local globals = {}
  self._loaded = standard.add(globals)
  chance.watch(globals.math, self.drawn)
  self._package = globals.package
  globals._G = globals
  add_loaders(self, globals)
  local language = require("mcast.language").words(registry, parameters, function(word)
    return self:_current(word)
  end)
  for name, value in pairs(language) do globals[name] = value end
  self._loaded.mcast = language.mcast
  function globals.print(...) print_to(self, ...) end
  return setmetatable(globals, { __newindex = refuse_assignment })
end

return Environment
