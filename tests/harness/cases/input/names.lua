-- Names go into every report, which are UTF-8, and are typed on command lines.
-- expect: exit 1
-- expect: broken "a line" t:hosts: name: expected a name of printable characters in UTF-8, got "a\nb" (8)
-- expect: broken "bytes" t:hosts: name: expected a name of printable characters in UTF-8, got "\xff" (11)
-- expect: broken "a scenario" scenario: name: expected a name of printable characters in UTF-8, got "\xe9t\xe9" (13)

scenario("a line", function(t)
  t:hosts("a\nb")
end)
scenario("bytes", function(t)
  t:hosts("\xff")
end)
local _, refused = pcall(scenario, "\xe9t\xe9", function() end)
scenario("a scenario", function()
  error(refused, 0)
end)
