-- Programs that know nothing of the harness, on its hosts.
--
--      source                 member                   bystander
--      sends with Python      receives with Python,    receives with Python, too,
--         |                   joined the group         and joined another group
--         |                      |                        |
--     ----+----------------------+------------------------+----  lan
--
-- A program sees the network of its host alone. What it writes can be waited for and claimed. The
-- harness does not know when the switch has learnt of a foreign membership, so each datagram is sent
-- until its receiver has it. The bystander hears nothing but its own group, which proves that it
-- listened.

local families = {"ipv4", "ipv6"}

local receive = [[
import socket, struct, sys
group, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in group else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.bind(("", port))
if family == socket.AF_INET6:
    index = socket.if_nametoindex("eth0")
    membership = socket.inet_pton(family, group) + struct.pack("@I", index)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, membership)
else:
    membership = socket.inet_aton(group) + socket.inet_aton("0.0.0.0")
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    s.setsockopt(socket.IPPROTO_IP, 49, 0)  # IP_MULTICAST_ALL
print("joined", group, flush=True)
for _ in range(count):
    print("got", s.recv(2048).decode(), flush=True)
]]

local send = [[
import socket, sys
group, port, text = sys.argv[1], int(sys.argv[2]), sys.argv[3]
family = socket.AF_INET6 if ":" in group else socket.AF_INET
socket.socket(family, socket.SOCK_DGRAM).sendto(text.encode(), (group, port))
]]

local function send_until_heard(sender, text, program)
  eventually(function()
    sender:send(text)
    return program:wait{within = 0.05}
  end, {within = 5})
  expect(program):outputs("got " .. text)
end

local function need_python(t, host)
  local found, problem = pcall(host.run, host, {"python3", "--version"})
  if not found and problem.code == "ENOENT" then t:skip("python3 is not installed") end
  if not found then error(problem, 0) end
end

scenario("a foreign sender reaches the members", {each = families}, function(t)
  local source, member = t:hosts("source", "member")
  need_python(t, source)
  local group, port = t:group{family = t.case}, t:port()
  local receiver = member:receiver{group = group, port = port}

  local result = source:run{"python3", "-c", send, group, port, "hello"}

  expect(result.stderr):equals("")
  expect(receiver):receives("hello")
end)

scenario("a foreign receiver hears its group and no other", {each = families}, function(t)
  local source, member, bystander = t:hosts("source", "member", "bystander")
  need_python(t, source)
  local group, other, port = t:group{family = t.case}, t:group{family = t.case}, t:port()
  local hears = member:start{"python3", "-c", receive, group, port, 1}
  local hears_other = bystander:start{"python3", "-c", receive, other, port, 1}
  hears:expect_output("joined")
  hears_other:expect_output("joined")

  send_until_heard(source:sender{group = group, port = port}, "for the member", hears)
  send_until_heard(source:sender{group = other, port = port}, "for the bystander", hears_other)

  expect(hears:wait().status):equals(0)
  expect(hears_other:wait().stdout):equals(("joined %s\ngot for the bystander\n"):format(other))
end)
