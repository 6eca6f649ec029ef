--- What the path to a host lost of a stream while the host was surely a member, and how many in a row it
--- may have lost where that cannot be seen: after a leave's last datagram, before a join's first. It is seen
--- at the host itself, by the numbers of what came: a network's loss is not known otherwise.
local words = require "mcast.words"

local path_loss = {}

---@class mcast.PathLoss
---@field span integer datagrams from the first to the last that came
---@field lost integer of them
---@field longest integer in a row

--- As many are looked at before it is said that a path loses nothing.
path_loss.enough = 20

-- A longer run of losses is as rare as this.
local rare = 1e-4

---@param span integer
---@param lost integer
---@param longest integer
---@return mcast.PathLoss
function path_loss.seen(span, lost, longest)
  return { span = span, lost = lost, longest = longest }
end

-- On their way, or sent since the last look.
local in_flight = 3

--- When so few came, what was sent since the last of them and did not come was lost, too.
---@param seen mcast.PathLoss
---@param sent integer since the last one came
---@return mcast.PathLoss
function path_loss.with_silence(seen, sent)
  if seen.span >= path_loss.enough or sent <= in_flight then return seen end
  return path_loss.seen(seen.span + sent, seen.lost + sent, math.max(seen.longest, sent))
end

--- The chance that the next ones are all lost falls by Laplace's rule of succession, which takes into account
--- that few were looked at. Losses that come in bursts are told by the longest run of them.
---@param seen mcast.PathLoss
---@return integer
function path_loss.in_a_row(seen)
  if seen.lost == 0 then return 0 end
  local run = 0
  local chance = (seen.lost + 1) / (seen.span + 2)
  while chance > rare do
    run = run + 1
    chance = chance * (seen.lost + 1 + run) / (seen.span + 2 + run)
  end
  return math.max(run, seen.longest)
end

--- "the path to a lost 11 of 22 datagrams while it was a member, and up to 4 in a row".
---@param seen mcast.PathLoss
---@param host mcast.Host
---@return string
function path_loss.describe(seen, host)
  return ("the path to %s lost %d of %s while it was a member, and up to %d in a row"):format(
    host.name, seen.lost, words.count(seen.span, "datagram"), seen.longest)
end

return path_loss
