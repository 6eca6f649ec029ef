--- From --report to reporters that are open for writing.

local sink = require "mcast.report.sink"
local style = require "mcast.report.style"
local supervisor = require "mcast.supervisor"
local terminal = require "mcast.report.terminal"

local reporters = {}

local function refuse(format, ...)
  error({ usage = format:format(...) }, 0)
end

--- The console has standard output unless another report was given that place.
local function with_console(wishes)
  local on_output = {}
  for _, wish in ipairs(wishes) do
    if not wish.file then on_output[#on_output + 1] = wish.kind end
  end
  if #on_output > 1 then
    refuse("only one report fits on standard output, not %s: write --report %s=FILE",
      table.concat(on_output, " and "), on_output[2])
  end
  if #on_output == 1 then return wishes end
  return { { kind = "console" }, table.unpack(wishes) }
end

local function style_for(options, is_file)
  local is_tty = not is_file and supervisor.terminal().fd1_tty
  return style.new {
    colour = terminal.wants_colour(options.color, is_tty, os.getenv),
    utf8 = terminal.has_utf8(os.getenv),
    width = terminal.width(),
  }
end

function reporters.open_one(wish, options, more)
  local output, message = sink.open(wish.file)
  if not output then refuse("--report %s: %s", wish.kind, message) end
  local settings = {
    style = style_for(options, wish.file ~= nil),
    live = terminal.is_live(),
    verbose = options.verbose,
    quiet = options.quiet,
  }
  for key, value in pairs(more or {}) do settings[key] = value end
  return require("mcast.report." .. wish.kind)(output, settings)
end

local function refuse_shared_files(wishes)
  local kinds = {}
  for _, wish in ipairs(wishes) do
    local other = wish.file and kinds[wish.file]
    if other then
      refuse("--report %s: %s is the file of --report %s", wish.kind, wish.file, other)
    end
    if wish.file then kinds[wish.file] = wish.kind end
  end
end

---@param options table  the request's
---@return report.Reporter[]
function reporters.open(options)
  local list = {}
  refuse_shared_files(options.report or {})
  for i, wish in ipairs(with_console(options.report or {})) do
    list[i] = reporters.open_one(wish, options)
  end
  return list
end

return reporters
