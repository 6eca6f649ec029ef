--- The command line's entrance: src/app/main.c calls main() and exits with what it returns.

local core = require "mcast.core"
local supervisor = require "mcast.supervisor"
local exit = require "mcast.cli.exit"
local parse = require "mcast.cli.parse"

local SIGPIPE = 13

local cli = {}

local function complain(message)
  supervisor.write_error("mcast-harness: " .. message .. "\n")
end

local function usage(message)
  complain(message)
  supervisor.write_error "Try 'mcast-harness --help'.\n"
  return exit.USAGE
end

local function short_help()
  local lines = require("mcast.cli.help").overview(80)
  supervisor.write_error(table.concat(lines, "\n") .. "\n")
  return exit.USAGE
end

local function describe(err)
  if type(err) ~= "table" then return tostring(err) end
  return tostring(err.message) .. (err.hint and "\n" .. err.hint or "")
end

--- Commands are loaded when they are used: starting up is part of every run.
local function dispatch(request)
  if request.options.help then
    request = { command = "help", paths = { request.command }, options = request.options }
  end
  return require("mcast.cli." .. request.command .. "_command")(request)
end

---@return integer exit status
function cli.main()
  if #supervisor.arguments == 0 then return short_help() end

  local request, message = parse.command_line(supervisor.arguments, function(path)
    return core.file_kind(path) ~= nil
  end)
  if not request then return usage(message) end

  local ok, status = xpcall(dispatch, function(err)
    if type(err) == "table" then return err end
    return debug.traceback(tostring(err), 2)
  end, request)
  if ok then return status end
  if type(status) == "table" and status.usage then return usage(status.usage) end
  -- Whoever reads had enough: as quietly as other programs, which SIGPIPE ends.
  if type(status) == "table" and status.code == "EPIPE" then return exit.SIGNAL + SIGPIPE end
  complain(describe(status))
  return exit.HARNESS
end

return cli
