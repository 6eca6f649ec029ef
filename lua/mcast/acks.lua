--- The replies to one request.
local core = require "mcast.core"
local class = require "mcast.class"
local hosts = require "mcast.host"
local row = require "mcast.row"

local acks = {}

---@class mcast.Ack
---@field host mcast.Host|nil nil: an address of no host of the network
---@field from {address: string, port: integer}
---@field data string
---@field rtt number seconds from the send to the arrival of this reply
---@field time number when it arrived
local Ack = class.define("ack")

function Ack.metatable.__tostring(self)
  return ("ack from %s to %s"):format(self.host and self.host.name or self.from.address,
    tostring(self._sent))
end

local from_row = row.kind("ack.from", { "address", "port" })

--- Read from the log when somebody asks: a request to a thousand hosts is about who answered.
local function read(field)
  return function(self)
    if not self._message then
      self._message = self._sent.sender._endpoint:message(self._number)
      from_row(self._message.from)
    end
    return self._message[field]
  end
end

for _, field in ipairs { "from", "data", "time" } do Ack.properties[field] = read(field) end
function Ack.properties.rtt(self) return self.time - self._sent.time end
function Ack.properties.host(self) return self._host or nil end

---@class mcast.Acks a list of them, in order of arrival
---@field sent mcast.Sent
---@field _numbers integer[] of the messages
---@field _hosts (mcast.Host|false)[]
local Acks = class.define("acks")
acks.class = Acks

function Acks.metatable.__len(self) return #self._numbers end

--- An ack is made when somebody asks for it.
function Acks.element(self, i)
  local number = self._numbers[i]
  if not number then return nil end
  local ack = class.new(Ack, { _sent = self.sent, _number = number, _host = self._hosts[i] })
  rawset(self, i, ack)
  return ack
end

function Acks.metatable.__tostring(self)
  return ("%d acks to %s"):format(#self, tostring(self.sent))
end

--- Takes in the replies that came since the last call; not the late ones to an earlier request.
local function take_new(self)
  local seen, waiting, numbers, replied = self._seen, self._waiting, self._numbers, self._hosts
  local origin, answers = self.sent.host.network._origin, self.sent:_reply_filter()
  local origins = self.sent.sender._endpoint:origins(seen + 1)
  for i = 1, #origins do -- without ipairs(): a thousand hosts answer
    local host = origin:host_of(origins[i])
    if not host or answers(host) then
      local count = #numbers + 1
      numbers[count], replied[count] = seen + i, host or false
      if waiting[host] then waiting[host], self._left = nil, self._left - 1 end
    end
  end
  self._seen = seen + #origins
end

--- Could all that are missing be among the replies that have not been looked at? Looking is what
--- costs, with a thousand of them.
local function may_be_complete(self)
  return self.sent.sender._endpoint:count() - self._seen >= self._left
end

--- True when all of `from` have answered, false when the time is over.
local function await(self, deadline)
  local endpoint = self.sent.sender._endpoint
  while not self._from or self._left > 0 do
    if self._from and may_be_complete(self) then
      take_new(self)
    else
      local left = deadline - core.now()
      if left <= 0 then return false end
      endpoint:changed():wait(left)
    end
  end
  return true
end

---@param sent mcast.Sent
---@param within number
---@param from mcast.Host[]|nil nil: collects until the time is over
---@param waiting table<mcast.Host, true> the same hosts; is emptied
---@return mcast.Acks
function acks.collect(sent, within, from, waiting)
  local self = class.new(Acks, { sent = sent, _from = from or false, _waiting = waiting,
    _left = from and #from or 0, _seen = sent._replies_before, _numbers = {}, _hosts = {} })
  if not await(self, sent.time + within) then
    core.drain()
    take_new(self)
  end
  return self
end

--- The hosts that answered, each once: as `from` lists them, then as the network has them.
---@return mcast.Host[]
function Acks.methods.hosts(self)
  local answered = {}
  for _, host in ipairs(self._hosts) do
    if host then answered[host] = true end
  end
  return hosts.ordered(answered, self._from or {}, self.sent.host.network)
end

--- Those of `from` that did not answer.
---@return mcast.Host[]
function Acks.methods.missing(self)
  local list = {}
  for _, host in ipairs(self._from or {}) do
    if self._waiting[host] then list[#list + 1] = host end
  end
  return list
end

return acks
