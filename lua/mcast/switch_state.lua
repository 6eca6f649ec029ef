--- What a switch has learnt, as the kernel has it: its multicast table, its router ports, the
--- querier. Ports are told by the host and the interface behind them.
local core = require "mcast.core"
local errors = require "mcast.errors"

local switch_state = {}

--- The switch's ports by the kernel's index of its end. Interfaces that are not there: the switch
--- itself, which is a member of groups, too.
local function ports_by_index(switch)
  local lab, by_index = switch.network._lab, {}
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

local function built(switch)
  switch.network:_build()
  return switch.network._lab
end

local function place(by_index, entry)
  local port = by_index[entry.port]
  entry.port = nil
  entry.host, entry.interface = port and port.host, port and port.interface
  entry.switch = port and not port.host and port.switch or nil
end

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
  return entries, router_ports
end

--- When a switch that had no querier is seen to have one, it floods for one more query response
--- interval, and nothing in the kernel tells (br_multicast_querier_exists(), delay_time). Of another
--- querier's interval only the usual one is known (RFC 3376 section 8.3, RFC 3810 section 9.3).
local usual_response = 10

local function note_gap(switch, family, found)
  local graces = switch._graces
  if not found then
    graces[family] = math.huge
  elseif graces[family] == math.huge then
    graces[family] = core.now()
      + (found.own and switch.query_response_interval or usual_response)
  end
end

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
  return found
end

--- How long the switch floods yet although it has a querier: seconds, or 0.
---@param switch mcast.Switch
---@param family "ipv4"|"ipv6"
---@return number
function switch_state.grace(switch, family)
  return math.max(0, (switch._graces[family] or 0) - core.now())
end

--- Its ports: the entry of switch._ports, whether it forwards, whether what nobody asked for is
--- flooded to it.
---@param switch mcast.Switch
---@return {port: table, forwarding: boolean, floods: boolean}[]
function switch_state.ports(switch)
  local by_number, list = {}, built(switch):port_states(switch._number)
  for _, port in ipairs(switch._ports) do by_number[port.interface._port] = port end
  for _, state in ipairs(list) do
    state.port = by_number[state.port] or errors.usage("%s has an unknown port", tostring(switch))
  end
  return list
end

return switch_state
