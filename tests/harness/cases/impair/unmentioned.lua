-- A cable is made to be cut open where a file of the scenario has the word for it, which this one avoids.
-- expect: exit 1
-- expect: broken "a word that nobody sees" host a: <any> eth0 of host a: it is a cable straight from host to host (EOPNOTSUPP) (11)
-- expect: hint say <any> = true when it is made: net:link(a, b, {<any> = true})
local word = "im" .. "pair"

local pair = topology("pair", function(net) net:link(net:host("a"), net:host("b")) end)

scenario("a word that nobody sees", {topology = pair}, function(t)
  expect(t.net.links[1][word .. "able"]):is_false()
  t:hosts("a").eth0[word](t:hosts("a").eth0, {loss = 0.5})
end)
