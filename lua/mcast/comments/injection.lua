--- Injected packets: who injected them, in which step, and the claims that name them.
local claim = require "mcast.comments.claim"
local packet_filter = require "mcast.packet_filter"
local show = require "mcast.show"

local injection = {}

local most_told = 1000

-- ---- which are told -------------------------------------------------------------------------

--- Those that claims name, and of all others the first ones.
local function told(network, claims)
  local list, others = {}, 0
  for _, host in ipairs(network.hosts) do
    for _, one in ipairs(host._injections or {}) do
      others = others + (claims[one] and 0 or 1)
      if claims[one] or others <= most_told then list[#list + 1] = one end
    end
  end
  return list
end

--- All that have the same addresses are looked for at once.
local function expression_of(one)
  local packet = one.packet
  local ip = packet.ip or packet.ip6
  if ip then return ("src host %s and dst host %s"):format(ip.source, ip.destination) end
  return ("ether src %s and ether dst %s"):format(packet.eth.source, packet.eth.destination)
end

---@return string[] expressions, table<string, mcast.Injection[]> by time
local function by_addresses(list)
  local expressions, groups = {}, {}
  for _, one in ipairs(list) do
    local expression = expression_of(one)
    if not groups[expression] then
      expressions[#expressions + 1], groups[expression] = expression, {}
    end
    table.insert(groups[expression], one)
  end
  for _, group in pairs(groups) do
    table.sort(group, function(a, b) return a.time < b.time end)
  end
  return expressions, groups
end

-- ---- telling its packets --------------------------------------------------------------------

--- The bytes behind the IP header: what routers leave as they are. All of a frame without one.
local function carried(packet)
  local ip = packet.ip or packet.ip6
  if not ip then return packet:bytes() end
  local ethernet = packet.eth.vlan and 18 or 14
  return packet:bytes():sub(ethernet + (ip.header_length or 40) + 1)
end

--- The last of them that had been sent.
local function find(group, packet)
  local bytes = carried(packet)
  for i = #group, 1, -1 do
    if group[i].time <= packet.time and carried(group[i].packet) == bytes then return group[i] end
  end
  return nil
end

local function text_of(one, claims)
  local step = one.host.network._run:step_at(one.time)
  local lines = claim.lines(claims[one])
  table.insert(lines, 1, ("injected by host '%s'%s"):format(one.host.name,
    step and (" in step %s"):format(show.text(step)) or ""))
  return table.concat(lines, "\n")
end

---@param capture mcast.Capture
---@param count integer packets of it
---@param noted mcast.NotedClaim[]
---@param add fun(i: integer, text: string)
function injection.add(capture, count, noted, add)
  local _, claims = claim.by_subject(noted, "injection")
  local expressions, groups = by_addresses(told(capture.host.network, claims))
  for _, expression in ipairs(expressions) do
    local filter = packet_filter.compile("capture:save", expression)
    local i = capture._raw:find(filter, 1)
    while i and i <= count do
      local one = find(groups[expression], capture:_packet(i))
      if one then add(i, text_of(one, claims)) end
      i = capture._raw:find(filter, i + 1)
    end
  end
end

return injection
