--- Where a report goes: standard output or a file. A failed write is remembered, once.

local supervisor = require "mcast.supervisor"

---@class report.Sink
---@field name string
---@field failure string|nil
local Sink = {}
Sink.__index = Sink

local sink = {}

---@param path string|nil  nil: standard output
---@return report.Sink|nil, string|nil message
function sink.open(path)
  if not path then return setmetatable({ name = "standard output" }, Sink) end
  local file, message = io.open(path, "w")
  if not file then return nil, message end
  return setmetatable({ name = path, file = file }, Sink)
end

local function reason_of(err)
  return type(err) == "table" and err.message or tostring(err)
end

function Sink:fail(reason)
  self.failure = self.failure or reason
end

function Sink:write(s)
  if self.failure or s == "" then return end
  if self.file then
    local ok, message = self.file:write(s)
    if not ok then self:fail(("%s: %s"):format(self.name, message)) end
  else
    local ok, err = pcall(supervisor.write, s)
    if not ok then self:fail(reason_of(err)) end
  end
end

--- Makes what was written visible to readers of the file.
function Sink:flush()
  if not self.file or self.failure then return end
  local ok, message = self.file:flush()
  if not ok then self:fail(("%s: %s"):format(self.name, message)) end
end

function Sink:close()
  if not self.file then return end
  local ok, message = self.file:close()
  self.file = nil
  if not ok then self:fail(("%s: %s"):format(self.name, message)) end
end

return sink
