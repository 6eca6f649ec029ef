--- The packet in which came what a receiver or an observer heard.
local claim = require "mcast.comments.claim"
local packet_filter = require "mcast.packet_filter"

local heard = {}

-- The kernel stamps a packet once, for whoever gets it; what is left are the roundings of a double.
local same_time = 1e-6 -- seconds

---@class mcast.Heard what a claim found in the message of a receiver or the frame of an observer
---@field host mcast.Host
---@field time number
---@field source string
---@field group string

--- A link-local address comes with its interface, which libpcap does not take.
local function without_zone(address) return (address:gsub("%%.*", "")) end

---@param capture mcast.Capture
---@param count integer packets of it
---@param one mcast.Heard
---@return integer|nil
local function find(capture, count, one)
  local filter = packet_filter.compile("capture:save", ("src host %s and dst host %s"):format(
    without_zone(one.source), without_zone(one.group)))
  local i = capture._raw:find(filter, 1)
  while i and i <= count do
    if math.abs(capture._raw:time(i) - one.time) < same_time then return i end
    i = capture._raw:find(filter, i + 1)
  end
  return nil
end

---@param capture mcast.Capture
---@param count integer packets of it
---@param noted mcast.NotedClaim[]
---@param add fun(i: integer, text: string)
function heard.add(capture, count, noted, add)
  for _, one in ipairs(noted) do
    local is_heard = one.kind == "receiver" or one.kind == "observer"
    local i = is_heard and one.subject.host == capture.host and find(capture, count, one.subject)
    if i then add(i, claim.text(one)) end
  end
end

return heard
