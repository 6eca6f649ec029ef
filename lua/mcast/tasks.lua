--- Functions that run side by side: mcast.spawn, mcast.all, mcast.sleep, eventually.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local types = require "mcast.types"

local tasks = {}

---@class mcast.Task
local Task = class.define("task")

function Task.metatable.__tostring(self)
  return ("task (%s)"):format(self._position or "?")
end

function Task.properties.finished(self) return self._results ~= false end

--- Errors that nobody can catch by joining: the scenario is over.
local function ends_scenario(task, report)
  return errors.is_stop(report.value) or task._is_service and not errors.is_fatal(report.value)
end

--- Where nothing of the user's is on the stack, as in what answers for a receiver: where the task was
--- begun.
local function place(task, report)
  if report.file or not task._position then return end
  local file, line = task._position:match("^(.*):(%d+)$")
  report.file, report.line = file, math.tointeger(line)
end

--- What it returned, or raised; then everybody who waits for it is woken. Aborting comes last: from
--- then on this task is interrupted too.
local function settle(task, run, ok, ...)
  task._results = table.pack(ok, ...)
  task._ended:signal()
  if ok then return end
  local report = ...
  place(task, report)
  if errors.is_object(report.value) then rawset(report.value, "_report", report) end
  if not ends_scenario(task, report) then return end
  if not errors.is_stop(report.value) then run:error(report) end
  run:abort()
end

---@param run mcast.Run
---@param f function
---@param is_service boolean|nil nobody joins it: its error ends the scenario at once
---@return mcast.Task
local function spawn(run, is_service, f, ...)
  local task = class.new(Task, {
    _position = errors.user_position(), _ended = core.condition(), _results = false,
    _joined = false, _is_service = is_service or false, _function = f,
  })
  rawset(task, "_core", core.spawn(function(...)
    -- A passed deadline interrupts settle() too; an error must not escape the task.
    pcall(settle, task, run, xpcall(f, errors.report, ...))
  end, ...))
  run:add_task(task)
  return task
end

---@param run mcast.Run
---@return mcast.Task
function tasks.spawn(run, f, ...)
  options.argument("mcast.spawn", "function", f, types.func)
  return spawn(run, false, f, ...)
end

--- A task that nobody joins: an error in it ends the scenario at once.
function tasks.serve(run, f, ...)
  return spawn(run, true, f, ...)
end

--- Waits until the task has ended; returns what it returned, raises what it raised.
function Task.methods.join(self)
  self._joined = true
  while not self._results do self._ended:wait() end
  local results = self._results
  if results[1] then return table.unpack(results, 2, results.n) end
  error(results[2].value, 0)
end

function Task.methods.cancel(self) self:_cancel() end

function Task.methods._cancel(self)
  if self._results then return end
  self._core:cancel()
  self._results, self._joined = table.pack(true), true
  self._ended:signal()
end

--- Does it still run, with nobody waiting for it?
---@return boolean
function Task.methods._is_left_behind(self)
  return not self._results and not self._joined and not self._is_service
end

--- The error that it ended with, if nobody joined it.
---@return mcast.Report|nil
function Task.methods._orphaned_error(self)
  local results = self._results
  if self._joined or self._is_service or not results or results[1] then return nil end
  if errors.is_fatal(results[2].value) then return nil end
  return results[2]
end

--- Until all have ended, or one of them with an error.
local function await_all(started, ended)
  while true do
    local left = 0
    for _, task in ipairs(started) do
      if not task._results then
        left = left + 1
      elseif not task._results[1] then
        return task:join()
      end
    end
    if left == 0 then return end
    ended:wait()
  end
end

local function join_all(started, ended)
  await_all(started, ended)
  local results = {}
  for i, task in ipairs(started) do results[i] = task:join() end
  return results
end

--- Runs the functions side by side and returns a list of what each returned first. When one of
--- them raises, the others are cancelled and its error is raised here.
---@param run mcast.Run
---@param functions function[]
---@return any[]
function tasks.all(run, functions)
  options.argument("mcast.all", "functions", functions, types.list_of(types.func))
  local started, ended = {}, core.condition()
  for i, f in ipairs(functions) do
    started[i] = spawn(run, false, f)
    started[i]._ended = ended
  end
  local ok, results = pcall(join_all, started, ended)
  if ok then return results end
  for _, task in ipairs(started) do
    task._joined = true
    task:_cancel()
  end
  error(results, 0)
end

---@param run mcast.Run
---@param seconds number
function tasks.sleep(run, seconds)
  options.argument("mcast.sleep", "seconds", seconds, types.seconds)
  run:await_ready()
  core.sleep(seconds)
end

local eventually_options = { within = types.seconds, every = types.number(0, " s") }

--- Repeats `f` until it returns something true, and returns that; nil, "timeout" at the end of
--- `within` (1). Tries again whenever traffic moved, and at least `every` (0.01) seconds.
---@param run mcast.Run
function tasks.eventually(run, f, given)
  options.argument("eventually", "function", f, types.func)
  local wanted = options.check("eventually", given, eventually_options)
  run:await_ready()
  local deadline = core.now() + (wanted.within or 1)
  while true do
    local results = table.pack(f())
    if results[1] then return table.unpack(results, 1, results.n) end
    local left = deadline - core.now()
    if left <= 0 then return nil, "timeout" end
    core.traffic_changed():wait(math.min(left, wanted.every or 0.01))
  end
end

return tasks
