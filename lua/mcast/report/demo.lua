--- The demo's report: the network, who got what and when, and what to try next.

local claim_text = require "mcast.report.claim"
local failure = require "mcast.report.failure"
local text = require "mcast.report.text"

local Demo = {}
Demo.__index = Demo

function Demo:line(s)
  self.sink:write((s or "") .. "\n")
end

function Demo:title(s)
  self:line()
  self:line(self.style:paint(s, "bold"))
end

function Demo:network(event)
  if self.drawn or not event then return end
  self.drawn = true
  self:title "The network"
  self:line()
  for line in (event.drawing or ""):gsub("\n$", ""):gmatch "[^\n]*" do self:line("  " .. line) end
  if event.ready_after then
    self:line()
    local ready = "  ready after " .. text.duration(event.ready_after)
    self:line(self.style:paint(ready, "dim"))
  end
end

local function milliseconds(after_us)
  return ("%.2f ms"):format(after_us / 1000)
end

function Demo:entry(entry, host_width)
  local sign, host = self.style.sign, text.pad(entry.host, host_width)
  if not entry.after_us then
    self:line(self.style:paint(("    %s %s  got nothing"):format(sign.skipped, host), "dim"))
    return
  end
  local answer = entry.acknowledged and ", acknowledged" or ""
  self:line(("    %s %s  got it after %s%s"):format(self.style:mark "passed", host,
    text.pad_left(milliseconds(entry.after_us), 7), answer))
end

function Demo:delivery(event)
  local width = 0
  for _, entry in ipairs(event.entries) do width = math.max(width, text.width(entry.host)) end
  self:line(("  %s %s %s port %d"):format(event.host, self.style.sign.arrow, event.to, event.port))
  for _, entry in ipairs(event.entries) do self:entry(entry, width) end
end

function Demo:claims(record)
  local said = {}
  for _, claim in ipairs(record.claims) do said[#said + 1] = claim_text.met(claim) end
  for _, line in ipairs(text.wrap("claimed and proved: " .. table.concat(said, "; "),
    self.style.width - 2)) do
    self:line("  " .. self.style:paint(text.printable(line), "dim"))
  end
end

function Demo:scenario(record)
  self:network(record.network)
  if record.outcome ~= "passed" then
    self.failed = true
    self:line()
    for _, line in ipairs(failure.lines(record, self.style)) do self:line(line) end
    return
  end
  self:title(record.name)
  self:line()
  for _, delivery in ipairs(record.deliveries) do self:delivery(delivery) end
  self:claims(record)
end

function Demo:finish(summary)
  if self.failed then return end
  self:line()
  self:line(("Proved in %s."):format(text.duration(summary.duration)))
  self:line()
  self:line("Next: " .. self.style:paint(self.next_command, "bold"))
end

---@param sink report.Sink
---@param settings {style: report.Style, verbose: boolean, next_command: string}
return function(sink, settings)
  return setmetatable({
    sink = sink, style = settings.style, verbose = settings.verbose,
    next_command = settings.next_command,
  }, Demo)
end
