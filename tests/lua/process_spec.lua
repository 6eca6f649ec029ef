-- Programs on hosts: how they are started, what they say, and how they end.

scenario("process: runs to the end", function(t)
  local a = t:hosts("a")
  local result = a:run{"sh", "-c", "echo out; echo err >&2; exit 3"}
  expect(result):equals{status = 3, stdout = "out\n", stderr = "err\n"}
  expect(a:run{"sh", "-c", "kill -KILL $$"}.signal):equals("SIGKILL")
end)

scenario("process: is inside its host", function(t)
  local a, b = t:hosts("a", "b")
  expect(a:run{"cat", "/proc/net/fib_trie"}.stdout):contains(a.address)
  expect(b:run{"cat", "/proc/net/fib_trie"}.stdout):contains(b.address)
end)

scenario("process: input, environment, folder, and numbers as arguments", function(t)
  local a = t:hosts("a")
  expect(a:run{"cat", input = "one\0two\n"}.stdout):equals("one\0two\n")
  expect(a:run{"cat"}.stdout):equals("")
  local long = ("0123456789abcdef"):rep(40000) -- many times what a pipe holds
  expect(a:run{"cat", input = long}.stdout == long):is_true()
  expect(a:run{"sh", "-c", "echo $WORD $NUMBER ${PATH:+has PATH}",
    env = {WORD = "hello", NUMBER = 7}}.stdout):equals("hello 7 has PATH\n")
  expect(a:run{"sh", "-c", "echo $PATH", env = {PATH = "/nowhere"}}.stdout):equals("/nowhere\n")
  expect(a:run{"echo", 5000, 0.5}.stdout):equals("5000 0.5\n")
  -- Relative paths begin at this file.
  expect(a:run{"ls"}.stdout):contains("process_spec.lua")
  expect(a:run{"ls", cwd = "../harness"}.stdout):contains("run.py")
  local ok, refused = pcall(a.run, a, {"../harness/run.py", cwd = "/no/such"})
  expect(ok):is_false()
  expect(refused.message):contains("/no/such is no folder")
end)

scenario("process: its own time", function(t)
  local a = t:hosts("a")
  for _, name in ipairs{"timeout", "within"} do
    local result, why = a:run{"sleep", 1000, [name] = 0.05}
    expect(result):is_nil()
    expect(why):equals("timeout")
  end
  local sleeper = a:start{"sleep", 1000}
  local result, why = sleeper:wait{within = 0.05}
  expect(result):is_nil()
  expect(why):equals("timeout")
  expect(sleeper.running):is_true()
end)

scenario("process: runs beside the scenario", function(t)
  local a = t:hosts("a")
  local fifo = os.tmpname()
  os.remove(fifo)
  t:defer(function() os.remove(fifo) end)
  a:run{"mkfifo", fifo}
  local process = a:start{"sh", "-c", "echo ready $$; echo warning >&2; read line <" .. fifo
    .. "; echo got $line; exit 4"}

  expect(process:expect_output("ready (%d+)")):equals(tostring(process.pid))
  process:expect_output("warning")
  expect(process.running):is_true()
  expect(process.status):is_nil()
  a:run{"sh", "-c", "echo hello >" .. fifo}
  expect(process:wait().status):equals(4)
  expect(process.running):is_false()
  expect(process.status):equals(4)
  expect(process.signal):is_nil()
  expect(process.stdout):equals(("ready %d\ngot hello\n"):format(process.pid))
  expect(process.stderr):equals("warning\n")
  expect(#process:output()):equals(#process.stdout + #process.stderr)
  process:kill() -- one that has ended is left alone
  expect(process:stop().status):equals(4)
end)

scenario("process: output that looks like a pattern and is none", function(t)
  local a = t:hosts("a")
  local near = a:start{"sh", "-c", "echo 1000; exec sleep 1000"}
  near:expect_output("^1")
  expect(require("mcast.expect").try(near):outputs("100%", {within = 0}).ok):is_false()
  a:start{"echo", "1000\n100%"}:expect_output("100%")
end)

scenario("process: is stopped, politely at first", function(t)
  local a = t:hosts("a")
  local polite = a:start{"sh", "-c", "trap 'echo bye; exit 5' TERM; echo ready; "
    .. "while :; do sleep 0.01; done"}
  polite:expect_output("ready")
  expect(polite:stop().status):equals(5)
  expect(polite.stdout):equals("ready\nbye\n")

  local deaf = a:start{"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.01; done"}
  deaf:expect_output("ready")
  expect(deaf:stop{within = 0.05}.signal):equals("SIGKILL")
end)

scenario("process: signals by name and number", function(t)
  local a = t:hosts("a")
  for given, expected in pairs{TERM = "SIGTERM", SIGHUP = "SIGHUP", usr1 = "SIGUSR1",
    [2] = "SIGINT"} do
    local process = a:start{"sleep", 1000}
    process:kill(given)
    expect(process:wait().signal):equals(expected)
  end
  local process = a:start{"sleep", 1000}
  process:kill()
  expect(process:wait().signal):equals("SIGKILL")
  expect(function() process:kill("TREM") end):raises("process:kill: signal: expected the name")
end)

scenario("process: its children get its signals, and orphans are reaped", function(t)
  local a = t:hosts("a")
  local shell = a:start{"sh", "-c", "sleep 1000 & echo child $!; wait"}
  local child = shell:expect_output("child (%d+)")
  expect(a:run{"kill", "-0", child}.status):equals(0)
  shell:stop()
  expect(eventually(function() return a:run{"kill", "-0", child}.status ~= 0 end)):is_true()
end)

scenario("process: what it leaves in the background lives on, and may write", function(t)
  local a = t:hosts("a")
  local result = a:run{"sh", "-c", "sleep 1000 & echo $!"}
  expect(result.status):equals(0)
  expect(a:run{"kill", "-0", tonumber(result.stdout)}.status):equals(0)
end)

scenario("process: ends with its block, and with its task", function(t)
  local a = t:hosts("a")
  local pid
  do
    local process <close> = a:start{"sleep", 1000}
    pid = process.pid
  end
  expect(a:run{"kill", "-0", pid}.status):equals(1)

  local task = mcast.spawn(function() a:run{"sh", "-c", "exec sleep 12345.678"} end)
  local is_there = function() return a:run{"pgrep", "-f", "sleep 12345.678"}.status == 0 end
  expect(eventually(is_there, {within = 5})):is_true()
  task:cancel()
  expect(eventually(function() return not is_there() end, {within = 5})):is_true()
end)

scenario("process: sees members that are ready", {each = {"ipv4", "ipv6"}}, function(t)
  local source, member = t:hosts("source", "member")
  local group, port = t:group{family = t.case}, t:port()
  local receiver = member:receiver{group = group, port = port}
  -- bash sends without any program of ours.
  local result = source:run{"bash", "-c", ("echo -n hello >/dev/udp/%s/%d"):format(group, port)}
  expect(result.status):equals(0)
  expect(receiver):receives("hello")
end)

scenario("process: what cannot be started", function(t)
  local a = t:hosts("a")
  expect(function() a:run{"no-such-program"} end):raises("ENOENT")
  expect(function() a:run{"./no-such-program"} end):raises("ENOENT")
  expect(function() a:run{"./process_spec.lua"} end):raises("EACCES")
  expect(function() a:run{"true", cwd = "no-such-folder"} end):raises("ENOENT")
  expect(function() a:run{"true", cwd = "process_spec.lua"} end):raises("ENOTDIR")
end)
