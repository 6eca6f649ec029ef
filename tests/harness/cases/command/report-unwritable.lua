-- A report that cannot be written.
-- run: run {file} --report tap=/no/such/folder/report.tap
-- expect: exit 2
-- expect: stderr mcast-harness: --report tap: /no/such/folder/report.tap: No such file or directory
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", {tags = {"quick"}}, function() expect(1):equals(1) end)

scenario("two", {tags = {"slow"}}, function() expect(1):equals(2) end)

scenario("three", {each = {"left", "right"}}, function(t) expect(t.case):exists() end)
