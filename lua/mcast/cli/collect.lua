--- Asks each file what it has: one child per file, because loading a file runs it.

local core = require "mcast.core"
local supervisor = require "mcast.supervisor"
local line = require "mcast.cli.told"

local collect = {}

local TIME_LIMIT = 10 -- seconds for a file to declare its scenarios, which its child guards itself
local GRACE = 5 -- seconds beyond that until it is killed
local MEMORY_LIMIT = 256 * 1024 * 1024

---@class cli.Collection
---@field target cli.Target
---@field ok boolean
---@field message string|nil
---@field scenarios table[]
---@field params table[]
---@field child integer|nil   that stays, to run one of the scenarios
---@field logs table[]|nil     what that child has logged while it loaded the file

--- A file alone is likely to be run at once: then its child stays, to run one of its scenarios.
local function start(target, job)
  return supervisor.start(core.json_encode {
    mode = "collect",
    file = target.file,
    path = target.path,
    builtin = target.builtin,
    params = job.params,
    topology = job.topology,
    topology_name = job.topology_name,
    timeout = job.timeout,
    memory_limit = MEMORY_LIMIT,
    seed = job.seed or 0,
    attempt = 1,
    verbose = job.verbose or false,
  }, job.stay and "network" or "process", job.stay)
end

local function why_it_died(event, entry)
  local output = table.concat(entry.output)
  local stuck = entry.stuck
  if stuck then
    local position = stuck.file and ("%s:%d"):format(stuck.file, stuck.line) or entry.target.file
    return ("%s: %s"):format(position, stuck.message)
  end
  if entry.late then
    return ("%s: did not finish loading within %d s"):format(entry.target.file, TIME_LIMIT)
  end
  local how = event.signal and "crashed: " .. event.signal
    or ("ended with status %d"):format(event.status)
  return ("%s: %s while it was loaded%s"):format(
    entry.target.file, how, output ~= "" and "\n" .. output or "")
end

local function finish(entry, result)
  result.target = entry.target
  result.scenarios = result.scenarios or {}
  result.params = result.params or {}
  return result
end

local handlers = {}

function handlers.line(entry, event, job)
  local told = line.event(event.text)
  if not told then return end
  if told.event == "log" then table.insert(entry.logs, told) end
  if told.event == "stuck" then entry.stuck = told end
  if told.event ~= "collected" then return end
  entry.result = told
  if not job.stay then return end
  told.child, told.logs = event.child, entry.logs
  return finish(entry, told)
end

function handlers.output(entry, event)
  table.insert(entry.output, event.text)
  table.insert(entry.logs, { event = "log", stream = "stdout", text = event.text })
end

function handlers.exit(entry, event)
  local result = entry.result
  if not result or event.signal then
    result = { ok = false, message = why_it_died(event, entry) }
  end
  return finish(entry, result)
end

local function kill_late(running)
  for child, entry in pairs(running) do
    if not entry.late and core.now() >= entry.deadline then
      entry.late = true
      supervisor.kill(child, "KILL")
    end
  end
end

---@class cli.Signal raised when one comes while files are collected
local function interrupted(event)
  error({ message = "interrupted by " .. event.name, signal = event.number }, 0)
end

local function new_entry(target, position)
  return { target = target, position = position, output = {}, logs = {},
    deadline = core.now() + TIME_LIMIT + GRACE }
end

---@param list cli.Target[]
---@param job table  `params`, `topology`, `topology_name`, `timeout`, `seed`, `verbose` as in Job; `jobs`: how many
--- at once; `stay`: the children stay, to run one scenario each; `meanwhile`: what to do while
--- they are busy
---@return cli.Collection[] in the order of the targets
function collect.all(list, job)
  local results, running, count, next_target = {}, {}, 0, 1
  local function start_what_fits()
    while next_target <= #list and count < job.jobs do
      running[start(list[next_target], job)] = new_entry(list[next_target], next_target)
      next_target, count = next_target + 1, count + 1
    end
  end
  local function take(event)
    local entry = running[event.child]
    local result = entry and handlers[event.kind](entry, event, job)
    if not result then return end
    results[entry.position] = result
    running[event.child], count = nil, count - 1
  end

  start_what_fits()
  if job.meanwhile then job.meanwhile() end
  while count > 0 do
    local event = supervisor.wait(1)
    if event and event.kind == "signal" then interrupted(event) end
    if event then take(event) end
    kill_late(running)
    start_what_fits()
  end
  return results
end

return collect
