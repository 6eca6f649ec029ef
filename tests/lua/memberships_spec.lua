-- What a host is a member of, told by its kernel, for our own sockets and for those of programs.
local core = require "mcast.core"
local filter = require "mcast.filter"

local families = {"ipv4", "ipv6"}
local groups = {ipv4 = "232.1.2.3", ipv6 = "ff3e::1:2"}
local sources = {ipv4 = {"192.0.2.1", "192.0.2.2"}, ipv6 = {"2001:db8::1", "2001:db8::2"}}

local function found(host, group)
  for _, one in ipairs(host:memberships()) do
    if one.group == group then return one end
  end
end

-- A socket that the library knows nothing of, as a program would have it.
local function foreign(host, family)
  return core.socket(host:_get_stack().netns, family)
end

scenario("a host is in the groups of its own", function(t)
  local a = t:hosts("a")
  for _, group in ipairs{"224.0.0.1", "ff02::1"} do
    expect(found(a, group).mode):equals("exclude")
    expect(found(a, group).sources):equals({})
    expect(a):is_member(group)
  end
  expect(found(a, groups.ipv4)):is_nil()
end)

scenario("our sockets' filters are merged", {each = families}, function(t)
  local a, group, source = t:hosts("a"), groups[t.case], sources[t.case]
  local one, other = a:socket{family = t.case}, a:socket{family = t.case}
  one:add_source_membership(group, source[1])
  expect(found(a, group).mode):equals("include")
  expect(found(a, group).sources):equals{source[1]}
  expect(found(a, group).interface):equals(a.eth0)
  expect(found(a, group).users):equals(1)

  other:add_source_membership(group, source[2])
  expect(found(a, group).sources):equals(source)
  other:set_source_filter(group, "exclude", source)
  expect(found(a, group).mode):equals("exclude")
  expect(found(a, group).sources):equals{source[2]}
  expect(a):is_member(group, {source = source[1]})

  one:close()
  expect(found(a, group).sources):equals(source)
  other:close()
  expect(found(a, group)):is_nil()
  expect(a):is_not_member(group)
end)

scenario("programs are members, too", {each = families}, function(t)
  local a, group, source = t:hosts("a"), groups[t.case], sources[t.case]
  local one <close> = foreign(a, t.case)
  local other <close> = foreign(a, t.case)
  one:join(group, a.eth0.index)
  one:block(group, a.eth0.index, source[1])
  expect(found(a, group).mode):equals("exclude")
  expect(found(a, group).sources):equals{source[1]}
  expect(a):is_member(group, {source = source[2]})
  other:join(group, a.eth0.index)
  expect(found(a, group).sources):equals({})
end)

scenario("a mode that the kernel does not tell is none", {each = families}, function(t)
  local a, group, source = t:hosts("a"), groups[t.case], sources[t.case]
  local one <close> = foreign(a, t.case)
  local other <close> = foreign(a, t.case)
  one:join(group, a.eth0.index, source[1])
  expect(found(a, group).mode):equals("include")
  other:join(group, a.eth0.index, source[2])
  expect(found(a, group).mode):is_nil()
  expect(found(a, group).sources):equals(source)
  expect(a):is_member(group, {source = source[1]})

  t:step("our own sockets are asked")
  other:close()
  a:socket{family = t.case}:add_source_membership(group, source[2])
  expect(found(a, group).mode):equals("include")
end)

local function merged(users, rows, known)
  return filter.merge({ users = users, sources = rows, told = true }, known or {})
end

scenario("the mode follows from the counts where it does", function()
  local function is(mode, users, rows, known)
    expect(merged(users, rows, known).mode):equals(mode)
  end
  is("exclude", 1, {})
  is("include", 1, {s = {include = 1, exclude = 0}})
  is("include", 3, {s = {include = 3, exclude = 0}, t = {include = 1, exclude = 0}})
  is("exclude", 2, {s = {include = 1, exclude = 0}})
  is(nil, 2, {s = {include = 1, exclude = 0}, t = {include = 1, exclude = 0}})
  is("exclude", 2, {s = {include = 1, exclude = 1}})
  is("include", 2, {s = {include = 1, exclude = 0}, t = {include = 1, exclude = 0}},
    {{mode = "include", sources = {"s"}}})
end)

scenario("of a source it may not be known", function()
  local one = merged(4, {s = {include = 2, exclude = 0}, r = {include = 1, exclude = 0},
    t = {include = 0, exclude = 1}})
  expect(one:admits("s")):is_true()
  expect(one:admits("t")):is_nil()
  expect(one:admits("other")):is_true()
  local hidden = filter.merge({ users = 1, sources = {}, told = false }, {})
  expect(hidden.mode):is_nil()
  expect(hidden:admits("s")):is_nil()
end)

-- ---- how many ---------------------------------------------------------------------------------

local limit = "net.ipv4.igmp_max_memberships"

local function fresh_groups(t, count, family)
  local list = {}
  for i = 1, count do list[i] = t:group{family = family} end
  return list
end

scenario("a receiver joins more groups than a socket may", {each = {"ipv4", "ipv6"}}, function(t)
  local a, b = t:hosts("a", "b")
  local before = a:sysctl(limit)
  local many = before + 20
  local receiver = a:receiver{groups = fresh_groups(t, many, t.case), port = t:port()}
  expect(#receiver.socket.memberships):equals(many)
  receiver:join(t:group{family = t.case})
  expect(#receiver.socket.memberships):equals(many + 1)
  expect(a:sysctl(limit)):equals(t.case == "ipv4" and many + 1 or before)
  expect(b:sysctl(limit)):equals(before)
end)

-- More than net.core.optmem_max lets one socket have.
scenario("a receiver joins more groups than a socket has memory for",
  -- Each join waits for the kernel's lock of all networks, which others hold who build some.
  {each = {"ipv4", "ipv6"}, timeout = 110}, function(t)
  local many = 3500
  local a = t:hosts("a")
  local joined = fresh_groups(t, many, t.case)
  local receiver = a:receiver{groups = joined, port = t:port(), ready = false}
  expect(#receiver.socket.memberships):equals(many)
  expect(a):is_member(joined[many])
  receiver:leave(joined[many])
  expect(#receiver.socket.memberships):equals(many - 1)
  expect(function() receiver:join(joined[many - 1]) end):raises("EADDRINUSE")
end)

scenario("a socket joins as many as the kernel lets it", function(t)
  local a = t:hosts("a")
  local socket = a:socket()
  for _, group in ipairs(fresh_groups(t, a:sysctl(limit))) do socket:add_membership(group) end
  expect(function() socket:add_membership(t:group()) end):raises("ENOBUFS")
end)
