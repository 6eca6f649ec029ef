--- What the scenario itself did to a host, as the reason why a datagram did not get there.
local impaired = require "mcast.impaired"
local meeting = require "mcast.claims.meeting"
local pause = require "mcast.pause"

local fault = {}

--- The interface where it would have come in.
local function entrance(host, sent)
  local _, interface = meeting.straight(sent, host)
  return interface or host.network._routing:interface_towards(host, sent.host)
end

local function is_down(host, sent)
  local interface = entrance(host, sent)
  if interface and interface._outage and interface._fault.time <= sent.time then
    return ("its %s is down"):format(interface.name)
  end
  return nil
end

local function is_meant(block, sent)
  return block.direction ~= "out" and block._fault.time <= sent.time
    and (not block.group or block.group == sent.group)
    and (not block.port or block.port == sent.port)
    and (not block.source or sent.host:_has_address(block.source))
end

local function is_blocked(host, sent)
  for _, block in ipairs(host._blocks) do
    if is_meant(block, sent) and block.packets > 0 then
      return "its firewall (host:block) drops it"
    end
  end
  return nil
end

---@param host mcast.Host
---@param sent mcast.Sent
---@return string|nil
function fault.reason(host, sent)
  return is_down(host, sent) or is_blocked(host, sent)
    or pause.since(host, sent.time) and "it is paused" or impaired.reason(sent, host)
    or impaired.holding(sent, host)
end

--- The flow as if it had been sent at its end: what happened meanwhile was before that.
local function at_its_end(flow)
  return setmetatable({ time = flow:_last_time() }, { __index = flow })
end

local function was_down(host, flow)
  local interface = entrance(host, flow)
  local outage = interface and interface._last_outage
  local overlaps = outage and outage.ended and outage.ended >= flow.time
    and outage.began <= flow:_last_time()
  return overlaps and ("its %s was down meanwhile"):format(interface.name) or nil
end

--- Why the host missed a part of a stream.
---@param host mcast.Host
---@param flow mcast.Flow
---@return string|nil
function fault.of_a_part(host, flow)
  local late = at_its_end(flow)
  return is_down(host, late) or was_down(host, flow) or is_blocked(host, late)
    or impaired.reason(flow, host, "some of it") or impaired.holding(flow, host)
end

return fault
