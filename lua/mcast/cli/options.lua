--- Every command and option, once: the parser, the help, the man page and the shell completions
--- are made of this table.

---@class cli.Option
---@field name string       long form, without the dashes
---@field short string|nil
---@field value string|nil  name of its value in the help; nil: a switch
---@field type "text"|"count"|"whole"|"seconds"|"choice"|"assignment"|"report"|nil
---@field choices string[]|nil
---@field many boolean|nil  may be given several times: the result is a list
---@field commands string[] that take it
---@field help string

---@class cli.Command
---@field name string
---@field arguments string|nil
---@field most_arguments integer|nil nil: any number
---@field summary string
---@field description string

local commands = {
  {
    name = "run",
    arguments = "PATH...",
    summary = "run scenarios and report what they proved",
    description = "PATH is a scenario file, a folder (its *.lua files, recursively), FILE:LINE, "
      .. "or an id as it is printed: 'FILE::NAME' or 'FILE::NAME [ELEMENT]'. "
      .. "'mcast-harness PATH...' means 'mcast-harness run PATH...'.",
  },
  {
    name = "list",
    arguments = "PATH...",
    summary = "list the scenarios; touches no network, needs no privileges",
    description = "Prints the id and the tags of every scenario, with -v the parameters of the "
      .. "files, too. PATH is as for run.",
  },
  {
    name = "demo",
    most_arguments = 0,
    summary = "a sender, three receivers and a bystander on a snooping switch",
    description = "Runs a built-in scenario for IPv4 and IPv6, draws its network and shows who "
      .. "got what, and when.",
  },
  {
    name = "version",
    most_arguments = 0,
    summary = "print the version",
    description = "With -v also the versions of Lua, libuv and the kernel.",
  },
  {
    name = "help",
    arguments = "[COMMAND]",
    most_arguments = 1,
    summary = "explain a command",
    description = "The same as 'mcast-harness COMMAND --help'.",
  },
}

local options = {
  {
    name = "filter", short = "k", value = "TEXT", type = "text", many = true,
    commands = { "run", "list" },
    help = "only scenarios whose id contains TEXT, or matches it as a Lua pattern; upper and "
      .. "lower case are the same; several: any of them",
  },
  {
    name = "tag", value = "TAG", type = "text", many = true, commands = { "run", "list" },
    help = "only scenarios with this tag; '!TAG': only those without it; several: all of them",
  },
  {
    name = "param", value = "NAME=VALUE", type = "assignment", many = true,
    commands = { "run", "list" },
    help = "set a parameter that a scenario file declares",
  },
  {
    name = "topology", value = "FILE", type = "text", commands = { "run" },
    help = "run the scenarios on the topology that FILE returns",
  },
  {
    name = "timeout", value = "SECONDS", type = "seconds", commands = { "run" },
    help = "end the whole run after this time, with exit status 124",
  },
  {
    name = "scenario-timeout", value = "SECONDS", type = "seconds", commands = { "run" },
    help = "time for each scenario that sets none itself (30)",
  },
  {
    name = "jobs", short = "j", value = "N", type = "count", commands = { "run" },
    help = "scenarios that run at the same time (the number of processors)",
  },
  {
    name = "exit-first", short = "x", commands = { "run" },
    help = "start nothing more after the first scenario that did not pass",
  },
  {
    name = "repeat", value = "N", type = "count", commands = { "run" },
    help = "run each scenario N times",
  },
  {
    name = "retries", value = "N", type = "whole", commands = { "run" },
    help = "run a scenario that failed up to N times more (what the scenario says, or 0)",
  },
  {
    name = "seed", value = "N", type = "whole", commands = { "run", "demo" },
    help = "seed of everything random, as a report names it",
  },
  {
    name = "report", value = "KIND[=FILE]", type = "report", many = true, commands = { "run" },
    choices = { "console", "tap", "junit", "jsonl" },
    help = "console, tap, junit or jsonl, to standard output or to FILE; several at once, one of "
      .. "them on standard output",
  },
  {
    name = "json", commands = { "list" },
    help = "print one JSON document",
  },
  {
    name = "verbose", short = "v", commands = { "run", "list", "demo", "version" },
    help = "more: steps, claims and logs of scenarios that passed; of list, parameters; of "
      .. "version, those of Lua, libuv and the kernel",
  },
  {
    name = "quiet", short = "q", commands = { "run", "list", "demo" },
    help = "only what did not pass, and the count; of list, only ids",
  },
  {
    name = "color", value = "WHEN", type = "choice", choices = { "auto", "always", "never" },
    commands = { "run", "list", "demo", "help" },
    help = "auto, always or never (auto: as NO_COLOR, FORCE_COLOR, CLICOLOR and the terminal say)",
  },
  {
    name = "help", short = "h", commands = { "run", "list", "demo", "version", "help" },
    help = "explain the command",
  },
}

local exit_codes = {
  { "0", "all passed" },
  { "1", "a scenario failed or broke" },
  { "2", "usage; a file that does not load; a report that cannot be opened" },
  { "3", "nothing failed, but something was inconclusive, or the harness itself erred" },
  { "4", "everything selected was skipped" },
  { "5", "nothing was selected" },
  { "124", "the run's time was up" },
  { "128+n", "ended by signal n, after clean-up" },
}

--- Is it one of the commands that take an option, of its choices?
---@param list string[]
---@param value string
---@return boolean
local function has(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

return { commands = commands, options = options, exit_codes = exit_codes, has = has }
