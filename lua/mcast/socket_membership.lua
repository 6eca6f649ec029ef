--- A socket's memberships and source filters (RFC 3678), and what a network knows of them afterwards.
local options = require "mcast.options"
local socket_interface = require "mcast.socket_interface"
local types = require "mcast.types"

local socket_membership = {}

local function index_of(found)
  return found and found.index or 0
end

local function changed(self)
  local host = self._stack.host
  if host then host.network._memberships_changed:signal() end
end

local leaving = { leave = true, block = true }

--- What is sent after a join is not to be lost because the switch has not heard of it yet; nor
--- what an unblocked source sends because the switch still holds it back.
local function await_switch(self, method, membership)
  local host = self._stack.host
  if not host then return end
  local pending, member = host.network._pending, self._owner or self
  if leaving[method] then
    pending:forget(member, membership.group)
  elseif method == "join" or method == "unblock" then
    pending:expect(member, { membership }, true)
  end
  if self._owner then self._owner:_note_call(method, membership) end
end

--- A call about (group, source) on an interface.
---@param method "join"|"leave"|"block"|"unblock"
---@param where string
---@param needs_source boolean
---@return function
function socket_membership.call(method, where, needs_source)
  return function(self, group, source, given)
    if not needs_source then source, given = nil, source end
    group = self:_check_address(where, "group", group, types.group)
    if needs_source then
      source = self:_check_address(where, "source", source, types.unicast)
    end
    local found = socket_interface.chosen(self, where, given)
    self:_call(method, group, index_of(found), source)
    await_switch(self, method, { group = group, source = source, interface = found })
    changed(self)
  end
end

local filter_mode = types.one_of { "include", "exclude" }

---@param self mcast.Socket
---@param mode "include"|"exclude"
---@param sources string[]
function socket_membership.set_filter(self, group, mode, sources, given)
  local where = "socket:set_source_filter"
  group = self:_check_address(where, "group", group, types.group)
  options.argument(where, "mode", mode, filter_mode)
  sources = options.argument(where, "sources", sources, types.list_of(types.unicast))
  for _, source in ipairs(sources) do self:_check_family(where, "sources", source) end
  local found = socket_interface.chosen(self, where, given)
  self:_call("set_filter", group, index_of(found), mode, sources)
  await_switch(self, "leave", { group = group })
  for _, source in ipairs(mode == "include" and sources or {}) do
    await_switch(self, "join", { group = group, source = source, interface = found })
  end
  if mode == "exclude" then await_switch(self, "join", { group = group, interface = found }) end
  changed(self)
end

---@param self mcast.Socket
---@return "include"|"exclude" mode, string[] sources
function socket_membership.filter(self, group, given)
  local where = "socket:source_filter"
  group = self:_check_address(where, "group", group, types.group)
  return self:_call("filter", group, index_of(socket_interface.chosen(self, where, given)))
end

--- The socket is closed.
---@param self mcast.Socket
function socket_membership.end_all(self)
  if self._stack.host then self._stack.host.network._pending:forget(self) end
  changed(self)
end

return socket_membership
