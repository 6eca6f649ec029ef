--- Results as RFC 3918 wants them reported: tables whose columns have units.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"

local tables = {}

---@class mcast.Rfc3918Table
---@field title string
---@field rows any[][]
local Table = class.define("table")
tables.class = Table

function Table.metatable.__tostring(self)
  return ("table '%s'"):format(self.title)
end

--- "frame size (bytes)": a name, and a unit in brackets at its end.
local function read_column(text)
  local name, unit = text:match("^(.-)%s*%(([^()]*)%)$")
  return { name = name or text, unit = unit or "" }
end

---@param title string
---@param columns string[] "frame size (bytes)"
---@param note string|(fun(): string)|nil what holds for all rows, as it is when they are reported
---@return mcast.Rfc3918Table
function tables.new(title, columns, note)
  local read = {}
  for i, text in ipairs(columns) do read[i] = read_column(text) end
  return class.new(Table, { title = title, rows = {}, _columns = read, _note = note or false })
end

--- A row: one value for each column; false: none.
function Table.methods.add(self, ...)
  local row = table.pack(...)
  if row.n ~= #self._columns then
    errors.usage("table:add: %s has %d columns, got %d values", tostring(self), #self._columns,
      row.n)
  end
  row.n = nil
  table.insert(self.rows, row)
  return self
end

local function show(value)
  if not value then return "-" end
  if math.type(value) ~= "float" then return tostring(value) end
  if value == math.floor(value) and math.abs(value) < 1e9 then return ("%.0f"):format(value) end
  local size = math.abs(value)
  return (size >= 100 and "%.1f" or size >= 1 and "%.2f" or "%.4f"):format(value)
end

local function cells(self)
  local names, units, all = {}, {}, {}
  for i, column in ipairs(self._columns) do names[i], units[i] = column.name, column.unit end
  all[1], all[2] = names, units
  for _, row in ipairs(self.rows) do
    local shown = {}
    for i = 1, #self._columns do shown[i] = show(row[i]) end
    all[#all + 1] = shown
  end
  return all
end

local function widths_of(all)
  local widths = {}
  for _, row in ipairs(all) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, utf8.len(cell)) end
  end
  return widths
end

--- As text: names, units, and the rows, right-aligned.
---@return string[]
function Table.methods.lines(self)
  local all = cells(self)
  local widths, lines = widths_of(all), {}
  for n, row in ipairs(all) do
    local parts = {}
    for i, cell in ipairs(row) do parts[i] = (" "):rep(widths[i] - utf8.len(cell)) .. cell end
    lines[n] = table.concat(parts, "  ")
  end
  return lines
end

local function note_of(self)
  return type(self._note) == "function" and self._note() or self._note or nil
end

--- As data: columns with their units, and the rows.
local function data(self, note)
  local rows = {}
  for i, row in ipairs(self.rows) do rows[i] = core.array(row) end
  return { note = note, columns = core.array(self._columns), rows = core.array(rows) }
end

--- Into the report: its text in the log, and attached as data.
---@param t mcast.Context
function Table.methods.report(self, t)
  local note = note_of(self)
  t:log("%s", note and ("%s: %s"):format(self.title, note) or self.title)
  for _, line in ipairs(self:lines()) do t:log("%s", line) end
  t:attach(self.title, data(self, note))
end

return tables
