--- pimd: PIM sparse mode for IPv4 (pimd(8) of troglobit).
local class = require "mcast.class"
local daemon = require "mcast.daemon.daemon"
local installed = require "mcast.daemon.installed"
local options = require "mcast.options"
local process = require "mcast.process"
local programs = require "mcast.programs"
local router_class = require("mcast.router").class
local setup = require "mcast.daemon.setup"
local types = require "mcast.types"

local pimd = {}

local where = "daemon.pimd"
local path = "/etc/pimd.conf"

local is_router = class.type(router_class)

--- A router stands for its first address.
local function rendezvous_point_type(value)
  if is_router(value) then return value.address end
  local checked = types.unicast(value)
  return checked, "a router, or a unicast address"
end

local option_types = {
  config = types.string, text = types.string, rp = rendezvous_point_type, within = types.seconds,
}

--- IGMPv3 is not its default, and without it there are no source-specific trees.
local function write_configuration(router, wanted)
  local lines = {}
  for _, planned in ipairs(router._planned) do
    lines[#lines + 1] = ("phyint %s enable igmpv3"):format(planned.name)
  end
  if wanted.rp then lines[#lines + 1] = ("rp-address %s 224.0.0.0/4"):format(wanted.rp) end
  lines[#lines + 1] = "spt-threshold packets 0 interval 5"
  return table.concat(lines, "\n") .. "\n"
end

--- Of some lines that it does not understand it dies, without others it goes on.
local function refuse_complaints(self, called)
  local complaints = {}
  for line in self:output():gmatch("[^\n]+") do
    if line:find("pimd.conf:%d+ ") then complaints[#complaints + 1] = line end
  end
  if #complaints == 0 then return end
  self:kill()
  self:_refuse("EINVAL", "does not take " .. called, table.concat(complaints, "\n"))
end

local function missing(self)
  if self._ask().status ~= 0 then return "it does not answer" end
  local ready = setup.forwarding(self.router, "ipv4")
  return not ready.pimreg and "the kernel does not forward for it" or nil
end

--- What is not there yet. It complains before it answers.
local function look(self, called)
  local what = missing(self)
  refuse_complaints(self, called)
  return what
end

--- The last column of its interfaces' rows: "0  10.1.0.254  10.1/24  1  DR PIM  10.1.0.253"; those
--- of several neighbours stand below each other.
local function neighbors(self)
  local list = {}
  local rows = self:command():match("Virtual Interface Table.-\n\n") or ""
  for address in rows:gmatch("%s(%d+%.%d+%.%d+%.%d+)%s*\n") do list[#list + 1] = address end
  return { list }
end

---@param router mcast.Router
---@param given table|nil
---@return mcast.Daemon
function pimd.start(router, given)
  setup.check_router(where, router)
  local wanted = options.check(where, given, option_types)
  installed.require(router.network._run, "pimd")
  local text = setup.configuration(where, router, wanted, { "rp" })
    or write_configuration(router, wanted)
  setup.refuse_second_owner(router, "pimd")

  local program = programs.find("pimd")
  local self = daemon.new(router, "pimd", function(...)
    return process.query(router, { program, "-r", ... })
  end, neighbors)
  setup.write(router, path, text)
  self:_start { "pimd", "-f", "-s", "info" }
  local called = wanted.config or "its configuration"
  self:_await(function() return look(self, called) end, wanted.within or setup.patience)
  return self
end

return pimd
