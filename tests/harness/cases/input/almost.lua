-- What is nearly right, and would be taken for something else.
-- expect: exit 1
-- expect: broken "an address with leading zeros" host:receiver: group: expected a multicast address (224.0.0.0/4 or ff00::/8), got "239.001.2.3" (8)
-- expect: broken "a list of sources that stayed empty" host:receiver: sources: expected one or more, got an empty list; without it: any source (12)
-- expect: broken "a list of interfaces that stayed empty" receiver:join: interfaces: expected one or more, got an empty list; without it: the host's only interface (16)

scenario("an address with leading zeros", function(t)
  t:hosts("a"):receiver{group = "239.001.2.3", port = 5000}
end)

scenario("a list of sources that stayed empty", function(t)
  t:hosts("a"):receiver{group = "239.1.2.3", port = 5000, sources = {}}
end)

scenario("a list of interfaces that stayed empty", function(t)
  t:hosts("a"):receiver{port = 5000}:join("239.1.2.3", {interfaces = {}})
end)
