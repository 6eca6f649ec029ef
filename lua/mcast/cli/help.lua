--- Help texts, from the table of options.

local definition = require "mcast.cli.options"
local text = require "mcast.report.text"

local help = {}

local LEFT = 28 -- columns for an option's name

local function option_words(option)
  local short = option.short and ("-%s, "):format(option.short) or "    "
  return short .. "--" .. option.name .. (option.value and " " .. option.value or "")
end

local function row(lines, left, right, width)
  local wrapped = text.wrap(right, width - LEFT - 2)
  if #left > LEFT - 2 then
    lines[#lines + 1] = "  " .. left
  else
    lines[#lines + 1] = "  " .. text.pad(left, LEFT) .. table.remove(wrapped, 1)
  end
  for _, line in ipairs(wrapped) do
    lines[#lines + 1] = (" "):rep(LEFT + 2) .. line
  end
end

local function add_options(lines, command, width)
  lines[#lines + 1] = ""
  lines[#lines + 1] = "Options:"
  for _, option in ipairs(definition.options) do
    if definition.has(option.commands, command.name) then
      row(lines, option_words(option), option.help, width)
    end
  end
end

local function add_exit_codes(lines, width)
  lines[#lines + 1] = ""
  lines[#lines + 1] = "Exit status:"
  for _, code in ipairs(definition.exit_codes) do
    row(lines, code[1], code[2], width)
  end
end

---@return string[] lines
function help.overview(width)
  local lines = {
    "Tests IP multicast: who got it, who must not have, and if not, why.",
    "",
    "Usage: mcast-harness COMMAND [OPTION]... [ARGUMENT]...",
    "",
    "Commands:",
  }
  for _, command in ipairs(definition.commands) do
    row(lines, command.name .. (command.arguments and " " .. command.arguments or ""),
      command.summary, width)
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = "'mcast-harness demo' is a good start; "
    .. "'mcast-harness run --help' has all about running."
  return lines
end

---@return string[] lines
function help.command(name, width)
  for _, command in ipairs(definition.commands) do
    if command.name == name then
      local lines = {
        "Usage: mcast-harness " .. name .. " [OPTION]..."
          .. (command.arguments and " " .. command.arguments or ""),
        "",
      }
      for _, line in ipairs(text.wrap(command.description, width)) do lines[#lines + 1] = line end
      add_options(lines, command, width)
      if name == "run" then add_exit_codes(lines, width) end
      return lines
    end
  end
end

return help
