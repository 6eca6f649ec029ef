--- What a receiver got of a flow: plain facts, for pairs(), reports and equality.
local rates = require "mcast.rate"
local row = require "mcast.row"

local flow_account = {}

-- More gaps are counted, and of those the longest is listed.
local most_gaps = 1000

local account_row = row.kind("an account", { "received", "lost", "duplicated", "reordered",
  "corrupted", "foreign", "drops", "damaged", "bytes", "rate", "gaps", "gap_count", "longest_gap",
  "latency", "hops", "first", "last", "unaccounted", "complete" })
local latency_row = row.kind("the latency of an account",
  { "min", "mean", "p50", "p90", "p99", "p999", "max" })
local gap_row = row.kind("a gap of an account", { "at", "duration", "lost", "refused", "first" })

--- Between the first and the last arrival lies the last burst less than came, as far as it arrived.
--- Of a stream that is a single burst only the time that it took to arrive is known.
local function rate_of(raw, sent, burst)
  local last = rates.last_burst(sent, burst)
  local together = sent > burst and math.max(1, last * raw.received / sent) or 1
  local spaced = raw.received - together
  return spaced > 0 and raw.active > 0 and spaced / raw.active or 0
end

--- What the receiver logged beside the probes since the stream began.
local function foreign_count(flow, receiver)
  return receiver._endpoint:count() - (flow._messages_before[receiver] or 0)
end

local function add_gaps(account, gaps, count, longest)
  if count > #gaps and longest.first > gaps[#gaps].first then gaps[#gaps + 1] = longest end
  account.gaps, account.gap_count = row.each(gap_row, gaps), count
  account.longest_gap = longest and longest.duration or 0
end

--- As far as it has been read. Which stream's datagrams a full buffer cost the kernel does not say: of
--- this one no more than are missing. More may come than were sent, to the sender's own host: what was
--- refused is looped back, too.
---@param flow mcast.Flow
---@param receiver mcast.Receiver
---@return mcast.FlowAccount
function flow_account.new(flow, receiver)
  local raw = flow._raw:account(receiver._endpoint)
  local sent, dropped = raw.sent, receiver:_losses_since(flow.started)
  local lost = math.max(0, sent - raw.received)
  local account = account_row { received = raw.received, lost = lost,
    duplicated = raw.duplicated, reordered = raw.reordered, corrupted = raw.corrupted,
    foreign = foreign_count(flow, receiver), drops = math.min(lost, dropped.full),
    damaged = dropped.damaged,
    bytes = raw.bytes, rate = rate_of(raw, sent, flow._burst),
    latency = raw.latency and latency_row(raw.latency), first = raw.first, last = raw.last,
    hops = raw.ttl_min and flow.ttl - raw.ttl_min, unaccounted = raw.unaccounted,
    complete = raw.unaccounted == 0 and not raw.incomplete }
  add_gaps(account, flow._raw:gaps(receiver._endpoint, most_gaps))
  return account
end

return flow_account
