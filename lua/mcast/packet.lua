--- A packet: a table of its layers, which can be built, read, changed, shown and sent.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local fields = require "mcast.packet.fields"
local headers = require "mcast.packet.headers"
local messages = require "mcast.packet.messages"
local options = require "mcast.options"
local rows = require "mcast.packet.rows"
local show = require "mcast.show"
local types = require "mcast.types"
local words = require "mcast.words"

local packet = {}

---@class mcast.Packet
local Packet = class.define("packet")
packet.class = Packet
class.open(Packet)

local carried = { "udp", "igmp", "mld", "pim", "payload" }
local layers = { "eth", "ip", "ip6", table.unpack(carried) }
--- What is told of a packet that was captured or decoded; nothing is built of it.
local told = { "time", "interface", "direction", "length", "truncated", "malformed" }

-- Known words: a layer that a packet does not have is nil, a misspelt one is an error.
for _, list in ipairs { layers, told } do
  for _, name in ipairs(list) do
    Packet.properties[name] = function() return nil end
    Packet.setters[name] = function(self, value) rawset(self, name, value) end
  end
end

-- ---- building -------------------------------------------------------------------------------

local field_types = { payload = types.string }
for _, list in ipairs { layers, told } do
  for _, name in ipairs(list) do
    field_types[name] = field_types[name] or function(value) return value, "a table" end
  end
end

--- The one layer that IP, or Ethernet, carries.
local function find_carried(place, given)
  local found
  for _, name in ipairs(carried) do
    if given[name] ~= nil then
      if found then errors.usage("%s: both %s and %s: a packet carries one", place, found, name) end
      found = name
    end
  end
  return found
end

local only_header = { igmp = "ip", mld = "ip6" }

local function given_header(place, given)
  if given.ip ~= nil and given.ip6 ~= nil then
    errors.usage("%s: both ip and ip6: a packet has one", place)
  end
  return given.ip ~= nil and "ip" or given.ip6 ~= nil and "ip6" or nil
end

--- The IP header that it has: "ip", "ip6"; nil: none.
local function find_header(place, given, name)
  local header, only = given_header(place, given), only_header[name]
  if only and header and header ~= only then
    errors.usage("%s: %s goes over %s, not over %s", place, name, only, header)
  end
  if header or name == "payload" or not name then return header end
  return only or "ip"
end

local function check_carried(place, given, name)
  if not name then return nil end
  if name == "payload" then return given.payload end
  return messages[name](("%s: %s"):format(place, name), given[name])
end

local function check_headers(place, given, header, checked)
  if header then
    local place_of_header = ("%s: %s"):format(place, header)
    checked[header] = headers[header](place_of_header, given[header] or {}, checked)
  end
  if given.eth ~= nil then checked.eth = headers.eth(place .. ": eth", given.eth, checked) end
  if not header and not given.eth and not given.payload then
    errors.usage("%s: nothing to build: expected eth, ip, ip6, udp, igmp, mld or pim", place)
  end
end

--- What the user described, checked and completed; a copy.
---@param place string
---@param given table
---@return table
local function complete(place, given)
  if type(given) ~= "table" then
    errors.usage("%s: expected a table of layers, got %s", place, show.value(given))
  end
  fields.check(place, given, field_types)
  local name = find_carried(place, given)
  local header = find_header(place, given, name)
  local checked = {}
  if name then checked[name] = check_carried(place, given, name) end
  check_headers(place, given, header, checked)
  return checked
end

--- A table that C made is a packet from now on.
---@param decoded table
---@return mcast.Packet
function packet.adopt(decoded)
  return class.new(Packet, decoded)
end

--- mcast.packet{...}
---@param given table
---@return mcast.Packet
function packet.build(given)
  local built = complete("mcast.packet", given)
  errors.on_host(nil, core.packet_encode, built) -- what C finds wrong is told here, too
  return class.new(Packet, rows.adopt(built))
end

local function read_frame(where, bytes)
  local decoded = core.packet_decode(bytes)
  if decoded.eth then return decoded end
  options.refuse(where, "packet", "the bytes of a frame, from its Ethernet header on (14 bytes)",
    bytes)
end

--- A packet to be sent, from what the user gave: a table, a packet, or the bytes of a frame.
---@param where string
---@param given mcast.Packet|table|string
---@return table a copy
function packet.prepare(where, given)
  if type(given) == "string" then given = read_frame(where, given) end
  return complete(where .. ": packet", given)
end

local decode_types = { layer = types.one_of { "ethernet", "ip" } }

--- mcast.decode(bytes)
---@param bytes string
---@param given {layer: "ethernet"|"ip"|nil}|nil
---@return mcast.Packet
function packet.decode(bytes, given)
  options.argument("mcast.decode", "bytes", bytes, types.string)
  local wanted = options.check("mcast.decode", given, decode_types)
  return packet.adopt(core.packet_decode(bytes, wanted.layer))
end

-- ---- what it can do -------------------------------------------------------------------------

--- Its bytes, as its fields are now. What was read of bytes is written as it was.
---@return string
function Packet.methods.bytes(self)
  return errors.on_host(nil, core.packet_encode, complete("packet:bytes", self))
end

---@return string two digits a byte
function Packet.methods.hex(self)
  return (self:bytes():gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, one in pairs(value) do result[key] = copy(one) end
  return result
end

local function is_layer(value) return type(value) == "table" and #value == 0 end

--- Lists are replaced, layers are merged.
local function merge(into, changes)
  for key, value in pairs(changes) do
    if is_layer(value) and is_layer(into[key]) then
      merge(into[key], value)
    else
      into[key] = copy(value)
    end
  end
end

--- A copy with changes; lengths and checksums that were right are right in it.
---@param changes table|nil
---@return mcast.Packet
function Packet.methods.copy(self, changes)
  local result = copy(self)
  if changes ~= nil then
    options.argument("packet:copy", "changes", changes, function(value)
      return type(value) == "table" and value or nil, "a table of layers"
    end)
    merge(result, changes)
  end
  return class.new(Packet, rows.adopt(complete("packet:copy", result)))
end

function Packet.metatable.__tostring(self)
  return require("mcast.packet.text").line(self)
end

---@return string[]
function packet.layers() return words.keys(field_types) end

return packet
