--- Why datagrams that came to a socket were lost there. For each socket the kernel counts them together
--- (SO_MEMINFO's drops), those that found its buffer full and those whose UDP checksum was wrong; by cause
--- it counts them for the whole namespace (RcvbufErrors, MemErrors and InCsumErrors; net/ipv4/udp.c).
local core = require "mcast.core"
local counters = require "mcast.counters"
local words = require "mcast.words"

local losses = {}

---@class mcast.Loss
---@field full integer datagrams for which the buffer had no room
---@field damaged integer those with a wrong UDP checksum: the network's doing

local names = { full = { "RcvbufErrors", "MemErrors" }, damaged = { "InCsumErrors" } }

local function sum(counted, list)
  local total = 0
  for _, name in ipairs(list) do
    total = total + (counted["Udp" .. name] or 0) + (counted["Udp6" .. name] or 0)
  end
  return total
end

--- By cause. Of what several sockets of the namespace lost for both causes, buffers get as much as
--- they may have lost.
---@param stack mcast.Stack of the socket
---@param dropped integer by the socket, all in all
---@return mcast.Loss
function losses.split(stack, dropped)
  if dropped == 0 then return { full = 0, damaged = 0 } end
  local counted = counters.values(stack.netns)
  local full = math.min(dropped, sum(counted, names.full))
  local damaged = math.min(dropped - full, sum(counted, names.damaged))
  return { full = dropped - damaged, damaged = damaged }
end

-- ---- in which window ---------------------------------------------------------------------------

---@class mcast.LossSample: mcast.Loss  until `time`
---@field time number
---@field dropped integer

---@class mcast.LossLog
local Log = {}
Log.__index = Log

--- Of a socket that has just been opened.
---@param stack mcast.Stack
---@return mcast.LossLog
function losses.log(stack)
  return setmetatable({ _stack = stack,
    _samples = { { time = core.now(), dropped = 0, full = 0, damaged = 0 } } }, Log)
end

---@return mcast.LossSample
function Log:last() return self._samples[#self._samples] end

--- It has dropped so many until now.
---@param dropped integer
---@return mcast.LossSample
function Log:note(dropped)
  local last = self:last()
  if dropped == last.dropped then
    last.time = core.now()
    return last
  end
  local loss = losses.split(self._stack, dropped)
  table.insert(self._samples,
    { time = core.now(), dropped = dropped, full = loss.full, damaged = loss.damaged })
  return self:last()
end

--- What had been lost until then, or less.
---@param time number
---@return mcast.Loss
function Log:until_time(time)
  local found = self._samples[1]
  for _, one in ipairs(self._samples) do
    if one.time <= time then found = one end
  end
  return found
end

-- ---- in words ----------------------------------------------------------------------------------

local causes = { { "full", "because its buffer was full" },
  { "damaged", "because of a wrong UDP checksum" } }

--- "dropped 3 datagrams because its buffer was full"; nil: none.
---@param loss mcast.Loss
---@param adverb string|nil "meanwhile,"
---@return string|nil
function losses.describe(loss, adverb)
  local parts = {}
  for _, cause in ipairs(causes) do
    local count = loss[cause[1]]
    if count > 0 then
      local how = adverb and adverb .. " " .. cause[2] or cause[2]
      parts[#parts + 1] = ("%s %s"):format(words.count(count, "datagram"), how)
    end
  end
  return #parts > 0 and "dropped " .. table.concat(parts, " and ") or nil
end

return losses
