--- The report for people: a line per scenario as it goes, then what did not pass, in full, then
--- the count. Nothing that was printed is ever redrawn but the one progress line of a terminal.

local text = require "mcast.report.text"

local Console = {}
Console.__index = Console

local PROGRESS_AFTER = 0.3 -- seconds: shorter runs need none

function Console:line(s)
  self:clear_progress()
  self.sink:write((s or "") .. "\n")
end

function Console:clear_progress()
  if not self.has_progress then return end
  self.sink:write "\r\27[K"
  self.has_progress = false
end

function Console:begin(run)
  if not self.verbose then return end
  self:line(self.style:paint(("mcast-harness %s %s Linux %s %s seed %d"):format(run.version,
    self.style.sign.separator, run.kernel, self.style.sign.separator, run.seed), "dim"))
end

function Console:heading(file)
  if file == self.file then return end
  if self.file or self.verbose then self:line() end
  self.file = file
  self:line(self.style:paint(text.printable(file), "bold"))
end

--- What stands at the right: a word unless it passed, and how long it took.
local function margin(style, record)
  local word = ""
  if record.outcome ~= "passed" then
    word = record.outcome
  elseif record.flaky then
    word = "flaky"
  end
  local time = record.outcome == "skipped" and "" or text.duration(record.duration)
  local plain = text.pad_left(word, 12) .. text.pad_left(time, 11)
  local painted = style:outcome(record.outcome, text.pad_left(word, 12))
    .. style:paint(text.pad_left(time, 11), "dim")
  return painted, text.width(plain)
end

function Console:result(record)
  local style = self.style
  local right, right_width = margin(style, record)
  local room = style.width - right_width - 4
  local name = text.cut(text.printable(record.name):gsub("\n", " "), room, style.sign.ellipsis)
  name = text.pad(name, room)
  if record.outcome == "skipped" then name = style:paint(name, "dim") end
  self:line(("  %s %s%s"):format(style:mark(record.outcome), name, right))
end

local function place_of(fault) return fault.host or fault.switch or fault.link end

--- With -v: what happened inside a scenario that passed; the others are told at the end.
function Console:inside(record)
  local claim_text = require "mcast.report.claim"
  local sign = self.style.sign
  local function tell(mark, s)
    self:line("      " .. self.style:paint(mark .. " " .. text.printable(s), "dim"))
  end
  for _, step in ipairs(record.steps) do tell(sign.arrow, step) end
  for _, fault in ipairs(record.faults) do
    tell(sign.fault, ("%s: %s"):format(place_of(fault), fault.text))
  end
  for _, claim in ipairs(record.claims) do
    tell(sign[claim.ok and "passed" or "failed"], claim.ok and claim_text.met(claim)
      or claim.message)
  end
  for line in record:log_text():gmatch "[^\n]+" do tell(sign.bar, line) end
end

local quiet_outcomes = { passed = true, skipped = true }

function Console:count_skip(reason)
  if not self.skipped[reason] then
    self.skipped[reason] = 0
    table.insert(self.skip_reasons, reason)
  end
  self.skipped[reason] = self.skipped[reason] + 1
end

function Console:scenario(record)
  if record.outcome == "skipped" then self:count_skip(record.message or "no reason given") end
  if self.quiet and quiet_outcomes[record.outcome] then return end
  self:heading(record.file)
  self:result(record)
  if self.verbose and record.outcome == "passed" then self:inside(record) end
end

local function progress_text(running, now)
  local names = {}
  for _, record in ipairs(running) do
    names[#names + 1] = ("%s (%s)"):format(text.printable(record.name),
      text.duration(now - (record.began or now)))
  end
  return ("  running %d: %s"):format(#running, table.concat(names, ", "))
end

function Console:progress(running, now)
  if not self.live or now < PROGRESS_AFTER then return end
  self:clear_progress()
  if #running == 0 then return end
  local line = text.cut(progress_text(running, now), self.style.width - 1, self.style.sign.ellipsis)
  self.sink:write(self.style:paint(line, "dim"))
  self.has_progress = true
end

function Console:failures(records)
  local failure -- loaded when there is one: starting up is part of every run
  for _, record in ipairs(records) do
    if not quiet_outcomes[record.outcome] then
      failure = failure or require "mcast.report.failure"
      self:line()
      for _, line in ipairs(failure.lines(record, self.style)) do self:line(line) end
    end
  end
end

function Console:skips()
  for _, reason in ipairs(self.skip_reasons) do
    local lines = text.wrap(("%s skipped: %s"):format(self.skipped[reason], text.printable(reason)),
      self.style.width)
    for _, line in ipairs(lines) do self:line(self.style:paint(line, "dim")) end
  end
end

local function not_run(summary)
  local ran = 0
  for _, outcome in ipairs { "passed", "failed", "broken", "inconclusive", "skipped" } do
    ran = ran + summary[outcome]
  end
  return summary.selected - ran
end

function Console:remarks(summary)
  if summary.reason then self:line(self.style:paint(summary.reason, "yellow")) end
  if not_run(summary) > 0 then self:line(("%d not run"):format(not_run(summary))) end
  local parts = {}
  for _, outcome in ipairs { "broken", "inconclusive" } do
    if summary[outcome] > 0 then
      parts[#parts + 1] = self.style:outcome(outcome, ("%d %s"):format(summary[outcome], outcome))
    end
  end
  if #parts > 0 then self:line("counted as failed: " .. table.concat(parts, ", ")) end
end

function Console:count(summary)
  local failed = summary.failed + summary.broken + summary.inconclusive
  local function part(number, word, ...)
    local s = ("%d %s"):format(number, word)
    return number > 0 and self.style:paint(s, ...) or s
  end
  self:line(table.concat({
    part(summary.passed, "passed", "bold", "green"),
    part(failed, "failed", "bold", "red"),
    part(summary.skipped, "skipped", "bold"),
  }, ", "))
end

function Console:finish(summary, records)
  self:clear_progress()
  self:failures(records)
  if self.file then self:line() end
  self:skips()
  self:remarks(summary)
  self:count(summary)
end

---@param sink report.Sink
---@param settings {style: report.Style, live: boolean, verbose: boolean, quiet: boolean}
return function(sink, settings)
  return setmetatable({
    sink = sink,
    style = settings.style,
    live = settings.live and not sink.file and not settings.quiet,
    verbose = settings.verbose,
    quiet = settings.quiet,
    skipped = {},
    skip_reasons = {},
  }, Console)
end
