--- A program that runs on a host: started, awaited, read, stopped.
local core = require "mcast.core"
local class = require "mcast.class"
local command = require "mcast.command"
local errors = require "mcast.errors"
local expect = require "mcast.expect"
local fault = require "mcast.fault"
local options = require "mcast.options"
local pause = require "mcast.pause"
local row = require "mcast.row"
local types = require "mcast.types"

local process = {}

local stop_grace = 2      -- seconds from SIGTERM to SIGKILL
local last_grace = 1      -- the same at the end of a scenario, for all of its programs together
local told_bytes = 4096   -- of a program's output, in the report of a scenario that did not pass

---@class mcast.Process
---@field host mcast.Host
---@field name string of the program
---@field pid integer
local Process = class.define("process")
process.class = Process

function Process.metatable.__tostring(self)
  return ("process '%s' on host '%s'"):format(self.name, self.host.name)
end

-- ---- starting -------------------------------------------------------------------------------

local function in_short(line)
  line = line:gsub("%s+", " ")
  return #line <= 100 and line or line:sub(1, 97) .. "..."
end

local function launch(host, where, given, spec)
  local plan, wanted = command.read(host, where, given, spec)
  pause.refuse(host, where)
  local stack, run = host:_get_stack(), host.network._run
  plan.mounts = host:_get_mounts()
  run:await_ready() -- a foreign sender, too, meets receivers that are ready
  local raw = errors.on_host(host.name, core.process, stack.netns, plan)
  local self = class.new(Process, { host = host, name = plan.arguments[1]:match("[^/]*$"),
    pid = raw:pid(), _raw = raw, _line = in_short(table.concat(plan.arguments, " ")),
    _started_at = core.now(), _end = false, _told = false })
  table.insert(host._processes, self)
  run:opened { close = function() self:_finish() end }
  return self, wanted
end

---@param host mcast.Host
---@param given table
---@return mcast.Process
function process.start(host, given)
  return (launch(host, "host:start", given, command.option_types))
end

-- ---- how it is ------------------------------------------------------------------------------

--- {time, status | nil, signal | nil} once it has ended.
function Process.methods._ended(self)
  if not self._end and self._raw then self._end = self._raw:ended() or false end
  return self._end
end

--- "ended with 1", in sentences and in the timeline.
---@return string
function Process.methods._state(self)
  local ended = self:_ended()
  if not ended then return "is running" end
  return ended.status and ("ended with %d"):format(ended.status)
    or ("was ended by %s"):format(ended.signal)
end

--- The state is that of the loop's last turn: what lies waiting is read first.
local function look(self)
  if not self:_ended() then core.sleep(0) end
  return self:_ended()
end

function Process.properties.running(self) return not self:_ended() end

--- nil while it runs, and when a signal ended it.
function Process.properties.status(self)
  local ended = self:_ended()
  return ended and ended.status or nil
end

--- "SIGKILL", when one ended it.
function Process.properties.signal(self)
  local ended = self:_ended()
  return ended and ended.signal or nil
end

local function read(self, which)
  return self._raw and self._raw:output(which) or self._told or ""
end

function Process.properties.stdout(self) return read(self, "stdout") end
function Process.properties.stderr(self) return read(self, "stderr") end

--- What it wrote until now to standard output and error, in the order in which it came.
---@return string
function Process.methods.output(self)
  look(self)
  return read(self, "both")
end

local result_row = row.kind("the result of a program",
  { "status", "signal", "stdout", "stderr" })

local function result(self)
  return result_row { status = self.status, signal = self.signal, stdout = self.stdout,
    stderr = self.stderr }
end

--- Parks until it wrote something or ended, at most that long.
---@param within number seconds
function Process.methods._await_change(self, within)
  if self._raw then self._raw:changed():wait(within) end
end

-- ---- waiting --------------------------------------------------------------------------------

--- Parks until `is_so()`; false when `within` seconds are over. nil: until the scenario's deadline.
local function await(self, is_so, within)
  local deadline = within and core.now() + within
  while not is_so() do
    local left = deadline and deadline - core.now()
    if left and left <= 0 then
      core.sleep(0)
      return is_so()
    end
    if not self._raw then return false end
    self._raw:changed():wait(left)
  end
  return true
end

local function await_end(self, within)
  return await(self, function() return self:_ended() end, within)
end

local wait_types = { within = types.seconds }

--- Waits for its end.
---@param given {within: number?}|nil
---@return mcast.ProcessResult|nil result, "timeout"|nil
function Process.methods.wait(self, given)
  local wanted = options.check("process:wait", given, wait_types)
  if not await_end(self, wanted.within) then return nil, "timeout" end
  return result(self)
end

local function captures(is_pattern, ...)
  if is_pattern then return ... end
  return nil
end

