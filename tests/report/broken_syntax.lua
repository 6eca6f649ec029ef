scenario("unfinished", function(
