--- Whose address it is: of which host a message or a reply came.
---
--- Hosts are known by the addresses they were given. On a link they also send from link-local ones
--- (RFC 4291 section 2.5.6), to groups of the link above all, which are looked up when the first one
--- is met. Such an address comes with the interface that it was seen on, and may exist on two links:
--- then it is nobody's.
local origin = {}

local function is_link_local(text) return text:find("^fe[89ab]") ~= nil end

local function without_zone(text) return text:match("^[^%%]+") end

---@class mcast.Origin
local Origin = {}
Origin.__index = Origin

---@param hosts mcast.Host[] that may become more
---@return mcast.Origin
function origin.new(hosts)
  return setmetatable({ _hosts = hosts, _by_address = {}, _link_locals = false }, Origin)
end

---@param address string|false|nil
---@param host mcast.Host
function Origin:add(address, host)
  if address and not is_link_local(address) then self._by_address[address] = host end
end

local function link_locals(hosts)
  local owners = {}
  for _, host in ipairs(hosts) do
    for _, address in ipairs(host:_addresses()) do
      local plain = without_zone(address)
      local is_of_two = owners[plain] ~= nil and owners[plain] ~= host
      if is_link_local(plain) then owners[plain] = not is_of_two and host end
    end
  end
  return owners
end

---@param address string
---@return mcast.Host|nil
function Origin:host_of(address)
  local host = self._by_address[address]
  if host or not is_link_local(address) then return host end
  self._link_locals = self._link_locals or link_locals(self._hosts)
  return self._link_locals[without_zone(address)] or nil
end

return origin
