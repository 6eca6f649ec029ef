--- host:block{...}: a firewall rule in the host, by nftables.
local core = require "mcast.core"
local address = require "mcast.address"
local class = require "mcast.class"
local errors = require "mcast.errors"
local fault = require "mcast.fault"
local hosts = require "mcast.host"
local options = require "mcast.options"
local types = require "mcast.types"

local block = {}

local where = "host:block"

---@class mcast.Block
---@field host mcast.Host
---@field group string|nil
---@field source string|nil
---@field port integer|nil
---@field direction "in"|"out"|"both"
local Block = class.define("block")
block.class = Block

local function describe(self)
  local words = {}
  if self._group then words[#words + 1] = "to " .. self._group end
  if self._port then words[#words + 1] = "port " .. self._port end
  if self._source then words[#words + 1] = "from " .. self._source end
  local way = self.direction == "both" and "" or self.direction == "in" and "incoming "
    or "outgoing "
  return ("%spackets%s"):format(way, #words == 0 and "" or " " .. table.concat(words, " "))
end

function Block.metatable.__tostring(self)
  return ("block of %s on host '%s'"):format(describe(self), self.host.name)
end

local function source_type(value)
  if class.is(value, hosts.class) then return value end
  return types.unicast(value), "a unicast address or a host"
end

local option_types = { group = types.group, source = source_type,
  port = types.integer(1, 65535), direction = types.one_of { "in", "out", "both" } }

--- A host as a source has the address of the group's family.
local function source_of(wanted)
  local source, family = wanted.source, wanted.group and address.family(wanted.group)
  if class.is(source, hosts.class) then
    return source[family == "ipv6" and "address6" or "address"]
  end
  if source and family and address.family(source) ~= family then
    errors.usage("%s: source: %s and group %s are of different families", where, source,
      wanted.group)
  end
  return source
end

local function last_count(self)
  local packets, bytes = self._raw:count()
  return { packets = packets, bytes = bytes }
end

local function close(self)
  self._last = last_count(self)
  self._raw:close()
end

---@param host mcast.Host
---@param given table|nil
---@return mcast.Block
function block.open(host, given)
  local wanted = options.check(where, given, option_types)
  local direction = wanted.direction or "both"
  local netns = host:_get_stack().netns
  local self = class.new(Block, { host = host, direction = direction, _last = false,
    _group = wanted.group or false, _source = source_of(wanted) or false,
    _port = wanted.port or false })
  host.network._run:await_ready()
  host.network:_forbid_offload("a firewall counts frames")
  self._raw = errors.on_host(host.name, core.block, netns, { group = wanted.group,
    source = self._source or nil, port = wanted.port, incoming = direction ~= "out",
    outgoing = direction ~= "in" })
  table.insert(host._blocks, self)
  self._fault = fault.inject(host, "block", "a firewall drops " .. describe(self), function()
    close(self)
  end)
  return self
end

function Block.properties.group(self) return self._group or nil end
function Block.properties.source(self) return self._source or nil end
function Block.properties.port(self) return self._port or nil end
function Block.properties.removed(self) return self._last ~= false end

--- What it dropped.
for _, name in ipairs { "packets", "bytes" } do
  Block.properties[name] = function(self)
    self.host.network._run:await_ready()
    return (self._last or errors.on_host(self.host.name, last_count, self))[name]
  end
end

--- Lets it pass again. The counters stay as they were.
function Block.methods.remove(self)
  self._fault:undo("unblock", ("a firewall no longer drops %s"):format(describe(self)))
end

Block.metatable.__close = Block.methods.remove

return block
