return {"a", "b"}
