-- The hosts that the benchmarks of scenarios/rfc3918/ name, in places that are there already.
local pid = param("pid", 0, "a process with a network of its own")

return topology("a device under test", function(net)
  net:attach("source", {netns = "one"})
  net:attach("egress1", {netns = "two"})
  net:attach("bystander", {pid = pid})
end)
