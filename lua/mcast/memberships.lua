--- The groups that a host is a member of, as its kernel has them for all its sockets and for itself,
--- whoever opened them: /proc/net/igmp and igmp6 with mcfilter and mcfilter6 (proc_pid_net(5)).
local core = require "mcast.core"
local address = require "mcast.address"
local errors = require "mcast.errors"
local filter = require "mcast.filter"
local row = require "mcast.row"

local memberships = {}

-- ---- what the kernel tells --------------------------------------------------------------------

--- "010000E0": the four bytes as a number of this machine, which Linux runs little-endian or not.
local function ipv4_of_native(hex)
  return address.format(("=I4"):pack(tonumber(hex, 16)))
end

local function ipv4_of_number(hex)
  return address.format((">I4"):pack(tonumber(hex, 16)))
end

local function ipv6_of(hex)
  local bytes = hex:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end)
  return address.format(bytes)
end

--- "2 eth0 : 2 V3", and below it the groups of that interface: "010101E8 1 0:00000000 0".
local function each_of_igmp(text, take)
  local index
  for line in text:gmatch("[^\n]+") do
    local group, users = line:match("^%s+(%x+)%s+(%d+)%s")
    if group and index then
      take(index, ipv4_of_native(group), tonumber(users))
    else
      local number = line:match("^(%d+)%s")
      index = number and tonumber(number)
    end
  end
end

--- "2 eth0 ff0200...01 1 0000000C 0".
local function each_of_igmp6(text, take)
  for index, group, users in text:gmatch("(%d+)%s+%S+%s+(%x+)%s+(%d+)%s[^\n]*\n") do
    take(tonumber(index), ipv6_of(group), tonumber(users))
  end
end

--- "2 eth0 0xe8010101 0x0a010004 1 0": include and exclude.
local function each_of_mcfilter(text, take)
  local line = "(%d+)%s+%S+%s+0x(%x+)%s+0x(%x+)%s+(%d+)%s+(%d+)"
  for index, group, source, include, exclude in text:gmatch(line) do
    take(tonumber(index), ipv4_of_number(group), ipv4_of_number(source),
      tonumber(include), tonumber(exclude))
  end
end

local function each_of_mcfilter6(text, take)
  local line = "(%d+)%s+%S+%s+(%x+)%s+(%x+)%s+(%d+)%s+(%d+)"
  for index, group, source, include, exclude in text:gmatch(line) do
    if #group == 32 then
      take(tonumber(index), ipv6_of(group), ipv6_of(source), tonumber(include),
        tonumber(exclude))
    end
  end
end

-- `probe`: a source-specific channel that nobody uses, of the narrowest scope there is.
local families = {
  { name = "ipv4", groups = "igmp", each_group = each_of_igmp, sources = "mcfilter",
    each_source = each_of_mcfilter, probe = "232.255.77.83", probe_source = "127.77.83.1" },
  { name = "ipv6", groups = "igmp6", each_group = each_of_igmp6, sources = "mcfilter6",
    each_source = each_of_mcfilter6, probe = "ff31::4d:53", probe_source = "fe80::4d:53" },
}

--- A kernel without IPv6 has no such file.
local function read(host, name)
  local netns = host:_get_stack().netns
  local ok, text = pcall(netns.read_proc, netns, name)
  if ok then return text end
  if errors.is_object(text) and text.code == "ENOENT" then return "" end
  return errors.on_host(host.name, error, text, 0)
end

local loopback = 1 -- the first interface of every network namespace

--- Linux begins the list of sources at the first interface whose newest group has some, and leaves
--- out those before it (igmp_mcf_get_first(), igmp6_mcf_get_first()). So the first one of all gets
--- such a group while the list is read: nothing of it is seen outside the host.
---@return string text
local function read_sources(host, family)
  local probe <close> = errors.on_host(host.name, core.socket, host:_get_stack().netns,
    family.name)
  pcall(probe.join, probe, family.probe, loopback, family.probe_source)
  return read(host, family.sources)
end

local function key_of(index, group) return ("%d %s"):format(index, group) end

--- Adds the groups of one family to the list, each with what its sockets say of sources.
local function collect(host, family, list)
  local by_key, is_complete = {}, false
  local sources = read_sources(host, family)
  family.each_group(read(host, family.groups), function(index, group, users)
    local found = { index = index, group = group,
      counts = { users = users, sources = {}, told = false } }
    by_key[key_of(index, group)] = found
    list[#list + 1] = found
  end)
  family.each_source(sources, function(index, group, source, include, exclude)
    is_complete = is_complete or group == family.probe
    local found = by_key[key_of(index, group)]
    if found then found.counts.sources[source] = { include = include, exclude = exclude } end
  end)
  for _, found in pairs(by_key) do found.counts.told = is_complete end
end

-- ---- what our own sockets tell ----------------------------------------------------------------

local function add_own(by_key, raw)
  for _, membership in ipairs(raw:memberships()) do
    local key = key_of(membership.interface, membership.group)
    by_key[key] = by_key[key] or {}
    table.insert(by_key[key], membership)
  end
end

--- Of every open socket of the host, by interface and group.
local function own_memberships(host)
  local by_key = {}
  for _, owners in ipairs { host._receivers, host._senders } do
    for _, owner in ipairs(owners) do
      if not owner.closed then add_own(by_key, owner._endpoint:socket()) end
    end
  end
  for _, socket in ipairs(host._sockets) do
    if not socket.closed then add_own(by_key, socket._socket) end
  end
  return by_key
end

-- ---- together ---------------------------------------------------------------------------------

local membership_row = row.kind("a row of host:memberships()", { "group", "interface", "mode",
  "sources", "users" })

---@class mcast.Membership
---@field group string
---@field interface mcast.Interface
---@field mode "include"|"exclude"|nil
---@field sources string[]
---@field users integer

--- While an interface is down Linux hides the sources of groups in INCLUDE mode (igmpv3_add_delrec()
--- and mld_add_delrec() move them to where the next report finds them).
local function interfaces_by_index(host)
  local stack, by_index = host:_get_stack(), {}
  for _, found in ipairs(stack:interfaces()) do
    by_index[found.index] = { object = stack:object(found), is_up = found.flags.up }
  end
  return by_index
end

--- All of them. `_filter` answers for a source.
---@param host mcast.Host
---@return mcast.Membership[]
function memberships.read(host)
  local found, list = {}, {}
  local own, by_index = own_memberships(host), interfaces_by_index(host)
  for _, family in ipairs(families) do collect(host, family, found) end
  for _, one in ipairs(found) do
    local interface = by_index[one.index]
    if interface then
      one.counts.told = one.counts.told and interface.is_up
      local merged = filter.merge(one.counts, own[key_of(one.index, one.group)] or {})
      list[#list + 1] = membership_row { group = one.group, interface = interface.object,
        mode = merged.mode, sources = merged.sources, users = one.counts.users, _filter = merged }
    end
  end
  return list
end

--- Groups that a host joins for itself: all nodes, and the solicited-node groups of its addresses
--- (RFC 1112 section 6.2, RFC 4291 sections 2.7.1 and 2.8).
---@param group string
---@return boolean
function memberships.is_automatic(group)
  return group == "224.0.0.1" or group == "ff01::1" or group == "ff02::1"
    or group:find("^ff02::1:ff") ~= nil
end

return memberships
