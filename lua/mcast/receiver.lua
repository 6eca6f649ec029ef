--- A receiver: opens, binds, joins and answers. It is ready before anything can tell that it was
--- not (mcast.readiness).
local core = require "mcast.core"
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local losses = require "mcast.losses"
local membership_limit = require "mcast.membership_limit"
local joining = require "mcast.joining"
local options = require "mcast.options"
local pause = require "mcast.pause"
local row = require "mcast.row"
local socket = require "mcast.socket"
local tasks = require "mcast.tasks"
local types = require "mcast.types"

local receiver = {}

---@class mcast.Receiver
---@field host mcast.Host
---@field port integer
---@field family "ipv4"|"ipv6"
local Receiver = class.define("receiver")
receiver.class = Receiver

function Receiver.metatable.__tostring(self)
  local groups = #self.groups > 0 and table.concat(self.groups, ", ") .. " " or ""
  return ("receiver on host '%s' (%sport %d)"):format(self.host.name, groups, self.port)
end

function Receiver.instead(_, word)
  return word == "groups" and "receiver:join and receiver:leave change them"
end

-- ---- options --------------------------------------------------------------------------------

local function string_or_function(value)
  if type(value) ~= "string" and type(value) ~= "function" then
    return nil, "a string, or a function that returns one"
  end
  return value
end

local open_types = {
  group = types.group, groups = types.list_of(types.group), port = types.port,
  source = types.unicast, sources = types.list_of(types.unicast),
  exclude = types.any_of(types.list_of(types.unicast), types.unicast),
  interface = types.any, interfaces = types.list_of(types.any),
  bind = types.one_of { "any", "group" },
  reply = string_or_function, ready = types.boolean, receive_buffer = types.integer(1, 0x7fffffff),
  family = types.family,
}

--- Groups, sources and family out of the options, in one form.
local function read(where, given)
  local wanted = options.check(where, given, open_types)
  joining.read(where, wanted)
  wanted.family = wanted.family or wanted.groups[1] and address.family(wanted.groups[1]) or "ipv4"
  joining.check_families(where, wanted, wanted.family)
  return wanted
end

