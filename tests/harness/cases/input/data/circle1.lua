local other = require "data.circle2"
return other
