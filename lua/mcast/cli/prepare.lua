--- What run and list do alike: from the command line to the selected scenarios.

local core = require "mcast.core"
local supervisor = require "mcast.supervisor"
local collect = require "mcast.cli.collect"
local exit = require "mcast.cli.exit"
local params = require "mcast.cli.params"
local select_scenarios = require "mcast.cli.select"
local targets = require "mcast.cli.targets"

local prepare = {}

local function topology_path(file)
  if not file then return nil end
  local kind = core.file_kind(file)
  if kind ~= "file" then
    error({ usage = ("--topology %s: %s"):format(file,
      kind == "directory" and "is a folder, not a file" or "no such file") }, 0)
  end
  return core.real_path(file)
end

local function complain(message)
  supervisor.write_error("mcast-harness: " .. message .. "\n")
end

local function report_unloadable(collections)
  local bad = false
  for _, collection in ipairs(collections) do
    if not collection.ok then
      complain(collection.message or collection.target.file .. ": does not load")
      bad = true
    end
  end
  return bad
end

---@class cli.Prepared
---@field selected {scenario: table, target: cli.Target}[]
---@field collections cli.Collection[]
---@field params table<string, string>
---@field topology string|nil its absolute path
---@field topology_name string|nil as the user wrote it
---@field seed integer

---@param request cli.Request
---@param list cli.Target[]
---@return cli.Prepared|nil, integer|nil exit status
local function from_targets(request, list, meanwhile)
  local options = request.options
  local prepared = {
    params = params.texts(options.param),
    topology = topology_path(options.topology),
    topology_name = options.topology,
    seed = options.seed or math.random(0, 2 ^ 31 - 1),
  }
  prepared.collections = collect.all(list, {
    params = prepared.params, topology = prepared.topology,
    topology_name = prepared.topology_name, seed = prepared.seed,
    timeout = options["scenario-timeout"], verbose = options.verbose,
    stay = #list == 1 and request.command ~= "list", meanwhile = meanwhile,
    jobs = options.jobs or supervisor.processors(),
  })
  if report_unloadable(prepared.collections) then return nil, exit.USAGE end

  params.check(prepared.params, prepared.collections)
  local missing
  prepared.selected, missing = select_scenarios.from(prepared.collections, options)
  for _, message in ipairs(missing) do complain(message) end
  if #missing > 0 then return nil, exit.NOTHING end -- running only the rest would look like success
  return prepared
end

---@param request cli.Request
---@param list cli.Target[]|nil  instead of the request's paths
---@param meanwhile fun()|nil  what to do while the files are being loaded
---@return cli.Prepared|nil, integer|nil exit status
function prepare.scenarios(request, list, meanwhile)
  list = list or targets.find(request.paths)
  local ok, prepared, status = pcall(from_targets, request, list, meanwhile)
  if ok then return prepared, status end
  if type(prepared) == "table" and prepared.signal then
    complain(prepared.message)
    return nil, exit.SIGNAL + prepared.signal
  end
  error(prepared, 0)
end

return prepare
