--- Does a stream go in lockstep with who hears it, or has it a thread of its own? In lockstep no receiver
--- is sent more than has been read; from its own thread it keeps its schedule whatever the scenario does,
--- and what is not read yet waits in the receivers' buffers until the scenario, or another thread in its
--- place, takes it out. So it depends on what these hold.
local lockstep = {}

-- Seconds of it that a buffer holds, so that the one who reads it while the scenario is busy comes in time
-- (src/traffic/standby.c).
local slack = 0.25

-- A datagram takes the kernel's own record of it and a block, of a power of two, with room for headers
-- (skbuff.h: SKB_TRUESIZE); in fragments no more than that.
local record, headers = 256, 400

--- Bytes of a receiver's buffer that a datagram takes, rather too many.
---@param size integer of payload
---@return integer
function lockstep.room(size)
  local block = 512
  while block < size + headers do block = block * 2 end
  return record + block
end

--- Packets per second while it sends: one with pauses makes up for them.
local function peak(wanted)
  local shape = wanted.shape
  local rate = shape.together or wanted.pps
  return shape.kind == "on/off" and rate * (shape.on + shape.off) / shape.on or rate
end

--- Would what is sent while nobody reads overflow the buffer?
---@param wanted {pps: number?, burst: integer?, size: integer, shape: table}
---@param buffer integer bytes, as the kernel has it
---@return boolean
function lockstep.is_too_fast(wanted, buffer)
  if not wanted.pps then return true end
  return (peak(wanted) * slack + (wanted.burst or 1)) * lockstep.room(wanted.size) > buffer
end

--- Streams through interfaces of the machine may be for others than receivers of ours.
---@param sender mcast.Sender
---@param wanted table
---@param receivers mcast.Receiver[] of ours that could hear it
---@param buffer integer bytes, of receivers that are still to come
---@return boolean
function lockstep.is_wanted(sender, wanted, receivers, buffer)
  if wanted.lockstep ~= nil then return wanted.lockstep end
  if #receivers == 0 and sender.host._attached then return false end
  for i, receiver in ipairs(receivers) do
    local own = receiver._endpoint:socket():get("receive_buffer")
    buffer = i == 1 and own or math.min(buffer, own)
  end
  return lockstep.is_too_fast(wanted, buffer)
end

return lockstep
