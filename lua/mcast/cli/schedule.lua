--- Runs the units of a run, several at a time, and guards their deadlines.

local core = require "mcast.core"
local supervisor = require "mcast.supervisor"
local line = require "mcast.cli.told"

-- A child guards its own deadlines (mcast.runner); these are for one that does not.
local DEFAULT_TIMEOUT = 30 -- seconds
local LOADING_TIME, CLEANING_TIME = 10, 5
local GRACE = 2 -- seconds beyond all that until SIGTERM, and again until SIGKILL
local CLOSING_TIME = 10 -- seconds from a child's verdict to its end
local INTERRUPT_GRACE = 3 -- seconds for the clean-up after Ctrl-C
local TWICE = 0.5 -- seconds between two signals that are not one: timeout(1) sends its own twice
local TICK = 0.1 -- seconds between two progress lines

---@class cli.Unit
---@field index integer
---@field scenario table    as collected
---@field file string
---@field repetition integer|nil
---@field retries integer
---@field attempts integer  so far
---@field seed integer      the run's
---@field given_seed integer|nil  as the command line gave it
---@field again string      the command that runs it again

---@class cli.Schedule
local Schedule = {}
Schedule.__index = Schedule

local schedule = {}

---@class cli.ScheduleSettings
---@field units cli.Unit[]
---@field jobs integer        at the same time
---@field exit_first boolean
---@field timeout number|nil  seconds for all of it
---@field scenario_timeout number|nil  for scenarios that set none
---@field stream report.Stream
---@field job fun(unit: cli.Unit): table
---@field waiting cli.Collection|nil  of a child that listed the file and can run one unit

