---@meta
--- Between the supervisor (parent process) and a scenario's process (child). Internal.
---
--- The child is forked by src/app, enters its sandbox, makes a fresh Lua state, and calls
--- `require("mcast.runner").main(job_json)` as its first task; it returns 0. The child's standard
--- output and error go to the supervisor through a pipe of their own; standard input is /dev/null.
--- What the child has to say are events: one JSON object per line through core.emit(), each with
--- `event` and `time` (core.now(); the supervisor subtracts the run's start before reporters see it).

---@class Job
---@field mode "collect"|"run"
---@field file string         as the user wrote it: this is what ids and reports show
---@field path string         absolute path of it
---@field builtin string|nil  module whose source is the scenario file instead (the demo: "mcast.demo")
---@field scenario string|nil  mode run: name of the scenario as collect listed it
---@field digest string|nil    mode run: as collect listed it
---@field params table<string,string>
---@field topology string|nil  absolute path of --topology FILE
---@field topology_name string|nil  FILE as the user wrote it
---@field timeout number|nil   overrides the scenarios' own default of 30 s (--scenario-timeout)
---@field memory_limit integer bytes
---@field seed integer
---@field attempt integer     1.. (retries and --repeat)
---@field verbose boolean

--- mode "collect" emits exactly one event, and nothing in it touches the network:
---@class CollectedEvent
---@field event "collected"
---@field ok boolean
---@field message string|nil   ok false: why the file does not load, "file.lua:3: ..."
---@field scenarios {number: integer, id: string, name: string, digest: string|nil, line: integer, places: integer[][], tags: string[], timeout: number, retries: integer}[]
---@field params {name: string, default: any, type: string, description: string|nil}[]
--- `each` is already unrolled: one entry per element, name "name [element]", id "file::name [element]".
--- An element without a name is called by its place and has a `digest`, what a reader sees of it.
--- `line` is the line of the `scenario(` call, `places` are the first and last lines of all that belongs to it.

--- mode "run" emits scenario_begin first and scenario_end last, and in between what docs/events.md
--- lists: network, step, log, claim, error, timeline, attach.
---@class ScenarioEndEvent
---@field event "scenario_end"
---@field id string
---@field file string
---@field name string
---@field outcome "passed"|"failed"|"broken"|"inconclusive"|"skipped"
---@field message string|nil   why, one sentence; for failed: of the first claim that did not hold
---@field location string|nil  "file.lua:12" where it happened
---@field duration number
---@field seed integer|nil     the run's, where the scenario drew from it
--- If the child dies without scenario_end, the supervisor makes one: outcome "broken".

--- Either mode, the last word of a child that did not notice that its time was over (src/app/last_words.h);
--- once without the place, and then with it where it is known.
---@class StuckEvent
---@field event "stuck"
---@field message string  as core.deadline() was given it
---@field file string|nil
---@field line integer|nil

--- C module `mcast.supervisor`, in the parent only (src/app/supervisor.c):
local supervisor = {}
--- Forks a child in its sandbox that runs the job. Raises an error object when it cannot (with the
--- hint which capability is missing).
---@param job_json string
---@param walls "network"|"process"|nil  "process": no namespaces, no privilege needed (mode collect)
---@param takes_another_job boolean|nil it may be sent one more job, see send()
---@return integer child a number of its own, never reused
function supervisor.start(job_json) end
--- The other job of such a child, in the same Lua state: mode "run" after mode "collect", of the
--- same file and with the same parameters. false: it has ended meanwhile.
---@param child integer
---@param job_json string
---@return boolean
function supervisor.send(child, job_json) end
--- The next thing that happens, or nil, "timeout".
---@param timeout number|nil seconds
---@return {kind: "line", child: integer, text: string}|{kind: "output", child: integer, text: string}|{kind: "exit", child: integer, status: integer|nil, signal: string|nil}|{kind: "signal", name: string, number: integer}
function supervisor.wait(timeout) end
--- "exit" comes after every line and all output of that child were delivered.
---@param signal "TERM"|"KILL"
function supervisor.kill(child, signal) end
---@return {fd1_tty: boolean, fd2_tty: boolean, columns: integer|nil}
function supervisor.terminal() end
function supervisor.write(text) end        --- to standard output; raises EPIPE etc.
function supervisor.write_error(text) end  --- to standard error
---@return integer
function supervisor.processors() end
---@return {harness: string, lua: string, libuv: string, kernel: string}
function supervisor.versions() end
--- How to call the program again: "mcast-harness", or the path by which it was called.
supervisor.program = ""
---@type string[] the command line without the program's name
supervisor.arguments = {}
