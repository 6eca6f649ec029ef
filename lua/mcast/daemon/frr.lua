--- FRR: zebra, pimd and the others as a configuration wants them (zebra(8), vtysh(1)).
local core = require "mcast.core"
local daemon = require "mcast.daemon.daemon"
local errors = require "mcast.errors"
local options = require "mcast.options"
local installed = require "mcast.daemon.installed"
local process = require "mcast.process"
local programs = require "mcast.programs"
local setup = require "mcast.daemon.setup"
local types = require "mcast.types"

local frr = {}

local where = "daemon.frr"
local path = "/etc/frr/frr.conf"

-- ---- which daemons ----------------------------------------------------------------------------

--- Whose commands they are. Lua has no alternatives in patterns: each beginning stands alone.
local spoken = {
  { daemon = "staticd", "ip route ", "ipv6 route " },
  { daemon = "ospfd", "router ospf%f[%W]", "ip ospf " },
  { daemon = "ospf6d", "router ospf6%f[%W]", "ipv6 ospf6 " },
  { daemon = "bgpd", "router bgp " },
  { daemon = "isisd", "router isis " },
  { daemon = "ripd", "router rip%f[%W]" },
  { daemon = "pimd", "router pim%f[%W]", "ip pim%f[%W]", "ip igmp%f[%W]", "ip msdp ",
    "ip mroute " },
  { daemon = "pim6d", "router pim6%f[%W]", "ipv6 pim%f[%W]", "ipv6 mld%f[%W]", "ipv6 mroute " },
}

local function says(text, beginnings)
  for _, beginning in ipairs(beginnings) do
    if ("\n" .. text):find("\n%s*" .. beginning) then return true end
  end
  return false
end

--- Those that the others talk to: mgmtd, which has their configuration since FRR 9, and zebra.
local function read_first()
  return installed.frr_program("mgmtd") and { "mgmtd", "zebra" } or { "zebra" }
end

