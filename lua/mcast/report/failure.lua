--- One scenario that did not pass, told in full.

local claim_text = require "mcast.report.claim"
local source = require "mcast.report.source"
local sparkline = require "mcast.report.sparkline"
local text = require "mcast.report.text"

local failure = {}

local LABEL = 11 -- columns of "expected   "
local LAST_EVENTS, LAST_LOG_LINES = 24, 30
local MOST_CLAIMS = 20 -- that are told in full; what is soft may fail by the thousand

---@class failure.Block
local Block = {}
Block.__index = Block

function Block:add(line)
  self.lines[#self.lines + 1] = line == "" and "" or self.indent .. line
end

--- Never two empty lines in a row.
function Block:gap()
  if #self.lines > 0 and self.lines[#self.lines] ~= "" then self.lines[#self.lines + 1] = "" end
end

function Block:paragraph(s, ...)
  for _, line in ipairs(text.wrap(text.printable(s), self.style.width - #self.indent)) do
    self:add(self.style:paint(line, ...))
  end
end

function Block:field(label, value)
  if value == nil or value == "" then return end
  local lines = text.wrap(text.printable(tostring(value)), self.style.width - #self.indent - LABEL)
  for i, line in ipairs(lines) do
    local left = text.pad(i == 1 and label or "", LABEL)
    self:add(self.style:paint(left, "dim") .. line)
  end
end

function Block:source(file, number)
  if not file or not number then return end
  local line = source.line(file, number)
  self:field("at", ("%s:%d"):format(file, number))
  if not line then return end
  local left = ("%d %s "):format(number, self.style.sign.bar)
  local room = self.style.width - #self.indent - LABEL - text.width(left)
  local shown = text.cut(text.printable(line), room, self.style.sign.ellipsis)
  local margin = (" "):rep(LABEL)
  self:add(margin .. self.style:paint(left, "dim") .. shown)
  local column = text.width(line:match "^%s*")
  self:add(margin .. (" "):rep(text.width(left) - 2) .. self.style:paint(self.style.sign.bar, "dim")
    .. " " .. (" "):rep(column) .. self.style:paint(self.style.sign.caret, "red"))
end

--- The evidence: lines with a label, some with a plot of a series below.
function Block:details(details)
  if not details then return end
  self:gap()
  for _, detail in ipairs(details) do
    self:add(self.style:paint(text.pad(detail.label, LABEL - 1) .. " ", "dim")
      .. text.printable(detail.text))
    if detail.series and #detail.series > 0 then
      local room = self.style.width - #self.indent - LABEL
      self:add((" "):rep(LABEL) .. sparkline(detail.series, self.style.sign.levels, room))
    end
  end
end

function Block:claim(claim)
  self:gap()
  local said = claim_text.unmet(claim)
  if said then self:paragraph(said, "bold") end
  self:gap()
  self:field("expected", claim.expected)
  self:field("seen", claim.seen)
  self:field("table", claim.table and table.concat(claim.table, "\n"))
  self:field("step", claim.step)
  self:source(claim.file, claim.line)
  self:field("hint", claim.hint)
  self:details(claim.details)
end

--- The scenario's own lines that led there, the innermost first; a single one was shown already.
function Block:calls(traceback)
  if not traceback or #traceback < 2 then return end
  self:field("called", table.concat(traceback, "\n"))
end

function Block:error(err)
  self:gap()
  self:paragraph(err.message or "an error without a message", "bold")
  self:gap()
  self:field("code", err.code)
  self:field("host", err.host)
  self:field("step", err.step)
  self:source(err.file, err.line)
  self:field("hint", err.hint)
  self:calls(err.traceback)
end

--- Relative times on the left, then host and what happened there, in columns.
function Block:timeline(entries, began)
  if not entries or #entries == 0 then return end
  local first = math.max(1, #entries - LAST_EVENTS + 1)
  local times, time_width, host_width = {}, 0, 0
  for i = first, #entries do
    times[i] = ("%.1f"):format(((entries[i].time or began) - began) * 1000)
    time_width = math.max(time_width, #times[i])
    host_width = math.max(host_width, text.width(entries[i].host or ""))
  end
  self:gap()
  self:add(self.style:paint("last events, in ms since the scenario began", "dim"))
  local room = self.style.width - #self.indent - time_width - host_width - 6
  for i = first, #entries do
    local entry = entries[i]
    self:add(("  %s  %s  %s"):format(
      self.style:paint(text.pad_left(times[i], time_width), "dim"),
      self.style:paint(text.pad(entry.host or "", host_width), "cyan"),
      text.cut(text.printable(entry.text or ""), room, self.style.sign.ellipsis)))
  end
end

function Block:log(record)
  local log = record:log_text()
  if log == "" then return end
  self:gap()
  self:add(self.style:paint("log", "dim"))
  local lines = {}
  for line in log:gsub("\n$", ""):gmatch "[^\n]*" do lines[#lines + 1] = line end
  for i = math.max(1, #lines - LAST_LOG_LINES + 1), #lines do
    self:add(self.style:paint(self.style.sign.bar, "dim") .. " " .. text.printable(lines[i]))
  end
end

local function unmet_claims(record)
  local list = {}
  for _, claim in ipairs(record.claims) do
    if not claim.ok then list[#list + 1] = claim end
  end
  return list
end

local function tell_reasons(block, record)
  local claims = unmet_claims(record)
  for i = 1, math.min(#claims, MOST_CLAIMS) do block:claim(claims[i]) end
  if #claims > MOST_CLAIMS then
    block:gap()
    block:add(("and %d claims more (--report jsonl has them all)"):format(#claims - MOST_CLAIMS))
  end
  for _, err in ipairs(record.errors) do block:error(err) end
  -- A process that died leaves no error, and claims that were made before are not why.
  if #record.errors > 0 or #claims > 0 and record.outcome ~= "broken" then return end
  block:gap()
  block:paragraph(record.message or record.outcome, "bold")
  block:field("step", record.steps[#record.steps])
  block:source(source.split(record.location))
end

---@param record report.Record
---@param style report.Style
---@return string[] lines
function failure.lines(record, style)
  local block = setmetatable({ lines = {}, indent = "  ", style = style }, Block)
  block.lines[1] = ("%s %s  %s"):format(
    style:mark(record.outcome),
    style:paint(text.printable(record.label), "bold"),
    style:outcome(record.outcome, record.outcome))
  tell_reasons(block, record)
  block:timeline(record.timeline, record.began or 0)
  block:log(record)
  block:gap()
  block:add(style:paint("run again: ", "dim") .. record:run_again())
  return block.lines
end

return failure
