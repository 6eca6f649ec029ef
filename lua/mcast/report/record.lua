--- What is known of one scenario of the run: its events, gathered.

local record = {}

local LOG_LIMIT = 64 * 1024 -- bytes kept of a scenario's log: the last ones

---@class report.Record
---@field index integer     place in the run
---@field id string
---@field file string
---@field line integer
---@field name string
---@field label string      the id, with the number of the repetition if there are several
---@field again string      the command that runs it again, but for the seed
---@field given_seed integer|nil  of the command line
---@field drawn_seed integer|nil  the run's, where the scenario drew from it
---@field outcome string|nil nil while it runs
---@field claims table[]
---@field errors table[]
---@field logs table[]      `text` and `stream`
---@field steps string[]
---@field faults table[]
---@field timeline table[]|nil
---@field sends table[]
---@field deliveries table[]
---@field network table|nil
local Record = {}
Record.__index = Record

---@param unit {index: integer, scenario: table, file: string, repetition: integer|nil}
---@return report.Record
function record.new(unit)
  local scenario = unit.scenario
  local suffix = unit.repetition and (" (%d)"):format(unit.repetition) or ""
  local self = setmetatable({
    index = unit.index,
    id = scenario.id,
    file = unit.file,
    line = scenario.line,
    name = scenario.name .. suffix,
    label = scenario.id .. suffix,
    tags = scenario.tags or {},
    again = unit.again,
    given_seed = unit.given_seed,
    total = 0,
  }, Record)
  self:reset()
  return self
end

--- Forgets an attempt that is not the last one.
function Record:reset()
  self.claims, self.errors, self.logs, self.steps, self.faults = {}, {}, {}, {}, {}
  self.sends, self.deliveries, self.attachments = {}, {}, {}
  self.timeline, self.network, self.outcome, self.message = nil, nil, nil, nil
  self.log_bytes, self.first_log, self.logs_lost = 0, 1, false
end

function Record:add_log(event)
  local text = event.text or ""
  if #text > LOG_LIMIT then text, self.logs_lost = text:sub(-LOG_LIMIT), true end
  self.logs[#self.logs + 1] = { text = text, stream = event.stream }
  self.log_bytes = self.log_bytes + #text
  while self.log_bytes > LOG_LIMIT and self.first_log < #self.logs do
    self.log_bytes = self.log_bytes - #self.logs[self.first_log].text
    self.logs[self.first_log] = false
    self.first_log = self.first_log + 1
    self.logs_lost = true
  end
end

local gather = {}

function gather.scenario_begin(self, event)
  self:reset()
  self.attempt, self.began = event.attempt or 1, event.time
end

function gather.step(self, event) self.steps[#self.steps + 1] = event.text end
function gather.log(self, event) self:add_log(event) end
function gather.network(self, event) self.network = event end
function gather.fault(self, event) self.faults[#self.faults + 1] = event end
function gather.send(self, event) self.sends[#self.sends + 1] = event end
function gather.deliveries(self, event) self.deliveries[#self.deliveries + 1] = event end
function gather.claim(self, event)
  event.step = self.steps[#self.steps]
  self.claims[#self.claims + 1] = event
end
function gather.error(self, event)
  event.step = self.steps[#self.steps]
  self.errors[#self.errors + 1] = event
end
function gather.timeline(self, event) self.timeline = event.entries end
function gather.attach(self, event) self.attachments[#self.attachments + 1] = event end

function gather.scenario_end(self, event)
  self.outcome, self.message, self.location = event.outcome, event.message, event.location
  self.duration = event.duration or 0
  self.total = self.total + self.duration
  self.drawn_seed = event.seed
  self.flaky = event.outcome == "passed" and self.retried
end

function Record:add(event)
  local add = gather[event.event]
  if add then add(self, event) end
end

--- The command that runs it again with the same luck, which each repetition and each attempt has of its own.
---@return string
function Record:run_again()
  local seed, command = self.given_seed or self.drawn_seed, self.again
  if seed then command = ("%s --seed=%d"):format(command, seed) end
  if self.drawn_seed and self.attempt > 1 then
    command = ("%s --repeat=%d"):format(command, self.attempt)
  end
  return command
end

--- The log's text as it was said: one piece per t:log or print, the rest as it came.
function Record:log_text()
  local parts = {}
  for i = self.first_log, #self.logs do
    local log = self.logs[i]
    local piece = log.text
    if log.stream ~= "stdout" and piece:sub(-1) ~= "\n" then piece = piece .. "\n" end
    parts[#parts + 1] = piece
  end
  return (self.logs_lost and "(the beginning was dropped)\n" or "") .. table.concat(parts)
end

return record
