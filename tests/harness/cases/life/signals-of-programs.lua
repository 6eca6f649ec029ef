-- Programs that a scenario starts have the signals' usual actions, whatever the harness does with its own.
-- expect: exit 0
-- expect: passed "of os.execute"
-- expect: passed "of host:run"

local signals = {PIPE = 13, XFSZ = 25, USR1 = 10, QUIT = 3, TERM = 15}

scenario("of os.execute", function()
  for name, number in pairs(signals) do
    local _, how, code = os.execute(("kill -%s $$; exit 7"):format(name))
    expect(how):equals("signal")
    expect(code):equals(number)
  end
end)

scenario("of host:run", function(t)
  local host = t:hosts("a")
  for name in pairs(signals) do
    expect(host:run{"sh", "-c", ("kill -%s $$; exit 7"):format(name)}.signal):equals("SIG" .. name)
  end
end)
