--- The probes of a stream that tell something: the first and the last, those beside a gap, the first
--- that came twice or late, and those with which a receiver's losses begin. All others are silent:
--- they are thousands.
local claim = require "mcast.comments.claim"
local way = require "mcast.comments.way"
local words = require "mcast.words"

local flow = {}

local most_gaps, most_receivers = 5, 5

--- "number 7", "numbers 7 to 9".
local function numbers(first, last)
  return first == last and ("number %d"):format(first)
    or ("numbers %d to %d"):format(first, last)
end

-- ---- what the wire tells --------------------------------------------------------------------

local function sum_of(one, sent)
  local parts = {}
  for _, part in ipairs { { one:missing(sent), "missing" }, { one.twice, "again" },
    { one.late, "late" } } do
    if part[1] > 0 then parts[#parts + 1] = ("%d %s"):format(part[1], part[2]) end
  end
  return #parts > 0 and ": here " .. words.list(parts) or ""
end

local function add_ends(one, sent, add)
  local last = #one.packets
  add(one.packets[1], ("first of the stream here: number %d of %d"):format(one.numbers[1], sent))
  add(one.packets[last], ("last of the stream here: number %d of %d%s"):format(one.numbers[last],
    sent, sum_of(one, sent)))
end

local function add_gap(one, gap, add)
  local text = ("%d missing, %s"):format(gap.lost, numbers(gap.first, gap.last))
  if gap.at > 1 then add(one.packets[gap.at - 1], "next comes a gap: " .. text) end
  add(one.packets[gap.at], "behind a gap: " .. text)
end

--- The first gaps, and behind them the one where most is missing.
local function add_gaps(one, add)
  local worst
  for n, gap in ipairs(one.gaps) do
    if n <= most_gaps then
      add_gap(one, gap, add)
    elseif not worst or gap.lost > worst.lost then
      worst = gap
    end
  end
  if worst then add_gap(one, worst, add) end
end

local function add_disorder(one, add)
  local twice, late = one.first_twice, one.first_late
  if twice then
    add(one.packets[twice], ("number %d again: the first of %d"):format(one.numbers[twice],
      one.twice))
  end
  if late then
    add(one.packets[late], ("number %d behind number %d: the first of %d that came late"):format(
      one.numbers[late], one.numbers[late - 1], one.late))
  end
end

-- ---- what the receivers tell ----------------------------------------------------------------

--- What each receiver that got some of it lost, gap by gap.
---@return {first: integer, text: string}[]
local function receivers_losses(subject)
  local list, told = {}, 0
  for _, receiver in ipairs(subject.host.network._receivers) do
    if told == most_receivers then break end
    if receiver.port == subject.port and receiver.family == subject.family
      and subject._raw:counts(receiver._endpoint) > 0 then
      local gaps = subject._raw:gaps(receiver._endpoint, most_gaps)
      for _, gap in ipairs(gaps) do
        list[#list + 1] = { first = gap.first, text = ("number %d: here begins a gap of %s, "
          .. "%d missing"):format(gap.first, tostring(receiver), gap.lost) }
      end
      told = told + math.min(#gaps, 1)
    end
  end
  return list
end

local function add_losses(one, losses, add)
  for _, loss in ipairs(losses) do
    local packet = one:packet_of(loss.first)
    if packet then add(packet, loss.text) end
  end
end

-- ---- all of it ------------------------------------------------------------------------------

---@param capture mcast.Capture
---@param count integer packets of it
---@param noted mcast.NotedClaim[]
---@param add fun(i: integer, text: string)
function flow.add(capture, count, noted, add)
  local subjects, claims = claim.by_subject(noted, "flow")
  for _, subject in ipairs(subjects) do
    local pointed = {}
    local function point(i, text)
      pointed[i] = true
      add(i, text)
    end
    local losses, sent = receivers_losses(subject), subject.sent
    for _, one in ipairs(way.all(subject._raw, capture._raw, count)) do
      add_ends(one, sent, point)
      add_gaps(one, point)
      add_disorder(one, point)
      add_losses(one, losses, point)
    end
    local text = table.concat(claim.lines(claims[subject]), "\n")
    for i in pairs(pointed) do add(i, text) end
  end
end

return flow
