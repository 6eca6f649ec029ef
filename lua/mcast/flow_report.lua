--- What became of a stream, as reports tell it.
local core = require "mcast.core"
local series = require "mcast.series"
local show = require "mcast.show"
local words = require "mcast.words"

local flow_report = {}

local most_receivers, most_gaps, most_steps = 100, 5, 600

--- "1000 sent in 1 s".
---@param flow mcast.Flow
---@return string
function flow_report.sent(flow)
  local text = ("%d sent in %s, %s"):format(flow.sent, show.duration(flow.duration), flow.mode)
  local broken = flow_report.broken_rate(flow)
  return broken and ("%s; %s"):format(text, broken) or text
end

--- Why its rate was not kept; nil: it was, or there was none.
---@param flow mcast.Flow
---@return string|nil
function flow_report.broken_rate(flow)
  if flow.kept_rate ~= false then return nil end
  local why = {}
  if flow.refused > 0 then
    why[1] = ("%s refused: %s"):format(words.count(flow.refused, "packet"), flow.error)
  end
  local unsent, planned = flow:_unsent()
  if unsent > 0 and not flow.running then
    why[#why + 1] = ("%d of %d not sent in time"):format(unsent, planned)
  end
  why[#why + 1] = ("at worst %s late"):format(show.duration(flow.late))
  return ("it did not keep its rate: %.6g of %.6g packets per second (%s)"):format(flow.rate,
    flow.wanted_rate, table.concat(why, ", "))
end

local words_for = { drops = "dropped by its full buffer",
  damaged = "dropped because of a wrong UDP checksum" }

local function describe_got(got)
  local parts = { ("received %d, lost %d"):format(got.received, got.lost) }
  for _, name in ipairs { "duplicated", "reordered", "corrupted", "drops", "damaged" } do
    local count = got[name]
    if count > 0 then
      parts[#parts + 1] = ("%d %s"):format(count, words_for[name] or name)
    end
  end
  return table.concat(parts, ", ")
end

--- "gap of 0.31 s at +1.20 s: 310 lost (step "the querier is replaced")".
local function describe_gap(flow, gap)
  local step = flow.host.network._run:step_at(gap.at + gap.duration / 2)
  local refused = gap.refused > 0 and (", %d refused by the sender's kernel"):format(gap.refused)
  return ("gap of %s at +%s: %d lost%s%s"):format(show.duration(gap.duration),
    show.duration(math.max(0, gap.at - flow.started)), gap.lost, refused or "",
    step and (" (step %s)"):format(show.text(step)) or "")
end

--- The longest of them, by their time: many short ones must not hide the one that matters.
---@param gaps mcast.FlowGap[]
---@return mcast.FlowGap[]
function flow_report.longest_gaps(gaps)
  local list = table.move(gaps, 1, #gaps, 1, {})
  table.sort(list, function(one, other) return one.duration > other.duration end)
  list = table.move(list, 1, math.min(#list, most_gaps), 1, {})
  table.sort(list, function(one, other) return one.at < other.at end)
  return list
end

local function add_gaps(list, flow, got)
  for _, gap in ipairs(flow_report.longest_gaps(got.gaps)) do
    list[#list + 1] = { label = "", text = describe_gap(flow, gap) }
  end
  if got.gap_count > most_gaps then
    list[#list + 1] = { label = "", text = "and " .. words.count(got.gap_count - most_gaps,
      "more gap") }
  end
end

--- Lines below a claim that does not hold: the stream, then each receiver with its series and gaps.
---@param flow mcast.Flow
---@param receivers mcast.Receiver[]
---@return {label: string, text: string, series: number[]?}[]
function flow_report.details(flow, receivers)
  local list = { { label = "stream", text = flow_report.sent(flow) } }
  for i = 1, math.min(#receivers, 5) do
    local receiver = receivers[i]
    local got = flow:at(receiver)
    list[#list + 1] = { label = receiver.host.name, text = describe_got(got),
      series = core.array(series.shares(flow:series(), flow:series(receiver), most_steps)) }
    add_gaps(list, flow, got)
  end
  return core.array(list)
end

-- ---- the event -------------------------------------------------------------------------------

local function entry(flow, receiver)
  local got = flow:_account(receiver)
  return { host = receiver.host.name, received = got.received, lost = got.lost,
    duplicated = got.duplicated, reordered = got.reordered, corrupted = got.corrupted,
    foreign = got.foreign, drops = got.drops, damaged = got.damaged, rate = got.rate,
    longest_gap = got.longest_gap, gaps = got.gap_count, hops = got.hops, latency = got.latency,
    series = core.array(flow:_series(receiver)) }
end

--- Was it there while the stream ran?
local function was_open(receiver, flow)
  return receiver._opened_at <= flow:_last_time()
    and not (receiver._closed_at and receiver._closed_at < flow.started)
end

--- Of the receivers on its port, those that it may reach.
local function entries(flow)
  local list = {}
  core.drain()
  for _, receiver in ipairs(flow.host.network._receivers) do
    if #list >= most_receivers then break end
    if receiver.port == flow.port and receiver.family == flow.family
      and was_open(receiver, flow) then
      list[#list + 1] = entry(flow, receiver)
    end
  end
  return core.array(list)
end

--- Emits the event `flow`, once.
---@param flow mcast.Flow
function flow_report.tell(flow)
  if flow._told then return end
  flow._told = true
  flow.host.network._run:emit("flow", { host = flow.host.name, to = flow.group, port = flow.port,
    size = flow.size, sent = flow.sent, refused = flow.refused, running = flow.running,
    duration = flow.duration, rate = flow.rate,
    wanted_rate = flow.wanted_rate, kept_rate = flow.kept_rate, late = flow.late,
    mode = flow.mode, departed = flow.departed, series = core.array(flow:series()),
    receivers = entries(flow) })
end

return flow_report
