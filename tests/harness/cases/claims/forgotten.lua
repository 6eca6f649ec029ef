-- What was forgotten in a claim is said, not taken for nil.
-- expect: exit 1
-- expect: broken "a value" expect(value):equals: value: missing (10)
-- expect: broken "a dot" expect:soft(x): write expect.soft(x), with a dot (11)
-- expect: broken "the name of a host" t:hosts: name: expected a name (a string that is not empty), got nil (12)
-- expect: skipped "elements of each" each is an empty list: there is nothing to run it with (13)
-- expect: broken "an observer that is closed" expect(observer):sees_nothing: observer on eth0 of host 'a' is closed (18)
-- expect: inconclusive "a host that is not watched" datagram "hello" from host 'source' to 239.1.2.3 port 5000: inconclusive, because eth0 of host 'b' is not watched (28)

scenario("a value", function() expect(nil):equals() end)
scenario("a dot", function() expect:soft(nil):exists() end)
scenario("the name of a host", function(t) expect(t:hosts()):is_nil() end)
scenario("elements of each", {each = {}}, function() expect(1):equals(2) end)

scenario("an observer that is closed", function(t)
  local observer = t:hosts("a"):observer{}
  observer:close()
  expect(observer):sees_nothing()
end)

scenario("a host that is not watched", function(t)
  local a, b, source = t:hosts("a", "b", "source")
  a:observer{}
  a:receiver{group = "239.1.2.3", port = 5000}
  b:receiver{group = "239.1.2.3", port = 5000}
  local sent = source:sender{group = "239.1.2.3", port = 5000}:send("hello")
  local unforeseen = expect(sent) -- the harness watches where a file says this claim's name
  unforeseen["cros" .. "ses"](unforeseen, {a})
end)
