--- What the layers of a packet may have: every field with its type. A field that is not known, or
--- that this kind of message does not have, is an error that names the place and the nearest field.
local address = require "mcast.address"
local errors = require "mcast.errors"
local options = require "mcast.options"
local show = require "mcast.show"
local types = require "mcast.types"
local words = require "mcast.words"

local fields = {}

local u8, u16, u32 = types.integer(0, 255), types.integer(0, 65535), types.integer(0, 0xffffffff)
local bytes = types.string

local function any_table(value)
  if type(value) ~= "table" then return nil, "a table" end
  return value
end

local function mac(value)
  if type(value) ~= "string" or not value:lower():match("^%x%x:%x%x:%x%x:%x%x:%x%x:%x%x$") then
    return nil, "an Ethernet address (\"01:00:5e:01:02:03\")"
  end
  return value:lower()
end

---@param family mcast.Family
---@return mcast.Type
local function address_of(family)
  local expected = family == "ipv4" and "an IPv4 address" or "an IPv6 address"
  return function(value)
    local canonical, found = address.canonical(value)
    if found ~= family then return nil, expected end
    return canonical
  end
end

--- The name of a kind, or its number.
---@param known string[]
---@param most integer
local function word_or_number(known, most)
  return types.any_of(types.one_of(known), types.integer(0, most))
end

-- ---- checking -------------------------------------------------------------------------------

---@param place string "mcast.packet: igmp: records[2]"
---@param given any
---@param spec table<string, mcast.Type>
---@return table a copy
function fields.check(place, given, spec)
  if type(given) ~= "table" then
    errors.usage("%s: expected a table of fields, got %s", place, show.value(given))
  end
  local checked = {}
  for key, value in pairs(given) do
    local check = spec[key]
    if not check then
      errors.usage("%s: unknown field '%s'%s", place, tostring(key),
        words.suggest(key, words.keys(spec)))
    end
    checked[key] = options.argument(place, key, value, check)
  end
  return checked
end

--- A list whose elements are checked as tables of fields.
function fields.check_list(place, name, list, spec)
  local checked = {}
  options.argument(place, name, list, types.list)
  for i, one in ipairs(list) do
    checked[i] = fields.check(("%s: %s[%d]"):format(place, name, i), one, spec)
  end
  return checked
end

---@param place string
---@param checked table
---@param name string
function fields.demand(place, checked, name, expected)
  if checked[name] == nil then
    errors.usage("%s: %s: missing; expected %s", place, name, expected)
  end
end

local function merged(...)
  local spec = {}
  for _, one in ipairs { ... } do
    for name, check in pairs(one) do spec[name] = check end
  end
  return spec
end

-- ---- headers --------------------------------------------------------------------------------

local checksum = { checksum = u16, checksum_valid = types.boolean }

fields.eth = { destination = mac, source = mac, type = u16, vlan = any_table, trailer = bytes }
fields.vlan = { id = types.integer(0, 4095), priority = types.integer(0, 7),
  drop_eligible = types.boolean, type = u16 }

local function fragment_offset(value)
  local number = types.integer(0, 65528)(value)
  if not number or number % 8 ~= 0 then return nil, "a multiple of 8 from 0 to 65528" end
  return number
end

fields.ip = merged(checksum, {
  source = address_of "ipv4", destination = address_of "ipv4", ttl = u8, protocol = u8,
  dscp = types.integer(0, 63), ecn = types.integer(0, 3), identification = u16,
  reserved_flag = types.boolean, dont_fragment = types.boolean, more_fragments = types.boolean,
  fragment_offset = fragment_offset, router_alert = types.boolean, options = any_table,
  header_length = function(value)
    local number = types.integer(0, 60)(value)
    if not number or number % 4 ~= 0 then return nil, "a multiple of 4 from 0 to 60" end
    return number
  end,
  total_length = u16, lengths_valid = types.boolean,
})
fields.ip_option = { type = u8, value = bytes }

fields.ip6 = {
  source = address_of "ipv6", destination = address_of "ipv6", hop_limit = u8, protocol = u8,
  traffic_class = u8, flow_label = types.integer(0, 0xfffff), router_alert = u16,
  extensions = any_table, payload_length = u16, lengths_valid = types.boolean,
  fragment_offset = fragment_offset, more_fragments = types.boolean,
}
fields.extension = {
  type = word_or_number({ "hop_by_hop", "routing", "fragment", "authentication", "destination",
    "mobility" }, 255),
  value = bytes, options = any_table,
}

fields.udp = merged(checksum, { source_port = types.port, destination_port = types.port,
  length = u16, lengths_valid = types.boolean, payload = bytes, trailer = bytes })

-- ---- IGMP and MLD ---------------------------------------------------------------------------

local record_type = word_or_number({ "is_include", "is_exclude", "to_include", "to_exclude",
  "allow", "block" }, 255)

---@param family mcast.Family
function fields.record(family)
  return { type = record_type, group = address_of(family),
    sources = types.list_of(address_of(family)), source_count = u16, auxiliary = bytes }
