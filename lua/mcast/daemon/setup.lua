--- What every daemon needs before it starts: a router to itself, and its configuration in place.
local class = require "mcast.class"
local command = require "mcast.command"
local errors = require "mcast.errors"
local options = require "mcast.options"
local process = require "mcast.process"
local router_class = require("mcast.router").class

local setup = {}

setup.patience = 10 -- seconds until a daemon is ready

local is_router = class.type(router_class)

---@param where string "daemon.smcroute"
---@param router any
function setup.check_router(where, router)
  options.argument(where, "router", router, is_router)
  router:_get_stack()
end

--- The interfaces between which the kernel forwards multicast, by name (net/ipv4/ipmr.c and
--- net/ipv6/ip6mr.c of Linux).
---@param router mcast.Router
---@param family "ipv4"|"ipv6"
---@return table<string, true>
function setup.forwarding(router, family)
  local names = {}
  local path = family == "ipv4" and "/proc/net/ip_mr_vif" or "/proc/net/ip6_mr_vif"
  local listed = process.query(router, { "cat", path }).stdout
  for name in listed:gmatch("\n%s*%d+%s+(%S+)") do names[name] = true end
  return names
end

--- The kernel has one owner of multicast routing per network stack and family, and some daemons
--- stay without a word when they are not it.
---@param router mcast.Router
---@param name string of the daemon
function setup.refuse_second_owner(router, name)
  local owner = next(router._kernels) and "router:mroute"
    or next(setup.forwarding(router, "ipv4")) and "another daemon"
  if not owner then return end
  errors.raise { code = "EADDRINUSE", operation = "start " .. name, host = router.name,
    message = ("%s cannot route multicast: %s does it already"):format(name, owner),
    hint = "one owner per router: stop the daemon that runs, give static routes to the daemon, or "
      .. "use another router" }
end

local function read(where, router, given)
  local path = command.path(router, given)
  local file <close>, problem = io.open(path, "rb")
  local text = file and file:read("a")
  if text then return text end
  errors.usage("%s: config: %s cannot be read: %s", where, given,
    problem and problem:sub(#path + 3) or "it is no file")
end

--- The text of the configuration that the options name: `config`, the path of a file, or `text`;
--- nil: the library writes one, of the options in `others`.
---@param where string
---@param router mcast.Router
---@param wanted {config: string|nil, text: string|nil}
---@param others string[]|nil
---@return string|nil
function setup.configuration(where, router, wanted, others)
  if wanted.config and wanted.text then
    errors.usage("%s: config and text: one of them; config is a path, text the configuration "
      .. "itself", where)
  end
  for _, name in ipairs(others or {}) do
    if wanted[name] and (wanted.config or wanted.text) then
      errors.usage("%s: %s: stands in the configuration when that is given", where, name)
    end
  end
  return wanted.text or wanted.config and read(where, router, wanted.config)
end

--- Writes a file that the router's programs see.
---@param router mcast.Router
---@param path string
---@param text string
---@param owner string|nil "frr"
function setup.write(router, path, text, owner)
  local arguments = { "install", "-D", "-m", "640" }
  if owner then table.move({ "-o", owner, "-g", owner }, 1, 4, #arguments + 1, arguments) end
  table.move({ "/dev/stdin", path }, 1, 2, #arguments + 1, arguments)
  local found = process.query(router, arguments, text)
  if found.status ~= 0 then
    errors.raise { code = "EIO", operation = "write", host = router.name,
      message = ("cannot write %s: %s"):format(path, found.stderr) }
  end
end

return setup
