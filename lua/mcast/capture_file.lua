--- Captures as a pcapng file: the packets of one or several of them, with comments where a claim or
--- a step points at a packet.
local core = require "mcast.core"
local capture_comments = require "mcast.capture_comments"
local class = require "mcast.class"
local errors = require "mcast.errors"
local options = require "mcast.options"
local types = require "mcast.types"
local words = require "mcast.words"

local capture_file = {}

--- "a:eth0" of host a.
local function interfaces_of(self)
  local list = {}
  for i, one in ipairs(self.interfaces) do
    list[i] = { index = one.index, name = ("%s:%s"):format(self.host.name, one.name),
      description = tostring(one), mac = self._macs[one.index], filter = self._filter or "" }
  end
  return list
end

local function read_captures(where, first, others)
  local list, seen = { first }, { [first] = true }
  for _, other in ipairs(others or {}) do
    if not class.is(other, require("mcast.capture").class) then
      options.refuse(where, "with", "a list of captures", other)
    end
    if not seen[other] then list[#list + 1] = other end
    seen[other] = true
  end
  return list
end

local function write(host, path, captures)
  local parts = {}
  for i, one in ipairs(captures) do
    local count = one:_read()
    parts[i] = { capture = one._raw, count = count, interfaces = interfaces_of(one),
      comments = capture_comments.of(one, count) }
  end
  return errors.on_host(host.name, core.save_packets, path, parts)
end

local save_types = { with = types.list }

local function path_type(value)
  if type(value) ~= "string" or value == "" or value:find("\0", 1, true) then
    return nil, "the path of a file"
  end
  return value
end

--- A relative path begins where the harness was started, as io.open's does.
---@param self mcast.Capture
---@param path string
---@param given {with: mcast.Capture[]?}|nil
---@return string path absolute
function capture_file.save(self, path, given)
  local where = "capture:save"
  options.argument(where, "path", path, path_type)
  local captures = read_captures(where, self, options.check(where, given, save_types).with)
  local absolute = path:sub(1, 1) == "/" and path or core.current_directory() .. "/" .. path
  local count = write(self.host, absolute, captures)
  self.host.network._run:emit("attach", { name = path, file = absolute,
    data = ("%s of %s"):format(words.count(count, "packet"), tostring(self)) })
  return absolute
end

return capture_file
