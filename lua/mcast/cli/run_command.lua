local supervisor = require "mcast.supervisor"
local exit = require "mcast.cli.exit"
local prepare = require "mcast.cli.prepare"

--- What comes after the files were listed; loaded while the children that list them are busy.
local function load_the_rest()
  return require "mcast.cli.execute", require "mcast.cli.reporters", require "mcast.report.console"
end

---@param request cli.Request
return function(request)
  if #request.paths == 0 then
    error({ usage = "run needs a scenario file, a folder or an id" }, 0)
  end
  local prepared, status = prepare.scenarios(request, nil, load_the_rest)
  if not prepared then return status end
  if #prepared.selected == 0 then
    supervisor.write_error "mcast-harness: no scenario was selected\n"
    return exit.NOTHING
  end
  local execute, reporters = load_the_rest()
  return execute.run(prepared, request.options, reporters.open(request.options, prepared))
end
