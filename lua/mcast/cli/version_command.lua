local supervisor = require "mcast.supervisor"

---@param request cli.Request
return function(request)
  local versions = supervisor.versions()
  local lines = { "mcast-harness " .. versions.harness }
  if request.options.verbose then
    lines[#lines + 1] = versions.lua
    lines[#lines + 1] = "libuv " .. versions.libuv
    lines[#lines + 1] = "Linux " .. (versions.kernel or "?")
  end
  supervisor.write(table.concat(lines, "\n") .. "\n")
  return 0
end
