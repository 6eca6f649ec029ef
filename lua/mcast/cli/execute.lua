--- Runs what was selected, through the reporters, to an exit status.

local core = require "mcast.core"
local supervisor = require "mcast.supervisor"
local exit = require "mcast.cli.exit"
local schedule = require "mcast.cli.schedule"
local stream = require "mcast.report.stream"
local text = require "mcast.report.text"

local execute = {}

local MEMORY_LIMIT = 512 * 1024 * 1024

--- The command that runs scenarios again as they ran now, but for their id.
local function again(options)
  local words = { text.shell(supervisor.program), "run" }
  for _, assignment in ipairs(options.param or {}) do
    words[#words + 1] = text.shell(("--param=%s=%s"):format(assignment.name, assignment.value))
  end
  if options.topology then words[#words + 1] = text.shell("--topology=" .. options.topology) end
  return table.concat(words, " ")
end

---@return cli.Unit[]
local function units_of(prepared, options)
  local units, command = {}, again(options)
  local times = options["repeat"] or 1
  for _, item in ipairs(prepared.selected) do
    for repetition = 1, times do
      units[#units + 1] = {
        index = #units + 1,
        scenario = item.scenario,
        target = item.target,
        file = item.target.file,
        repetition = times > 1 and repetition or nil,
        retries = options.retries or item.scenario.retries or 0,
        attempts = 0,
        seed = prepared.seed,
        given_seed = options.seed,
        again = item.target.builtin and text.shell(supervisor.program) .. " demo"
          or command .. " " .. text.shell(item.scenario.id),
      }
    end
  end
  return units
end

local function job_maker(prepared, options)
  return function(unit)
    return {
      mode = "run",
      file = unit.file,
      path = unit.target.path,
      builtin = unit.target.builtin,
      scenario = unit.scenario.name,
      digest = unit.scenario.digest,
      params = prepared.params,
      topology = prepared.topology,
      topology_name = prepared.topology_name,
      timeout = options["scenario-timeout"],
      memory_limit = MEMORY_LIMIT,
      seed = prepared.seed,
      attempt = unit.attempts + (unit.repetition or 1) - 1,
      verbose = options.verbose or false,
    }
  end
end

local function run_begin(prepared, units)
  local versions = supervisor.versions()
  return {
    version = versions.harness,
    kernel = versions.kernel,
    seed = prepared.seed,
    arguments = supervisor.arguments,
    scenarios = #units,
  }
end

local function exit_code(counts, ending, failure)
  if ending.signal then return exit.SIGNAL + ending.signal end
  if ending.time_is_up then return exit.TIME_UP end
  if counts.failed + counts.broken > 0 then return exit.FAILED end
  if counts.inconclusive > 0 or failure then return exit.HARNESS end
  if counts.passed == 0 and counts.skipped > 0 then return exit.SKIPPED end
  return exit.PASSED
end

local function complain_of_report(failure)
  if not failure then return end
  supervisor.write_error(("mcast-harness: a report could not be written: %s\n"):format(failure))
end

---@param prepared cli.Prepared
---@param options table
---@param reporters report.Reporter[]
---@return integer exit status
function execute.run(prepared, options, reporters)
  local units = units_of(prepared, options)
  local told = stream.new(reporters, core.now())
  told:begin(run_begin(prepared, units))
  local ending = schedule.new({
    units = units,
    jobs = options.jobs or supervisor.processors(),
    exit_first = options["exit-first"],
    timeout = options.timeout,
    scenario_timeout = options["scenario-timeout"],
    stream = told,
    job = job_maker(prepared, options),
    waiting = prepared.collections[1].child and prepared.collections[1],
  }):run()
  local code = exit_code(told.counts, ending, told:failure())
  told:finish { exit_code = code, reason = ending.reason, selected = #units }
  complain_of_report(told:failure())
  if told:failure() and code == exit.PASSED then return exit.HARNESS end
  return code
end

return execute
