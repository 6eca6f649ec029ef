--- The entry of a scenario's process: lists what a file declares, or runs one scenario of it.
--- lua/meta/job.lua says what comes in and goes out.
local core = require "mcast.core"
local Environment = require "mcast.environment"
local Parameters = require "mcast.parameters"
local Run = require "mcast.run"
local errors = require "mcast.errors"
local scenario = require "mcast.scenario"
local slip = require "mcast.slip"

local runner = {}

local default_timeout = 30   -- seconds for a scenario
local loading_time = 10      -- for the top level of a file
local grace = 0.2            -- for a body whose time is over, to end by itself
local cleaning_time = 5      -- for deferred functions and closing

local cleaning_message = ("cleaning up did not end within %d s"):format(cleaning_time)

local function timeout_message(timeout) return ("timed out after %g s"):format(timeout) end

-- ---- the file -------------------------------------------------------------------------------

---@class mcast.File what a scenario file declares
---@field registry mcast.Registry
---@field parameters mcast.Parameters
---@field environment mcast.Environment
---@field topology mcast.Topology|nil of --topology

local function load_topology(job, environment)
  if not job.topology then return nil end
  local name = job.topology_name
  local result = environment:load_file(job.topology, name)()
  if not require("mcast.topology").is(result) then
    error(("%s: a topology file returns a topology, this one returns %s"):format(name,
      result == nil and "nothing" or type(result)), 0)
  end
  return result
end

---@param job Job
---@return mcast.File
local function load_scenarios(job)
  math.randomseed(job.seed) -- the same in each process that loads the file
  local registry = scenario.registry(job.file)
  local parameters = Parameters.new(job.params)
  local environment = Environment.new(job, registry, parameters)
  local topology = load_topology(job, environment)
  local chunk = job.builtin and environment:load_builtin(job.builtin)
    or environment:load_file(job.path, job.file)
  chunk()
  registry.closed, parameters.closed = true, true
  return { registry = registry, parameters = parameters, environment = environment,
    topology = topology }
end

local function loading_message(job, report)
  local message = report.message
  if errors.is_interruption(report.value) then
    message = ("loading did not end within %d s"):format(loading_time)
  end
  local hint = slip.hint(message)
  if hint then message = ("%s (%s)"):format(message, hint) end
  local position = errors.position(report)
  if position then return ("%s: %s"):format(position, message) end
  if message:find(job.file, 1, true) == 1 or job.topology then return message end
  return ("%s: %s"):format(job.file, message)
end

-- ---- collect --------------------------------------------------------------------------------

local function collected(file)
  local list = {}
  for i, one in ipairs(file.registry.scenarios) do
    list[i] = { number = one.number, id = one.id, name = one.name, line = one.line,
      digest = one.digest, places = core.array(one.places),
      tags = core.array(one.options.tags or {}), timeout = one.options.timeout,
      retries = one.options.retries or 0 }
  end
  return core.array(list)
end

local function tell_collected(job, ok, result)
  local event = { event = "collected", time = core.now(), ok = ok }
  if ok then
    event.scenarios, event.params = collected(result), core.array(result.parameters.declared)
  else
    event.message = loading_message(job, result)
    event.scenarios, event.params = core.array {}, core.array {}
  end
  core.emit(core.json_encode(event))
end

--- Arms and disarms the deadline in one function: that one is not interrupted (deadline.h).
local function load_in_time(job)
  core.memory_limit(job.memory_limit)
  core.deadline(loading_time, ("loading did not end within %d s"):format(loading_time))
  -- On one line: a hook of the file's own (debug.sethook) is not to strike in between.
  local ok, result = xpcall(load_scenarios, errors.full_report, job); debug.sethook()
  core.deadline(nil)
  core.memory_limit(nil)
  if not ok and type(result) ~= "table" then
    result = { message = tostring(result), value = result, traceback = {} }
  end
  return ok, result
end

-- ---- run ------------------------------------------------------------------------------------

