--- The one stream of events of a run: numbers them by time, gathers them into records and hands
--- both to every reporter.

local core = require "mcast.core"
local record = require "mcast.report.record"

--- What a reporter may have; each function is optional.
---@class report.Reporter
---@field begin fun(self, run: table)                     the run_begin event
---@field event fun(self, event: table)                   every event, as it comes
---@field scenario fun(self, record: report.Record)       each scenario once, in the run's order
---@field progress fun(self, running: report.Record[], now: number)
---@field finish fun(self, summary: table, records: report.Record[])  the run_end event
---@field sink report.Sink

---@class report.Stream
local Stream = {}
Stream.__index = Stream

local stream = {}

---@param reporters report.Reporter[]
---@param began number core.now() of the run's start
function stream.new(reporters, began)
  return setmetatable({
    reporters = reporters, began = began, records = {}, next_index = 1,
    counts = { passed = 0, failed = 0, broken = 0, inconclusive = 0, skipped = 0 },
  }, Stream)
end

function Stream:now()
  return core.now() - self.began
end

function Stream:tell(method, ...)
  for _, reporter in ipairs(self.reporters) do
    if reporter[method] then reporter[method](reporter, ...) end
  end
end

function Stream:begin(run)
  run.event, run.time = "run_begin", self:now()
  self:tell("begin", run)
  self:tell("event", run)
end

function Stream:record_of(unit)
  local known = self.records[unit.index]
  if not known then
    known = record.new(unit)
    self.records[unit.index] = known
  end
  return known
end

--- An event of a child, whose clock is core.now(); ours have no time yet.
function Stream:event(unit, event)
  event.time = event.time and event.time - self.began or self:now()
  for _, entry in ipairs(event.event == "timeline" and event.entries or {}) do
    entry.time = entry.time and entry.time - self.began
  end
  event.id = event.id or unit.scenario.id
  self:record_of(unit):add(event)
  self:tell("event", event)
end

--- A failed attempt that will be followed by another.
function Stream:retry(unit)
  self:record_of(unit).retried = true
end

--- Scenarios that ran side by side are told in the order of the run.
function Stream:finish_scenario(unit)
  local done = self:record_of(unit)
  done.done = true
  self.counts[done.outcome] = self.counts[done.outcome] + 1
  while self.records[self.next_index] and self.records[self.next_index].done do
    self:tell("scenario", self.records[self.next_index])
    self.next_index = self.next_index + 1
  end
end

--- What ran behind scenarios that never did.
function Stream:tell_the_rest(count)
  for i = self.next_index, count do
    if self.records[i] and self.records[i].done then self:tell("scenario", self.records[i]) end
  end
end

local function ended_records(self, count)
  local list = {}
  for i = 1, count do
    if self.records[i] and self.records[i].done then list[#list + 1] = self.records[i] end
  end
  return list
end

---@param ending {exit_code: integer, reason: string|nil, selected: integer}
function Stream:finish(ending)
  self:tell_the_rest(ending.selected)
  local summary = { event = "run_end", time = self:now(), duration = self:now() }
  for outcome, count in pairs(self.counts) do summary[outcome] = count end
  for key, value in pairs(ending) do summary[key] = value end
  self:tell("event", summary)
  self:tell("finish", summary, ended_records(self, ending.selected))
  for _, reporter in ipairs(self.reporters) do reporter.sink:close() end
end

--- The first report that could not be written.
---@return string|nil
function Stream:failure()
  for _, reporter in ipairs(self.reporters) do
    if reporter.sink.failure then return reporter.sink.failure end
  end
end

return stream
