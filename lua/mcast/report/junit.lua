--- JUnit XML: one test suite per file. Written at the end, because a suite begins with its counts.

local failure_text = require "mcast.report.failure"
local style = require "mcast.report.style"
local xml = require "mcast.report.xml"

local Junit = {}
Junit.__index = Junit

local function seconds(value)
  return ("%.6f"):format(value)
end

local function suites_of(records)
  local suites, by_file = {}, {}
  for _, record in ipairs(records) do
    local suite = by_file[record.file]
    if not suite then
      suite = { file = record.file, records = {}, counts = {}, time = 0 }
      by_file[record.file] = suite
      suites[#suites + 1] = suite
    end
    table.insert(suite.records, record)
    suite.counts[record.outcome] = (suite.counts[record.outcome] or 0) + 1
    suite.time = suite.time + record.total
  end
  return suites
end

local function count_attributes(counts, total)
  return {
    "tests", total,
    "failures", counts.failed or 0,
    "errors", (counts.broken or 0) + (counts.inconclusive or 0),
    "skipped", counts.skipped or 0,
  }
end

local plain = style.new { colour = false, utf8 = true, width = 100 }

local function verdict(record)
  local message = record.message or ""
  if record.outcome == "skipped" then
    return ("      <skipped%s/>\n"):format(xml.attributes { "message", message })
  end
  local element = record.outcome == "failed" and "failure" or "error"
  local body = table.concat(failure_text.lines(record, plain), "\n")
  return ("      <%s%s>%s</%s>\n"):format(element,
    xml.attributes { "message", message, "type", record.outcome }, xml.text(body), element)
end

function Junit:case(record)
  local attributes = xml.attributes {
    "name", record.name, "classname", record.file, "time", seconds(record.duration),
    "file", record.file, "line", record.line or false,
  }
  local log = record:log_text()
  if record.outcome == "passed" and log == "" then
    self.sink:write(("    <testcase%s/>\n"):format(attributes))
    return
  end
  self.sink:write(("    <testcase%s>\n"):format(attributes))
  if record.outcome ~= "passed" then self.sink:write(verdict(record)) end
  if log ~= "" then
    self.sink:write(("      <system-out>%s</system-out>\n"):format(xml.text(log)))
  end
  self.sink:write "    </testcase>\n"
end

function Junit:suite(suite)
  self.sink:write(("  <testsuite%s%s%s>\n"):format(
    xml.attributes { "name", suite.file },
    xml.attributes(count_attributes(suite.counts, #suite.records)),
    xml.attributes { "time", seconds(suite.time), "timestamp", self.timestamp }))
  for _, record in ipairs(suite.records) do self:case(record) end
  self.sink:write "  </testsuite>\n"
end

function Junit:begin()
  self.timestamp = os.date "!%Y-%m-%dT%H:%M:%S"
end

function Junit:finish(summary, records)
  self.sink:write('<?xml version="1.0" encoding="UTF-8"?>\n')
  self.sink:write(("<testsuites%s%s%s>\n"):format(
    xml.attributes { "name", "mcast-harness" },
    xml.attributes(count_attributes(summary, #records)),
    xml.attributes { "time", seconds(summary.duration) }))
  for _, suite in ipairs(suites_of(records)) do self:suite(suite) end
  self.sink:write "</testsuites>\n"
end

---@param sink report.Sink
return function(sink)
  return setmetatable({ sink = sink }, Junit)
end
