-- All that a scenario can have (nothing_left.py), and then each of its ends.
local ready = param("ready", "", "FIFO to write a line to")
local ending = param("ending", "pass", "pass, fail, error or hang")

local stubborn = "trap '' TERM HUP INT; echo started; while :; do sleep 1000; done"

scenario("all at once", function(t)
  local net = t.net
  local left, right = net:switch("left"), net:switch("right")
  net:router("r1", {left, right})
  local own, far = net:host("own", left), net:host("far", right)
  local nic = net:attach("nic", {nic = "nic"})
  local child = net:attach("child", {macvlan = "lower", address = "10.9.0.51/24"})
  local one = net:attach("one", {netns = "one"})
  local two = net:attach("two", {netns = "two"})
  local machine = net:attach("machine", {interface = "lan"})
  local hosts = {own, far, nic, child, one, two, machine}

  local group, port = t:group(), t:port()
  for _, host in ipairs(hosts) do
    host:receiver{group = group, port = port, reply = "ack"}
    host:observer{group = group}
    host:start{"sh", "-c", stubborn}:expect_output("started")
  end
  nic:run{"sh", "-c", "ip route flush dev nic; ip addr flush dev nic; ip link set nic down name x"}
  two.eth0:down()
  one:sysctl("net.ipv4.conf.eth0.rp_filter", 1)
  own:sender{group = group, port = port}:send("hello")

  local file <close> = assert(io.open(ready, "w"))
  file:write("ready\n")
  file:flush()
  if ending == "hang" then mcast.sleep(1000) end
  if ending == "error" then error("as asked") end
  expect(ending):equals("pass")
end)
