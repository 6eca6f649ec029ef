-- What is no program, no option and no setting.
-- expect: exit 1
-- expect: broken "no such program" host a: start 'no-such-program': No such file or directory (ENOENT) (22)
-- expect: hint install it, or give its path: it is in no directory of PATH, <any>
-- expect: broken "no such folder" host a: host:run: cwd: {cases}/process/nowhere is no folder (ENOENT) (26)
-- expect: hint a relative path begins at the scenario's file
-- expect: broken "a misspelt option" host:start: unknown option 'enviroment' (known: cwd, env and input) (30)
-- expect: broken "an option of run" host:start: unknown option 'timeout' (known: cwd, env and input) (34)
-- expect: broken "no command" host:run: command: missing; expected the name of a program first (38)
-- expect: broken "no table" host:run: expected a command in a table, {"ls", "-l"}, got "ls -l" (42)
-- expect: broken "a hole" host:run: argument 1: expected a string without zero bytes, or a number, got nil (46)
-- expect: broken "no such signal" process:kill: signal: expected the name of a signal: "TERM", "KILL", "HUP", "USR1", ..., got "TREM" (50)
-- expect: broken "no such setting" host a: read setting net/ipv4/ip_forwrd: No such file or directory (ENOENT) (54)
-- expect: hint net.ipv4 has no 'ip_forwrd' (did you mean 'net.ipv4.ip_forward'?)
-- expect: broken "a setting of the machine" host:sysctl: key: expected a setting of the network, net. and more, got "kernel.hostname" (58)
-- expect: broken "a value that is none" host a: write 'many' to setting net/ipv4/ip_forward: Invalid argument (EINVAL) (62)
-- expect: hint the kernel does not take this value for it
-- expect: broken "a script without a first line" host a: start '{cases}/process/./without-first-line': Exec format error (ENOEXEC) (66)
-- expect: hint a script needs a first line such as #!/bin/sh

scenario("no such program", function(t)
  t:hosts("a"):run{"no-such-program"}
end)

scenario("no such folder", function(t)
  t:hosts("a"):run{"ls", cwd = "nowhere"}
end)

scenario("a misspelt option", function(t)
  t:hosts("a"):start{"ls", enviroment = {A = "b"}}
end)

scenario("an option of run", function(t)
  t:hosts("a"):start{"ls", timeout = 1}
end)

scenario("no command", function(t)
  t:hosts("a"):run{}
end)

scenario("no table", function(t)
  t:hosts("a"):run("ls -l")
end)

scenario("a hole", function(t)
  t:hosts("a"):run{"ls", nil, "x"}
end)

scenario("no such signal", function(t)
  t:hosts("a"):start{"sleep", 1000}:kill("TREM")
end)

scenario("no such setting", function(t)
  t:hosts("a"):sysctl("net.ipv4.ip_forwrd")
end)

scenario("a setting of the machine", function(t)
  t:hosts("a"):sysctl("kernel.hostname")
end)

scenario("a value that is none", function(t)
  t:hosts("a"):sysctl("net.ipv4.ip_forward", "many")
end)

scenario("a script without a first line", function(t)
  t:hosts("a"):run{"./without-first-line"}
end)
