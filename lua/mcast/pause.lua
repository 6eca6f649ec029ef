--- host:pause() and :resume(): the programs of a host stand still. Its kernel does not: memberships
--- stay, reports are sent, datagrams wait in the sockets' buffers. The harness's own receivers and
--- senders on it stand still, too: they read and answer nothing, and their streams stop, until it
--- goes on.
local core = require "mcast.core"
local errors = require "mcast.errors"
local fault = require "mcast.fault"

local pause = {}

local function each_endpoint(host, f)
  for _, owners in ipairs { host._receivers, host._senders } do
    for _, owner in ipairs(owners) do
      if not owner.closed then f(owner._endpoint) end
    end
  end
end

local function go_on(host)
  local last = host._pauses[#host._pauses]
  last.ended = core.now()
  last.over:signal()
  errors.on_host(host.name, core.continue_residents, host:_get_stack().netns)
  each_endpoint(host, function(endpoint) endpoint:pause(false) end)
end

---@param host mcast.Host
---@return boolean
function pause.is_paused(host)
  local last = host._pauses[#host._pauses]
  return last ~= nil and not last.ended
end

--- Did it stand still from `time` until now? And did it at some moment since?
---@param host mcast.Host
---@param time number
---@return boolean all_the_time
---@return boolean meanwhile
function pause.since(host, time)
  local last = host._pauses[#host._pauses]
  if not last then return false, false end
  return not last.ended and last.began <= time, not last.ended or last.ended >= time
end

--- A task that was waiting on the host has what it waited for when the host goes on.
---@param host mcast.Host
function pause.await_end(host)
  while pause.is_paused(host) do host._pauses[#host._pauses].over:wait() end
end

--- What a program on the host would do cannot be done while it stands still.
---@param host mcast.Host
---@param where string
function pause.refuse(host, where)
  if pause.is_paused(host) then
    errors.usage("%s: %s is paused: resume it first", where, tostring(host))
  end
end

---@param host mcast.Host
function pause.pause(host)
  if pause.is_paused(host) then return end
  local netns = host:_get_stack().netns
  host.network._run:await_ready()
  core.drain() -- what has come until now has been read
  table.insert(host._pauses, { began = core.now(), ended = false,
    over = core.condition() })
  each_endpoint(host, function(endpoint) endpoint:pause(true) end)
  host._pause_fault = fault.inject(host, "pause", "paused", function() go_on(host) end)
  errors.on_host(host.name, core.stop_residents, netns)
end

---@param host mcast.Host
function pause.resume(host)
  if pause.is_paused(host) then host._pause_fault:undo("resume", "resumed") end
end

return pause
