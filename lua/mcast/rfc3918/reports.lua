--- The messages by which hosts become members and end it, as they leave the hosts: what join and leave
--- delays are measured from (timestamp A of RFC 3918 sections 6.1 and 6.2). A kernel takes its time before
--- it sends them, which is no delay of the device's.
local reports = {}

-- IGMPv1, v2 and MLDv1 by the message; IGMPv3 and MLDv2 by the record. The answer to a query that comes just
-- then tells the device of a member, too.
local meanings = { join = { report = true, to_exclude = true, is_exclude = true },
  leave = { leave = true, done = true, to_include = true } }

---@param host mcast.Host
---@param interface string|nil
---@return mcast.Capture
function reports.watch(host, interface)
  return host:capture { filter = "igmp or mld", interface = interface }
end

local function means(message, group, words)
  for _, record in ipairs(message.records or { message }) do
    if record.group == group and words[record.type] then return true end
  end
  return false
end

--- When the first one since then left the host; nil: none did.
---@param capture mcast.Capture
---@param kind "join"|"leave"
---@param group string
---@param since number
---@return number|nil
function reports.sent(capture, kind, group, since)
  for _, packet in ipairs(capture:packets()) do
    local message = packet.igmp or packet.mld
    if message and packet.direction == "out" and packet.time >= since
      and means(message, group, meanings[kind]) then return packet.time end
  end
  return nil
end

return reports
