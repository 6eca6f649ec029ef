--- Frame sizes. RFC 3918 (section 3.1.3) means Ethernet frames as RFC 2544 (section 9) counts them: from
--- the destination address to the frame check sequence.
local stream = require "mcast.stream"

local frame = {}

-- Ethernet header and check sequence; IPv4 without options, IPv6; UDP.
local ethernet, udp = 14 + 4, 8
local ip = { ipv4 = 20, ipv6 = 40 }
-- What a frame takes on the wire besides: preamble, start delimiter and the gap after it (IEEE 802.3).
local between_frames = 7 + 1 + 12

---@param family "ipv4"|"ipv6"
---@return integer bytes of a frame that are no payload
function frame.overhead(family)
  return ethernet + ip[family] + udp
end

--- The UDP payload of a frame of that size.
---@param size integer
---@param family "ipv4"|"ipv6"
---@param mtu integer|nil of the sender's interface
---@return integer|nil payload, string|nil why it cannot be measured
function frame.payload(size, family, mtu)
  local overhead = frame.overhead(family)
  if size - overhead < stream.least_size then
    return nil, ("too small for a probe of %d bytes over %s: the least frame has %d"):format(
      stream.least_size, family == "ipv6" and "IPv6" or "IPv4", overhead + stream.least_size)
  end
  if mtu and size > mtu + ethernet then
    return nil, ("more than an MTU of %d carries in one frame"):format(mtu)
  end
  return size - overhead
end

--- Frames per second that fill a line.
---@param bits_per_second number
---@param size integer bytes of a frame
---@return number
function frame.line_rate(bits_per_second, size)
  return bits_per_second / ((size + between_frames) * 8)
end

return frame
