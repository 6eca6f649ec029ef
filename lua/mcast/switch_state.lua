--- What a switch has learnt, as the kernel has it: its multicast table, its router ports, the
--- querier. Ports are told by the host and the interface behind them.
local core = require "mcast.core"
local row = require "mcast.row"

local switch_state = {}

local function built(switch)
  switch.network:_build()
  return switch.network._lab
end

--- The switch's ports by the kernel's index of its end. Interfaces that are not there: the switch
--- itself, which is a member of groups, too.
local function ports_by_index(switch)
  local lab, by_index = built(switch), {}
  for _, port in ipairs(switch._ports) do
    by_index[lab:port(port.interface._port).switch_index] = port
  end
  for _, trunk in ipairs(switch.network.trunks) do
    local ends = { lab:trunk(trunk._number) }
    for i, one in ipairs(trunk.switches) do
      if one == switch then by_index[ends[i]] = { switch = trunk.switches[3 - i] } end
    end
  end
  return by_index
end

local function place(by_index, entry)
  local port = by_index[entry.port]
  entry.port = nil
  entry.host, entry.interface = port and port.host, port and port.interface
  entry.switch = port and not port.host and port.switch or nil
end

local mdb_record = row.kind("a row of switch:mdb()", { "group", "source", "host", "switch",
  "interface", "mode", "sources", "expires", "permanent", "blocked", "star_exclude", "fast_leave",
  "offload", "protocol" })
local mdb_source = row.kind("a source of a row of switch:mdb()", { "address", "expires" })
local router_port = row.kind("a row of switch:router_ports()", { "host", "switch", "interface",
  "type", "expires", "expires6" })

---@class mcast.MdbRecord
---@field group string
---@field source string|nil
---@field host mcast.Host|nil
---@field interface mcast.Interface|nil
---@field switch mcast.Switch|nil behind the port, in place of a host

--- Its multicast table, and beside it its router ports.
---@param switch mcast.Switch
---@return mcast.MdbRecord[] entries, table[] router_ports
function switch_state.tables(switch)
  local lab = built(switch)
  local by_index = ports_by_index(switch)
  local entries, router_ports = lab:mdb(switch._number)
  for _, list in ipairs { entries, router_ports } do
    for _, entry in ipairs(list) do place(by_index, entry) end
  end
  for _, entry in ipairs(row.each(mdb_record, entries)) do row.each(mdb_source, entry.sources) end
  return entries, row.each(router_port, router_ports)
end

-- ---- the querier ----------------------------------------------------------------------------

-- The query response interval of a querier of which nothing is known (RFC 3376 section 8.3).
local usual_response = 10

--- How long a switch floods after it heard this querier for the first time.
local function response_of(switch, found)
  if found.own then return switch.query_response_interval end
  if found.switch then
    local longest = 0
    for _, one in ipairs(switch:_lan()) do
      longest = math.max(longest, one.query_response_interval)
    end
    return longest
  end
  for _, querier in ipairs(found.host and found.host._queriers or {}) do
    if querier.address == found.address then return querier._max_response end
  end
  return usual_response
end

local function has_querier_by_plan(switch)
  for _, one in ipairs(switch:_lan()) do
    if one._plan.querier and one._plan.snooping then return true end
  end
  return false
end

--- What was known before the first look.
local function planned(switch, found)
  if not has_querier_by_plan(switch) then return "none" end
  return found and found.switch and "other" or "own"
end

local function kind_of(found)
  if not found then return "none" end
  return found.own and "own" or "other"
end

--- A switch floods for one more query response interval when it becomes querier, and when it hears
--- another one while it knew of none, its own queries or not; nothing in the kernel tells
--- (br_multicast_querier_exists(), br_multicast_update_query_timer(): delay_timer). math.huge: there
--- is none, or none was seen yet.
local function note_gap(switch, family, found)
  local before = switch._querier_kinds[family] or planned(switch, found)
  local now = kind_of(found)
  switch._querier_kinds[family] = now
  if now == "none" then
    switch._graces[family] = math.huge
  elseif before == "none" or now == "other" and before == "own" then
    switch._graces[family] = core.now() + response_of(switch, found)
  end
end

--- The switch was changed, and what it floods meanwhile was waited for: what is known of it begins
--- anew, but for a querier that it hears.
---@param switch mcast.Switch
function switch_state.changed(switch)
  for family, kind in pairs(switch._querier_kinds) do
    if kind ~= "other" then
      switch._querier_kinds[family], switch._graces[family] = nil, nil
    end
  end
end

local querier_row = row.kind("what switch:querier() tells", { "family", "address", "own", "host",
  "interface", "switch", "expires" })

---@class mcast.Querier
---@field family "ipv4"|"ipv6"
---@field address string
---@field own boolean
---@field host mcast.Host|nil
---@field interface mcast.Interface|nil
---@field expires number|nil

--- Who queries; nil: nobody. An MLD query needs an address to come from.
---@param switch mcast.Switch
---@param family "ipv4"|"ipv6"
---@return mcast.Querier|nil
function switch_state.querier(switch, family)
  local found = built(switch):querier(switch._number)[family]
  if found and not found.other and found.address == "::" then found = nil end
  if found then
    place(ports_by_index(switch), found)
    found.own, found.other, found.family = not found.other, nil, family
    found.host = not found.own and (found.host or switch.network:_host_of(found.address)) or nil
  end
  note_gap(switch, family, found)
  return found and querier_row(found)
end

--- How long the switch floods yet although it has a querier: seconds, or 0.
---@param switch mcast.Switch
---@param family "ipv4"|"ipv6"
---@return number
function switch_state.grace(switch, family)
  return math.max(0, (switch._graces[family] or 0) - core.now())
end

---@class mcast.PortState
---@field neighbour mcast.Neighbour
---@field interface mcast.Interface|nil nil: a linked switch
---@field forwarding boolean
---@field floods boolean what nobody asked for is flooded to it

---@param switch mcast.Switch
---@return mcast.PortState[]
function switch_state.ports(switch)
  local by_index, list = ports_by_index(switch), built(switch):port_states(switch._number)
  for _, state in ipairs(list) do
    place(by_index, state)
    state.neighbour = state.host or state.switch
  end
  return list
end

return switch_state
