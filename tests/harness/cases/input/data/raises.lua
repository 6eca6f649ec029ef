error("out of paper")
