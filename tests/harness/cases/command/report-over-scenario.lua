-- A report does not overwrite the scenario that it is about.
-- run: run {file} --report tap=./{file}
-- expect: exit 2
-- expect: stderr mcast-harness: --report tap: ./{file} is a scenario file of this run
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", function() expect(1):equals(1) end)
