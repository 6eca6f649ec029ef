-- The same file by another name.
-- run: run {file} --report tap={scratch}/report --report junit={scratch}/./report
-- expect: exit 2
-- expect: stderr mcast-harness: --report junit: {scratch}/./report is the file of --report tap
-- expect: stderr Try 'mcast-harness --help'.

scenario("one", function() expect(1):equals(1) end)
