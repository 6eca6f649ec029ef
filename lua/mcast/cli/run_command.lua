local supervisor = require "mcast.supervisor"
local execute = require "mcast.cli.execute"
local exit = require "mcast.cli.exit"
local prepare = require "mcast.cli.prepare"
local reporters = require "mcast.cli.reporters"

---@param request cli.Request
return function(request)
  if #request.paths == 0 then
    error({ usage = "run needs a scenario file, a folder or an id" }, 0)
  end
  local prepared, status = prepare.scenarios(request)
  if not prepared then return status end
  if #prepared.selected == 0 then
    supervisor.write_error "mcast-harness: no scenario was selected\n"
    return exit.NOTHING
  end
  return execute.run(prepared, request.options, reporters.open(request.options))
end
