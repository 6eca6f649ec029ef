local supervisor = require "mcast.supervisor"
local help = require "mcast.cli.help"
local terminal = require "mcast.report.terminal"
local definition = require "mcast.cli.options"
local words = require "mcast.words"

local function unknown(name)
  error({ usage = ("unknown command '%s'%s"):format(name,
    words.meant(name, words.names(definition.commands))) }, 0)
end

---@param request cli.Request
return function(request)
  local width = terminal.width()
  local name = request.paths[1]
  local lines = name and help.command(name, width) or not name and help.overview(width)
  if not lines then unknown(name) end
  supervisor.write(table.concat(lines, "\n") .. "\n")
  return 0
end
