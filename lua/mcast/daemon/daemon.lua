--- A routing daemon that the library started and awaited: one program, or several that belong
--- together.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local host = require "mcast.host"
local options = require "mcast.options"
local process = require "mcast.process"
local show = require "mcast.show"
local types = require "mcast.types"

local daemon = {}

local told_lines = 12   -- of what a daemon wrote, in an error
local poll_seconds = 0.01
local default_within = 10

---@class mcast.Daemon
---@field name string
---@field router mcast.Router
---@field processes mcast.Process[]
local Daemon = class.define("daemon")
daemon.class = Daemon

function Daemon.metatable.__tostring(self)
  return ("%s on router '%s'"):format(self.name, self.router.name)
end

---@param router mcast.Router
---@param name string "smcroute"
---@param ask fun(...): mcast.ProcessResult a question to it, as Daemon:command() has it
---@param neighbors nil|fun(self): string[][] the addresses of its PIM neighbours, of each family
---@return mcast.Daemon
function daemon.new(router, name, ask, neighbors)
  return class.new(Daemon, { name = name, router = router, processes = {}, _ask = ask,
    _list_neighbors = neighbors or false })
end

-- ---- what it says ---------------------------------------------------------------------------

local function last_lines(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do lines[#lines + 1] = line end
  return table.concat(lines, "\n", math.max(1, #lines - told_lines + 1))
end

--- What all of its programs wrote until now.
---@return string
function Daemon.methods.output(self)
  local parts = {}
  for i, one in ipairs(self.processes) do parts[i] = one:output() end
  return table.concat(parts)
end

--- An error that has the daemon's own words.
---@param code string
---@param message string "does not take its configuration"
---@param said string
---@param hint string|nil
function Daemon.methods._refuse(self, code, message, said, hint)
  said = last_lines(said)
  errors.raise { code = code, operation = "start " .. self.name, host = self.router.name,
    message = ("%s %s%s"):format(self.name, message, said ~= "" and ":\n" .. said or ""),
    hint = hint }
end

--- Asks the daemon, by its own tool, and returns what that wrote.
---@param ... string|number
---@return string
function Daemon.methods.command(self, ...)
  local words = { ... }
  for i, word in ipairs(words) do
    words[i] = tostring(options.argument("daemon:command", ("argument %d"):format(i), word,
      types.any_of(types.string, types.number(-math.huge))))
  end
  local found = self._ask(table.unpack(words))
  local said = found.stdout .. found.stderr
  if found.status ~= 0 then self:_refuse("EINVAL", "refuses a command", said) end
  return found.stdout
end

--- The same for an answer in JSON.
---@param ... string|number
---@return any
function Daemon.methods.json(self, ...)
  local text = self:command(...)
  local ok, decoded = pcall(core.json_decode, text)
  if not ok then
    errors.usage("daemon:json: the answer of %s is no JSON: %s", tostring(self),
      show.text(text, 60))
  end
  return decoded
end

-- ---- its neighbours -------------------------------------------------------------------------

local function has_any(router, addresses)
  for _, address in ipairs(addresses) do
    if router:_has_address(address) then return true end
  end
  return false
end

local function first_missing(self, routers)
  for _, addresses in ipairs(self:_list_neighbors()) do
    for _, router in ipairs(routers) do
      if not has_any(router, addresses) then return router end
    end
  end
  return nil
end

--- Waits until it has these routers as PIM neighbours, in each family that it speaks PIM in.
---@param routers mcast.Host[]|mcast.Host
---@param timing {within: number?}|nil 10 s
function Daemon.methods.await_neighbors(self, routers, timing)
  local where = "daemon:await_neighbors"
  local wanted = options.check(where, timing, { within = types.seconds })
  if not self._list_neighbors then
    errors.usage("%s: %s does not speak PIM", where, tostring(self))
  end
  local list = host.list(where, routers, self.router.network)
  self:_await(function()
    local missing = first_missing(self, list)
    return missing and ("%s is no PIM neighbour"):format(tostring(missing))
  end, wanted.within or default_within)
end

-- ---- starting -------------------------------------------------------------------------------

---@param command table as host:start takes it
function Daemon.methods._start(self, command)
  table.insert(self.processes, process.start(self.router, command))
end

function Daemon.properties.running(self)
  for _, one in ipairs(self.processes) do
    if not one.running then return false end
  end
  return #self.processes > 0
end

local function refuse_ended(self)
  for _, one in ipairs(self.processes) do
    if not one.running then
      self:_refuse("ECHILD", ("did not stay: %s %s"):format(one.name, one:_state()), one:output())
    end
  end
end

--- Waits until it is ready, by what the kernel and the daemon say. One that ends instead, or takes
--- longer than `within`, is an error with its last words.
---@param look fun(): string|nil what is still missing; nil: it is ready
---@param within number seconds
function Daemon.methods._await(self, look, within)
  local deadline = core.now() + within
  while true do
    local missing = look()
    if not self.running then
      look() -- now that all of what it wrote is there
      refuse_ended(self)
    end
    if not missing then return end
    if core.now() >= deadline then
      self:_refuse("ETIMEDOUT", ("is not ready within %g s: %s"):format(within, missing),
        self:output())
    end
    self.processes[#self.processes]:_await_change(poll_seconds)
  end
end

-- ---- ending ---------------------------------------------------------------------------------

local stop_types = { within = types.seconds }

--- SIGTERM to all of its programs, last one first; SIGKILL for those that take longer than 2 s.
---@param given {within: number?}|nil
function Daemon.methods.stop(self, given)
  options.check("daemon:stop", given, stop_types)
  for i = #self.processes, 1, -1 do self.processes[i]:stop(given) end
end

--- Kills all of its programs, as a crash would. The kernel forgets their routes; nobody on the
--- network is told.
function Daemon.methods.kill(self)
  for _, one in ipairs(self.processes) do one:kill() end
  for _, one in ipairs(self.processes) do one:wait() end
end

return daemon
