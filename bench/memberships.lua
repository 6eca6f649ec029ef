-- Many memberships in one host, or spread over several, each of them verified: the kernel's list and the switch's
-- table have it. Attaches the seconds of processor time that joining and verifying took, those that passed until
-- all had joined, and the bytes that the process holds then.
local memberships = param("memberships", 10000, "groups in all")
local hosts = param("hosts", 1, "hosts that share them")
local per_socket = 100

local network = topology("a LAN of members", function(net)
  local lan = net:switch("lan", {timers = "rfc"})
  for i = 1, hosts do net:host("h" .. i, lan) end
  net:host("source", lan)
end)

--- Side by side: how long a report is put off (RFC 3376 section 5.1) is not what is measured.
local function join(members, port, groups_of)
  local opening = {}
  for i, host in ipairs(members) do
    local groups = groups_of[i]
    for first = 1, #groups, per_socket do
      local some = table.move(groups, first, math.min(first + per_socket - 1, #groups), 1, {})
      opening[#opening + 1] = function() host:receiver{groups = some, port = port} end
    end
  end
  mcast.all(opening)
end

local function count_in(wanted, entries)
  local seen, count = {}, 0
  for _, entry in ipairs(entries) do
    if wanted[entry.group] and not seen[entry.group] then
      seen[entry.group], count = true, count + 1
    end
  end
  return count
end

local function resident()
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^VmRSS:%s*(%d+) kB")
    if kilobytes then return kilobytes * 1024 end
  end
end

scenario("memberships", {topology = network, timeout = 600}, function(t)
  local port, wanted, members, groups_of = t:port(), {}, {}, {}
  for i = 1, hosts do
    members[i] = t.net.hosts["h" .. i]
    groups_of[i] = {}
    for n = 1, memberships // hosts do
      groups_of[i][n] = t:group()
      wanted[groups_of[i][n]] = true
    end
  end

  local began, processor = mcast.now(), os.clock()
  join(members, port, groups_of)
  local joined, processor_joined = mcast.now() - began, os.clock() - processor
  for i = 1, hosts do
    expect(count_in(wanted, members[i]:memberships())):equals(memberships // hosts)
  end
  expect(count_in(wanted, t.net.switches.lan:mdb())):equals(memberships)
  local processor_verified = os.clock() - processor - processor_joined

  local last = groups_of[hosts][#groups_of[hosts]]
  expect(t:hosts("source"):sender{group = last, port = port}:send("last"))
    :reaches{members[hosts]}
  t:attach("seconds and bytes", ("%.6f %.6f %.6f %d"):format(processor_joined, processor_verified,
    joined, resident()))
end)
