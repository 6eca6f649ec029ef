-- An observer changes nothing of what it observes.
local function promiscuity(host)
  local shown = host:run{"ip", "-details", "link", "show", "dev", "eth0"}.stdout
  return tonumber(shown:match("promiscuity (%d+)")), tonumber(shown:match("allmulti (%d+)"))
end

scenario("its interface is neither promiscuous nor takes all multicast", {each = {"ipv4", "ipv6"}},
  function(t)
  local source, watched = t:hosts("source", "watched")
  local group, port = t:group{family = t.case}, t:port()
  local observer = watched:observer()
  local promiscuous, all_multicast = promiscuity(watched)
  expect(promiscuous):equals(0)
  expect(all_multicast or 0):equals(0)
  expect(watched):is_not_member(group)
  expect(t.net.switches.lan):forwards(group, {to = {}})
  source:sender{group = group, port = port}:send("pruned")
  expect(observer):sees_nothing{group = group}
end)

scenario("it tells the data that it saw", {each = {"ipv4", "ipv6"}}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local observer = member:observer{group = group}
  member:receiver{group = group, port = port}
  source:sender{group = group, port = port}:send("hello")
  expect(observer):sees("hello")
  expect(observer):sees("^hel+o$")
  expect(observer):sees(function(frame) return frame.data == "hello" end)
  expect(observer:next().data):equals("hello")
end)

scenario("datagrams that come in fragments are seen whole", {each = {"ipv4", "ipv6"}}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local observer = member:observer{group = group}
  member:receiver{group = group, port = port}
  local sent = source:sender{group = group, port = port}:send(("x"):rep(4000))
  expect(sent):crosses{member}
  expect(observer):sees(sent)
  expect(observer):sees{length = 4000}
end)
