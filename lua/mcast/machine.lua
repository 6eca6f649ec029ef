--- What the machine under all namespaces does to the traffic.
local core = require "mcast.core"

local machine = {}

-- Reading softnet_stat costs as much as sending a few datagrams. An old reading can only widen the
-- window in which drops are blamed on the machine, never hide one.
local freshness = 0.01

local read_at, read_drops

--- Packets that the machine dropped because an input queue was full, until now.
---@return integer
function machine.drops_now()
  read_at, read_drops = core.now(), core.backlog_drops()
  return read_drops
end

--- The same, up to 10 ms old.
---@return integer
function machine.drops()
  if read_at and core.now() - read_at < freshness then return read_drops end
  return machine.drops_now()
end

---@param dropped integer
---@return string
function machine.explain(dropped)
  return ("this machine itself dropped %d packet%s meanwhile, because an input queue was full "
    .. "(net.core.netdev_max_backlog is %d)"):format(dropped, dropped == 1 and "" or "s",
    core.machine().backlog_limit)
end

return machine
