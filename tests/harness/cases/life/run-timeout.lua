-- The time of the whole run is up.
-- run: run {file} --timeout 0.5
-- expect: exit 124
-- expect: broken "one that would take a minute" the run's time was up (--timeout 0.5) (7)

scenario("one that would take a minute", function()
  mcast.sleep(60)
end)
