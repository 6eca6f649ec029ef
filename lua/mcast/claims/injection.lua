--- Claims about an injected packet: which interfaces saw it on the wire.
local sent = require "mcast.claims.sent"

return { crosses = sent.crosses }
