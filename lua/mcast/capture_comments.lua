--- What points at a packet of a capture, for the comments of its saved file: steps, claims about
--- the capture, claims about what was sent, and who injected it.
local datagram = require "mcast.comments.datagram"
local flow = require "mcast.comments.flow"
local fragments = require "mcast.comments.fragments"
local heard = require "mcast.comments.heard"
local injection = require "mcast.comments.injection"

local capture_comments = {}

--- The last of the steps that had begun at `time`.
local function step_at(steps, time)
  for n = #steps, 1, -1 do
    if steps[n].time <= time then return steps[n] end
  end
  return nil
end

--- Each step is told at the first packet after it.
local function add_steps(capture, count, add)
  local steps, raw, first = capture.host.network._run.steps, capture._raw, {}
  if #steps == 0 then return end
  for i = 1, count do
    local step = step_at(steps, raw:time(i))
    if step and (not first[step] or raw:time(i) < raw:time(first[step])) then first[step] = i end
  end
  for _, step in ipairs(steps) do
    if first[step] then add(first[step], "step: " .. step.text) end
  end
end

---@param capture mcast.Capture
---@param count integer
---@return table<integer, string>
function capture_comments.of(capture, count)
  local comments, noted = {}, capture.host.network._run.claims_about_sent
  local function add(i, text)
    comments[i] = comments[i] and (comments[i] .. "\n" .. text) or text
  end
  injection.add(capture, count, noted, add)
  flow.add(capture, count, noted, add)
  datagram.add(capture, count, noted, add)
  heard.add(capture, count, noted, add)
  for i, text in pairs(capture._comments) do add(i, text) end
  fragments.add(capture, count, comments, add)
  -- Steps come first, and are no word about the other fragments.
  add_steps(capture, count, function(i, text)
    comments[i] = comments[i] and (text .. "\n" .. comments[i]) or text
  end)
  return comments
end

return capture_comments
