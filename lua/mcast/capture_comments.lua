--- What points at a packet of a capture, for the comments of its saved file: steps, claims about
--- the capture, and claims about a datagram that it saw.
local deliveries = require "mcast.deliveries"
local packet_filter = require "mcast.packet_filter"

local capture_comments = {}

-- ---- steps ----------------------------------------------------------------------------------

--- The last of the steps that had begun at `time`.
local function step_at(steps, time)
  for n = #steps, 1, -1 do
    if steps[n].time <= time then return steps[n] end
  end
  return nil
end

--- Each step is told at the first packet after it.
local function add_steps(capture, count, add)
  local steps, raw, first = capture.host.network._run.steps, capture._raw, {}
  if #steps == 0 then return end
  for i = 1, count do
    local step = step_at(steps, raw:time(i))
    if step and (not first[step] or raw:time(i) < raw:time(first[step])) then first[step] = i end
  end
  for _, step in ipairs(steps) do
    if first[step] then add(first[step], "step: " .. step.text) end
  end
end

-- ---- claims about datagrams -----------------------------------------------------------------

--- The packet as an observer tells it.
local function frame_of(packet)
  local ip = packet.ip or packet.ip6
  return { time = packet.time, group = ip.destination, source = ip.source,
    port = packet.udp.destination_port, source_port = packet.udp.source_port,
    length = #(packet.udp.payload or "") }
end

local function claim_text(claim)
  local verdict = claim.verdict
  local outcome = verdict.ok and "holds" or verdict.inconclusive and "is inconclusive"
    or "does not hold"
  return ("%sexpect(datagram):%s %s"):format(claim.position and claim.position .. ": " or "",
    verdict.claim, outcome)
end

--- Its packets are told by addresses, ports, length, and the time until the same was sent again.
local function add_claim(capture, count, claim, add)
  local sent = claim.sent
  local filter = packet_filter.compile("capture:save", "udp dst port " .. sent.port)
  local until_time = deliveries.next_alike(sent)
  local i = capture._raw:find(filter, 1)
  while i and i <= count do
    local packet = capture:_packet(i)
    if packet.udp and packet.time < until_time and sent:_resembles(frame_of(packet)) then
      add(i, claim_text(claim))
    end
    i = capture._raw:find(filter, i + 1)
  end
end

---@param capture mcast.Capture
---@param count integer
---@return table<integer, string>
function capture_comments.of(capture, count)
  local comments = {}
  local function add(i, text)
    comments[i] = comments[i] and (comments[i] .. "\n" .. text) or text
  end
  add_steps(capture, count, add)
  for _, claim in ipairs(capture.host.network._run.claims_about_datagrams) do
    add_claim(capture, count, claim, add)
  end
  for i, text in pairs(capture._comments) do add(i, text) end
  return comments
end

return capture_comments