local function read_daemons(given, text)
  local list = read_first()
  for _, name in ipairs(given or {}) do
    if name ~= "zebra" and name ~= "mgmtd" then list[#list + 1] = name end
  end
  for _, one in ipairs(given and {} or spoken) do
    if says(text, one) then list[#list + 1] = one.daemon end
  end
  return list
end

local function find_programs(run, names)
  local paths = {}
  for i, name in ipairs(names) do
    paths[i] = installed.frr_program(name)
      or installed.skip(run, installed.explain_frr(name))
  end
  return paths
end

-- ---- its configuration ------------------------------------------------------------------------

--- The interfaces on which it speaks PIM or IGMP, or MLD: those the kernel must forward between.
local function multicast_interfaces(text, protocols)
  local names, current = {}, nil
  for line in text:gmatch("[^\n]+") do
    local interface = line:match("^%s*interface%s+(%S+)")
    local word = line:match(protocols)
    if interface then current = interface
    elseif line:find("^%S") then current = nil
    elseif current and word and names[#names] ~= current then names[#names + 1] = current end
  end
  return names
end

--- vtysh notes what it does not like on both streams, and does not always say so by its status.
local function run_vtysh(self, message, ...)
  local found = process.query(self.router, { programs.find("vtysh"), ... })
  local said = found.stdout .. found.stderr
  if found.status ~= 0 or ("\n" .. said):find("\n%", 1, true) then
    self:_refuse("EINVAL", message, said)
  end
end

local function write_files(router, text)
  setup.write(router, "/etc/frr/vtysh.conf", "service integrated-vtysh-config\n", "frr")
  setup.write(router, path, text, "frr")
  process.query(router, { "install", "-d", "-o", "frr", "-g", "frr", "-m", "775", "/run/frr" })
end

-- ---- starting -------------------------------------------------------------------------------

--- Where the others look for them. They try again only after ten seconds when nobody listens there.
local listens_at = { mgmtd = "/mgmtd_be.sock", zebra = "/zserv.api" }

--- A socket that has its name refuses all until it listens: SO_ACCEPTCON, 0x10000, among its flags.
local function not_listening(self, name)
  local sockets = process.query(self.router, { "cat", "/proc/net/unix" }).stdout
  for flags, place in sockets:gmatch("%x+: %x+ %x+ (%x+) %x+ %x+ +%d+ (%S+)") do
    if place:sub(-#listens_at[name]) == listens_at[name] and tonumber(flags, 16) & 0x10000 ~= 0 then
      return nil
    end
  end
  return name .. " does not listen"
end

local function all_answer(self, names)
  local answering = self._ask("show daemons").stdout
  for _, name in ipairs(names) do
    if not answering:find("%f[%w]" .. name .. "%f[%W]") then
      return ("%s does not answer"):format(name)
    end
  end
  return nil
end

local function all_forward(self, interfaces, family)
  local ready = setup.forwarding(self.router, family)
  for _, name in ipairs(interfaces) do
    if not ready[name] then return ("the kernel does not route through %s"):format(name) end
  end
  return nil
end

local function start_all(self, names, paths, within)
  for i, name in ipairs(names) do
    self:_start { paths[i], "--log", "stdout", "--log-level", "informational" }
    if listens_at[name] then
      self:_await(function() return not_listening(self, name) end, within)
    end
  end
  self:_await(function() return all_answer(self, names) end, within)
end

local function await_forwarding(self, text, within)
  local ipv4 = multicast_interfaces(text, "^%s+ip%s+(pim)%f[%W]")
  local ipv6 = multicast_interfaces(text, "^%s+ipv6%s+(pim)%f[%W]")
  self:_await(function()
    return all_forward(self, ipv4, "ipv4") or all_forward(self, ipv6, "ipv6")
  end, within)
end

local list_neighbors = {
  pimd = "show ip pim neighbor json", pim6d = "show ipv6 pim neighbor json",
}

--- What Daemon:await_neighbors() asks: the addresses of its PIM neighbours, of each family apart; nil
--- when it speaks no PIM.
local function neighbors_by(names)
  local commands = {}
  for _, name in ipairs(names) do commands[#commands + 1] = list_neighbors[name] end
  if #commands == 0 then return nil end
  return function(self)
    local lists = {}
    for i, command in ipairs(commands) do
      lists[i] = {}
      for _, found in pairs(core.json_decode(self:command(command))) do
        for address in pairs(found) do table.insert(lists[i], address) end
      end
    end
    return lists
  end
end

local option_types = {
  daemons = types.list_of(types.name), config = types.string, text = types.string,
  within = types.seconds,
}

local function read_options(router, given)
  setup.check_router(where, router)
  local wanted = options.check(where, given, option_types)
  installed.require(router.network._run, "frr")
  local text = setup.configuration(where, router, wanted)
  if not text then
    errors.usage("%s: config: missing; expected the path of an frr.conf, or text = what stands in "
      .. "it", where)
  end
  return wanted, text
end

---@param router mcast.Router
---@param given table
---@return mcast.Daemon
function frr.start(router, given)
  local wanted, text = read_options(router, given)
  local names = read_daemons(wanted.daemons, text)
  local paths = find_programs(router.network._run, names)
  setup.refuse_second_owner(router, "frr")

  local vtysh = programs.find("vtysh")
  local self = daemon.new(router, "frr", function(...)
    return process.query(router, { vtysh, "-c", table.concat({ ... }, " ") })
  end, neighbors_by(names))
  write_files(router, text)
  local message = "does not take " .. (wanted.config or "its configuration")
  run_vtysh(self, message, "-C", "-f", path)
  local within = wanted.within or setup.patience
  start_all(self, names, paths, within)
  run_vtysh(self, message, "-f", path)
  await_forwarding(self, text, within)
  return self
end

return frr
