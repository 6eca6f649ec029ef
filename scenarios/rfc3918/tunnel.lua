-- Throughput of a tunnel's endpoint: RFC 3918 section 4.4, in the terms of RFC 2432 sections 3.2.4
-- to 3.2.6.
--
--     encapsulation        source ------------- device ====tunnel==== egress1 ... egressN
--     decapsulation        source ====tunnel=== device -------------- egress1 ... egressN
--     re-encapsulation     source ====tunnel=== device ====tunnel==== egress1 ... egressN
--
-- The device is a router, the kernel's, with VXLAN tunnels (RFC 7348) that end at hosts of ours, and the
-- bystander stands on the LAN of the egress hosts; where the kernel makes no such tunnel it is skipped.
-- For a real device a topology has the hosts `source`, `bystander` and `egress1` to `egressN` (--param
-- egress=N); those at the end of a tunnel bring it, as an interface of the name `tunnel`, and
-- `encapsulated` says by a filter of libpcap's how its packets are known on the wire:
--
--     mcast-harness run --topology device.lua --param tunnel=gre1 --param "encapsulated=proto gre"
--         --param line_rate=1000 --param duration=60 --param residual=2 scenarios/rfc3918/tunnel.lua
--
-- Claimed is that there is a rate without loss, that at this rate exactly the members got all, that on
-- the side of a tunnel frames were seen encapsulated and none as it is, on the other side as they are and
-- none encapsulated, and that the bystander got nothing. A frame counts as it is without the tunnel; those
-- that do not fit into it are left out. Its size in the tunnels is seen on the wires and reported. The RFC
-- wants two formats for re-encapsulation; here both are VXLAN, of two tunnels: kernels have no second one
-- that goes to several ends.

local rfc3918 = require "mcast.rfc3918"
local setup = rfc3918.parameters(param)
local tunnel = param("tunnel", "tunnel", "the interface of hosts that is the end of a tunnel")
local encapsulated = param("encapsulated", "udp dst port 4789", "what packets in the tunnel are")
local encapsulation = param("format", "VXLAN", "of the tunnel, as reports name it")

-- So that what fills an MTU of 1500 fits into the tunnel (RFC 7348 section 4.3).
local roomy = 1600

local lab = topology("a tunnel endpoint", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:host("source", {left, mtu = roomy})
  for i = 1, setup.egress do net:host("egress" .. i, {right, mtu = roomy}) end
  net:host("bystander", right)
  net:router("device", {{left, mtu = roomy}, {right, mtu = roomy}})
end)

local function make(t, host, given)
  local why = rfc3918.tunnel(host, given)
  if why then t:skip(why) end
end

--- Tunnel 1 from the source to the device, tunnel 2 from there to the egress hosts, as far as wanted.
local function make_tunnels(t, device, has_first, has_second)
  if has_first then
    make(t, device, {name = "first", id = 1, over = "eth0", number = 254})
    make(t, t:hosts("source"), {name = tunnel, id = 1, over = "eth0", number = 1})
  end
  if not has_second then return end
  make(t, device, {name = "second", id = 2, over = "eth1", number = 254})
  for i = 1, setup.egress do
    make(t, t:hosts("egress" .. i), {name = tunnel, id = 2, over = "eth0", number = i})
  end
end

--- The static routes of a device of ours; somebody else's has its own.
local function router_of(device, has_first, has_second)
  local from = device:interface(has_first and "first" or "eth0")
  local to = device:interface(has_second and "second" or "eth1")
  return function(groups)
    for _, group in ipairs(groups) do device:mroute{group = group, from = from, to = to} end
  end
end

local function demand_tunnel(t, host)
  for _, one in ipairs(host:interfaces()) do
    if one.name == tunnel then return end
  end
  t:skip(("%s brings no interface '%s'"):format(tostring(host), tunnel))
end

local function demand_tunnels(t, has_first, has_second)
  if has_first then demand_tunnel(t, t:hosts("source")) end
  for i = 1, has_second and setup.egress or 0 do demand_tunnel(t, t:hosts("egress" .. i)) end
end

