--- A packet in one line, as tcpdump(1) would put it.
local words = require "mcast.words"

local text = {}

local function number(value)
  return ("%g"):format(value)
end

-- ---- IGMP and MLD ---------------------------------------------------------------------------

local function sources(list)
  return ("{%s}"):format(words.list(list, "and", 5))
end

local function query(message)
  local parts = { "query" }
  local is_general = message.group == "0.0.0.0" or message.group == "::"
  parts[2] = is_general and "for all groups" or "for " .. message.group
  if message.sources and message.sources[1] then
    parts[2] = ("%s from %s"):format(parts[2], sources(message.sources))
  end
  if message.max_response then
    parts[3] = ("answer within %s s"):format(number(message.max_response))
  end
  return table.concat(parts, " ", 1, 2) .. (parts[3] and ", " .. parts[3] or "")
end

local function record(one)
  return ("%s %s %s"):format(one.group, one.type, sources(one.sources))
end

local function report(message)
  if not message.records then return "report of " .. message.group end
  local parts = {}
  for i, one in ipairs(message.records) do parts[i] = record(one) end
  return "report: " .. (parts[1] and words.list(parts, "and", 5) or "no records")
end

local function membership(name, message)
  local kind = ("%sv%d "):format(name, message.version)
  if message.type == "query" then return kind .. query(message) end
  if message.type == "report" then return kind .. report(message) end
  return ("%s%s %s"):format(kind, message.type, message.group)
end

-- ---- PIM ------------------------------------------------------------------------------------

local function pim_groups(message)
  local parts = {}
  for i, one in ipairs(message.groups or {}) do
    parts[i] = one.joined and ("%s (%d joined, %d pruned)"):format(one.group, #one.joined,
      #one.pruned) or one.group
  end
  return words.list(parts, "and", 5)
end

local pim_texts = {
  hello = function(pim) return pim.holdtime and ("holdtime %d s"):format(pim.holdtime) end,
  register = function(pim)
    return pim.null and "null" or words.count(#(pim.packet or ""), "byte")
  end,
  register_stop = function(pim) return ("%s from %s"):format(pim.group, pim.source or "*") end,
  assert = function(pim)
    return ("%s from %s, preference %d, metric %d"):format(pim.group, pim.source or "*",
      pim.preference or 0, pim.metric or 0)
  end,
  bootstrap = function(pim)
    return ("router %s, priority %d"):format(pim.router, pim.priority or 0)
  end,
  candidate_rp = function(pim) return ("%s for %s"):format(pim.rp, pim_groups(pim)) end,
}

local function pim_text(pim)
  local name = "PIM " .. (math.type(pim.type) and ("type %d"):format(pim.type)
    or pim.type:gsub("_", "-"))
  if pim.body then return ("%s, %d bytes"):format(name, #pim.body) end
  local details = pim_texts[pim.type] and pim_texts[pim.type](pim)
  if pim.groups and not details then
    details = ("for %s: %s"):format(pim.upstream, pim_groups(pim))
  end
  return details and ("%s, %s"):format(name, details) or name
end

-- ---- the line -------------------------------------------------------------------------------

local function bytes(packet)
  return words.count(#(packet.payload or ""), "byte")
end

local function message_of(packet)
  if packet.udp then return ("UDP, %s"):format(words.count(#packet.udp.payload, "byte")) end
  if packet.igmp then return membership("IGMP", packet.igmp) end
  if packet.mld then return membership("MLD", packet.mld) end
  if packet.pim then return pim_text(packet.pim) end
  local ip = packet.ip or packet.ip6
  return ip and ("protocol %d, %s"):format(ip.protocol, bytes(packet)) or bytes(packet)
end

local function frame_ends(eth)
  return ("%s > %s: ethertype 0x%04x"):format(eth.source or "?", eth.destination or "?",
    eth.type or 0)
end

local function with_port(one, port)
  return (one:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(one, port)
end

local function ends(packet)
  local ip, udp = packet.ip or packet.ip6, packet.udp
  if not ip then return packet.eth and frame_ends(packet.eth) end
  local from, to = ip.source or "?", ip.destination or "?"
  if udp then
    from, to = with_port(from, udp.source_port), with_port(to, udp.destination_port)
  end
  return ("%s > %s"):format(from, to)
end

--- One that is wrong, or, of a packet that is to be built, one that is given.
local function checksum_note(name, layer, packet)
  if layer.checksum_valid == false then return ("wrong %s checksum"):format(name) end
  if layer.checksum and layer.checksum_valid == nil and not packet.truncated then
    return ("%s checksum 0x%04x"):format(name, layer.checksum)
  end
  return nil
end

local function add_ip_notes(packet, notes)
  local ip = packet.ip or packet.ip6
  if not ip then return end
  notes[1] = ("ttl %d"):format(ip.ttl or ip.hop_limit or 0)
  local offset = ip.fragment_offset or 0
  if offset > 0 or ip.more_fragments then notes[2] = ("fragment at %d"):format(offset) end
end

local function notes_of(packet)
  local notes, vlan = {}, packet.eth and packet.eth.vlan
  add_ip_notes(packet, notes)
  if vlan then notes[#notes + 1] = ("vlan %d"):format(vlan.id) end
  for _, name in ipairs { "ip", "udp", "igmp", "mld", "pim" } do
    notes[#notes + 1] = packet[name] and checksum_note(name, packet[name], packet)
  end
  if packet.truncated then notes[#notes + 1] = "truncated" end
  if packet.malformed then notes[#notes + 1] = "malformed (" .. packet.malformed .. ")" end
  return notes
end

---@param packet mcast.Packet
---@return string "10.0.0.1 > 224.0.0.1: IGMPv3 query for all groups, answer within 10 s, ttl 1"
function text.line(packet)
  local from_to, notes = ends(packet), notes_of(packet)
  local line = (from_to and from_to .. ": " or "") .. message_of(packet)
  return notes[1] and ("%s, %s"):format(line, table.concat(notes, ", ")) or line
end

return text