---@param settings cli.ScheduleSettings
function schedule.new(settings)
  return setmetatable({
    settings = settings,
    stream = settings.stream,
    queue = table.move(settings.units, 1, #settings.units, 1, {}),
    head = 1,
    running = {},
    count = 0,
    waiting = settings.waiting,
    deadline = settings.timeout and core.now() + settings.timeout,
  }, Schedule)
end

--- In a process of its own, or in the one that has just loaded the file and done nothing else.
---@return integer child, table[] its logs so far
function Schedule:start_child(job)
  local waiting = self.waiting
  self.waiting = nil
  if waiting and supervisor.send(waiting.child, job) then return waiting.child, waiting.logs end
  return supervisor.start(job), {}
end

function Schedule:start(unit)
  unit.attempts = unit.attempts + 1
  local child, logs = self:start_child(core.json_encode(self.settings.job(unit)))
  self.running[child] = {
    unit = unit, child = child, began = core.now(), early_logs = logs,
    kill_at = core.now() + LOADING_TIME + GRACE, signal = "TERM",
  }
  self.count = self.count + 1
end

function Schedule:start_what_fits()
  while self.count < self.settings.jobs and self.head <= #self.queue and not self.stopping do
    self.head = self.head + 1
    self:start(self.queue[self.head - 1])
  end
end

-- ---- what children say ------------------------------------------------------------------------

local heard = {}

function Schedule:give_time(entry, seconds, signal)
  if not self.reason then
    entry.kill_at, entry.signal = core.now() + seconds, signal
  end
end

function Schedule:give_its_time(entry)
  local timeout = entry.unit.scenario.timeout or self.settings.scenario_timeout or DEFAULT_TIMEOUT
  self:give_time(entry, timeout + CLEANING_TIME + GRACE, "TERM")
end

function Schedule:note_begin(entry)
  entry.has_begun, entry.began = true, core.now()
  self:give_its_time(entry)
end

--- While others have what it needs its time stands still.
function Schedule:note_turn(entry, told)
  if told.state == "taken" then
    self:give_its_time(entry)
  elseif not self.reason then
    entry.kill_at = math.huge
  end
end

function Schedule:tell_early_logs(entry)
  for _, log in ipairs(entry.early_logs) do
    log.id, log.time = nil, nil
    self.stream:event(entry.unit, log)
  end
end

function heard.line(self, entry, event)
  local told = line.event(event.text)
  if not told and entry.stuck then return end -- where it stood, in a file with an odd name
  told = told or line.text(event.text)
  if told.event == "scenario_end" then
    entry.ending = told -- told on when the process is gone: it may crash while it cleans up
    self:give_time(entry, CLOSING_TIME, "KILL")
    return
  elseif told.event == "stuck" then
    entry.stuck = told
    return
  end
  if told.event == "scenario_begin" then self:note_begin(entry) end
  if told.event == "turn" then self:note_turn(entry, told) end
  self.stream:event(entry.unit, told)
  if told.event == "scenario_begin" then self:tell_early_logs(entry) end
end

function heard.output(self, entry, event)
  self:ensure_begun(entry)
  self.stream:event(entry.unit, { event = "log", stream = "stdout", text = event.text })
end

function Schedule:ensure_begun(entry)
  if entry.has_begun then return end
  local scenario = entry.unit.scenario
  entry.has_begun = true
  self.stream:event(entry.unit, {
    event = "scenario_begin", id = scenario.id, file = entry.unit.file, line = scenario.line,
    name = scenario.name, tags = scenario.tags or {}, attempt = entry.unit.attempts,
  })
end

function Schedule:why_it_died(entry, event)
  if self.reason then
    return self.reason .. (entry.killed and "; it did not clean up in time" or "")
  end
  if entry.killed then return "did not stop when its time was up; killed" end
  if event.signal == "SIGKILL" then return "killed from outside: SIGKILL" end
  if event.signal then return "crashed: " .. event.signal end
  return ("ended without a verdict (exit status %d)"):format(event.status)
end

--- The end that a child could not tell itself.
local function broken(entry, message, location)
  local scenario = entry.unit.scenario
  return {
    event = "scenario_end", id = scenario.id, file = entry.unit.file, name = scenario.name,
    outcome = "broken", message = message, duration = core.now() - entry.began,
    location = location or ("%s:%d"):format(entry.unit.file, scenario.line),
    attempt = entry.unit.attempts, seed = entry.unit.seed, -- it may have drawn from it
  }
end

--- The end of a child that did not notice that its time was over (app/last_words.h), told like that
--- of one that did.
function Schedule:tell_stuck(entry)
  local stuck, scenario = entry.stuck, entry.unit.scenario
  local place = stuck.file and (" in %s:%d"):format(stuck.file, stuck.line) or ""
  local told = { event = "error", message = stuck.message .. place, code = "DEADLINE",
    operation = "wait", file = stuck.file or entry.unit.file, line = stuck.line or scenario.line,
    traceback = core.array {} }
  self.stream:event(entry.unit, told)
  return broken(entry, told.message, ("%s:%d"):format(told.file, told.line))
end

--- Why what a child said in the end does not count; nil: it does.
function Schedule:spoils(entry, event)
  local outcome = entry.ending.outcome
  if entry.killed then
    return not self.reason and ("was %s, but its process did not end; killed"):format(outcome)
  end
  if event.signal then return ("crashed after its end: %s"):format(event.signal) end
  if event.status == 0 then return nil end
  return ("was %s, but did not end cleanly (exit status %d)"):format(outcome, event.status)
end

function Schedule:ending_of(entry, event)
  local ending = entry.ending
  if not ending then
    if entry.stuck and not self.reason then return self:tell_stuck(entry) end
    return broken(entry, self:why_it_died(entry, event))
  end
  local spoilt = self:spoils(entry, event)
  if spoilt then return broken(entry, spoilt) end
  if self.reason and ending.outcome == "broken" then ending.message = self.reason end
  ending.attempt = ending.attempt or entry.unit.attempts
  return ending
end

local failing = { failed = true, broken = true, inconclusive = true }

function heard.exit(self, entry, event)
  self.running[event.child] = nil
  self.count = self.count - 1
  self:ensure_begun(entry)

  local unit, ending = entry.unit, self:ending_of(entry, event)
  self.stream:event(unit, ending)
  if failing[ending.outcome] and unit.attempts <= unit.retries and not self.stopping then
    self.stream:retry(unit)
    self:start(unit)
    return
  end
  self.stream:finish_scenario(unit)
  if failing[ending.outcome] and self.settings.exit_first then self.stopping = true end
end

-- ---- ending it early --------------------------------------------------------------------------

function Schedule:kill_all(signal)
  for child, entry in pairs(self.running) do
    entry.killed = signal == "KILL"
    supervisor.kill(child, signal)
  end
end

--- Asks every child to stop, and says when it will be killed.
function Schedule:stop(reason, grace)
  self.stopping, self.reason = true, reason
  self:kill_all "TERM"
  for _, entry in pairs(self.running) do
    entry.signal, entry.kill_at = "KILL", math.min(core.now() + grace, entry.kill_at + GRACE)
  end
end

function Schedule:on_signal(event)
  local now = core.now()
  if self.signal then
    if now - self.signalled_at > TWICE then self:kill_all "KILL" end
    return
  end
  self.signal, self.signalled_at = event.number, now
  self:stop("interrupted by " .. event.name, INTERRUPT_GRACE)
end

local function guard_child(child, entry, now)
  if now < entry.kill_at then return end
  supervisor.kill(child, entry.signal)
  entry.killed = entry.signal == "KILL"
  entry.kill_at = entry.killed and math.huge or now + GRACE
  entry.signal = "KILL"
end

function Schedule:guard_deadlines()
  local now = core.now()
  if self.deadline and now >= self.deadline and not self.reason then
    self.time_is_up = true
    self:stop(("the run's time was up (--timeout %g)"):format(self.settings.timeout), GRACE)
  end
  for child, entry in pairs(self.running) do guard_child(child, entry, now) end
end

-- ---- the loop ---------------------------------------------------------------------------------

function Schedule:running_records()
  local list = {}
  for _, entry in pairs(self.running) do list[#list + 1] = self.stream:record_of(entry.unit) end
  table.sort(list, function(a, b) return a.index < b.index end)
  return list
end

function Schedule:show_progress()
  local now = core.now()
  if self.next_tick and now < self.next_tick then return end
  self.next_tick = now + TICK
  self.stream:tell("progress", self:running_records(), self.stream:now())
end

function Schedule:turn()
  local event = supervisor.wait(TICK)
  if event and event.kind == "signal" then
    self:on_signal(event)
  elseif event then
    local entry = self.running[event.child]
    if entry then heard[event.kind](self, entry, event) end
  end
  self:guard_deadlines()
  self:show_progress()
end

--- Until everything has run or was ended.
---@return {signal: integer|nil, time_is_up: boolean|nil, reason: string|nil}
function Schedule:run()
  self:start_what_fits()
  while self.count > 0 do
    self:turn()
    self:start_what_fits()
  end
  return { signal = self.signal, time_is_up = self.time_is_up, reason = self.reason }
end

return schedule
