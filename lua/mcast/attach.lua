--- net:attach: a place that is there already, as a host: a network namespace, the one of a process,
--- or an interface of this machine. What is not ours is used as it is found, and left so.
local core = require "mcast.core"
local class = require "mcast.class"
local errors = require "mcast.errors"
local host = require "mcast.host"
local interface = require "mcast.interface"
local options = require "mcast.options"
local types = require "mcast.types"
local words = require "mcast.words"

local attach = {}

local where = "net:attach"
local named_namespaces = "/run/netns" -- where ip-netns(8) puts them

---@class mcast.AttachedHost: mcast.Host
local AttachedHost = class.define("host", nil, host.class)
attach.class = AttachedHost

function AttachedHost.metatable.__tostring(self)
  return ("host '%s'"):format(self.name)
end

function AttachedHost.methods._get_stack(self)
  self.network:_build()
  return self._stack
end

--- Its neighbours are not ours to tell.
function AttachedHost.methods._introduce() end

--- The kernel setting is what it was again at the end: the place outlives the scenario.
function AttachedHost.methods.sysctl(self, key, value)
  local sysctl = require "mcast.sysctl"
  if value ~= nil then
    local before = sysctl.call(self, key)
    self.network._run:opened { close = function() sysctl.call(self, key, before) end }
  end
  return sysctl.call(self, key, value)
end

-- ---- errors ---------------------------------------------------------------------------------

---@param name string of the host
---@param code string
---@param message string
---@param hint string|nil
local function refuse(name, code, message, hint)
  errors.raise { code = code, operation = "attach", host = name, hint = hint,
    message = ("%s: %s"):format(where, message) }
end

--- f(...), or an error object that says what was to be attached before what the kernel said.
local function attempt(name, what, f, ...)
  local ok, result = pcall(f, ...)
  if ok then return result end
  if not errors.is_object(result) or errors.is_interruption(result) then error(result, 0) end
  refuse(name, result.code, ("%s: %s"):format(what, result.message), result.hint)
end

--- core.open_netns(path), with a sentence of ours where there is no such file.
local function open(name, what, path, missing, hint)
  local ok, result = pcall(core.open_netns, path)
  if ok then return result end
  if errors.is_object(result) and (result.code == "ENOENT" or result.code == "ESRCH") then
    refuse(name, result.code, missing(), hint)
  end
  return attempt(name, what, error, result, 0)
end

-- ---- places ---------------------------------------------------------------------------------

--- Each opens a place: returns its namespace, which of its interfaces are meant (a function of what
--- the kernel lists; nil: those that can be used), and how it is called.
local places = {}

--- A relative path begins at the scenario's file.
local function absolute(job, path)
  if path:sub(1, 1) == "/" then return path end
  return ("%s/%s"):format(job.path and job.path:match("^(.*)/[^/]*$") or core.current_directory(),
    path)
end

local function no_such_namespace(wanted)
  local ok, known = pcall(core.list_directory, named_namespaces)
  return ("there is no network namespace '%s'%s"):format(wanted,
    ok and words.suggest(wanted, known) or "")
end

function places.netns(network, name, wanted)
  local what = ("network namespace %s"):format(wanted)
  if not wanted:find("/", 1, true) then
    return open(name, what, named_namespaces .. "/" .. wanted,
      function() return no_such_namespace(wanted) end, "see 'ip netns list'"), nil, what
  end
  local path = absolute(network._run.job, wanted)
  return open(name, what, path, function() return ("there is no file %s"):format(path) end,
    "a name without '/' is one of 'ip netns list'"), nil, what
end

function places.pid(_, name, wanted)
  local what = ("network of process %d"):format(wanted)
  return open(name, what, ("/proc/%d/ns/net"):format(wanted), function()
    return ("there is no process %d"):format(wanted)
  end, "a process is named by its number outside of the harness, as ps(1) shows it"), nil, what
end

--- One of this machine's, by its name.
local function machine_interface(name, wanted)
  local netns = core.machine_netns()
  local names = {}
  for i, found in ipairs(attempt(name, "this machine's network", netns.interfaces, netns)) do
    if found.name == wanted then return netns, found end
    names[i] = found.name
  end
  refuse(name, "ENODEV", ("this machine has no interface '%s'%s"):format(wanted,
    words.suggest(wanted, names)))
end

function places.interface(_, name, wanted)
  local netns, found = machine_interface(name, wanted)
  return netns, function() return { found } end, ("this machine's %s"):format(wanted)
end

local place_types = {
  netns = types.name, pid = types.integer(1, 0x7fffffff), interface = types.name,
}

local function kinds()
  local list = {}
  for _, kind in ipairs(words.keys(places)) do list[#list + 1] = kind .. " =" end
  return words.list(list, "or")
end

--- The one kind of place that is asked for.
local function kind_of(wanted)
  local found
  for kind in pairs(places) do
    if wanted[kind] ~= nil then
      if found then errors.usage("%s: %s and %s: give one of them", where, found, kind) end
      found = kind
    end
  end
  if not found then errors.usage("%s: missing: where; expected %s", where, kinds()) end
  return found
end

-- ---- the host -------------------------------------------------------------------------------

--- Those that traffic may take: up if there are such, for kernels put tunnels that are down into
--- every namespace.
local function usable(found)
  local up, all = {}, {}
  for _, one in ipairs(found) do
    if not one.flags.loopback then
      all[#all + 1] = one
      if one.flags.up then up[#up + 1] = one end
    end
  end
  return #up > 0 and up or all
end

--- An interface's first address of a family; of IPv6, one that means something beyond its link.
local function first_address(found, pattern)
  for _, one in ipairs(found.addresses) do
    if one.address:find(pattern) and not one.address:find("^fe[89ab]") then return one.address end
  end
  return false
end

local function plan(added, found)
  local planned = interface.new { name = found.name, host = added, _stack = added._stack,
    _index = found.index, _address = first_address(found, "%."),
    _address6 = first_address(found, ":") }
  table.insert(added._planned, planned)
  added._stack:adopt(planned)
  for _, one in ipairs(found.addresses) do added.network._by_address[one.address] = added end
end

local function planned_addresses(added)
  local list = {}
  for _, planned in ipairs(added._planned) do
    for _, one in ipairs(planned.addresses) do list[#list + 1] = one.address end
  end
  return list
end

---@param network mcast.Network
---@param name string
---@param given table
---@return mcast.AttachedHost
function attach.new(network, name, given)
  local wanted = options.check(where, given, place_types)
  local kind = kind_of(wanted)
  local netns, meant, description = places[kind](network, name, wanted[kind], wanted)
  local added = class.new(AttachedHost, host.fields(network, name))
  added._attached = description
  added._stack = require("mcast.stack").new(network._run, netns, added)
  for _, found in ipairs((meant or usable)(netns:interfaces())) do plan(added, found) end
  -- Other interfaces of this machine may be other hosts.
  if kind == "interface" then added._all_addresses = planned_addresses(added) end
  return added
end

return attach
