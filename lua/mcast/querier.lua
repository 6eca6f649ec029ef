--- An IGMP or MLD querier on an interface of a host, with its elections: RFC 3376 section 6.6.2, RFC
--- 3810 section 7.6.2. It runs beside the scenario and ends with it.
local core = require "mcast.core"
local address = require "mcast.address"
local addresses = require "mcast.packet.addresses"
local class = require "mcast.class"
local election = require "mcast.election"
local errors = require "mcast.errors"
local options = require "mcast.options"
local packets = require "mcast.packet"
local pause = require "mcast.pause"
local tasks = require "mcast.tasks"
local types = require "mcast.types"

local querier = {}

---@class mcast.HostQuerier
---@field host mcast.Host
---@field interface mcast.Interface
---@field family mcast.Family
---@field version integer
---@field address string that it queries from
---@field sent integer queries that it sent
local Querier = class.define("querier")
querier.class = Querier

local protocols = { ipv4 = "igmp", ipv6 = "mld" }

function Querier.metatable.__tostring(self)
  return ("%sv%d querier on %s"):format(protocols[self.family]:upper(), self.version,
    tostring(self.interface))
end

-- ---- queries --------------------------------------------------------------------------------

local is_newest = { ipv4 = { [3] = true }, ipv6 = { [2] = true } }

--- What a query of this querier says, unless it is asked otherwise.
local function message(self, wanted)
  local query = { type = "query", version = self.version, group = wanted.group,
    max_response = self.version > 1 and wanted.max_response or self._max_response }
  if self.family == "ipv4" and self.version == 1 then query.max_response = nil end
  if is_newest[self.family][self.version] then
    query.robustness, query.query_interval = self._robustness, math.floor(self._interval)
    query.sources, query.suppress = wanted.sources, wanted.suppress
  end
  return query
end

local function build(self, wanted)
  local ip = { source = self.address }
  local packet = packets.prepare("querier:query", {
    [protocols[self.family]] = message(self, wanted),
    [self.family == "ipv4" and "ip" or "ip6"] = ip,
  })
  addresses.complete("querier:query", self._device, packet)
  return packet
end

--- An interface that is down, or a queue that is full, is no reason to stop.
local function send(self, packet)
  local port = self._port
  local ok, problem = pcall(port.send, port, core.packet_encode(packet))
  if ok then
    class.set(self, "sent", self.sent + 1)
    self._last = problem
  elseif errors.is_fatal(problem) or not errors.is_object(problem) then
    error(problem, 0)
  elseif not self._is_failing then
    self:_tell("cannot send: " .. problem.message)
  end
  self._is_failing = not ok
end

-- ---- what happens ---------------------------------------------------------------------------

