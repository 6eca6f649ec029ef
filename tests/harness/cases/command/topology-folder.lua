-- A folder in the place of a topology's file.
-- run: run {file} --topology command/data/lab
-- expect: exit 2
-- expect: stderr mcast-harness: --topology command/data/lab: is a folder, not a file
-- expect: stderr Try 'mcast-harness --help'.

scenario("never runs", function() expect(1):equals(1) end)
