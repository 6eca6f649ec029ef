--- The places that net:attach knows: each is opened as a network namespace.
local core = require "mcast.core"
local address = require "mcast.address"
local errors = require "mcast.errors"
local options = require "mcast.options"
local turn = require "mcast.turn"
local types = require "mcast.types"
local words = require "mcast.words"

local place = {}

local where = "net:attach"
local named_namespaces = "/run/netns" -- where ip-netns(8) puts them
local carrier_patience = 5            -- seconds; a copper port negotiates for two or three

---@class mcast.Place
---@field netns core.Netns
---@field description string
---@field interfaces table[] those that are meant, as the kernel lists them
---@field is_shared boolean|nil the rest of the namespace may be other hosts'

-- ---- errors ---------------------------------------------------------------------------------

---@param name string of the host
---@param code string
---@param message string
---@param hint string|nil
local function refuse(name, code, message, hint)
  errors.raise { code = code, operation = "attach", host = name, hint = hint,
    message = ("%s: %s"):format(where, message) }
end

--- An error object that says what was to be attached before what the kernel said.
local function refuse_as(name, what, problem)
  if not errors.is_object(problem) or errors.is_interruption(problem) then error(problem, 0) end
  refuse(name, problem.code, ("%s: %s"):format(what, problem.message), problem.hint)
end

-- ---- namespaces -----------------------------------------------------------------------------