--- To the event stream, and to the timeline of a claim that does not hold.
function Querier.methods._tell(self, state)
  local now = core.now()
  local entries = self._entries
  if #entries >= 20 then table.remove(entries, 1) end
  entries[#entries + 1] = { time = now, text = ("%s: %s"):format(tostring(self), state) }
  self.host.network._run:emit("querier", { host = self.host.name, interface = self.interface.name,
    family = self.family, version = self.version, address = self.address, state = state,
    elected = self.elected, querier = self.querier, time = now })
end

local function note_election(self, before)
  local now = self._election:querier()
  if now == before then return end
  self:_tell(now == self.address and "elected"
    or ("%s is the querier: its address is lower"):format(now))
  self._changed:signal()
end

--- A query of somebody else's that counts: of the family, unharmed, from an address that may query
--- (RFC 4541 section 2.1.1; RFC 3810 section 5.1.14).
local function heard_query(self, bytes)
  local packet = core.packet_decode(bytes)
  local query = packet[protocols[self.family]]
  local ip = packet.ip or packet.ip6
  if not query or query.type ~= "query" or not query.checksum_valid then return nil end
  if self.family == "ipv4" then return ip.source ~= "0.0.0.0" and query, ip.source end
  local is_link_local = assert(address.parse(ip.source)).bytes:sub(1, 2) == "\xfe\x80"
  return is_link_local and query, ip.source
end

local function hear(self, bytes, time)
  local query, from = heard_query(self, bytes)
  if not query or from == self.address then return end
  local before = self._election:querier()
  self._election:hear(from, time, query)
  note_election(self, before)
end

--- Version 1 has no elections: who queries there is configured (RFC 2236 section 4).
local function elects(self)
  return not (self.family == "ipv4" and self.version == 1)
end

--- Waits for a frame; false when none came.
local function listen(self, seconds)
  local bytes, time = self._port:receive(math.max(0, seconds))
  pause.await_end(self.host)
  if bytes and elects(self) then hear(self, bytes, time) end
  return bytes ~= nil
end

--- Who is silent is judged when all is read that lies waiting.
local function step(self)
  while listen(self, 0) do end -- luacheck: ignore 542
  local before = self._election:querier()
  if self._election:is_due(core.now()) then
    send(self, self._general)
    self._election:asked(core.now())
    note_election(self, before)
  end
  listen(self, self._election:wakes_at() - core.now())
end

local function serve(self)
  while not self._stopped do step(self) end
end

-- ---- opening and ending ---------------------------------------------------------------------

local function seconds(least, most)
  return function(value)
    if type(value) ~= "number" or not (value >= least and value <= most) then
      return nil, ("seconds from %g to %g"):format(least, most)
    end
    return value
  end
end

local option_types = {
  family = types.family, version = types.integer(1, 3), interval = seconds(0.01, 31744),
  max_response = seconds(0.1, 8387.584), robustness = types.integer(1, 7),
  startup_interval = seconds(0.01, 31744), source = types.unicast,
  interface = function(value) return value end,
}

local newest = { ipv4 = 3, ipv6 = 2 }

local function check_version(where, version, family)
  if version > newest[family] then
    errors.usage("%s: version: expected an integer from 1 to %d for %s, got %d", where,
      newest[family], family == "ipv4" and "IGMP" or "MLD", version)
  end
end

local function find_device(host, interface)
  for _, found in ipairs(host:_get_stack():interfaces()) do
    if found.index == interface.index then return found end
  end
end

local function source_of(where, wanted, family, host, interface, device)
  if wanted.source then
    if address.family(wanted.source) ~= family then
      errors.usage("%s: source: %s is not of the family %s", where, wanted.source, family)
    end
    return wanted.source
  end
  local source = addresses.source(device, family == "ipv4" and { ip = {} }
    or { mld = true, ip6 = { destination = "ff02::1" } })
  if source == "0.0.0.0" or source == "::" then
    errors.raise { code = "EADDRNOTAVAIL", operation = "query", host = host.name,
      message = ("%s: %s has no address to query from"):format(where, tostring(interface)),
      hint = "give one: source = \"...\"" }
  end
  return source
end

local function find_interface(where, host, wanted)
  local stack = host:_get_stack()
  return wanted.interface ~= nil and stack:find(where, wanted.interface)
    or stack:require_default(where)
end

local function new(where, host, wanted)
  local family = wanted.family or "ipv4"
  local version = wanted.version or newest[family]
  check_version(where, version, family)
  local interface = find_interface(where, host, wanted)
  local device = find_device(host, interface)
  local self = class.new(Querier, { host = host, interface = interface, family = family,
    version = version, address = source_of(where, wanted, family, host, interface, device),
    sent = 0, _robustness = wanted.robustness or 2, _interval = wanted.interval or 2,
    _max_response = wanted.max_response or 0.1, _device = device, _entries = {},
    _changed = core.condition(), _stopped = false, _is_failing = false, _last = false })
  self._general = build(self, {})
  self._election = election.new { address = self.address, interval = self._interval,
    max_response = self._max_response, robustness = self._robustness,
    startup_interval = wanted.startup_interval or self._interval / 4, now = core.now() }
  return self
end

---@param host mcast.Host
---@param given table|nil
---@return mcast.HostQuerier
function querier.open(host, given)
  local where = "host:querier"
  local self = new(where, host, options.check(where, given, option_types))
  self._port = errors.on_host(host.name, core.frame_port, host:_get_stack().netns,
    self.interface.index, true)
  host._queriers = host._queriers or {}
  table.insert(host._queriers, self)
  local run = host.network._run
  run:await_ready()
  run:opened { close = function() self._port:close() end }
  self:_tell("started")
  self._task = tasks.serve(run, serve, self)
  return self
end

--- Falls silent; who heard it takes over when its time is up.
function Querier.methods.stop(self)
  if self._stopped then return end
  self._task:_cancel()
  self._stopped = true
  self:_tell("stopped")
  self._port:close()
end

Querier.metatable.__close = Querier.methods.stop

-- ---- what it is asked -----------------------------------------------------------------------

--- Is it the querier of its network?
function Querier.properties.elected(self)
  return not self._stopped and self._election:querier() == self.address
end

--- Who is, as far as it knows; nil when it was stopped.
function Querier.properties.querier(self)
  return not self._stopped and self._election:querier() or nil
end

function Querier.properties.stopped(self) return self._stopped end

local function query_types(family)
  return { group = types.group, sources = types.list_of(types.unicast), suppress = types.boolean,
    max_response = seconds(0, family == "ipv4" and 3174.4 or 8387.584) }
end

--- Sends one query now, elected or not: a general one, or one for a group and its sources.
---@param given {group: string?, sources: string[]?, max_response: number?, suppress: boolean?}|nil
function Querier.methods.query(self, given)
  if self._stopped then errors.usage("querier:query: the querier was stopped") end
  pause.refuse(self.host, "querier:query")
  local wanted = options.check("querier:query", given, query_types(self.family))
  if wanted.sources and not wanted.group then
    errors.usage("querier:query: sources: only a query for a group has them")
  end
  for _, field in ipairs { "sources", "suppress" } do
    if wanted[field] ~= nil and self.version < newest[self.family] then
      errors.usage("querier:query: %s: a query of version %d has none", field, self.version)
    end
  end
  if wanted.group and address.family(wanted.group) ~= self.family then
    errors.usage("querier:query: group: %s is not of the family %s", wanted.group, self.family)
  end
  errors.on_host(self.host.name, send, self, build(self, wanted))
end

return querier
