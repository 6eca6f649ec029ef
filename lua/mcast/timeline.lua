--- The last events of each host, read from the logs of what it has open, when a claim did not hold.
local losses = require "mcast.losses"
local show = require "mcast.show"

local timeline = {}

local most_hosts, most_events, most_faults, most_entries = 10, 6, 12, 72
local most_captured = 3 -- of each capture: others have something to tell, too

local function keep_last(list, most)
  table.sort(list, function(a, b) return a.time < b.time end)
  if #list <= most then return list end
  return table.move(list, #list - most + 1, #list, 1, {})
end

local function add(list, host, time, format, ...)
  list[#list + 1] = { host = host.name, time = time, text = format:format(...) }
end

local function name_of(network, address)
  local host = network:_host_of(address)
  return host and host.name or address
end

local function add_message(list, receiver, message)
  local network, host = receiver.host.network, receiver.host
  add(list, host, message.time, "received %s from %s to %s port %d", show.text(message.data, 30),
    name_of(network, message.from.address), message.to, receiver.port)
  if message.replied then
    add(list, host, message.replied, "replied to %s", name_of(network, message.from.address))
  elseif message.reply_error then
    add(list, host, message.time, "could not reply to %s: %s",
      name_of(network, message.from.address), message.reply_error)
  end
end

local function add_receiver(list, receiver)
  local opened = receiver._opened_groups
  local groups = #opened > 0 and "joined " .. table.concat(opened, ", ") or "joined nothing"
  add(list, receiver.host, receiver._opened_at, "receiver on port %d: %s", receiver.port, groups)
  for _, call in ipairs(receiver._calls) do
    add(list, receiver.host, call.time, "receiver on port %d: %s", receiver.port, call.text)
  end
  local count = receiver._endpoint:count()
  for i = math.max(1, count - most_events + 1), count do
    add_message(list, receiver, receiver._endpoint:message(i))
  end
  local lost = receiver:_sample_drops()
  local text = losses.describe(lost)
  if text then
    add(list, receiver.host, lost.time, "receiver on port %d: the kernel %s", receiver.port, text)
  end
  if receiver._closed_at then
    add(list, receiver.host, receiver._closed_at, "receiver on port %d: closed", receiver.port)
  end
end

local function add_sender(list, sender)
  local endpoint, host = sender._endpoint, sender.host
  local sends, replies = endpoint:sent_count(), endpoint:count()
  for i = math.max(1, sends - most_events + 1), sends do
    local one = endpoint:sent(i)
    local fate = one.departed and "" or one.error and (": " .. one.error)
      or ": no proof that it left"
    add(list, host, one.time, "sent %d bytes to %s port %d%s", one.length, one.to, one.port, fate)
  end
  for i = math.max(1, replies - most_events + 1), replies do
    local message = endpoint:message(i)
    add(list, host, message.time, "got reply %s from %s", show.text(message.data, 30),
      name_of(host.network, message.from.address))
  end
end

local function add_capture(list, capture)
  local count = capture:_read()
  for i = math.max(1, count - most_captured + 1), count do
    local packet = capture:_packet(i)
    add(list, capture.host, packet.time, "captured %s on %s: %s", packet.direction,
      packet.interface, tostring(packet))
  end
end

local function add_process(list, process)
  add(list, process.host, process._started_at, "started %s (process %d)", process._line,
    process.pid)
  local ended = process:_ended()
  if ended then
    add(list, process.host, ended.time, "%s (process %d) %s", process.name, process.pid,
      process:_state())
  end
end

local function add_injection(list, injection)
  add(list, injection.host, injection.time, "injected %s at %s%s", tostring(injection.packet),
    injection.interface.name, injection.departed and "" or ": no proof that it left")
end

local function add_querier(list, querier)
  for _, entry in ipairs(querier._entries) do
    add(list, querier.host, entry.time, "%s", entry.text)
  end
end

local function add_flow(list, flow)
  local rate = flow.wanted_rate and ("%.6g packets per second"):format(flow.wanted_rate)
    or "as fast as possible"
  add(list, flow.host, flow.started, "began a stream to %s port %d: %s", flow.group, flow.port,
    rate)
  if not flow.running then
    add(list, flow.host, flow:_last_time(), "ended the stream to %s port %d: %d sent", flow.group,
      flow.port, flow.sent)
  end
end

-- What a host has open, by the field that lists it.
local tellers = { { "_injections", add_injection }, { "_queriers", add_querier },
  { "_processes", add_process }, { "_captures", add_capture }, { "_receivers", add_receiver },
  { "_senders", add_sender }, { "_flows", add_flow } }

local function events_of(host)
  local list = {}
  for _, teller in ipairs(tellers) do
    for _, one in ipairs(host[teller[1]] or {}) do teller[2](list, one) end
  end
  return keep_last(list, most_events)
end

local function add_distinct(list, seen, hosts)
  for _, host in ipairs(hosts) do
    if #list >= most_hosts then return end
    if not seen[host] then
      seen[host] = true
      list[#list + 1] = host
    end
  end
end

--- Hosts that the claim is about, then those that sent, then the rest.
local function selected(network, preferred)
  local list, seen, senders = {}, {}, {}
  for i, sender in ipairs(network._senders) do senders[i] = sender.host end
  add_distinct(list, seen, table.move(preferred or {}, 1, most_hosts - 2, 1, {}))
  add_distinct(list, seen, senders)
  add_distinct(list, seen, network.hosts)
  return list
end

--- What the scenario did to its network is told whoever the claim is about.
local function add_faults(entries, network)
  local faults = network._faults
  for i = math.max(1, #faults - most_faults + 1), #faults do
    add(entries, faults[i].place, faults[i].time, "%s", faults[i].text)
  end
end

---@param network mcast.Network
---@param preferred mcast.Host[]|nil
---@return {time: number, host: string, text: string}[]
function timeline.entries(network, preferred)
  local entries = {}
  add_faults(entries, network)
  for _, host in ipairs(selected(network, preferred)) do
    for _, event in ipairs(events_of(host)) do entries[#entries + 1] = event end
  end
  return keep_last(entries, most_entries)
end

return timeline
