--- What IP carries: UDP, IGMP, MLD and PIM, checked and completed by the defaults of their RFCs.
local errors = require "mcast.errors"
local fields = require "mcast.packet.fields"
local words = require "mcast.words"

local messages = {}

-- ---- UDP ------------------------------------------------------------------------------------

function messages.udp(place, given)
  local udp = fields.check(place, given, fields.udp)
  fields.demand(place, udp, "destination_port", "an integer from 0 to 65535")
  udp.source_port = udp.source_port or udp.destination_port
  udp.payload = udp.payload or ""
  return udp
end

-- ---- IGMP and MLD ---------------------------------------------------------------------------

--- RFC 3376 sections 8.2 and 8.3, RFC 3810 sections 9.2 and 9.3.
local function complete_query(message, newest)
  if not message.max_response_code then message.max_response = message.max_response or 10 end
  if message.version < newest then return end
  message.robustness = message.robustness or 2
  message.query_interval = message.query_interval or 125
  message.suppress = message.suppress or false
  message.sources = message.sources or {}
end

local function version_of(protocol, given)
  if given.version ~= nil then return given.version end
  if given.type == "leave" then return 2 end
  if given.type == "done" then return 1 end
  return protocol == "igmp" and 3 or 2
end

--- The fields that a message of this type and version has.
local function spec_of(place, protocol, given, version)
  local by_type = fields[protocol][given.type]
  if not by_type then -- the check of any message says what is wrong with it
    fields.check(place, given, fields.any[protocol])
    fields.demand(place, given, "type", words.list(words.keys(fields[protocol]), "or"))
  end
  if math.type(version) ~= "integer" or not by_type[version] then
    local versions = {}
    for i = 1, 3 do if by_type[i] then versions[#versions + 1] = tostring(i) end end
    errors.usage("%s: version: a %s has version %s, got %s", place, given.type,
      words.list(versions, "or"), tostring(version))
  end
  return by_type[version]
end

local function check_records(place, records, family)
  local spec = fields.record(family)
  local checked = fields.check_list(place, "records", records, spec)
  for i, record in ipairs(checked) do
    local where = ("%s: records[%d]"):format(place, i)
    fields.demand(where, record, "type", "the type of a record")
    fields.demand(where, record, "group", "a multicast address")
    record.sources = record.sources or {}
  end
  return checked
end

local function membership(protocol, family, newest)
  return function(place, given)
    if type(given) ~= "table" then return fields.check(place, given, {}) end
    local version = version_of(protocol, given)
    local spec = spec_of(place, protocol, given, version)
    local kind = ("%s: version %s %s"):format(place, version, given.type)
    local message = fields.check(kind, given, spec)
    message.version = version
    if given.type == "query" then complete_query(message, newest) end
    if spec.records then
      message.records = check_records(place, message.records or {}, family)
    elseif given.type == "query" then
      message.group = message.group or (family == "ipv4" and "0.0.0.0" or "::")
    else
      fields.demand(kind, message, "group", "a multicast address")
    end
    return message
  end
end

messages.igmp = membership("igmp", "ipv4", 3)
messages.mld = membership("mld", "ipv6", 2)

-- ---- PIM ------------------------------------------------------------------------------------

local type_names = { [0] = "hello", "register", "register_stop", "join_prune", "bootstrap",
  "assert", "graft", "graft_ack", "candidate_rp" }

local demanded = {
  join_prune = { "upstream" }, graft = { "upstream" }, graft_ack = { "upstream" },
  assert = { "group" }, register_stop = { "group" }, bootstrap = { "router" },
  candidate_rp = { "rp" },
}

local function check_groups(place, message, groups)
  local checked = fields.check_list(place, "groups", message.groups or {}, groups.spec)
  for i, one in ipairs(checked) do
    local where = ("%s: groups[%d]"):format(place, i)
    fields.demand(where, one, "group", "a multicast address")
    for name, spec in pairs(groups.lists) do
      one[name] = fields.check_list(where, name, one[name] or {}, spec)
    end
  end
  return checked
end

local function complete_body(place, message)
  for _, name in ipairs(demanded[message.type] or {}) do
    fields.demand(place, message, name, "an address")
  end
  local groups = fields.pim_groups()[message.type]
  if groups then
    message.groups = check_groups(place, message, groups)
    if groups.lists.joined then message.holdtime = message.holdtime or 210 end -- RFC 7761, 4.11
  end
  if message.lan_prune_delay then
    message.lan_prune_delay = fields.check(place .. ": lan_prune_delay", message.lan_prune_delay,
      fields.pim_delay)
  end
  if message.options then
    message.options = fields.check_list(place, "options", message.options,
      fields.pim_hello_option)
  end
end

function messages.pim(place, given)
  if type(given) ~= "table" then return fields.check(place, given, {}) end
  fields.demand(place, given, "type", "the type of a message (\"hello\", \"join_prune\", ...)")
  local name = type_names[given.type] or given.type
  local spec = given.body == nil and fields.pim()[name] or fields.pim_other
  local message = fields.check(place, given, spec)
  message.type = name
  message.version = message.version or 2
  if message.body == nil then complete_body(place, message) end
  return message
end

return messages
