--- Which daemons are here, and what to do where one is not.
local errors = require "mcast.errors"
local programs = require "mcast.programs"

local installed = {}

--- Where distributions keep FRR's daemons: on no PATH, on which "pimd" is somebody else's.
local frr_folders = { "/usr/lib/frr", "/usr/libexec/frr" }

---@param name string "zebra"
---@return string|nil path
function installed.frr_program(name)
  return programs.look(frr_folders, name) or programs.find(name)
end

--- FRR gives up root for the user frr, which must exist in our user namespace, too.
local function has_other_users()
  for line in io.lines("/proc/self/uid_map") do
    local count = tonumber(line:match("(%d+)%s*$"))
    if count and count > 1 then return true end
  end
  return false
end

local function missing(names, find)
  for _, name in ipairs(names) do
    if not find(name) then return name end
  end
  return nil
end

local function explain(package_name, program)
  return ("it needs %s, and there is no '%s' here: apt-get install %s"):format(package_name,
    program, package_name)
end

--- Why FRR is here and its daemon is not: a distribution's package may leave some out.
---@param name string "pim6d"
---@return string
function installed.explain_frr(name)
  if name == "pim6d" then
    return "it needs PIM for IPv6, and this FRR has no pim6d: Debian 13's has"
  end
  return ("it needs FRR's '%s', which the installed FRR does not have"):format(name)
end

local conflict = " (conflicts with smcroute and frr; unpacked by dpkg -x it works from any folder "
  .. "on PATH)"

local checks = {
  smcroute = function()
    local program = missing({ "smcrouted", "smcroutectl" }, programs.find)
    return program and explain("smcroute", program)
  end,
  pimd = function()
    local program = missing({ "pimd" }, programs.find)
    return program and explain("pimd", program) .. conflict
  end,
  frr = function()
    local program = missing({ "zebra", "pimd", "vtysh" }, installed.frr_program)
    if program then return explain("frr", program) end
    if has_other_users() then return nil end
    return "it needs FRR, which gives up root for a user of its own, and without root a sandbox "
      .. "has one user only: run it as root, with sudo"
  end,
}

--- Why the daemon cannot run here; nil: it can.
---@param name "smcroute"|"pimd"|"frr"
---@return string|nil
function installed.missing(name)
  return checks[name]() or nil
end

---@param run mcast.Run
---@param reason string
function installed.skip(run, reason)
  run:problem("skipped", reason, errors.user_position())
  errors.stop("skipped", reason)
end

--- Ends the scenario as skipped when the daemon cannot run here.
---@param run mcast.Run
---@param name "smcroute"|"pimd"|"frr"
function installed.require(run, name)
  local reason = installed.missing(name)
  if reason then installed.skip(run, reason) end
end

return installed
