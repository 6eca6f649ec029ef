--- Why a receiver got less of a stream than it should have, as far as that is known.
local bounds = require "mcast.claims.bounds"
local fault = require "mcast.claims.fault"
local impaired = require "mcast.impaired"
local losses = require "mcast.losses"
local show = require "mcast.show"
local words = require "mcast.words"

local reasons = {}

local function opened_late(flow, receiver)
  local late = receiver._opened_at - flow.started
  return late > 0 and ("its receiver was opened %s after the stream began"):format(
    show.duration(late)) or nil
end

local function left_early(flow, receiver)
  local till = flow:_last_time()
  for _, call in ipairs(receiver._calls) do
    if call.left == flow.group and call.time >= flow.started and call.time < till then
      return ("its receiver left %s %s after the stream began"):format(flow.group,
        show.duration(call.time - flow.started))
    end
  end
  return nil
end

local function by_its_kernel(_, _, got)
  local dropped = got.lost > 0 and losses.describe { full = got.drops, damaged = got.damaged }
  return dropped and "its kernel " .. dropped or nil
end

local function by_corruption(_, _, got)
  return got.lost > 0 and got.corrupted > 0 and ("%d came corrupted"):format(got.corrupted) or nil
end

--- The longest gap is the sender's doing as well.
local function by_the_sender(flow, _, got, wanted)
  if not wanted.longest_gap or got.longest_gap <= wanted.longest_gap then return nil end
  for _, gap in ipairs(got.gaps) do
    if gap.refused > 0 and gap.duration == got.longest_gap then
      return ("meanwhile its sender's kernel refused %s (%s)"):format(
        words.count(gap.refused, "datagram"), flow.error)
    end
  end
  return nil
end

--- What the scenario did to the way of it.
local function by_a_fault(flow, receiver, got)
  return got.lost > got.drops and fault.of_a_part(receiver.host, flow) or nil
end

local function by_duplication(flow, receiver, got, wanted)
  return bounds.is_exceeded_for_good(wanted, got.duplicated, 0, flow.sent)
    and impaired.duplication(flow, receiver.host) or nil
end

local all = { opened_late, left_early, by_its_kernel, by_corruption, by_the_sender, by_a_fault,
  by_duplication }

--- ": its receiver was opened 0.2 s after the stream began: ..."; empty when nothing is known.
---@param flow mcast.Flow
---@param receiver mcast.Receiver
---@param got mcast.FlowAccount
---@param wanted table the bounds
---@return string
function reasons.describe(flow, receiver, got, wanted)
  local list = {}
  for _, reason in ipairs(all) do
    local text = reason(flow, receiver, got, wanted)
    if text then list[#list + 1] = ": " .. text end
  end
  return table.concat(list)
end

return reasons
