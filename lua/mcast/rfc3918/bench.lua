--- The test set up of RFC 3918, section 3: a source at the ingress interface of the device under test,
--- members at its egress interfaces, and one host that is no member of anything.
local class = require "mcast.class"
local frame = require "mcast.rfc3918.frame"
local options = require "mcast.options"
local protocol = require "mcast.rfc3918.protocol"
local reports = require "mcast.rfc3918.reports"
local routes = require "mcast.rfc3918.routes"
local search = require "mcast.rfc3918.search"
local senders = require "mcast.sender"
local tables = require "mcast.rfc3918.table"
local trial = require "mcast.rfc3918.trial"
local waiting = require "mcast.waiting"
local types = require "mcast.types"

local bench = {}

---@class mcast.Rfc3918Bench
---@field t mcast.Context
---@field setup mcast.Rfc3918Setup
---@field family "ipv4"|"ipv6"
---@field source mcast.Host
---@field egress mcast.Host[]
---@field deaf mcast.Receiver of the host that is no member
---@field port integer
---@field groups string[]
---@field ingress string|nil the source's interface; nil: its only one
---@field outlet string|nil that of each egress host, likewise
local Bench = class.define("bench")

function Bench.metatable.__tostring(self)
  return ("bench with %d egress interfaces"):format(#self.egress)
end

-- Groups per socket: igmp_max_memberships is 20 where nobody has raised it, and long lists cost
-- each datagram (ip_mc_sf_allow() of Linux).
local groups_per_socket = 20
-- Beyond every router of a test bed.
local ttl = 32
local learn_attempts = 10

local address_of = { ipv4 = "address", ipv6 = "address6" }

local function egress_names(count)
  local names = {}
  for i = 1, count do names[i] = "egress" .. i end
  return names
end

for _, name in ipairs { "ingress", "outlet" } do
  Bench.properties[name] = function(self) return self["_" .. name] end
end

local place_types = { ingress = types.name, outlet = types.name, route = types.func }

--- Hosts `source`, `bystander`, `egress1`, ...: fresh ones on one switch, or those of the topology.
---@param t mcast.Context its case is the family; none: IPv4
---@param setup mcast.Rfc3918Setup
---@param given {ingress: string?, outlet: string?, route: fun(groups: string[])?}|nil interfaces of the
---  source and of the egress hosts; and who routes the groups, in place of static routes of ours
---@return mcast.Rfc3918Bench
function bench.open(t, setup, given)
  local place = options.check("rfc3918.bench", given, place_types)
  local source, bystander = t:hosts("source", "bystander")
  local egress, port = { t:hosts(table.unpack(egress_names(setup.egress))) }, t:port()
  local family = t.case or "ipv4"
  return class.new(Bench, { t = t, setup = setup, family = family, source = source,
    egress = egress, port = port, groups = {}, _left_out = {}, _captures = {},
    _ingress = place.ingress, _outlet = place.outlet, _route = place.route or false,
    deaf = bystander:receiver { port = port, family = t.case } })
end

-- ---- loads -----------------------------------------------------------------------------------

--- The loads with that share of the frames, evenly.
local function shared(loads, share)
  local list = {}
  for i, load in ipairs(loads) do
    list[i] = { sender = load.sender, receivers = load.receivers, share = share / #loads }
  end
  return list
end

local function fresh_groups(self, count)
  local fresh = {}
  for i = 1, count do fresh[i] = self.t:group { family = self.family } end
  table.move(fresh, 1, count, #self.groups + 1, self.groups)
  return fresh
end

--- Sees that groups are forwarded from the source to the hosts.
local function route(self, from, hosts, groups)
  if self._route then return self._route(groups) end
  routes.install(from, hosts, groups)
end

--- As many groups as one socket takes, and what is sent to them.
local function join_some(self, count, hosts, from, loads)
  local groups, receivers = fresh_groups(self, count), {}
  route(self, from, hosts, groups)
  for i, host in ipairs(hosts) do
    receivers[i] = host:receiver { groups = groups, port = self.port, interface = self.outlet }
  end
  for _, group in ipairs(groups) do
    table.insert(loads, { receivers = receivers,
      sender = from:sender { group = group, port = self.port, ttl = ttl,
        interface = self.ingress } })
  end
end

--- The hosts join that many fresh groups. Returns what is sent to them: multicast class frames,
--- evenly to all groups.
---@param count integer
---@param hosts mcast.Host[]|nil all egress interfaces
---@param from mcast.Host|nil the source
---@return mcast.Rfc3918Load[]
function Bench.methods.join(self, count, hosts, from)
  local loads = {}
  while count > 0 do
    join_some(self, math.min(count, groups_per_socket), hosts or self.egress, from or self.source,
      loads)
    count = count - groups_per_socket
  end
  return shared(loads, 1)
end

--- Unicast class frames, in turn to all these hosts (RFC 3918 section 4.1).
---@param hosts mcast.Host[]|nil all egress interfaces
---@param from mcast.Host|nil the source
---@return mcast.Rfc3918Load[]
function Bench.methods.unicast(self, hosts, from)
  local loads, port = {}, self.t:port()
  for i, host in ipairs(hosts or self.egress) do
    loads[i] = { receivers = { host:receiver { port = port, family = self.family } },
      sender = senders.towards(from or self.source, host[address_of[self.family]], port) }
  end
  return shared(loads, 1)
end

--- Both classes, the multicast class with that share of the frames.
---@param multicast mcast.Rfc3918Load[]
---@param unicast mcast.Rfc3918Load[]
---@param share number
---@return mcast.Rfc3918Load[]
function Bench.methods.mix(_, multicast, unicast, share)
  local list = shared(multicast, share)
  table.move(shared(unicast, 1 - share), 1, #unicast, #list + 1, list)
  return list
end

--- RFC 3918 wants memberships and addresses learnt before anything is measured: a frame each way,
--- again until all have come.
---@param loads mcast.Rfc3918Load[]
function Bench.methods.learn(self, loads)
  local offer = { rate = 100 * #loads, duration = 0, residual = self.setup.residual,
    payload = 100 }
  for _ = 1, learn_attempts do
    if trial.run(loads, offer).outcome == "passed" then return end
  end
end

-- ---- measuring -------------------------------------------------------------------------------

--- The interface at which a host is attached to the device.
local function interface_of(host, name)
  return name and host:interface(name) or host:_get_stack():default("rfc3918.bench")
end

--- The largest packet that goes from the source to all of them in one frame.
local function least_mtu(self)
  local mtu = interface_of(self.source, self.ingress).mtu
  for _, host in ipairs(self.egress) do
    mtu = math.min(mtu, interface_of(host, self.outlet).mtu)
  end
  return mtu
end

--- The frame sizes that can be measured, each with the payload it takes; the others are said to be
--- left out, and why.
---@param sizes integer[]|nil those of the parameters
---@return fun(): integer|nil, integer|nil
function Bench.methods.frames(self, sizes)
  local mtu, list, at = least_mtu(self), {}, 0
  for _, size in ipairs(sizes or self.setup.frame_sizes) do
    local payload, why = frame.payload(size, self.family, mtu)
    if payload then
      list[#list + 1] = { size, payload }
    elseif not self._left_out[size] then
      self._left_out[size] = true
      self.t:log("%d bytes: left out, %s", size, why)
    end
  end
  if #list == 0 then self.t:skip("no frame size can be measured") end
  return function()
    at = at + 1
    if list[at] then return list[at][1], list[at][2] end
  end
end

local function offer(self, loads, size, rate, tagged)
  return trial.run(loads, { rate = rate, payload = size - frame.overhead(self.family),
    duration = self.setup.duration, residual = self.setup.residual, tagged = tagged })
end

--- Offers frames of that size; again when this machine disturbed it.
---@param loads mcast.Rfc3918Load[]
---@param size integer
---@param rate number frames per second
---@param tagged integer|nil the load that a tagged frame is added to at the mid-point
---@return mcast.Rfc3918Trial
function Bench.methods.offer(self, loads, size, rate, tagged)
  return search.attempt(function() return offer(self, loads, size, rate, tagged) end)
end

--- As many trials as there are repetitions, with a tagged frame to the first groups in turn.
---@param loads mcast.Rfc3918Load[] the groups that are measured first
---@param size integer
---@param rate number frames per second
---@return mcast.Rfc3918Trial[]
function Bench.methods.repeat_tagged(self, loads, size, rate)
  local trials = {}
  for i = 1, self.setup.repetitions do
    trials[i] = self:offer(loads, size, rate, (i - 1) % self.setup.groups + 1)
  end
  return trials
end

--- The highest rate at which none of them is lost.
---@param loads mcast.Rfc3918Load[]
---@param size integer
---@param on_wire integer|nil bytes of the frame as it comes to the ingress interface; nil: its size
---@return mcast.Throughput
function Bench.methods.search(self, loads, size, on_wire)
  return search.run { subject = ("%d-byte frames"):format(size),
    highest = frame.line_rate(self.setup.line_rate, on_wire or size),
    resolution = self.setup.resolution,
    trial = function(rate) return offer(self, loads, size, rate) end }
end

--- Frames of that size until they are stopped: a burden for what is measured meanwhile.
---@param loads mcast.Rfc3918Load[]
---@param size integer
---@param rate number frames per second
---@return mcast.Flow[]
function Bench.methods.begin(self, loads, size, rate)
  return trial.start(loads, { rate = rate, payload = size - frame.overhead(self.family) })
end

local function receiver_counts(hosts)
  local counts = {}
  for i, host in ipairs(hosts) do counts[i] = #host._receivers end
  return counts
end

--- Watches what the egress hosts report, from now on.
local function watch_reports(self)
  for _, host in ipairs(self.egress) do
    local capture = self._captures[host] or reports.watch(host, self.outlet)
    self._captures[host] = capture
    capture:clear()
  end
end

--- Seconds from the calls until the hosts' own messages left them.
local function reported_after(self, measured)
  local after = {}
  for _, entry in ipairs(measured.entries) do
    local sent = reports.sent(self._captures[entry.host], measured.kind, measured.flow.group,
      entry.called)
    after[entry.host] = sent and sent - entry.called
  end
  return after
end

-- Seconds in which the witness is served.
local witness_patience = 5

--- The stream has come to the witness: the device knows the group.
local function await_witness(flow, receiver)
  waiting.settle(function()
    return flow._raw:counts(receiver._endpoint) > 0 and "holds" or "open"
  end, witness_patience, 0)
end

local function joined_by(self, witness, group)
  return witness and witness:receiver { group = group, port = self.port }
end

--- Calls measure(flow) with a stream to a fresh group that has no members yet, but for the witness; closes
--- afterwards what was opened for it.
---@param size integer
---@param rate number frames per second
---@param measure fun(flow: mcast.Flow): mcast.Measurement
---@param witness mcast.Host|nil
---@return mcast.Measurement measured, table<mcast.Host, number> reported seconds from each call
function Bench.methods.with_stream(self, size, rate, measure, witness)
  local groups = fresh_groups(self, 1)
  local members = { table.unpack(self.egress) }
  members[#members + 1] = witness
  route(self, self.source, members, groups)
  local receiver = joined_by(self, witness, groups[1])
  local sender = self.source:sender { group = groups[1], port = self.port, ttl = ttl,
    interface = self.ingress }
  local flow = sender:stream { rate = rate, size = size - frame.overhead(self.family) }
  if receiver then await_witness(flow, receiver) end
  watch_reports(self)
  local before = receiver_counts(self.egress)
  local measured = measure(flow)
  flow:stop()
  local reported = reported_after(self, measured)
  if receiver then receiver:close() end
  for i, host in ipairs(self.egress) do
    for n = before[i] + 1, #host._receivers do host._receivers[n]:close() end
  end
  return measured, reported
end

--- Every egress interface joins the group of a stream.
---@param flow mcast.Flow
function Bench.methods.receive(self, flow)
  for _, host in ipairs(self.egress) do
    host:receiver { group = flow.group, port = flow.port, interface = self.outlet }
  end
end

--- Watches the wire to the host that is no member.
---@param group string|nil all groups
---@return mcast.Observer
function Bench.methods.watch(self, group)
  return self.deaf.host:observer { group = group }
end

--- Hosts to whose interfaces multicast class frames come on their way to the members: those, and the
--- routers that the topology puts in between.
---@param hosts mcast.Host[]|nil all egress interfaces
---@return mcast.Host[]
function Bench.methods.carriers(self, hosts)
  return routes.carriers(self.source, hosts or self.egress)
end

-- ---- reporting -------------------------------------------------------------------------------

--- A table for the report, headed by what all tests must name.
---@param title string
---@param columns string[] "frame size (bytes)"
---@return mcast.Rfc3918Table
function Bench.methods.table(self, title, columns)
  local setup, member = self.setup, self.egress[1]
  return tables.new(title, columns, function()
    return ("%d egress interfaces, trials of %g s and %g s for residual frames, ingress of "
      .. "%g Mbit/s, search to %g %%, %s"):format(setup.egress, setup.duration, setup.residual,
      setup.line_rate / 1e6, setup.resolution * 100,
      protocol.describe(member, interface_of(member, self.outlet), self.family))
  end)
end

return bench
