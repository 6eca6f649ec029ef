error("out of coffee")
