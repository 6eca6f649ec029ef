-- Buffer sizes: what is asked for, what one gets, and what a small one costs.
--
--      source                         member
--      sends faster than member       two sockets: a small buffer and a large one
--      reads                             |
--         |                              |
--     ----+------------------------------+----  lan
--
-- The kernel doubles what SO_RCVBUF and SO_SNDBUF ask for, to have room for its own bookkeeping,
-- and caps it at twice net.core.rmem_max and wmem_max; SO_RCVBUFFORCE and SO_SNDBUFFORCE, for the
-- privileged, know no maximum. What finds the buffer full is dropped and counted. socket(7).

local families = {"ipv4", "ipv6"}
local modest = 65536 -- bytes, below any system's maximum
local everything = 1 << 29 -- bytes, above any system's default maximum
local smallest = 1 -- byte: the kernel raises it to its minimum

scenario("the effective size is twice what was asked for", {each = families}, function(t)
  local socket = t:hosts("host"):socket{family = t.case}

  socket.receive_buffer = modest
  socket.send_buffer = modest

  expect(socket.receive_buffer):equals(2 * modest)
  expect(socket.send_buffer):equals(2 * modest)
end)

scenario("too little becomes the minimum, too much the maximum", {each = families}, function(t)
  local socket = t:hosts("host"):socket{family = t.case}

  for _, buffer in ipairs{"receive_buffer", "send_buffer"} do
    socket[buffer] = smallest
    local minimum = socket[buffer]
    expect(minimum):is_at_least(2 * smallest)

    socket[buffer] = everything
    local maximum = socket[buffer]
    expect(maximum):is_at_most(2 * everything)
    expect(maximum):is_at_least(2 * modest)
  end
end)

scenario("a full buffer drops, a large one keeps everything", {each = families}, function(t)
  local member, source = t:hosts("member", "source")
  local group, port = t:group{family = t.case}, t:port()
  local datagrams, payload = 100, ("x"):rep(1000)

  local function listener(size)
    local socket = member:socket{family = t.case}
    socket.reuse_addr = true
    socket.receive_buffer = size
    socket:bind(nil, port)
    socket:add_membership(group)
    return socket
  end
  local small, large = listener(smallest), listener(datagrams * #payload * 2)

  local sender = source:socket{family = t.case}
  for _ = 1, datagrams do
    sender:sendto(payload, group, port)
  end

  for _ = 1, datagrams do
    expect(#large:recvfrom()):equals(#payload)
  end
  expect(large.drops):equals(0)
  expect(eventually(function() return small.drops > 0 end)):is_true()
end)