end

local function seconds(least, most)
  return function(value)
    if type(value) ~= "number" or value ~= value or value < least or value > most then
      return nil, ("seconds from %s to %s"):format(least, most)
    end
    return value
  end
end

---@param family mcast.Family
---@param least number of max_response
---@param most number
local function query(family, least, most)
  return { group = address_of(family), max_response = seconds(least, most) }
end

local function newer_query(family, most)
  return merged(query(family, 0, most), { suppress = types.boolean,
    robustness = types.integer(0, 7), query_interval = types.integer(0, 31744),
    sources = types.list_of(address_of(family)), source_count = u16 })
end

local function of_group(family) return { group = address_of(family) } end

local list_of_records = { records = types.list, record_count = u16 }

local igmp = merged(checksum, { version = types.integer(1, 3),
  type = types.one_of { "query", "report", "leave" }, max_response_code = u8, trailing = bytes })
local mld = merged(checksum, { version = types.integer(1, 2),
  type = types.one_of { "query", "report", "done" }, max_response_code = u16, code = u8,
  reserved = u16, trailing = bytes })

--- By kind of message: "version 3 query".
fields.igmp = {
  query = { merged(igmp, query("ipv4", 10, 10)), merged(igmp, query("ipv4", 0.1, 25.5)),
    merged(igmp, newer_query("ipv4", 3174.4), { reserved = types.integer(0, 15) }) },
  report = { merged(igmp, of_group "ipv4"), merged(igmp, of_group "ipv4"),
    merged(igmp, list_of_records, { reserved = u16 }) },
  leave = { nil, merged(igmp, of_group "ipv4") },
}
fields.mld = {
  query = { merged(mld, query("ipv6", 0, 65.535)),
    merged(mld, newer_query("ipv6", 8387.584), { query_reserved = types.integer(0, 15) }) },
  report = { merged(mld, of_group "ipv6"), merged(mld, list_of_records) },
  done = { merged(mld, of_group "ipv6") },
}

--- Those of any kind, for messages that do not say which they are.
fields.any = {}
for _, protocol in ipairs { "igmp", "mld" } do
  fields.any[protocol] = {}
  for _, versions in pairs(fields[protocol]) do
    for _, spec in pairs(versions) do
      fields.any[protocol] = merged(fields.any[protocol], spec)
    end
  end
end

-- ---- PIM ------------------------------------------------------------------------------------

local pim = merged(checksum, { version = types.integer(0, 15), flags = u8, body = bytes,
  type = word_or_number({ "hello", "register", "register_stop", "join_prune", "bootstrap",
    "assert", "graft", "graft_ack", "candidate_rp" }, 15) })

local function masked()
  return { mask_length = u8 }
end

local function pim_group()
  return merged(masked(), { group = types.address, bidirectional = types.boolean,
    zone = types.boolean })
end

local function join_prune()
  return merged(pim, { upstream = types.address, holdtime = u16, reserved = u8,
    groups = types.list })
end

local delay = { tracking = types.boolean, propagation_delay = seconds(0, 32.767),
  override_interval = seconds(0, 65.535) }

--- The fields of a message's body, by its type. Its addresses say their family themselves.
---@return table<string, table<string, mcast.Type>>
function fields.pim()
  local one = types.address
  return {
    hello = merged(pim, { holdtime = u16, lan_prune_delay = any_table, dr_priority = u32,
      generation_id = u32, addresses = types.list_of(types.address), options = types.list }),
    register = merged(pim, { border = types.boolean, null = types.boolean, packet = bytes }),
    register_stop = merged(pim, pim_group(), { source = one }),
    join_prune = join_prune(), graft = join_prune(), graft_ack = join_prune(),
    bootstrap = merged(pim, { fragment_tag = u16, hash_mask_length = u8, priority = u8,
      router = one, groups = types.list }),
    assert = merged(pim, pim_group(), { source = one, rp_tree = types.boolean,
      preference = types.integer(0, 0x7fffffff), metric = u32 }),
    candidate_rp = merged(pim, { priority = u8, holdtime = u16, rp = one, groups = types.list }),
  }
end

fields.pim_other = pim
fields.pim_delay = delay
fields.pim_hello_option = { type = u16, value = bytes }

--- The fields of the elements of `groups`, and of what is in them, by the type of the message.
function fields.pim_groups()
  local source = merged({ mask_length = u8, source = types.address, sparse = types.boolean,
    wildcard = types.boolean, rp_tree = types.boolean })
  local rp = { address = types.address, holdtime = u16, priority = u8 }
  local of_sources = { spec = merged(pim_group(), { joined = types.list,
    pruned = types.list }), lists = { joined = source, pruned = source } }
  return {
    join_prune = of_sources, graft = of_sources, graft_ack = of_sources,
    bootstrap = { spec = merged(pim_group(), { rp_count = u8, rps = types.list }),
      lists = { rps = rp } },
    candidate_rp = { spec = pim_group(), lists = {} },
  }
end

return fields