--- Those that traffic may take: up if there are such, for kernels put tunnels that are down into
--- every namespace.
local function usable(netns)
  local up, all = {}, {}
  for _, one in ipairs(netns:interfaces()) do
    if not one.flags.loopback then
      all[#all + 1] = one
      if one.flags.up then up[#up + 1] = one end
    end
  end
  return #up > 0 and up or all
end

--- core.open_netns(path), with a sentence of ours where there is no such file.
local function open(name, what, path, missing, hint)
  local ok, result = pcall(core.open_netns, path)
  if ok then return { netns = result, description = what, interfaces = usable(result) } end
  if errors.is_object(result) and (result.code == "ENOENT" or result.code == "ESRCH") then
    refuse(name, result.code, missing(), hint)
  end
  refuse_as(name, what, result)
end

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

local function open_named(run, name, wanted)
  local what = ("network namespace %s"):format(wanted)
  if not wanted:find("/", 1, true) then
    return open(name, what, named_namespaces .. "/" .. wanted,
      function() return no_such_namespace(wanted) end, "see 'ip netns list'")
  end
  local path = absolute(run.job, wanted)
  return open(name, what, path, function() return ("there is no file %s"):format(path) end,
    "a name without '/' is one of 'ip netns list'")
end

local function open_process(_, name, wanted)
  return open(name, ("network of process %d"):format(wanted), ("/proc/%d/ns/net"):format(wanted),
    function() return ("there is no process %d"):format(wanted) end,
    "a process is named by its number outside of the harness, as ps(1) shows it")
end

-- ---- this machine's interfaces --------------------------------------------------------------

local function find(netns, wanted)
  local names = {}
  for i, found in ipairs(netns:interfaces()) do
    if found.name == wanted then return found end
    names[i] = found.name
  end
  return nil, names
end

local function refuse_interface(name, wanted, names)
  refuse(name, "ENODEV", ("this machine has no interface '%s'%s"):format(wanted,
    words.suggest(wanted, names)))
end

local function use_interface(_, name, wanted)
  local netns = core.machine_netns()
  local ok, found, names = pcall(find, netns, wanted)
  if not ok then refuse_as(name, "this machine's network", found) end
  if not found then refuse_interface(name, wanted, names) end
  return { netns = netns, description = ("this machine's %s"):format(wanted),
    interfaces = { found }, is_shared = true }
end

--- A namespace of our own: addresses can be used at once.
local function new_netns()
  local netns = core.new_netns()
  for _, scope in ipairs { "all", "default" } do -- a kernel without IPv6 has no such setting
    pcall(netns.write_sysctl, netns, ("net/ipv6/conf/%s/accept_dad"):format(scope), "0")
  end
  return netns
end

--- What is sent before there is a carrier is lost.
local function await_carrier(name, netns, wanted)
  local deadline = core.now() + carrier_patience
  while true do
    local found = find(netns, wanted)
    if found and found.flags.running then return found end
    if core.now() > deadline then
      refuse(name, "ENETDOWN", ("%s has no carrier within %d s"):format(wanted, carrier_patience),
        "is the cable plugged in, and the other end up?")
    end
    core.sleep(0.01) -- no event of that namespace reaches the loop
  end
end

--- The kernel says no such device: of which names is it not one?
local function refuse_taking(name, what, wanted, problem)
  if errors.is_object(problem) and problem.code == "ENODEV" then
    local ok, _, names = pcall(find, core.machine_netns(), wanted)
    refuse_interface(name, wanted, ok and names or {})
  end
  refuse_as(name, what, problem)
end

local function take_nic(run, name, wanted, given)
  local netns, what = new_netns(), ("this machine's port %s"):format(wanted)
  turn.take(run, "nic/" .. wanted) -- those of another run have turns of their own
  -- Before it is taken: the deadline may pass while it is.
  run:opened { close = function() core.give_back(wanted) end }
  local ok, problem = pcall(core.take_nic, netns,
    { interface = wanted, address = given.address, address6 = given.address6 })
  if not ok then refuse_taking(name, what, wanted, problem) end
  return { netns = netns, description = what,
    interfaces = { await_carrier(name, netns, wanted) } }
end

local function make_macvlan(_, name, wanted, given)
  local netns, what = new_netns(), ("macvlan on this machine's %s"):format(wanted)
  local child = given.name or "eth0"
  local ok, problem = pcall(core.make_macvlan, netns, { interface = wanted, name = child,
    mode = given.mode or "bridge", address = given.address, address6 = given.address6 })
  if not ok then refuse_taking(name, what, wanted, problem) end
  return { netns = netns, description = what,
    interfaces = { await_carrier(name, netns, child) } }
end

-- ---- arguments ------------------------------------------------------------------------------

local function interface_name(value)
  if type(value) ~= "string" or not value:match("^[^%s/:]+$") or #value > 15
    or value == "." or value == ".." then
    return nil, "the name of an interface (1 to 15 characters)"
  end
  return value
end

local function prefix_type(family, expected)
  return function(value)
    local plain = type(value) == "string" and value:match("^(.-)/%d+$")
    local canonical, found = address.canonical(plain or "")
    if found ~= family or not address.subnet(value) or address.is_multicast(canonical) then
      return nil, expected
    end
    return value
  end
end

--- How each is opened: the function is given the run, the host's name, the value and all options.
local openers = { netns = open_named, pid = open_process, interface = use_interface,
  nic = take_nic, macvlan = make_macvlan }

local option_types = {
  netns = types.name, pid = types.integer(1, 0x7fffffff), interface = interface_name,
  nic = interface_name, macvlan = interface_name, name = interface_name,
  address = prefix_type("ipv4", "an IPv4 address with /length"),
  address6 = prefix_type("ipv6", "an IPv6 address with /length"),
  mode = types.one_of { "bridge", "private", "vepa", "passthru" },
}

--- Options that go with some kinds of place only.
local belongs_to = { name = { "macvlan" }, mode = { "macvlan" }, address = { "nic", "macvlan" },
  address6 = { "nic", "macvlan" } }

local function kinds()
  local list = {}
  for _, kind in ipairs(words.keys(openers)) do list[#list + 1] = kind .. " =" end
  return words.list(list, "or")
end

--- The one kind of place that is asked for.
local function kind_of(wanted)
  local found
  for _, kind in ipairs(words.keys(openers)) do
    if wanted[kind] ~= nil then
      if found then errors.usage("%s: %s and %s: give one of them", where, found, kind) end
      found = kind
    end
  end
  if not found then errors.usage("%s: missing: where; expected %s", where, kinds()) end
  return found
end

local function check_together(kind, wanted)
  for option, allowed in pairs(belongs_to) do
    local fits = wanted[option] == nil
    for _, one in ipairs(allowed) do fits = fits or one == kind end
    if not fits then
      errors.usage("%s: %s: goes with %s =, not with %s =", where, option,
        table.concat(allowed, " = and "), kind)
    end
  end
end

---@param run mcast.Run
---@param name string of the host
---@param given table
---@return mcast.Place
function place.open(run, name, given)
  local wanted = options.check(where, given, option_types)
  local kind = kind_of(wanted)
  check_together(kind, wanted)
  turn.take(run, "")
  return openers[kind](run, name, wanted[kind], wanted)
end

return place