--- What an uncaught error of the body is, in words.
local function explain(run, report, timeout)
  if errors.is_interruption(report.value) then
    local where = errors.position(report)
    report.message = report.value.code == "INTERRUPTED" and "interrupted"
      or timeout_message(timeout) .. (where and " in " .. where or "")
  elseif report.message:find("not enough memory", 1, true) then
    report.message = ("used more memory than the %d MiB that it may have"):format(
      (run.job.memory_limit or 0) // (1 << 20))
  else
    report.hint = slip.hint(report.message, run.job.path)
  end
  if not report.file then
    report.file, report.line = run.scenario.file, run.scenario.line
  end
  return report
end

--- Memory errors pass the message handler by, and it cannot run where the stack is used up.
local function as_report(result)
  if type(result) == "table" and result.traceback then return result end
  return { message = tostring(result), value = result, traceback = {} }
end

local function note_end(run, timeout, is_late)
  local results = run.body_results
  if run.aborted then return end
  if not results or results[1] then
    if is_late or not results then
      run:problem("broken", timeout_message(timeout), run.scenario:position())
    end
    return
  end
  local report = as_report(results[2])
  if not errors.is_stop(report.value) then run:error(explain(run, report, timeout)) end
end

local function note_unclean_end(run, report)
  local message, where = report.message, errors.position(report)
  if errors.is_interruption(report.value) then
    message = cleaning_message .. (where and " in " .. where or "")
  end
  run:problem("broken", message, where or run.scenario:position())
end

local function body(run)
  local context = require("mcast.context").new(run, run.topology)
  if run.topology then context.net:ready() end
  run.scenario.body(context)
  run:await_ready()
end

--- In one function, because the one that arms the deadline is the one that is not interrupted when
--- it has passed (deadline.h).
local function execute(run, timeout)
  local began = core.now()
  run.timeout = timeout
  core.memory_limit(run.job.memory_limit)
  core.deadline(timeout, timeout_message(timeout))
  run:start_body(function() body(run) end)
  pcall(run.await_body, run)
  -- Time over: the body is interrupted too, and says where it was.
  core.deadline(grace)
  pcall(run.await_body, run)
  core.deadline(cleaning_time, cleaning_message)
  core.memory_limit(nil)
  run:cancel_body()
  note_end(run, timeout, core.now() - began - run.waited > timeout)
  local cleaned, why = xpcall(run.finish, errors.full_report, run)
  core.deadline(nil)
  if not cleaned then note_unclean_end(run, as_report(why)) end
end

local function tell_begin(run)
  local one = run.scenario
  run:emit("scenario_begin", { file = one.file, line = one.line, name = one.name,
    tags = core.array(one.options.tags or {}), attempt = run.job.attempt or 1 })
end

local function tell_end(run, began)
  local outcome, message, location = run:verdict()
  run:emit("scenario_end", { file = run.scenario.file, name = run.scenario.name,
    outcome = outcome, message = message, location = location, duration = core.now() - began,
    attempt = run.job.attempt or 1, seed = run.drawn.from_seed and run.job.seed or nil })
end

local function run_scenario(job, file, one)
  math.randomseed(job.seed, job.attempt)
  local run = Run.new(job, one)
  run.topology = file.topology or one.options.topology
  run.mentions, run.drawn = file.environment.mentions, file.environment.drawn
  file.environment.run = run
  local began = core.now()
  tell_begin(run)
  local missing = require("mcast.capabilities").missing(one.options.needs)
  if missing then
    run:problem("skipped", missing, one:position())
  else
    execute(run, one.options.timeout or job.timeout or default_timeout)
  end
  tell_end(run, began)
end

--- The scenario was there when the file was listed, and now it is not, or the file does not even load.
local function tell_broken(job, message)
  local fields = { id = job.file .. "::" .. job.scenario, file = job.file, name = job.scenario,
    outcome = "broken", message = message, duration = 0, attempt = job.attempt or 1 }
  for _, event in ipairs { "scenario_begin", "scenario_end" } do
    fields.event, fields.time, fields.line = event, core.now(), 0
    fields.tags = core.array {}
    core.emit(core.json_encode(fields))
  end
end

local function find_and_run(job, file)
  local one = file.registry:find(job.scenario, job.digest)
  if one then return run_scenario(job, file, one) end
  local what = job.digest and "the elements of `each` in another order"
    or ("its scenarios by other names (no '%s' this time)"):format(job.scenario)
  tell_broken(job, ("%s declares %s each time it is loaded"):format(job.file, what))
end

--- The file that this process listed, for when it is asked to run one of its scenarios too.
---@type mcast.File|nil
local listed

---@param job_json string
---@return integer
function runner.main(job_json)
  local job = core.json_decode(job_json)
  local ok, result = listed ~= nil, listed
  if not listed then ok, result = load_in_time(job) end
  listed = ok and result or nil
  if job.mode == "collect" then
    tell_collected(job, ok, result)
  elseif ok then
    find_and_run(job, result)
  else
    tell_broken(job, loading_message(job, result))
  end
  return 0
end

return runner
