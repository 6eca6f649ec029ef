-- The time of the whole run is up.
-- run: run {file} --timeout 0.5
-- expect: exit 124

scenario("one that would take a minute", function()
  mcast.sleep(60)
end)
