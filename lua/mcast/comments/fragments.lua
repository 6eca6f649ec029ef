--- Packets that came in fragments: what is told at one of them is told at all, with its place among
--- them.
local packet_filter = require "mcast.packet_filter"

local fragments = {}

local function fragment_header(ip6)
  for _, extension in ipairs(ip6.extensions or {}) do
    if extension.type == "fragment" then return extension end
  end
  return nil
end

--- IPv6 has the identification in its fragment header (RFC 8200 section 4.5), behind an offset of
--- two bytes.
local function identification(packet)
  if packet.ip then return packet.ip.identification end
  return (">I4"):unpack(fragment_header(packet.ip6).value, 3)
end

local function is_fragment(packet)
  local ip = packet.ip
  if ip then return ip.more_fragments or ip.fragment_offset > 0 end
  return packet.ip6 ~= nil and fragment_header(packet.ip6) ~= nil
end

--- Bytes that it carries of the whole; nil: not known.
local function carried(packet)
  if packet.ip then return packet.ip.total_length - packet.ip.header_length end
  local length = packet.ip6.payload_length
  for _, extension in ipairs(packet.ip6.extensions) do
    if not extension.value then return nil end
    length = length - 2 - #extension.value
  end
  return length
end

local function expression_of(packet)
  local ip, id = packet.ip or packet.ip6, identification(packet)
  return ("src host %s and dst host %s and %s == %d"):format(ip.source, ip.destination,
    packet.ip and "ip[4:2]" or "ip6[6] == 44 and ip6[44:4]", id)
end

--- Identifications come again: of each offset the one that is the nearest.
local function nearest(one, other, i)
  return other and math.abs(other.i - i) <= math.abs(one.i - i) and other or one
end

--- All of packet `i`, by offset.
local function siblings(capture, count, i, packet)
  local filter = packet_filter.compile("capture:save", expression_of(packet))
  local by_offset, list = {}, {}
  local n = capture._raw:find(filter, 1)
  while n and n <= count do
    local found = capture:_packet(n)
    if found.interface == packet.interface and found.direction == packet.direction then
      local ip = found.ip or found.ip6
      local one = { i = n, packet = found, offset = ip.fragment_offset or 0,
        more = ip.more_fragments }
      by_offset[one.offset] = nearest(one, by_offset[one.offset], i)
    end
    n = capture._raw:find(filter, n + 1)
  end
  for _, one in pairs(by_offset) do list[#list + 1] = one end
  table.sort(list, function(a, b) return a.offset < b.offset end)
  return list
end

--- Are these all of them?
local function are_whole(list)
  local offset = 0
  for _, one in ipairs(list) do
    if one.offset ~= offset then return false end
    offset = offset + (carried(one.packet) or math.huge)
  end
  return not list[#list].more
end

local function place_of(list, n)
  if are_whole(list) then return ("fragment %d of %d"):format(n, #list) end
  return ("fragment at byte %d; not all of them are here"):format(list[n].offset)
end

--- The commented fragments by what they are parts of; several of one are one entry.
---@return {list: table[], texts: table<integer, string>}[]
local function commented(capture, count, comments)
  local entries, by_first = {}, {}
  for i, text in pairs(comments) do
    local packet = capture:_packet(i)
    if is_fragment(packet) then
      local list = siblings(capture, count, i, packet)
      local entry = by_first[list[1].i] or { list = list, texts = {} }
      if not by_first[list[1].i] then entries[#entries + 1] = entry end
      by_first[list[1].i], entry.texts[i] = entry, text
    end
  end
  return entries
end

---@param capture mcast.Capture
---@param count integer packets of it
---@param comments table<integer, string> those until now
---@param add fun(i: integer, text: string)
function fragments.add(capture, count, comments, add)
  for _, entry in ipairs(commented(capture, count, comments)) do
    for n, fragment in ipairs(entry.list) do
      for _, other in ipairs(entry.list) do
        local text = other ~= fragment and entry.texts[other.i]
        if text then add(fragment.i, text) end
      end
      add(fragment.i, place_of(entry.list, n))
    end
  end
end

return fragments
