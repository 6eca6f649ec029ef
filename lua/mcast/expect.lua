--- expect(x):claim(...): finds the claim for what x is, settles it, and records the verdict.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local show = require "mcast.show"
local words = require "mcast.words"

local expect = {}

-- Modules of claims by kind of subject; each is loaded when the first such claim is made.
local claims_about = { datagram = "mcast.claims.sent", acks = "mcast.claims.sent",
  receiver = "mcast.claims.receiver", host = "mcast.claims.host", router = "mcast.claims.router",
  switch = "mcast.claims.switch", observer = "mcast.claims.observer",
  injection = "mcast.claims.injection", capture = "mcast.claims.capture",
  process = "mcast.claims.process", flow = "mcast.claims.flow",
  measurement = "mcast.claims.measurement", throughput = "mcast.claims.throughput",
  trial = "mcast.claims.trial" }

local function kind_of(subject)
  local definition = class.of(subject)
  return definition and definition.name or type(subject)
end

local function find(subject, name)
  local module = claims_about[kind_of(subject)]
  local claim = module and require(module)[name]
  if name ~= "read" and name ~= "heard_by_receivers" and claim then return claim end
  return require("mcast.claims.value")[name]
end

local function known_claims(subject)
  local known = {}
  local module = claims_about[kind_of(subject)]
  for _, claims in ipairs { module and require(module) or {}, require "mcast.claims.value" } do
    for name in pairs(claims) do known[name] = true end
  end
  known.read, known.heard_by_receivers = nil, nil
  if type(subject) ~= "function" then known.raises = nil end
  return words.keys(known)
end

local function refuse(subject, name)
  local known = known_claims(subject)
  errors.usage("expect(%s): there is no claim '%s'%s (known: %s)", kind_of(subject), tostring(name),
    words.meant(tostring(name), known), words.list(known, "and", 30))
end

--- @class mcast.Expectation
---@field run mcast.Run|false
---@field boxed {[1]: any} the subject, which may be nil
---@field settled fun(verdict: mcast.Verdict): any
---@field noted mcast.NotedExpectation|false
local Expectation = {}

--- "reaches{a, b}": the claim as it was written, nearly.
local function written(name, arguments)
  local shown = {}
  for i = 1, arguments.n do shown[i] = show.value(arguments[i]) end
  return ("%s(%s)"):format(name, table.concat(shown, ", "))
end

-- A forgotten argument is not nil.
local needs_argument = { equals = true, contains = true }

local function settle(self, name, claim, arguments)
  local subject = self.boxed[1]
  if kind_of(subject) == "acks" and claims_about.acks and require(claims_about.acks)[name] then
    subject = subject.sent
  end
  if self.noted then self.noted.claim = name end
  if needs_argument[name] and arguments.n == 0 then
    errors.usage("expect(value):%s: value: missing", name)
  end
  if self.run then self.run:await_ready() end
  local verdict = claim(subject, arguments[1], arguments[2], self.run)
  verdict.claim = written(name, arguments)
  if self.noted then self.run.claimed:settle(self.noted) end
  return self.settled(verdict)
end

function Expectation.__index(self, name)
  local claim = type(name) == "string" and find(self.boxed[1], name)
  if not claim then refuse(self.boxed[1], name) end
  return function(expectation, ...)
    if expectation ~= self then
      errors.usage("expect(x).%s(...): write expect(x):%s(...), with a colon", name, name)
    end
    return settle(self, name, claim, table.pack(...))
  end
end

--- `self` has no field but what it was made with.
local function expectation(run, subject, settled, noted)
  return setmetatable({ run = run or false, boxed = { subject }, settled = settled,
    noted = noted or false }, Expectation)
end

-- ---- recording ------------------------------------------------------------------------------

-- What stands for something that was sent, and what was.
local stands_for = { acks = "sent", measurement = "flow" }
local is_sent = { datagram = true, flow = true, injection = true }

--- Captures that are saved tell it at the packet (mcast.capture_comments).
local function note_claim(run, subject, verdict, position)
  local field = stands_for[kind_of(subject)]
  if field then subject = subject[field] end
  local kind = kind_of(subject)
  if not is_sent[kind] then subject = verdict.heard end
  if not subject then return end
  table.insert(run.claims_about_sent,
    { subject = subject, kind = kind, verdict = verdict, position = position })
end

local function record(run, subject, verdict, soft)
  local file, line = errors.user_location()
  local position = file and ("%s:%d"):format(file, line)
  run.claimed:add(file, line)
  note_claim(run, subject, verdict, position)
  run:tell_sends()
  run:emit("claim", { ok = verdict.ok, inconclusive = verdict.inconclusive, soft = soft,
    subject = verdict.subject, claim = verdict.claim, expected = verdict.expected,
    seen = verdict.seen, message = verdict.message, details = verdict.details,
    file = file, line = line,
    table = not verdict.ok and verdict.table and core.array(verdict.table) or nil })
  if verdict.ok then return true end
  local outcome = verdict.inconclusive and "inconclusive" or "failed"
  run:tell_timeline(verdict.hosts)
  run:problem(outcome, verdict.message, position, soft)
  if not soft then errors.stop(outcome, verdict.message) end
  return false
end

--- The word `expect` of a scenario file.
---@param current fun(): mcast.Run raises where no scenario runs
function expect.word(current)
  local word = {}
  local function expect_(soft, subject)
    local run = current()
    if rawequal(subject, word) then
      errors.usage("expect:soft(x): write expect.soft(x), with a dot")
    end
    local noted = run.claimed:begin(subject)
    return expectation(run, subject, function(verdict)
      return record(run, subject, verdict, soft)
    end, noted)
  end
  function word.soft(subject) return expect_(true, subject) end
  return setmetatable(word, {
    __call = function(_, subject) return expect_(false, subject) end,
    __index = function(_, name)
      errors.usage("expect has no '%s'%s", tostring(name), words.suggest(name, { "soft" }))
    end,
  })
end

--- expect.try(x):claim(...) returns the verdict and records nothing: how claims are tested.
---@param subject any
---@param run mcast.Run|nil
function expect.try(subject, run)
  return expectation(run, subject, function(verdict) return verdict end)
end

return expect
