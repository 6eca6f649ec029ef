-- A paced stream over a cable, told by an independent witness (witness.c) on the receiving host. Attaches what
-- the witness says, or nothing if the kernel refused a datagram (its input queue is the whole machine's): then the
-- witness, which knows no numbers, would take all later ones for late. `by` is who sends: mcast-harness, or iperf 2.
local rate = param("rate", 10000, "packets per second")
local seconds = param("seconds", 10, "how long")
local size = param("size", 100, "bytes of payload")
local witness = param("witness", "", "the program")
local by = param("by", "mcast-harness", "or iperf")

local cable = topology("a cable", function(net) net:link(net:host("source"), net:host("h1")) end)

local function stream(source, group, port)
  local sender = source:sender{group = group, port = port}
  local flow = sender:stream{rate = rate, size = size, count = rate * seconds}
  flow:wait()
  return flow.sent == rate * seconds
end

-- It sends a few more than asked for: the witness has had enough by then.
local function iperf(source, group, port)
  local done = source:run{"iperf", "-c", group, "-p", port, "-u", "-b", rate .. "pps", "-l", size,
    "-t", seconds + 0.5, timeout = seconds + 30}
  expect(done.status):equals(0)
  return true
end

scenario("paced", {topology = cable, timeout = 300}, function(t)
  local source, member = t:hosts("source", "h1")
  local group, port = t:group(), t:port()
  local process = member:start{witness, group, port, rate, rate * seconds}
  expect(member):is_member(group, {within = 5})
  local send = by == "iperf" and iperf or stream
  local complete = send(source, group, port)
  local done = process:wait{within = 10}
  expect(done):exists()
  t:attach("witness", complete and done.status == 0 and done.stdout or "")
end)
