--- What was sent and received by tenths of a second, as shares for a plot.
local series = {}

--- How much of each step arrived, 0 to 1. Where there are more steps than `most`, several are one,
--- and of those the least counts: a short outage must not vanish in a long stream.
---@param sent integer[]
---@param got integer[] of those sent then
---@param most integer
---@return number[]
function series.shares(sent, got, most)
  local list, count = {}, math.min(#sent, most)
  for i = 1, #sent do
    local share = sent[i] == 0 and 1 or math.min(1, (got[i] or 0) / sent[i])
    local at = (i - 1) * count // #sent + 1
    list[at] = math.min(list[at] or 1, share)
  end
  return list
end

return series
