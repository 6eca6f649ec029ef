--- Colours and signs. Never colour alone: every outcome has a sign and, unless it passed, a word.

local style = {}

local codes = {
  bold = "1", dim = "2", red = "31", green = "32", yellow = "33", blue = "34", cyan = "36",
}

local signs = {
  [true] = {
    passed = "✓", failed = "✗", broken = "✗", inconclusive = "?", skipped = "-", fault = "!",
    bar = "│", caret = "▲", ellipsis = "…", arrow = "→", separator = "·", line = "─",
    levels = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
  },
  [false] = {
    passed = "+", failed = "x", broken = "x", inconclusive = "?", skipped = "-", fault = "!",
    bar = "|", caret = "^", ellipsis = "...", arrow = "->", separator = "-", line = "-",
    levels = { "_", ".", ":", "-", "=", "+", "*", "#" },
  },
}

local outcome_colours = {
  passed = "green", failed = "red", broken = "red", inconclusive = "yellow", skipped = "dim",
}

---@class report.Style
---@field colour boolean
---@field sign table<string, string|string[]>
---@field width integer
local Style = {}
Style.__index = Style

---@param options {colour: boolean, utf8: boolean, width: integer}
---@return report.Style
function style.new(options)
  return setmetatable({
    colour = options.colour, sign = signs[options.utf8], width = options.width,
  }, Style)
end

--- `s` in the looks named, e.g. paint(s, "bold", "red").
function Style:paint(s, ...)
  if not self.colour or s == "" then return s end
  local list = {}
  for i, name in ipairs { ... } do list[i] = codes[name] end
  return "\27[" .. table.concat(list, ";") .. "m" .. s .. "\27[0m"
end

function Style:outcome(outcome, s)
  return self:paint(s, outcome_colours[outcome])
end

function Style:mark(outcome)
  return self:outcome(outcome, self.sign[outcome])
end

return style
