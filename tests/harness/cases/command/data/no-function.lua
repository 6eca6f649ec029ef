scenario("one")
