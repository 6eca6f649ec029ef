local core = require "mcast.core"
local execute = require "mcast.cli.execute"
local prepare = require "mcast.cli.prepare"
local reporters = require "mcast.cli.reporters"
local supervisor = require "mcast.supervisor"
local text = require "mcast.report.text"

--- Where scenarios to look at may be: the checkout, and where `cmake --install` puts them.
local places = {
  "scenarios", "/usr/local/share/mcast-harness/scenarios", "/usr/share/mcast-harness/scenarios",
}

local function next_command()
  local run = text.shell(supervisor.program) .. " run "
  for _, place in ipairs(places) do
    if core.file_kind(place) == "directory" then return run .. place .. "/" end
  end
  return run .. "--help"
end

local function builtin()
  return {
    file = "demo.lua", path = "", builtin = "mcast.demo", whole = true, lines = {}, names = {},
    explicit = true,
  }
end

---@param request cli.Request
return function(request)
  local prepared, status = prepare.scenarios(request, { builtin() })
  if not prepared then return status end
  local kind = request.options.quiet and "console" or "demo"
  local reporter = reporters.open_one({ kind = kind }, request.options,
    { next_command = next_command() })
  return execute.run(prepared, request.options, { reporter })
end
