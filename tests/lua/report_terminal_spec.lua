-- Colours: --color, then NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM and the terminal, CLICOLOR.

local terminal = require "mcast.report.terminal"

local function getenv_of(environment)
  return function(name) return environment[name] end
end

scenario("who decides about colour", {
  each = {
    { name = "terminal", tty = true, env = {}, want = true },
    { name = "no terminal", tty = false, env = {}, want = false },
    { name = "always", wish = "always", env = { NO_COLOR = "1" }, want = true },
    { name = "never", wish = "never", tty = true, env = { FORCE_COLOR = "1" }, want = false },
    { name = "NO_COLOR", tty = true, env = { NO_COLOR = "1", FORCE_COLOR = "1" }, want = false },
    { name = "NO_COLOR empty", tty = true, env = { NO_COLOR = "" }, want = true },
    { name = "FORCE_COLOR", env = { FORCE_COLOR = "1", TERM = "dumb" }, want = true },
    { name = "FORCE_COLOR 0", env = { FORCE_COLOR = "0" }, want = false },
    { name = "CLICOLOR_FORCE", env = { CLICOLOR_FORCE = "1", CLICOLOR = "0" }, want = true },
    { name = "dumb", tty = true, env = { TERM = "dumb" }, want = false },
    { name = "CLICOLOR 0", tty = true, env = { CLICOLOR = "0" }, want = false },
    { name = "CLICOLOR 1, no terminal", env = { CLICOLOR = "1" }, want = false },
  },
}, function(t)
  local case = t.case
  expect(terminal.wants_colour(case.wish, case.tty, getenv_of(case.env))):equals(case.want)
end)

scenario("the first locale variable that is set decides", function()
  local function has_utf8(environment) return terminal.has_utf8(getenv_of(environment)) end
  expect(has_utf8 { LANG = "de_DE.UTF-8" }):is_true()
  expect(has_utf8 { LANG = "C.utf8" }):is_true()
  expect(has_utf8 { LC_ALL = "C", LANG = "de_DE.UTF-8" }):is_false()
  expect(has_utf8 { LC_ALL = "", LC_CTYPE = "en_US.UTF-8" }):is_true()
  expect(has_utf8 {}):is_false()
end)
