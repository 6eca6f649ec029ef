--- A network as text: a tree of hosts under each switch, then the links. It reads the same for one host and for a
--- thousand.
local draw = {}

local most_hosts = 12       -- under one switch; beyond it the middle is left out
local shown_first, shown_last = 8, 2

--- Columns as wide as their widest cell.
local function align(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, utf8.len(cell) or #cell) end
  end
  for _, row in ipairs(rows) do
    for i = 1, #row - 1 do
      row[i] = row[i] .. (" "):rep(widths[i] - (utf8.len(row[i]) or #row[i]))
    end
  end
end

--- "also eth1 on right", for a host that stands under several switches.
local function elsewhere(host, interface)
  local others = {}
  for _, other in ipairs(host._planned) do
    if other ~= interface then
      others[#others + 1] = other.switch and ("%s on %s"):format(other.name, other.switch.name)
        or ("%s to %s"):format(other.name, other.link:_peer_of(host).name)
    end
  end
  return #others > 0 and ("(also %s)"):format(table.concat(others, ", ")) or nil
end

local function name_of(host)
  return host._forwards and host.name .. " (router)" or host.name
end

local function row_of(port)
  local interface = port.interface
  local row = { name_of(port.host), interface.name, interface.address, interface.address6 }
  row[#row + 1] = elsewhere(port.host, interface)
  return row
end

--- The ports that are drawn, with the number of those left out where the gap is.
local function selected(ports)
  if #ports <= most_hosts then return ports, nil, nil end
  local list = table.move(ports, 1, shown_first, 1, {})
  table.move(ports, #ports - shown_last + 1, #ports, shown_first + 1, list)
  return list, shown_first, #ports - shown_first - shown_last
end

local function draw_hosts(lines, ports)
  local list, gap_after, left_out = selected(ports)
  local rows = {}
  for i, port in ipairs(list) do rows[i] = row_of(port) end
  align(rows)
  for i, row in ipairs(rows) do
    local branch = i == #rows and "└── " or "├── "
    lines[#lines + 1] = branch .. table.concat(row, "  ")
    if i == gap_after then lines[#lines + 1] = ("┊   ... %d more hosts"):format(left_out) end
  end
end

local function describe_switch(switch)
  local plan = switch._plan
  local words = { switch.name, switch.subnet, switch.subnet6 }
  words[#words + 1] = plan.snooping and "snooping" or "not snooping"
  words[#words + 1] = plan.querier and ("querier IGMPv%d MLDv%d"):format(plan.igmp_version,
    plan.mld_version) or "no querier"
  return table.concat(words, "  ")
end

local function draw_links(lines, links)
  if #links > 0 and #lines > 0 then lines[#lines + 1] = "" end
  local rows = {}
  for i, link in ipairs(links) do
    local row = {}
    for _, port in ipairs(link._ports) do
      local interface = port.interface
      for _, cell in ipairs { name_of(port.host), interface.name, interface.address,
        interface.address6 } do
        row[#row + 1] = cell
      end
    end
    table.insert(row, 5, "────")
    rows[i] = row
  end
  align(rows)
  for _, row in ipairs(rows) do lines[#lines + 1] = table.concat(row, "  ") end
end

local function draw_trunks(lines, trunks)
  if #trunks > 0 then lines[#lines + 1] = "" end
  for _, one in ipairs(trunks) do
    lines[#lines + 1] = ("%s  ────  %s"):format(one.switches[1].name, one.switches[2].name)
  end
end

--- Hosts that are there already, with what they came with.
local function draw_attached(lines, hosts)
  local rows = {}
  for _, host in ipairs(hosts) do
    if host._attached then
      local row = { host.name, ("(%s)"):format(host._attached) }
      for _, interface in ipairs(host._planned) do
        local cell = { interface.name }
        cell[#cell + 1] = interface.address
        cell[#cell + 1] = interface.address6
        row[#row + 1] = table.concat(cell, "  ")
      end
      rows[#rows + 1] = row
    end
  end
  if #rows > 0 and #lines > 0 then lines[#lines + 1] = "" end
  align(rows)
  for _, row in ipairs(rows) do lines[#lines + 1] = table.concat(row, "  ") end
end

---@param network mcast.Network
---@return string
function draw.network(network)
  local lines = {}
  for _, switch in ipairs(network.switches) do
    if #lines > 0 then lines[#lines + 1] = "" end
    lines[#lines + 1] = describe_switch(switch)
    draw_hosts(lines, switch._ports)
  end
  draw_trunks(lines, network.trunks)
  draw_links(lines, network.links)
  draw_attached(lines, network.hosts)
  for _, host in ipairs(network.hosts) do
    if #host._planned == 0 and not host._attached then
      lines[#lines + 1] = host.name .. "  (attached to nothing)"
    end
  end
  return table.concat(lines, "\n")
end

return draw
