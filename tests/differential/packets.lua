-- Packets for another program: builds those that it describes, or reads the bytes that it gives, one a
-- line of JSON, and answers with the bytes and what is read of them.
local core = require "mcast.core"

local questions = param("questions", "", "file: tables of layers, or strings of hexadecimal digits")
local answers = param("answers", "", "file that the answers go to")

local function from_hex(hex)
  return (hex:gsub("..", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function to_hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

--- Bytes are no JSON text: they are told as digits.
local is_bytes = {payload = true, value = true, auxiliary = true, trailing = true, packet = true,
  body = true, trailer = true, bytes = true}

local function translate(packet, change)
  local result = {}
  for key, value in pairs(packet) do
    if type(value) == "table" then
      result[key] = translate(value, change)
    else
      result[key] = is_bytes[key] and type(value) == "string" and change(value) or value
    end
  end
  return change == to_hex and #packet > 0 and core.array(result) or result
end

local function answer(question)
  local packet
  if type(question) == "string" then
    packet = mcast.decode(from_hex(question))
  else
    packet = mcast.packet(translate(question, from_hex))
  end
  local bytes = packet:bytes()
  return {hex = to_hex(bytes), read = translate(mcast.decode(bytes), to_hex),
    line = tostring(packet)}
end

scenario("builds and reads what it is told", {timeout = 120}, function()
  local output <close> = assert(io.open(answers, "w"))
  local count = 0
  for line in assert(io.open(questions, "r")):lines() do
    output:write(core.json_encode(answer(core.json_decode(line))), "\n")
    count = count + 1
  end
  expect(count):is_at_least(1)
end)
