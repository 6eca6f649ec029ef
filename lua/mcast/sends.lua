--- What hosts of one network sent: the events that tell of it, and the proof that a silent receiver
--- had something to hear.
local core = require "mcast.core"
local deliveries = require "mcast.deliveries"

local sends = {}

local most_told = 100   -- send events of one scenario
local most_kept = 1000  -- sends kept for each port
-- Who got it and who answered, of one scenario: with each entry the senders' logs are looked through.
local most_entries = 1000

---@class mcast.Sends
local Sends = {}
Sends.__index = Sends

---@param run mcast.Run
---@return mcast.Sends
function sends.new(run)
  return setmetatable({ _run = run, _by_port = {}, _untold = {}, _sent = {}, _count = 0 }, Sends)
end

--- Notes a send. Fields: host, family, to, port, source_port, length, ttl, loop, time; `departed` is a
--- function; `data` where it is known;
--- `sent` if it is a sender's; `protocol` if it is not UDP; `source` if it is not the host's; `is_told`
--- if an event of its own tells of it. Of a stream, `time` is its beginning, and the function
--- `last_time` tells when it was last sent.
function Sends:add(send)
  send.protocol = send.protocol or 17 -- UDP
  local of_port = self._by_port[send.port]
  if not of_port then
    of_port = {}
    self._by_port[send.port] = of_port
  end
  of_port[#of_port + 1] = send
  if #of_port > 2 * most_kept then
    self._by_port[send.port] = table.move(of_port, most_kept + 1, #of_port, 1, {})
  end
  if not send.is_told then self._count = self._count + 1 end
  if self._count > most_told or send.is_told then return end
  table.insert(self._untold, send)
  table.insert(self._sent, send.sent)
end

--- Was it, or some of it, sent since `time`?
local function is_since(send, time)
  return send.time >= time or send.last_time and send.last_time() >= time
end

--- Could somebody on `host` have heard it: did it leave, or was it looped back there?
local function is_audible(send, host)
  return send.departed() or send.loop and send.host == host
end

local function is_towards(send, host)
  return not send.is_unicast or host:_has_address(send.to)
end

--- The first send that went towards a listener on `host` since `time`.
---@param port integer
---@param family "ipv4"|"ipv6"
---@param time number
---@param host mcast.Host
---@return table|nil send, boolean some were there, none of them audible
function Sends:towards(port, family, time, host)
  local inaudible = false
  for _, send in ipairs(self._by_port[port] or {}) do
    if send.family == family and is_since(send, time) and is_towards(send, host) then
      if is_audible(send, host) then return send, false end
      inaudible = true
    end
  end
  return nil, inaudible
end

local function comes_from(send, source)
  return send.source == source or not send.source and send.host:_has_address(source)
end

local exact_fields = { "port", "source_port", "length", "protocol" }

--- Is it one that the filter means? Fields: group, source, ttl (which routers lessen), port,
--- source_port, length, protocol; nil: any.
local function is_meant(send, filter)
  for _, field in ipairs(exact_fields) do
    if (filter[field] or send[field]) ~= send[field] then return false end
  end
  return (filter.group or send.to) == send.to and (filter.ttl or send.ttl) <= send.ttl
    and (not filter.source or comes_from(send, filter.source))
end

--- The loopback device takes what stays in its host (TTL 0), and says so, too.
local function has_left(send)
  return send.ttl ~= 0 and send.departed()
end

--- Did another host send such a datagram to a group since `time`, and did it depart: is there one
--- that an observer on `host` could have seen?
---@param filter {group: string?, port: integer?, source_port: integer?, length: integer?,
---   source: string?, ttl: integer?, protocol: integer?}
---@return boolean
function Sends:any_departed(filter, time, host)
  for _, of_port in pairs(self._by_port) do
    for _, send in ipairs(of_port) do
      if is_since(send, time) and send.host ~= host and not send.is_unicast
        and is_meant(send, filter) and has_left(send) then
        return true
      end
    end
  end
  return false
end

--- Did another host send a datagram to a group, or to `host`, since `time`, one that departed and
--- that `accepts` says yes to?
---@param time number
---@param host mcast.Host
---@param accepts fun(send: table): any
---@return boolean
function Sends:any_seen_by(time, host, accepts)
  for _, of_port in pairs(self._by_port) do
    for _, send in ipairs(of_port) do
      if is_since(send, time) and send.host ~= host and is_towards(send, host) and has_left(send)
        and accepts(send) then
        return true
      end
    end
  end
  return false
end

--- Tells of the sends, now that it is known whether they departed.
function Sends:tell()
  for _, send in ipairs(self._untold) do
    self._run:emit("send", { host = send.host.name, to = send.to, port = send.port,
      length = send.length, ttl = send.ttl, departed = send.departed() and true or false,
      time = send.time })
  end
  self._untold = {}
  if self._count > most_told and not self._cut then
    self._cut = true
    self._run:log(("only the first %d sends are told"):format(most_told), "log")
  end
end

--- Who got each datagram of a sender, and when.
function Sends:tell_deliveries()
  local told = 0
  for number, sent in ipairs(self._sent) do
    if told >= most_entries then
      self._run:log(("deliveries are told of the first %d sends only"):format(number - 1), "log")
      return
    end
    local entries = deliveries.entries(sent)
    told = told + #entries
    self._run:emit("deliveries", { send = number, host = sent.host.name, to = sent.group,
      port = sent.port, entries = core.array(entries) })
  end
end

return sends
