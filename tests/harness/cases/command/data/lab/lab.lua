local names = require "names"
return topology("beside its module", function(net)
  local lan = net:switch("lan")
  for _, name in ipairs(names) do net:host(name, lan) end
end)
