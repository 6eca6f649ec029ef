-- A topology of places that are there already.
local pid = param("pid", 0, "a process with a network of its own")

return topology("the lab next door", function(net)
  net:attach("source", {netns = "one"})
  net:attach("member", {netns = "two"})
  net:attach("bystander", {pid = pid})
end)