--- What its output gives back when it has the text, or matches it as a Lua pattern.
---@return string|nil ...
function Process.methods._captures(self, wanted)
  local text = read(self, "both")
  if text:find(wanted, 1, true) then return wanted end
  return captures(pcall(string.match, text, wanted)) -- "100%" is no pattern
end

--- For claims: waits until the output is as wanted, or nothing more can come.
---@return boolean
function Process.methods._await_output(self, wanted, within)
  local found = false
  await(self, function()
    local is_over = not self._raw or self._raw:is_over()
    found = self:_captures(wanted) ~= nil
    return found or is_over
  end, within)
  return found
end

--- The claim expect(process):outputs(pattern); returns what the pattern captures.
---@param pattern string text, or a Lua pattern
---@param timing {within: number?}|nil
---@return string ...
function Process.methods.expect_output(self, pattern, timing)
  local run = self.host.network._run
  expect.word(function() return run end)(self):outputs(pattern, timing)
  return self:_captures(pattern)
end

-- ---- ending ---------------------------------------------------------------------------------

local function signal_type(value)
  local names = core.signals()
  if math.type(value) == "integer" and value > 0 and value < 65 then return value end
  local full = type(value) == "string" and "SIG" .. value:upper():gsub("^SIG", "")
  for _, name in ipairs(names) do
    if name == full then return full end
  end
  return nil, "the name of a signal: \"TERM\", \"KILL\", \"HUP\", \"USR1\", ..."
end

local function send_signal(self, name)
  if self._raw then errors.on_host(self.host.name, self._raw.kill, self._raw, name) end
end

--- Sends a signal to it and to its children; one that has ended is left alone.
---@param signal string|nil "KILL"
function Process.methods.kill(self, signal)
  local name = options.optional("process:kill", "signal", signal, signal_type) or "SIGKILL"
  if not self._raw or look(self) then return end
  fault.tell(self.host, "kill", "sent %s to %s (process %d)", tostring(name), self.name, self.pid)
  send_signal(self, name)
end

local function stop(self, grace)
  if not self:_ended() then send_signal(self, "SIGTERM") end
  if not await_end(self, grace) then
    send_signal(self, "SIGKILL")
    await_end(self)
  end
end

--- Asks it to end (SIGTERM), and ends it when it does not within 2 s.
---@param given {within: number?}|nil
---@return mcast.ProcessResult
function Process.methods.stop(self, given)
  local wanted = options.check("process:stop", given, wait_types)
  stop(self, wanted.within or stop_grace)
  return result(self)
end

--- A task that is cancelled cannot wait.
function Process.metatable.__close(self)
  if not pcall(stop, self, stop_grace) and self._raw then self._raw:kill("SIGKILL") end
end

local function tell_output(self, run)
  local outcome = run:verdict()
  if outcome == "passed" or outcome == "skipped" or self._told == "" then return end
  run:log(("output of %s (process %d, %s):\n%s"):format(tostring(self), self.pid, self:_state(),
    self._told), "log")
end

--- Its last words stay; what C holds for it goes.
local function release(self)
  local output = read(self, "both")
  self._told = #output <= told_bytes and output
    or ("(%d bytes before)\n%s"):format(#output - told_bytes, output:sub(-told_bytes))
  self._raw:close()
  self._raw = false
end

--- At the end of the scenario.
function Process.methods._finish(self)
  local run = self.host.network._run
  if self._raw then
    local now = core.now()
    run.programs_end_at = run.programs_end_at or now + last_grace
    pcall(stop, self, math.max(0, run.programs_end_at - now))
    self:_ended()
    release(self)
  end
  tell_output(self, run)
end

-- ---- the library's own ----------------------------------------------------------------------

--- Runs a program of which no report tells: a question to a daemon.
---@param host mcast.Host
---@param arguments string[]
---@param input string|nil
---@return mcast.ProcessResult
function process.query(host, arguments, input)
  local raw <close> = errors.on_host(host.name, core.process, host:_get_stack().netns,
    { arguments = arguments, environment = {}, input = input, mounts = host:_get_mounts() })
  while not raw:ended() do raw:changed():wait() end
  local ended = raw:ended()
  local found = { status = ended.status, signal = ended.signal, stdout = raw:output("stdout"),
    stderr = raw:output("stderr") }
  raw:close()
  return found
end

-- ---- to the end -----------------------------------------------------------------------------

---@param host mcast.Host
---@param given table
---@return mcast.ProcessResult|nil result, "timeout"|nil
function process.run(host, given)
  local self, wanted = launch(host, "host:run", given, command.run_option_types)
  -- One of C, which no deadline interrupts: kills it when an error or a cancelled task ends this.
  local guard <close> = self._raw -- luacheck: ignore 211
  if not await_end(self, wanted.timeout or wanted.within) then
    send_signal(self, "SIGKILL")
    await_end(self)
    return nil, "timeout"
  end
  local found = result(self)
  -- What it left in the background may go on writing.
  if self._raw:is_over() then release(self) end
  return found
end

return process
