--- Where what was sent and a host meet without a router: by which interface it left, and by which of the
--- host's interfaces it comes. Hosts may be on several segments, and share more than one.
local meeting = {}

--- The interface that it left by; nil: the scenario has had the socket in hand, and may have set it.
---@param sent mcast.Sent|mcast.Flow
---@return mcast.Interface|nil
function meeting.exit(sent)
  local sender = sent.sender
  if sender._socket then return nil end
  for _, interface in ipairs(sender.host._planned) do
    if interface.name == sender._interface_name then return interface end
  end
  return nil
end

local function is_same_segment(one, other)
  local here, there = one:_segment(), other:_segment()
  return here and there and here:_root() == there:_root()
end

--- The host's interface on the segment of another one.
---@param interface mcast.Interface
---@param host mcast.Host
---@return mcast.Interface|nil
local function beside(interface, host)
  for _, theirs in ipairs(host._planned) do
    if is_same_segment(interface, theirs) then return theirs end
  end
  return nil
end

--- The interfaces between which it went straight; nil: there are none.
---@param sent mcast.Sent|mcast.Flow
---@param host mcast.Host
---@return mcast.Interface|nil mine, mcast.Interface|nil theirs
function meeting.straight(sent, host)
  local exit = meeting.exit(sent)
  for _, mine in ipairs(exit and { exit } or sent.host._planned) do
    local theirs = beside(mine, host)
    if theirs then return mine, theirs end
  end
  return nil
end

--- Why there are none though the hosts share a segment.
---@param sent mcast.Sent|mcast.Flow
---@param host mcast.Host
---@return string|nil
function meeting.missed(sent, host)
  local exit = meeting.exit(sent)
  if not exit or host == sent.host or meeting.straight(sent, host) then return nil end
  for _, mine in ipairs(sent.host._planned) do
    if beside(mine, host) then
      return ("it left %s by %s, and %s is on the segment of %s"):format(sent.host.name,
        exit.name, host.name, mine.name)
    end
  end
  return nil
end

return meeting