local function open(t, has_first, has_second)
  local device, route = t.net.routers.device, nil
  if device then
    make_tunnels(t, device, has_first, has_second)
    route = router_of(device, has_first, has_second)
  else
    demand_tunnels(t, has_first, has_second)
  end
  return rfc3918.bench(t, setup, {ingress = has_first and tunnel or nil,
    outlet = has_second and tunnel or nil, route = route})
end

--- What is on the wire, below the tunnel where there is one.
local function capture_wire(host)
  for _, one in ipairs(host:interfaces()) do
    if one.name ~= tunnel and not one.flags.loopback then
      return host:capture{interface = one}
    end
  end
end

local function claim_form(capture, is_encapsulated, plain)
  expect(capture):sees(is_encapsulated and encapsulated or plain)
  expect(capture):sees_nothing(is_encapsulated and plain or encapsulated)
end

-- Longer than whatever else goes through a tunnel.
local sample_size, fcs = 512, 4

--- Bytes that a tunnel adds to a frame, as seen on the wire; nil: there is no tunnel.
local function added_on(capture, is_encapsulated)
  if not is_encapsulated then return nil end
  for _, packet in ipairs(capture:packets(encapsulated)) do
    if packet.length + fcs >= sample_size then return packet.length + fcs - sample_size end
  end
end

--- Learns the loads, and sees how frames travel on both sides of the device. What is absent on one wire
--- was there to be seen: on the other one, or in the source's end of the tunnel. Returns how many bytes are
--- added on both sides.
local function claim_forms(bench, loads, has_first, has_second)
  local captures = {capture_wire(bench.source), capture_wire(bench.egress[1])}
  if has_first then captures[3] = bench.source:capture{interface = tunnel} end
  bench:learn(loads)
  expect(bench:offer(loads, sample_size, 100)):is_valid()
  local plain = ("dst host %s and udp"):format(bench.groups[1])
  claim_form(captures[1], has_first, plain)
  claim_form(captures[2], has_second, plain)
  for _, capture in ipairs(captures) do capture:stop() end
  return {ingress = added_on(captures[1], has_first), egress = added_on(captures[2], has_second),
    mtu = captures[2].interfaces[1].mtu}
end

--- The size of a frame in a tunnel; false: there is none.
local function grown(size, added) return added and size + added or false end

local columns = {"frame size (bytes)", "in the ingress tunnel (bytes)",
  "in the egress tunnels (bytes)", "MTU (bytes)", "groups per tunnel", "egress",
  "tunnels per interface", "line rate (frames/s)"}

local function measure(t, name, has_first, has_second)
  local bench = open(t, has_first, has_second)
  local loads = bench:join(setup.groups)
  t:step("how frames travel")
  local added = claim_forms(bench, loads, has_first, has_second)
  local report = bench:table(("%s, %s"):format(name, encapsulation),
    table.move({name .. " (frames/s)", "sent (frames)", "trials", "limit"}, 1, 4, #columns + 1,
      {table.unpack(columns)}))

  for size in bench:frames() do
    t:step(size .. " bytes")
    local found = bench:search(loads, size, size + (added.ingress or 0))
    expect(found):converges()
    for i, flow in ipairs(found.trial.flows) do
      expect(flow):reaches(bench.egress, {quiet = i > 1 and 0 or nil})
    end
    report:add(size, grown(size, added.ingress), grown(size, added.egress), added.mtu,
      setup.groups, setup.egress, 1, found.highest, found.rate, found.trial.sent, #found.trials,
      found.limit)
  end
  expect(bench.deaf):receives_nothing()
  report:report(t)
end

-- RFC 3918 section 4.4.1.
scenario("encapsulation throughput",
  {each = setup.families, timeout = 3600, topology = lab}, function(t)
  measure(t, "encapsulation throughput", false, true)
end)

-- RFC 3918 section 4.4.2.
scenario("decapsulation throughput",
  {each = setup.families, timeout = 3600, topology = lab}, function(t)
  measure(t, "decapsulation throughput", true, false)
end)

-- RFC 3918 section 4.4.3.
scenario("re-encapsulation throughput",
  {each = setup.families, timeout = 3600, topology = lab}, function(t)
  measure(t, "re-encapsulation throughput", true, true)
end)
