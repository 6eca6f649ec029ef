local core = require "mcast.core"
local supervisor = require "mcast.supervisor"
local exit = require "mcast.cli.exit"
local prepare = require "mcast.cli.prepare"
local style = require "mcast.report.style"
local terminal = require "mcast.report.terminal"

local function style_for(options)
  return style.new {
    colour = terminal.wants_colour(options.color, supervisor.terminal().fd1_tty, os.getenv),
    utf8 = terminal.has_utf8(os.getenv),
    width = terminal.width(),
  }
end

--- "file.lua::name  [tag, tag]"
local function scenario_line(scenario, looks, options)
  local tags = options.quiet and "" or table.concat(scenario.tags or {}, ", ")
  if tags == "" then return scenario.id .. "\n" end
  return ("%s  %s\n"):format(scenario.id, looks:paint(("[%s]"):format(tags), "dim"))
end

local function as_text(prepared, options)
  local looks, lines = style_for(options), {}
  for i, item in ipairs(prepared.selected) do
    lines[i] = scenario_line(item.scenario, looks, options)
  end
  for _, collection in ipairs(options.verbose and prepared.collections or {}) do
    for _, declared in ipairs(collection.params) do
      lines[#lines + 1] = ("%s  --param %s=%s  %s\n"):format(collection.target.file, declared.name,
        tostring(declared.default), declared.description or "")
    end
  end
  return table.concat(lines)
end

local function as_json(prepared)
  local document = { scenarios = core.array {}, params = core.array {} }
  for _, item in ipairs(prepared.selected) do
    local scenario = item.scenario
    scenario.file, scenario.tags = item.target.file, core.array(scenario.tags or {})
    table.insert(document.scenarios, scenario)
  end
  for _, collection in ipairs(prepared.collections) do
    for _, declared in ipairs(collection.params) do
      declared.file = collection.target.file
      table.insert(document.params, declared)
    end
  end
  return core.json_encode(document) .. "\n"
end

---@param request cli.Request
return function(request)
  if #request.paths == 0 then
    error({ usage = "list needs a scenario file or a folder" }, 0)
  end
  local prepared, status = prepare.scenarios(request)
  if not prepared then return status end
  supervisor.write(request.options.json and as_json(prepared) or as_text(prepared, request.options))
  if #prepared.selected > 0 then return exit.PASSED end
  supervisor.write_error "mcast-harness: no scenario was selected\n"
  return exit.NOTHING
end
