--- Rule 4, no vacuous pass: what has to be proved before silence counts.
--- Each function returns nil when it is proved, else why it is not.
local core = require "mcast.core"
local impaired = require "mcast.impaired"
local losses = require "mcast.losses"
local machine = require "mcast.machine"
local pause = require "mcast.pause"

local proof = {}

--- The datagram was there to be heard: it left the sender's interface, or somebody on another host
--- got it, or it was to stay in its host (TTL 0, loopback) and was heard there.
---@param sent mcast.Sent
---@param reached table<mcast.Host, any> hosts that got it
---@return string|nil
function proof.departure(sent, reached)
  if sent.departed then return nil end
  for host in pairs(reached) do
    if host ~= sent.host or sent:_stays() then return nil end
  end
  core.drain()
  if sent.departed then return nil end
  local code = sent:_error()
  return ("there is no proof that the datagram left %s%s"):format(tostring(sent.host),
    code and (" (%s)"):format(code) or sent.ttl == 0 and " (its TTL is 0)" or "")
end

--- The receiver was open and lost nothing from the send until now.
---@param receiver mcast.Receiver
---@param since number
---@return string|nil
function proof.listening(receiver, since)
  if receiver._closed_at and receiver._closed_at > since then
    return ("%s was closed meanwhile"):format(tostring(receiver))
  end
  local _, was_paused = pause.since(receiver.host, since)
  if was_paused then return ("%s was paused meanwhile"):format(tostring(receiver.host)) end
  local lost = losses.describe(receiver:_losses_since(since), "meanwhile,")
  return lost and ("%s %s"):format(tostring(receiver), lost) or nil
end

--- The first reason why one of them may have missed something.
---@param receivers mcast.Receiver[]
---@param since number
---@return string|nil
function proof.all_listening(receivers, since)
  for _, receiver in ipairs(receivers) do
    local reason = proof.listening(receiver, since)
    if reason then return reason end
  end
  return nil
end

--- The sender could hear every reply.
---@param sent mcast.Sent
---@return string|nil
function proof.sender_listening(sent)
  if sent.sender.closed then return ("%s was closed meanwhile"):format(tostring(sent.sender)) end
  local lost = losses.describe(sent.sender:_losses_since(sent._drops_before), "meanwhile,")
  return lost and ("%s %s"):format(tostring(sent.sender), lost) or nil
end

--- The machine under all hosts lost nothing since the send.
---@param sent mcast.Sent
---@return string|nil
function proof.machine(sent)
  local dropped = sent:_machine_drops_since()
  return dropped > 0 and machine.explain(dropped) or impaired.overflow(sent.host.network)
end

--- The same for a claim that holds. The counter is the machine's: what others do on it is no
--- reason to doubt the silence of a few hosts. A network that can overrun an input queue by itself
--- (hosts that join together send ports^2 reports, performance.md P1b) proves nothing when it did.
---@param sent mcast.Sent
---@return string|nil
function proof.machine_for_silence(sent)
  return impaired.on_the_way(sent.host.network, sent.time)
    or proof.machine_since(sent.host.network, sent._machine_drops)
end

---@param network mcast.Network
---@param before integer drops at the beginning of the window
---@return string|nil
function proof.machine_since(network, before)
  local ports = #network._ports
  if ports * ports <= core.machine().backlog_limit then return nil end
  local dropped = machine.drops_now() - before
  return dropped > 0 and machine.explain(dropped) or nil
end

return proof
