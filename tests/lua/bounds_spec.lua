--- What a bound on a flow allows, to the datagram.
local bounds = require "mcast.claims.bounds"

scenario("a share is not missed by the rounding of its product", function()
  for _, share in ipairs { "29%", 0.29 } do -- 0.29 * 100 is 28.999999999999996
    local wanted = bounds.read("test", { loss = share })
    expect(bounds.loss_is_allowed(wanted, 71, 100)):is_true()
    expect(bounds.loss_is_allowed(wanted, 70, 100)):is_false()
  end
end)
