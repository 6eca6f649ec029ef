--- Frames that are larger than the interface that they come to may take: its end of the cable drops them
--- without a word (is_skb_forwardable() of Linux; a switch sends nobody "packet too big").
local meeting = require "mcast.claims.meeting"

local large = {}

-- A VLAN tag more fits always.
local slack = 4
local headers = { ipv4 = 20, ipv6 = 40 }
local udp_header, fragment_header = 8, { ipv4 = 0, ipv6 = 8 }

--- The largest packet that a datagram travels in.
local function packet_size(sent, mtu)
  local size, header = sent:_length(), headers[sent.family]
  if header + udp_header + size <= mtu then return header + udp_header + size end
  header = header + fragment_header[sent.family]
  return header + (mtu - header) // 8 * 8 -- RFC 791 section 2.3, RFC 8200 section 4.5
end

--- Why the host cannot have got it, if that is so.
---@param host mcast.Host
---@param sent mcast.Sent|mcast.Flow
---@return string|nil
function large.reason(host, sent)
  local mine, theirs = meeting.straight(sent, host)
  if not mine or host == sent.host then return nil end
  local size, mtu = packet_size(sent, mine.mtu), theirs.mtu
  if size <= mtu + slack then return nil end
  return ("packets of %d bytes are too large for its %s, whose MTU is %d"):format(size, theirs.name,
    mtu)
end

return large
