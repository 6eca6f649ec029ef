--- One execution of one scenario: what it opened, claimed and met. There is one per process.
local core = require "mcast.core"
local Claimed = require "mcast.claimed"
local Identifiers = require "mcast.identifiers"
local errors = require "mcast.errors"

---@class mcast.Run
---@field job Job
---@field id string
---@field identifiers mcast.Identifiers of fresh groups and ports
---@field drawn mcast.Drawn
---@field steps {time: number, text: string}[]
---@field claims_about_sent mcast.NotedClaim[]
---@field private _problems table[] what keeps it from passing, in order
local Run = {}
Run.__index = Run

---@param job Job
---@param scenario mcast.Scenario
---@return mcast.Run
function Run.new(job, scenario)
  return setmetatable({
    job = job,
    scenario = scenario,
    id = scenario.id,
    claimed = Claimed.new(),
    identifiers = Identifiers.new(job.seed or 0, scenario.id),
    steps = {},
    claims_about_sent = {},
    drawn = {},
    ended = false,
    turns = {},
    waited = 0,
    _problems = {},
    _opened = {},
    _deferred = {},
    _tasks = {},
    _networks = {},
    _over = core.condition(),
  }, Run)
end

-- ---- events ---------------------------------------------------------------------------------

--- The step that was running then.
---@param time number
---@return string|nil
function Run:step_at(time)
  local text
  for _, step in ipairs(self.steps) do
    if step.time <= time then text = step.text end
  end
  return text
end

---@param event string
---@param fields table
function Run:emit(event, fields)
  fields.event, fields.id = event, self.id
  fields.time = fields.time or core.now()
  core.emit(core.json_encode(fields))
end

---@param text string
---@param stream "log"|"print"
function Run:log(text, stream)
  self:emit("log", { text = text, stream = stream })
end

-- ---- problems -------------------------------------------------------------------------------

---@param outcome "failed"|"broken"|"inconclusive"|"skipped"
---@param message string
---@param location string|nil
---@param soft boolean|nil it went on after this one
function Run:problem(outcome, message, location, soft)
  table.insert(self._problems,
    { outcome = outcome, message = message, location = location, soft = soft })
end

--- An uncaught error: told, with the user's part of the traceback, and remembered.
---@param report mcast.Report
function Run:error(report)
  local value = errors.is_object(report.value) and report.value or {}
  self:emit("error", {
    message = report.message, code = value.code, operation = value.operation, host = value.host,
    hint = value.hint or report.hint, file = report.file, line = report.line,
    traceback = core.array(report.traceback),
  })
  self:tell_timeline()
  self:problem("broken", report.message, errors.position(report))
end

local rank = { broken = 3, failed = 3, inconclusive = 2, skipped = 1 }

--- Worse wins; among equals the first; a claim that ended the scenario before a soft one.
local function is_worse(one, other)
  if not other or rank[one.outcome] ~= rank[other.outcome] then
    return not other or rank[one.outcome] > rank[other.outcome]
  end
  return other.soft and not one.soft and one.outcome == "broken"
end

---@return string outcome, string|nil message, string|nil location
function Run:verdict()
  local worst
  for _, problem in ipairs(self._problems) do
    if is_worse(problem, worst) then worst = problem end
  end
  if worst then return worst.outcome, worst.message, worst.location end
  if self.claimed.count == 0 then
    return "inconclusive", "it ended without having made a claim", self.scenario:position()
  end
  return "passed"
end

--- Ends the scenario wherever its body waits, because of what happened in another task.
function Run:abort()
  self.aborted = true
  self._over:signal()
end

--- Runs the body in a task of its own; await_body() waits for it.
---@param f fun()
function Run:start_body(f)
  self._body = core.spawn(function()
    -- On one line: a hook of the scenario's own (debug.sethook) is not to strike in between.
    self.body_results = table.pack(xpcall(f, errors.full_report)); debug.sethook()
    self._over:signal()
  end)
end

--- Parks until the body has ended or was aborted.
function Run:await_body()
  while not self.body_results and not self.aborted do self._over:wait() end
end

--- Ends the body where it waits, if it has not ended.
function Run:cancel_body()
  if not self.body_results then self._body:cancel() end
end

-- ---- the timeline ---------------------------------------------------------------------------

---@param hosts mcast.Host[]|nil those that matter most
function Run:tell_timeline(hosts)
  local network = self._networks[1]
  if not network then return end
  local entries = require("mcast.timeline").entries(network, hosts)
  if #entries > 0 then self:emit("timeline", { entries = core.array(entries) }) end
end

-- ---- what it owns ---------------------------------------------------------------------------

---@param network mcast.Network
function Run:add_network(network)
  table.insert(self._networks, network)
end

--- Every receiver that was opened is ready from here on (see mcast.readiness).
function Run:await_ready()
  for _, network in ipairs(self._networks) do network:_await_ready() end
end

--- Sends are told when it is known whether they departed.
function Run:tell_sends()
  for _, network in ipairs(self._networks) do network:_tell_sends() end
end

--- What became of the streams.
function Run:tell_flows()
  for _, network in ipairs(self._networks) do network:_tell_flows() end
end

--- Who got what and when, for those who want to know it of a scenario that passed too.
function Run:tell_deliveries()
  for _, network in ipairs(self._networks) do network:_tell_deliveries() end
end

---@param object {close: fun(self)} closed at the end, last one first
function Run:opened(object)
  self._opened[#self._opened + 1] = object
end

function Run:defer(f)
  self._deferred[#self._deferred + 1] = f
end

---@param task mcast.Task
function Run:add_task(task)
  self._tasks[#self._tasks + 1] = task
end

local function backwards(list, f)
  for i = #list, 1, -1 do f(list[i]) end
end

function Run:_attempt(f, ...)
  local ok, report = xpcall(f, errors.full_report, ...)
  if not ok and not errors.is_stop(report.value) then self:error(report) end
end

--- Errors of tasks that nobody joined.
function Run:_tell_orphans()
  for _, task in ipairs(self._tasks) do
    local report = task:_orphaned_error()
    if report then self:error(report) end
  end
end

--- The first claim that was never made, or not settled.
---@return string|nil reason, string|nil position
local function unproved(self)
  local reason, position = self.claimed:unsettled()
  if reason then return reason, position end
  for _, task in ipairs(self._tasks) do
    if task:_is_left_behind() and self.claimed:owes(task._function) then
      return "a task was still running when the scenario ended, and had not made its claim: "
        .. "join it", task._position
    end
  end
  return nil
end

--- Nothing went wrong, and yet not all was claimed that the scenario set out to claim.
function Run:_tell_unproved()
  if #self._problems > 0 then return end
  local reason, position = unproved(self)
  if reason then self:problem("inconclusive", reason, position) end
end

--- The end, whatever happened: deferred functions, tasks, and everything that was opened.
function Run:finish()
  self.ended = true
  self:tell_sends()
  self:tell_flows()
  if self.job.verbose or self.job.builtin then self:tell_deliveries() end
  self:_tell_orphans()
  backwards(self._deferred, function(f) self:_attempt(f) end)
  self:_tell_unproved()
  for _, task in ipairs(self._tasks) do task:_cancel() end
  backwards(self._opened, function(object) self:_attempt(object.close, object) end)
end

return Run
