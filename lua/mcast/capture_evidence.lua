--- Rule 4 for captures: what has to be proved before "it saw no such packet" counts. Each function
--- returns nil when it is proved, else why it is not.
local core = require "mcast.core"
local address = require "mcast.address"
local packet_filter = require "mcast.packet_filter"
local machine = require "mcast.machine"
local packet = require "mcast.packet"
local proof = require "mcast.proof"
local words = require "mcast.words"

local evidence = {}

--- Packets that the capture may have missed since it was opened or cleared.
---@param capture mcast.Capture
---@return string|nil
function evidence.missed(capture)
  local losses = capture:_losses()
  if losses.kernel_drops > 0 then
    return ("the kernel dropped %s of it, because its buffer was full"):format(
      words.count(losses.kernel_drops, "packet"))
  end
  if losses.unkept > 0 then
    return ("%s came when its limit was reached: give it a larger one, or a filter"):format(
      words.count(losses.unkept, "packet"))
  end
  if losses.downs > 0 then return "an interface of it was down meanwhile" end
  for _, one in ipairs(capture.interfaces) do
    local flags = one.flags
    if not flags.up then return ("%s is down"):format(tostring(one)) end
    if not flags.running then return ("%s has no carrier"):format(tostring(one)) end
  end
  return nil
end

--- The machine under all hosts lost something since `before`.
---@param before integer
---@return string|nil
function evidence.machine_lost(before)
  local lost = machine.drops_now() - before
  return lost > 0 and machine.explain(lost) or nil
end

-- ---- something could have been seen ------------------------------------------------------------

local function udp_of(send)
  local sent = send.sent
  return { source_port = sent and sent.sender.source_port or 0, destination_port = send.port,
    payload = sent and sent.data or ("\0"):rep(send.length) }
end

--- A datagram of a sender as it goes over the wire, but for what only the wire knows.
local function bytes_of(send)
  local packet_of = { eth = {}, udp = udp_of(send) }
  if send.family == "ipv4" then
    packet_of.ip = { source = send.host.address, destination = send.to, ttl = send.ttl,
      protocol = 17 }
  else
    packet_of.ip6 = { source = send.host.address6, destination = send.to, hop_limit = send.ttl,
      protocol = 17 }
  end
  return core.packet_encode(packet_of)
end

local function accepts(wanted, bytes)
  if wanted == nil then return true end
  if type(wanted) == "string" then
    return packet_filter.compile("capture", wanted):matches(bytes)
  end
  local decoded = packet.adopt(core.packet_decode(bytes))
  local ok, answer = pcall(wanted, decoded)
  return ok and answer
end

local function would_see(capture, wanted, bytes)
  return accepts(capture._filter or nil, bytes) and accepts(wanted, bytes)
end

--- Did a sender elsewhere send what the claim looks for, and the capture takes? What was injected
--- (it has a source of its own) is judged by its very bytes, below.
local function was_sent(capture, wanted)
  return capture.host.network._sends:any_seen_by(capture._cleared_at, capture.host,
    function(send)
      return not send.source and would_see(capture, wanted, bytes_of(send))
    end)
end

local function goes_to(injection, host)
  return injection.group and (address.is_multicast(injection.group)
    or host:_has_address(injection.group))
end

--- Was it injected elsewhere?
local function was_injected(capture, wanted)
  for _, host in ipairs(capture.host.network.hosts) do
    for _, one in ipairs(host ~= capture.host and host._injections or {}) do
      if one.time >= capture._cleared_at and one.departed and goes_to(one, capture.host)
        and would_see(capture, wanted, one.packet:bytes()) then
        return true
      end
    end
  end
  return false
end

--- Did another capture see it, in the same time?
local function was_captured(capture, wanted)
  for _, other in ipairs(capture.host.network._captures) do
    if other ~= capture then
      local i = other._raw and other:_find(wanted, 1)
      while i do
        if other._raw:time(i) >= capture._cleared_at then return true end
        i = other:_find(wanted, i + 1)
      end
    end
  end
  return false
end

local function is_loopback(capture)
  for _, one in ipairs(capture.interfaces) do
    if not one.flags.loopback then return false end
  end
  return true
end

--- There was something to see: what the claim looks for was on the wire elsewhere, or the capture
--- saw what the user named as the sign that it would have come here.
---@param sign string|function|nil
---@return string|nil
local function nothing_to_see(capture, wanted, sign)
  if packet_filter.are_contrary(capture._filter, wanted) then
    return ("its own filter %q takes no packet like %q"):format(capture._filter, wanted)
  end
  if sign then
    if capture:_find(sign, 1) then return nil end
    return ("it did not see %s, which is the sign that it could have"):format(
      packet_filter.describe("a", sign))
  end
  if is_loopback(capture) then
    return "what others send does not come to a loopback interface: name a sign with given ="
  end
  if was_sent(capture, wanted) or was_injected(capture, wanted)
    or was_captured(capture, wanted) then
    return nil
  end
  return "nothing was sent that it could have seen, and no other capture saw such a packet"
end

---@param capture mcast.Capture
---@param wanted string|function|nil
---@param sign string|function|nil
---@param drops integer of the machine, when the claim began
---@return string|nil
function evidence.missing(capture, wanted, sign, drops)
  return evidence.missed(capture) or nothing_to_see(capture, wanted, sign)
    or proof.machine_since(capture.host.network, drops)
end

return evidence
