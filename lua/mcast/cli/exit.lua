--- Exit codes of the command; never renumbered.
return {
  PASSED = 0,
  FAILED = 1,
  USAGE = 2, -- also a file that does not load, and a report that cannot be opened
  HARNESS = 3, -- also: nothing failed but something was inconclusive
  SKIPPED = 4,
  NOTHING = 5,
  TIME_UP = 124,
  SIGNAL = 128, -- plus the signal's number
}
