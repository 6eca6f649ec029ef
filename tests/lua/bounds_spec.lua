--- What a bound on a flow allows, to the datagram.
local bounds = require "mcast.claims.bounds"

scenario("a share is not missed by the rounding of its product", function()
  for _, share in ipairs { "29%", 0.29 } do -- 0.29 * 100 is 28.999999999999996
    local wanted = bounds.read("test", { loss = share })
    expect(bounds.loss_is_allowed(wanted, 71, 100)):is_true()
    expect(bounds.loss_is_allowed(wanted, 70, 100)):is_false()
  end
end)

scenario("an account with holes does not say that a bound was kept", function()
  local all = {unaccounted = 0, complete = true}
  local holes = {unaccounted = 0, complete = false}
  expect(bounds.uncounted(all)):is_nil()
  expect(bounds.uncounted({unaccounted = 1})):equals(
    "1 datagram could not be counted for want of memory")
  local gaps = bounds.read("test", {loss = 1, longest_gap = 0.1})
  expect(bounds.unlisted(gaps, all)):is_nil()
  expect(bounds.unlisted(gaps, holes)):contains("more gaps than can be listed")
  expect(bounds.unlisted(bounds.read("test", {latency = 1}), holes)):exists()
  expect(bounds.unlisted(bounds.read("test", {loss = 1, duplicates = 1}), holes)):is_nil()
end)
