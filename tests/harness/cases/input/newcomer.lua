-- What a newcomer writes first: the right word in the wrong place, and words that are nearly right.
-- expect: exit 1
-- expect: broken "a route on a host" host 'a' has no 'mroute': only routers do (net:router) (26)
-- expect: broken "a host that goes down" host 'a' has no 'down': an interface has, a.eth0:down(...) (30)
-- expect: broken "a loss on a host" router 'r1' has no 'impair': an interface has, r1.eth0:impair(...) (34)
-- expect: broken "an interface that it has not" host 'a' has no interface 'eth1' (it has lo and eth0) (38)
-- expect: broken "a way out that is misspelt" router:mroute: to: router 'r1' has no interface 'rihgt', and there is no switch or host of that name (did you mean 'right'?) (42)
-- expect: broken "a host that was not declared" expect(sent):reaches: hosts: expected a list (its element 1 is nil), got {[2] = host 'b'} (48)
-- expect: broken "a filter that is misspelt" host:capture: filter "udp prt 5000" does not compile: can't parse filter expression: syntax error; did you mean 'port' in place of 'prt'? (52)
-- expect: broken "a field of a row" a row of router:mroutes() has no 'form' (did you mean 'from'?) (57)

local lab = topology("two LANs and a router", function(net)
  local left, right = net:switch("left"), net:switch("right")
  net:router("r1", {left, right})
  net:host("a", left)
  net:host("b", right)
end)

local function mistake(name, body)
  scenario(name, {topology = lab}, function(t)
    body(t, t:hosts("a", "b", "r1"))
  end)
end

mistake("a route on a host", function(_, a)
  a:mroute{group = "239.1.1.1"}
end)

mistake("a host that goes down", function(_, a)
  a:down()
end)

mistake("a loss on a host", function(_, _, _, r1)
  r1:impair{loss = 0.1}
end)

mistake("an interface that it has not", function(_, a)
  a.eth1:down()
end)

mistake("a way out that is misspelt", function(_, a, _, r1)
  r1:mroute{group = "239.1.1.1", source = a, to = {"rihgt"}}
end)

mistake("a host that was not declared", function(t, a, b)
  local c = t.case
  local sent = a:sender{group = "239.1.1.1", port = 5000}:send("x")
  expect(sent):reaches{c, b}
end)

mistake("a filter that is misspelt", function(_, a)
  a:capture{filter = "udp prt 5000"}
end)

mistake("a field of a row", function(_, a, b, r1)
  r1:mroute{group = "239.1.1.1", source = a, to = {b}}
  return r1:mroutes()[1].form
end)
