--- switch:set{...}: the options of a switch changed while it runs. It returns when the switch forwards
--- as it will: one that has become querier floods for a while first (RFC 3376 section 8.3; Linux's
--- br_multicast_querier_exists()).
local core = require "mcast.core"
local fault = require "mcast.fault"
local relearn = require "mcast.relearn"
local switch_state = require "mcast.switch_state"
local words = require "mcast.words"

local switch_set = {}

local function copy(plan)
  local copied = {}
  for field, value in pairs(plan) do copied[field] = value end
  return copied
end

local function show(value)
  return type(value) == "number" and ("%g"):format(value) or tostring(value)
end

--- "querier = false, last_member_interval = 1".
local function describe(wanted)
  local parts = {}
  for i, name in ipairs(words.keys(wanted)) do
    parts[i] = ("%s = %s"):format(name, show(wanted[name]))
  end
  return table.concat(parts, ", ")
end

--- The time is the kernel's own, and must pass; what it does at its end is awaited.
local function await_grace(self, seconds)
  if seconds == 0 then return end
  local deadline = core.now() + seconds
  while core.now() < deadline do core.sleep(deadline - core.now()) end
  self.network._lab:await_grace(self._number)
end

--- An undo must know how flooding was, which a plan need not say.
local function plan_before(self)
  local before = copy(self._plan)
  before.flood_unknown = self.flood_unknown
  return before
end

---@param self mcast.Switch whose network is built
---@param plan table
---@param wanted table the user's words
function switch_set.apply(self, plan, wanted)
  local lab, before = self.network._lab, plan_before(self)
  self.network._run:await_ready()
  local grace = lab:set_switch(self._number, plan)
  self._plan = plan
  fault.inject(self, "set", describe(wanted), function()
    lab:set_switch(self._number, before)
    self._plan = before
  end)
  await_grace(self, grace)
  -- As long as the switches flood after they have heard the one elected: nothing tells its end.
  if wanted.querier and #self:_lan() > 1 then core.sleep(lab:elect_queriers()) end
  switch_state.changed(self)
  relearn.on_switch(self)
end

return switch_set
