--- The tables of a packet as rows (mcast.row): a field that this one lacks is nil, a word that no such
--- table has an error. Packets are read by the hundred thousand, so C makes its tables rows by itself.
--- What IPv4 has IPv6 knows, and the other way: scenarios for both read `ip.ttl or ip.hop_limit`.
local core = require "mcast.core"
local fields = require "mcast.packet.fields"
local row = require "mcast.row"
local words = require "mcast.words"

local rows = {}

--- A table of a packet: what it may have, and the tables and lists of tables among that.
---@class mcast.PacketTable
---@field spec table<string, mcast.Type>
---@field tables table<string, mcast.PacketTable>|nil
---@field lists table<string, mcast.PacketTable>|nil
---@field metatable table|nil

local function any_of(specs)
  local all = {}
  for _, spec in pairs(specs) do
    for name, check in pairs(spec) do all[name] = check end
  end
  return all
end

local any_ip = any_of { fields.ip, fields.ip6 }
local any_membership = any_of(fields.any)

local function options() return { spec = fields.ip_option } end

local function membership(family)
  return { spec = any_membership, lists = { records = { spec = fields.record(family) } } }
end

local function pim_group()
  local specs, lists = {}, {}
  for kind, group in pairs(fields.pim_groups()) do
    specs[kind] = group.spec
    for name, spec in pairs(group.lists) do lists[name] = { spec = spec } end
  end
  return { spec = any_of(specs), lists = lists }
end

---@type table<string, mcast.PacketTable>
local layers = {
  eth = { spec = fields.eth, tables = { vlan = { spec = fields.vlan } } },
  ip = { spec = any_ip, lists = { options = options() } },
  ip6 = { spec = any_ip, lists = {
    extensions = { spec = fields.extension, lists = { options = options() } } } },
  udp = { spec = fields.udp },
  igmp = membership("ipv4"),
  mld = membership("ipv6"),
  pim = { spec = any_of(fields.pim()), tables = { lan_prune_delay = { spec = fields.pim_delay } },
    lists = { options = { spec = fields.pim_hello_option }, groups = pim_group() } },
}

--- "packet.igmp", "packet.igmp.records[i]": by these names C finds them, and messages call them.
local function define(name, one)
  one.metatable = row.metatable(name, words.keys(one.spec))
  core.packet_rows(name, one.metatable)
  for inner, part in pairs(one.tables or {}) do define(("%s.%s"):format(name, inner), part) end
  for inner, part in pairs(one.lists or {}) do define(("%s.%s[i]"):format(name, inner), part) end
end

for name, layer in pairs(layers) do define("packet." .. name, layer) end

local function adopt(one, facts)
  for name, part in pairs(one.tables or {}) do
    if facts[name] then adopt(part, facts[name]) end
  end
  for name, part in pairs(one.lists or {}) do
    for _, element in ipairs(facts[name] or {}) do adopt(part, element) end
  end
  setmetatable(facts, one.metatable)
end

--- Makes rows of the tables of a packet that Lua made.
---@param packet table
---@return table packet
function rows.adopt(packet)
  for name, layer in pairs(layers) do
    if packet[name] then adopt(layer, packet[name]) end
  end
  return packet
end

return rows
