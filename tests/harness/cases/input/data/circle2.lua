local other = require "data.circle1"
return other
