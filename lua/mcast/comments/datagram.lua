--- The packets of a datagram that a claim is about.
local claim = require "mcast.comments.claim"
local deliveries = require "mcast.deliveries"
local packet_filter = require "mcast.packet_filter"

local datagram = {}

--- Those to a port, and of fragmented ones the first fragment: behind IPv6's fragment header
--- (RFC 8200 section 4.5) libpcap does not look for ports.
local function filter_of(port)
  return packet_filter.compile("capture:save",
    ("udp dst port %d or (ip6[6] == 44 and ip6[40] == 17 and ip6[50:2] == %d)"):format(port, port))
end

--- The packet as an observer tells it. A first fragment has the length of the whole.
local function frame_of(packet)
  local ip = packet.ip or packet.ip6
  return { time = packet.time, group = ip.destination, source = ip.source,
    port = packet.udp.destination_port, source_port = packet.udp.source_port,
    length = packet.udp.length - 8 }
end

--- Its packets are told by addresses, ports, length, and the time until the same was sent again.
local function each_packet(capture, count, sent, found)
  local filter, until_time = filter_of(sent.port), deliveries.next_alike(sent)
  local i = capture._raw:find(filter, 1)
  while i and i <= count do
    local packet = capture:_packet(i)
    if packet.udp and packet.time < until_time and sent:_resembles(frame_of(packet)) then
      found(i)
    end
    i = capture._raw:find(filter, i + 1)
  end
end

---@param capture mcast.Capture
---@param count integer packets of it
---@param noted mcast.NotedClaim[]
---@param add fun(i: integer, text: string)
function datagram.add(capture, count, noted, add)
  local subjects, claims = claim.by_subject(noted, "datagram")
  for _, sent in ipairs(subjects) do
    local text = table.concat(claim.lines(claims[sent]), "\n")
    each_packet(capture, count, sent, function(i) add(i, text) end)
  end
end

return datagram
