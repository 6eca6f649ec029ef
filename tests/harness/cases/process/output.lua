-- A program that does not say what it should, and how that is told.
-- expect: exit 1
-- expect: failed "it says something else" process 'sh' on host 'a', which ended with 4: expected output "ready", seen "hello\n" (12)
-- expect: failed "it says nothing" process 'sleep' on host 'a', which is running: expected output "ready", seen nothing (16)
-- expect: failed "it was killed" process 'sh' on host 'a', which was ended by SIGKILL: expected output "ready", seen nothing (20)
-- expect: failed "the claim" process 'sh' on host 'a', which ended with 0: expected output "^b", seen "ab\n" (24)
-- expect: stdout   │ output of process 'sh' on host 'a' (process 3, ended with 4):
-- expect: stdout   │ hello
-- expect: broken "no second guess" timed out after 0.3 s in process/output.lua:28 (28)

scenario("it says something else", function(t)
  t:hosts("a"):start{"sh", "-c", "echo hello; exit 4"}:expect_output("ready")
end)

scenario("it says nothing", function(t)
  t:hosts("a"):start{"sleep", 1000}:expect_output("ready", {within = 0.1})
end)

scenario("it was killed", function(t)
  t:hosts("a"):start{"sh", "-c", "kill -KILL $$"}:expect_output("ready")
end)

scenario("the claim", function(t)
  expect(t:hosts("a"):start{"sh", "-c", "echo ab"}):outputs("^b")
end)

scenario("no second guess", {timeout = 0.3}, function(t)
  t:hosts("a"):run{"sleep", 1000}
end)
