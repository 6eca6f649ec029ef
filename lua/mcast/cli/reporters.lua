--- From --report to reporters that are open for writing.

local core = require "mcast.core"
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

--- One name for a file, however it is written; it may be yet to come.
local function identity(path)
  local ok, real = pcall(core.real_path, path)
  if ok then return real end
  local folder, name = path:match "^(.*/)([^/]*)$"
  ok, real = pcall(core.real_path, folder or ".")
  return ok and real .. "/" .. (name or path) or path
end

--- A report would overwrite what another report, or the user, has written there.
---@param wishes table[]
---@param taken table<string, string> by absolute path, what is there
local function refuse_shared_files(wishes, taken)
  for _, wish in ipairs(wishes) do
    local file = wish.file and identity(wish.file)
    if file and taken[file] then
      refuse("--report %s: %s is %s", wish.kind, wish.file, taken[file])
    end
    if file then taken[file] = "the file of --report " .. wish.kind end
  end
end

--- What this run reads.
---@param prepared cli.Prepared
local function sources(prepared)
  local taken = {}
  for _, collection in ipairs(prepared.collections) do
    taken[collection.target.path] = "a scenario file of this run"
  end
  if prepared.topology then taken[prepared.topology] = "the file of --topology" end
  return taken
end

---@param options table  the request's
---@param prepared cli.Prepared
---@return report.Reporter[]
function reporters.open(options, prepared)
  local list = {}
  refuse_shared_files(options.report or {}, sources(prepared))
  for i, wish in ipairs(with_console(options.report or {})) do
    list[i] = reporters.open_one(wish, options)
  end
  return list
end

return reporters