local function check_together(where, wanted)
  if #wanted.sources > 0 and #wanted.exclude > 0 then
    errors.usage("%s: sources and exclude: a membership includes sources or excludes some", where)
  end
  if #wanted.groups == 0 and (#wanted.sources > 0 or #wanted.exclude > 0) then
    errors.usage("%s: group: missing; sources belong to a group", where)
  end
  if wanted.bind == "group" and #wanted.groups ~= 1 then
    errors.usage("%s: bind: \"group\" needs exactly one group, got %d", where, #wanted.groups)
  end
end

--- Notes where it joined, and what the switches have yet to learn.
local function note(self, memberships, is_awaited)
  for _, membership in ipairs(memberships) do self._joined_on[membership.interface] = true end
  if is_awaited then self.host.network._pending:expect(self, memberships) end
end

-- ---- replies --------------------------------------------------------------------------------

--- Answers with what the function returns, one message after the other, in a task of its own.
local function serve(self, reply)
  while not self._closed do
    local endpoint = self._endpoint
    while self._served < endpoint:count() do
      local number = self._served + 1
      local text = reply(self:_message(number))
      self._served = number
      if text ~= nil then
        options.argument("receiver: reply", "what it returned", text, types.string)
        if not self._closed then
          errors.on_host(self.host.name, endpoint.reply, endpoint, number, text)
        end
      end
    end
    local ok, problem = pcall(self._await_change, self)
    if not ok and not self._closed then error(problem, 0) end
  end
end

-- ---- opening --------------------------------------------------------------------------------

--- How many memberships that makes.
local function wanted_count(wanted)
  return #wanted.groups * math.max(1, #wanted.interfaces)
end

local function open_endpoint(self, stack, where, wanted)
  return socket.prepared(stack, wanted.family, function(raw)
    -- As every multicast program does; with port 0 it could be given a port in use.
    if wanted.port and wanted.port ~= 0 then raw:set("reuse_addr", true) end
    if wanted.receive_buffer then raw:set("receive_buffer", wanted.receive_buffer) end
    local _, port = raw:bind(wanted.bind == "group" and wanted.groups[1] or nil, wanted.port or 0)
    class.set(self, "port", port)
    membership_limit.prepare(raw, stack.host, wanted_count(wanted))
    local memberships = joining.join(raw, stack, where, wanted)
    local fixed = type(wanted.reply) == "string" and wanted.reply or nil
    return core.endpoint(raw, { reply = fixed }), memberships
  end)
end

---@param host mcast.Host
---@param given table
---@return mcast.Receiver
function receiver.open(host, given)
  local where = "host:receiver"
  local wanted = read(where, given)
  check_together(where, wanted)
  pause.refuse(host, where)
  local stack, network = host:_get_stack(), host.network
  membership_limit.raise(host, wanted.family, wanted_count(wanted))
  local self = class.new(Receiver, { host = host, port = 0, family = wanted.family,
    groups = wanted.groups, _reply = wanted.reply or false, _closed = false, _since = 0,
    _read = 0, _served = 0, _opened_at = core.now(), _cleared_at = core.now(), _closed_at = false,
    _probes_since = 0, _own_buffer = wanted.receive_buffer ~= nil,
    _opened_groups = wanted.groups, _calls = {},
    _losses = losses.log(stack), _socket = false, _joined_on = {} })
  local endpoint, memberships = open_endpoint(self, stack, where, wanted)
  self._endpoint = endpoint
  table.insert(host._receivers, self)
  table.insert(network._receivers, self)
  host.network._run:opened(self)
  if #network._flows > 0 then require("mcast.stream").welcome(self) end
  network._memberships_changed:signal()
  note(self, memberships, wanted.ready ~= false)
  if type(wanted.reply) == "function" then tasks.serve(network._run, serve, self, wanted.reply) end
  return self
end

-- ---- words ----------------------------------------------------------------------------------

local function check_open(self, word)
  if self._closed then errors.usage("receiver:%s: the receiver is closed", word) end
end

function Receiver.properties.socket(self)
  check_open(self, "socket")
  if not self._socket then
    self._socket = socket.wrap(self._endpoint:socket(), self.host._stack, self.family, self)
  end
  return self._socket
end

function Receiver.properties.closed(self) return self._closed end

--- How many datagrams the kernel dropped because its buffer was full.
function Receiver.properties.drops(self) return self:_sample_drops().full end

local message_row = row.kind("a message of a receiver", { "data", "from", "to", "interface", "ttl",
  "time", "truncated", "replied", "reply_error" })
local from_row = row.kind("message.from", { "address", "port", "host" })

--- Message `i` since it was opened.
---@return mcast.Message
function Receiver.methods._message(self, i)
  local message = self._endpoint:message(i)
  message.from.host = self.host.network:_host_of(message.from.address)
  message.interface = self.host._stack:name_of(message.interface)
  from_row(message.from)
  return message_row(message)
end

--- Notes the drops until now, so that a later claim knows in which window they came.
---@return mcast.LossSample
function Receiver.methods._sample_drops(self)
  if self._closed then return self._losses:last() end
  return self._losses:note(self._endpoint:drops())
end

--- Drops that may have come after `time`.
---@param time number
---@return mcast.Loss
function Receiver.methods._losses_since(self, time)
  local before = self._losses:until_time(time) -- a new sample may take the place of that one
  local now = self:_sample_drops()
  return { full = now.full - before.full, damaged = now.damaged - before.damaged }
end

--- Probes of streams that came since it was opened or last cleared.
---@return integer
function Receiver.methods._probes(self)
  return self._endpoint:probes() - self._probes_since
end

function Receiver.methods._await_change(self)
  self._endpoint:changed():wait()
end

--- Messages since it was opened or last cleared.
---@return integer
function Receiver.methods.count(self)
  self.host.network._run:await_ready()
  core.drain()
  return self._endpoint:count() - self._since
end

---@return mcast.Message[]
function Receiver.methods.messages(self)
  local list = {}
  for i = 1, self:count() do list[i] = self:_message(self._since + i) end
  return list
end

local wait_types = { within = types.seconds }

--- Parks until `wanted` messages are there, counted from its opening.
local function await_total(self, wanted, within)
  self.host.network._run:await_ready()
  local deadline = core.now() + within
  while self._endpoint:count() < wanted do
    local left = deadline - core.now()
    if left <= 0 then
      core.drain()
      return self._endpoint:count() >= wanted
    end
    self._endpoint:changed():wait(left)
    check_open(self, "wait")
  end
  return true
end

--- Waits until `n` messages have come since it was opened or cleared.
---@param n integer
---@param given {within: number}|nil
---@return mcast.Message[]|nil messages, "timeout"|nil
function Receiver.methods.wait(self, n, given)
  check_open(self, "wait")
  options.argument("receiver:wait", "n", n, types.integer(0))
  local wanted = options.check("receiver:wait", given, wait_types)
  if not await_total(self, self._since + n, wanted.within or 1) then return nil, "timeout" end
  return self:messages()
end

--- The next message that this call has not returned yet.
---@param given {within: number}|nil
---@return mcast.Message|nil message, "timeout"|nil
function Receiver.methods.next(self, given)
  check_open(self, "next")
  local wanted = options.check("receiver:next", given, wait_types)
  if not await_total(self, self._read + 1, wanted.within or 1) then return nil, "timeout" end
  self._read = self._read + 1
  return self:_message(self._read)
end

--- Forgets what came until now.
function Receiver.methods.clear(self)
  check_open(self, "clear")
  core.drain()
  self:_sample_drops() -- those until now belong to what is forgotten
  self._since, self._probes_since = self._endpoint:count(), self._endpoint:probes()
  self._read, self._cleared_at = self._since, core.now()
end

local verbs = { join = "joined", leave = "left", block = "blocks a source of",
  unblock = "no longer blocks a source of" }

--- A membership call, for the timeline; and whether it is a member no more.
local function note_call(self, method, group, has_left)
  table.insert(self._calls, { time = core.now(), text = ("%s %s"):format(verbs[method], group),
    left = has_left and group or nil })
end

local join_types = { interface = types.any, interfaces = types.list_of(types.any),
  source = types.unicast, sources = types.list_of(types.unicast),
  exclude = types.list_of(types.unicast), ready = types.boolean }

--- Checks what join and leave have in common.
local function read_membership(self, where, group, given)
  check_open(self, where:match(":(.*)"))
  pause.refuse(self.host, where)
  local wanted = options.check(where, given, join_types)
  wanted.group = options.argument(where, "group", group, types.group)
  joining.read(where, wanted)
  joining.check_families(where, wanted, self.family)
  return wanted
end

---@param group string
---@param given table|nil
function Receiver.methods.join(self, group, given)
  local where = "receiver:join"
  local wanted = read_membership(self, where, group, given)
  local raw, stack = self._endpoint:socket(), self.host._stack
  membership_limit.raise(self.host, self.family,
    #raw:memberships() + math.max(1, #wanted.interfaces))
  local memberships = errors.on_host(self.host.name, joining.join, raw, stack, where, wanted)
  class.set(self, "groups",
    table.move(wanted.groups, 1, 1, #self.groups + 1, { table.unpack(self.groups) }))
  note_call(self, "join", wanted.groups[1])
  self.host.network._memberships_changed:signal()
  note(self, memberships, wanted.ready ~= false)
end

local function without(list, unwanted)
  local kept = {}
  for _, item in ipairs(list) do
    if item ~= unwanted then kept[#kept + 1] = item end
  end
  return kept
end

---@param group string
---@param given table|nil
function Receiver.methods.leave(self, group, given)
  local where = "receiver:leave"
  local wanted = read_membership(self, where, group, given)
  local network = self.host.network
  group = wanted.groups[1]
  network:_await_ready()
  errors.on_host(self.host.name, joining.leave, self._endpoint:socket(), self.host._stack, where,
    wanted)
  if #wanted.sources == 0 then class.set(self, "groups", without(self.groups, group)) end
  note_call(self, "leave", group, #wanted.sources == 0)
  network._pending:forget(self, group)
  network._memberships_changed:signal()
end

--- A membership call of its socket counts as one of its own.
---@param method string "join"
---@param membership {group: string, source: string?, interface: mcast.Interface?}
function Receiver.methods._note_call(self, method, membership)
  note_call(self, method, membership.group, method == "leave" and not membership.source)
  if method == "leave" and not membership.source then
    class.set(self, "groups", without(self.groups, membership.group))
  elseif method == "join" then
    local groups = without(self.groups, membership.group)
    groups[#groups + 1] = membership.group
    class.set(self, "groups", groups)
    self._joined_on[membership.interface] = true
  end
end

-- ---- the end --------------------------------------------------------------------------------

--- What it heard can still be asked for.
function Receiver.methods.close(self)
  if self._closed then return end
  local network = self.host.network
  network._pending:forget(self)
  if not network._run.ended then
    core.drain()
    self:_sample_drops()
  end
  self._closed, self._closed_at = true, core.now()
  self._endpoint:close()
  network._memberships_changed:signal()
end

Receiver.metatable.__close = Receiver.methods.close

return receiver
