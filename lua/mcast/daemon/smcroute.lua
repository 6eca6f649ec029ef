--- smcroute: static multicast routes by a daemon (smcrouted(8), smcroute.conf(5)).
local address = require "mcast.address"
local daemon = require "mcast.daemon.daemon"
local direction = require "mcast.direction"
local errors = require "mcast.errors"
local options = require "mcast.options"
local installed = require "mcast.daemon.installed"
local process = require "mcast.process"
local programs = require "mcast.programs"
local setup = require "mcast.daemon.setup"
local types = require "mcast.types"
local words = require "mcast.words"

local smcroute = {}

local where = "daemon.smcroute"

-- ---- its configuration ------------------------------------------------------------------------

local route_types = { group = types.group, source = types.unicast, from = types.any,
  to = types.any }
local join_types = { group = types.group, source = types.unicast, from = types.any }

local function from_of(router, item, name)
  if item.from == nil then
    errors.usage("%s: %s: from: missing; expected an interface, a switch, a link or a host", where,
      name)
  end
  return direction.resolve(where, router, "from", item.from).name
end

local function source_clause(item)
  return item.source and (" source %s"):format(item.source) or ""
end

local function check_family(item, name)
  if item.source and address.family(item.source) ~= address.family(item.group) then
    errors.usage("%s: %s: source: %s and group %s are of different families", where, name,
      item.source, item.group)
  end
end

local function route_line(router, given)
  local item = options.require(where .. ": routes", given, route_types, { "group" })
  check_family(item, "routes")
  local names = words.names(direction.resolve_all(where, router, item.to))
  return ("mroute from %s group %s%s to %s"):format(from_of(router, item, "routes"), item.group,
    source_clause(item), table.concat(names, " "))
end

local function join_line(router, given)
  local item = options.require(where .. ": joins", given, join_types, { "group" })
  check_family(item, "joins")
  return ("mgroup from %s group %s%s"):format(from_of(router, item, "joins"), item.group,
    source_clause(item))
end

--- The text that says what the options say.
local function write_configuration(router, wanted)
  local lines = {}
  for _, planned in ipairs(router._planned) do
    lines[#lines + 1] = ("phyint %s enable"):format(planned.name)
  end
  for _, join in ipairs(wanted.joins or {}) do lines[#lines + 1] = join_line(router, join) end
  for _, route in ipairs(wanted.routes or {}) do lines[#lines + 1] = route_line(router, route) end
  return table.concat(lines, "\n") .. "\n"
end

-- ---- starting -------------------------------------------------------------------------------

local path = "/etc/smcroute.conf"

--- It would warn of a line that it does not understand, and go on without it.
local function check_configuration(self, called)
  local found = process.query(self.router, { programs.find("smcrouted"), "-N", "-F", path })
  if found.status ~= 0 then
    local said = (found.stdout .. found.stderr):gsub("^Verifying[^\n]*\n", "")
    self:_refuse("EINVAL", "does not take " .. called, said)
  end
end

--- What is not there yet.
local function look(self, interfaces, families)
  if self._ask("show", "routes").status ~= 0 then return "smcroutectl gets no answer" end
  for _, family in ipairs(families) do
    local ready = setup.forwarding(self.router, family)
    for _, name in ipairs(interfaces) do
      if not ready[name] then return ("the kernel does not route through %s"):format(name) end
    end
  end
  return nil
end

--- The interfaces that a configuration enables.
local function enabled(text)
  local names = {}
  for name in ("\n" .. text):gmatch("\n%s*phyint%s+(%S+)%s+enable") do names[#names + 1] = name end
  return names
end

local option_types = {
  config = types.string, text = types.string, routes = types.list, joins = types.list,
  within = types.seconds,
}

---@param router mcast.Router
---@param given table|nil
---@return mcast.Daemon
function smcroute.start(router, given)
  setup.check_router(where, router)
  local wanted = options.check(where, given, option_types)
  installed.require(router.network._run, "smcroute")
  local text = setup.configuration(where, router, wanted, { "routes", "joins" })
    or write_configuration(router, wanted)
  setup.refuse_second_owner(router, "smcroute")

  local tool = programs.find("smcroutectl")
  local self = daemon.new(router, "smcroute", function(...)
    return process.query(router, { tool, "-p", ... })
  end)
  setup.write(router, path, text)
  check_configuration(self, wanted.config or "its configuration")
  self:_start { "smcrouted", "-n", "-N", "-l", "info", "-f", path }
  local interfaces = enabled(text)
  local families = text:find("%f[%w][fF][fF]%x%x:") and { "ipv4", "ipv6" } or { "ipv4" }
  self:_await(function() return look(self, interfaces, families) end,
    wanted.within or setup.patience)
  return self
end

return smcroute
