#!/usr/bin/python3
"""What the command promises about reports, selection and exit codes, checked by the programs that
read such reports: prove, xmllint and a JSON Schema validator.

usage: check_reports.py HARNESS [unittest arguments]
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(HERE, "..", "..", "docs", "events.schema.json")
HARNESS = os.path.abspath(sys.argv.pop(1))
PATIENCE = 60
OUTCOMES = "scenarios/outcomes.lua"

PASSED, FAILED, USAGE, HARNESS_ERROR, SKIPPED, NOTHING, TIME_UP = 0, 1, 2, 3, 4, 5, 124


def environment(**more):
    wanted = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    wanted.update({k: v for k, v in os.environ.items() if k.startswith(("MCAST_", "ASAN", "UBSAN"))})
    wanted.update(more)
    return wanted


def harness(*arguments, **env):
    return subprocess.run([HARNESS, *arguments], cwd=HERE, env=environment(**env), timeout=PATIENCE,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="replace")


def run(*arguments, **env):
    return harness("run", *arguments, **env)


def events_of(text):
    return [json.loads(line) for line in text.splitlines()]


def last_line(result):
    return result.stdout.splitlines()[-1]


class ExitCodes(unittest.TestCase):
    def expect(self, code, *arguments):
        result = run(*arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def test_each(self):
        self.expect(PASSED, OUTCOMES, "--tag", "good")
        self.expect(FAILED, OUTCOMES, "-k", "fails")
        self.expect(FAILED, OUTCOMES, "-k", "breaks")
        self.expect(FAILED, OUTCOMES)
        self.expect(HARNESS_ERROR, OUTCOMES, "--tag", "inconclusive")
        self.expect(SKIPPED, OUTCOMES, "-k", "skips")
        self.expect(NOTHING, OUTCOMES, "-k", "no such thing")

    def test_a_file_that_does_not_load_stops_everything(self):
        result = self.expect(USAGE, "broken_syntax.lua", OUTCOMES)
        self.assertIn("broken_syntax.lua:", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_the_time_of_the_run(self):
        result = self.expect(TIME_UP, "scenarios/stubborn.lua::waits", "--timeout", "0.3")
        self.assertIn("the run's time was up", result.stdout)
        self.assertEqual(last_line(result), "0 passed, 1 failed, 0 skipped")

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with start_waiting() as process:
                process.send_signal(number)
                output = process.communicate(timeout=PATIENCE)[0]
            self.assertEqual(process.returncode, 128 + number)
            self.assertIn("interrupted by " + number.name, output)
            self.assertEqual(output.splitlines()[-1], "0 passed, 1 failed, 0 skipped")


def start_waiting():
    """A harness whose one scenario waits; returns when the scenario has said so."""
    with tempfile.NamedTemporaryFile("r") as events:
        process = subprocess.Popen(
            [HARNESS, "run", "scenarios/stubborn.lua::waits", "--report", "jsonl=" + events.name],
            cwd=HERE, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        deadline = time.monotonic() + PATIENCE
        said = ""
        while '"waiting' not in said:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the scenario did not begin: " + process.communicate()[0])
            said += events.read()
    return process


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


class NothingSurvives(unittest.TestCase):
    def test_sigkill_of_the_harness(self):
        with start_waiting() as process:
            child = children_of(process.pid)[0]
            witness = os.pidfd_open(child)
            process.kill()
            process.wait(PATIENCE)
        import select
        poll = select.poll()
        poll.register(witness, select.POLLIN)
        self.assertTrue(poll.poll(PATIENCE * 1000), "the scenario outlived the harness")
        os.close(witness)


class Broken(unittest.TestCase):
    def test_a_crash_names_itself(self):
        result = run("scenarios/stubborn.lua::crashes")
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("ended without a verdict (exit status 9)", result.stdout)

    def test_one_that_cannot_be_interrupted_ends_itself(self):
        result = run("scenarios/stubborn.lua::cannot be interrupted")
        self.assertEqual(result.returncode, FAILED)
        self.assertIn("timed out after 0.2 s in scenarios/stubborn.lua:27", result.stdout)
        self.assertIn("into the matcher", result.stdout)


class Tap(unittest.TestCase):
    def prove(self, *arguments):
        command = " ".join([HARNESS, "run", "--report", "tap", *arguments])
        return subprocess.run(["prove", "--exec", command, OUTCOMES], cwd=HERE, timeout=PATIENCE,
                              env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace")

    def test_prove_accepts_it(self):
        result = self.prove("--tag", "good")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("Result: PASS", result.stdout)

    def test_prove_sees_every_failure(self):
        result = self.prove()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("Failed tests:  2, 4-5", result.stdout)
        self.assertNotIn("Parse errors", result.stdout)

    def test_an_early_end_bails_out(self):
        result = run("scenarios/stubborn.lua::waits", "--timeout", "0.3", "--report", "tap")
        self.assertRegex(result.stdout, r"(?m)^Bail out! the run's time was up")


class JUnit(unittest.TestCase):
    def check(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(text)
            file.flush()
            result = subprocess.run(
                ["xmllint", "--noout", "--schema", os.path.join(HERE, "junit.xsd"), file.name],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual(result.returncode, 0, result.stdout + text)

    def test_xmllint_accepts_it(self):
        result = run("scenarios/outcomes.lua", "scenarios/parameters.lua", "--report", "junit")
        self.check(result.stdout)
        suites = ElementTree.fromstring(result.stdout)
        counts = {key: suites.get(key) for key in ("tests", "failures", "errors", "skipped")}
        self.assertEqual(counts, {"tests": "7", "failures": "1", "errors": "2", "skipped": "1"})
        self.assertEqual([suite.get("name") for suite in suites],
                         ["scenarios/outcomes.lua", "scenarios/parameters.lua"])

    def test_names_stay_unique_and_whole(self):
        result = run(OUTCOMES, "--repeat", "2", "--report", "junit")
        self.check(result.stdout)
        names = [case.get("name") for case in ElementTree.fromstring(result.stdout).iter("testcase")]
        self.assertIn("fails <&\"'> (2)", names)

    def test_newlines_survive_in_attributes(self):
        result = run(OUTCOMES, "-k", "skips", "--report", "junit")
        skipped = next(ElementTree.fromstring(result.stdout).iter("skipped"))
        self.assertEqual(skipped.get("message"), "needs a\nbetter day")


class Jsonl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(SCHEMA) as file:
            schema = json.load(file)
        jsonschema.Draft7Validator.check_schema(schema)
        cls.validator = jsonschema.Draft7Validator(schema)

    def check(self, *arguments):
        result = run(*arguments, "--report", "jsonl")
        events = events_of(result.stdout)
        for event in events:
            self.validator.validate(event)
        self.assertEqual(events[0]["event"], "run_begin")
        self.assertEqual(events[-1]["event"], "run_end")
        self.assertEqual(events[-1]["exit_code"], result.returncode)
        return events

    def test_every_line_fits_the_schema(self):
        events = self.check("scenarios/outcomes.lua", "scenarios/stubborn.lua", "-k", "outcomes",
                            "-k", "crashes")
        outcomes = {e["name"]: e["outcome"] for e in events if e["event"] == "scenario_end"}
        self.assertEqual(outcomes, {
            "passes # not a directive": "passed", "fails <&\"'>": "failed", "skips": "skipped",
            "breaks": "broken", "claims nothing": "inconclusive",
            "writes past the library": "passed", "crashes": "broken"})
        end = events[-1]
        self.assertEqual([end[key] for key in ("passed", "failed", "broken", "inconclusive",
                                               "skipped")], [2, 1, 2, 1, 1])

    def test_times_are_those_of_the_run(self):
        times = [event["time"] for event in self.check(OUTCOMES, "-j", "1")]
        self.assertLess(times[-1], PATIENCE)

    def test_the_schema_can_refuse(self):
        with self.assertRaises(jsonschema.ValidationError):
            self.validator.validate({"event": "scenario_end", "time": 1, "id": "a::b", "file": "a",
                                     "name": "b", "outcome": "fine", "duration": 1, "attempt": 1})

    def test_retries_are_told_and_counted_once(self):
        events = self.check(OUTCOMES, "-k", "fails", "--retries", "2")
        attempts = [e["attempt"] for e in events if e["event"] == "scenario_end"]
        self.assertEqual(attempts, [1, 2, 3])
        self.assertEqual(events[-1]["failed"], 1)


class Reports(unittest.TestCase):
    def test_several_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = {kind: os.path.join(folder, kind) for kind in ("tap", "junit", "jsonl")}
            arguments = [f"--report={kind}={path}" for kind, path in paths.items()]
            result = run(OUTCOMES, *arguments)
            self.assertEqual(last_line(result), "2 passed, 3 failed, 1 skipped")
            for path in paths.values():
                self.assertGreater(os.path.getsize(path), 0)

    def test_only_one_owns_standard_output(self):
        result = run(OUTCOMES, "--report", "tap", "--report", "junit")
        self.assertEqual(result.returncode, USAGE)
        self.assertIn("only one report fits on standard output", result.stderr)

    def test_one_that_cannot_be_opened_stops_everything(self):
        result = run(OUTCOMES, "--report", "tap=/nowhere/at/all")
        self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
        self.assertIn("/nowhere/at/all", result.stderr)

    def test_one_that_cannot_be_written_is_an_error(self):
        for kind in ("tap", "junit", "jsonl", "console"):
            result = run(OUTCOMES, "--tag", "good", f"--report={kind}=/dev/full")
            self.assertEqual(result.returncode, HARNESS_ERROR, kind)
            self.assertIn("No space left on device", result.stderr)

    def test_standard_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([HARNESS, "run", OUTCOMES, "--tag", "good"], cwd=HERE,
                                    env=environment(), stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, HARNESS_ERROR)
        self.assertIn("No space left on device", result.stderr)


class Console(unittest.TestCase):
    def test_an_error_comes_with_its_hint(self):
        said = run("../harness/cases/input/slips.lua").stdout
        self.assertIn("hint       did you mean 'eventually'?", said)
        self.assertIn("hint       'c' is nil: t:hosts returns one host", said)
        self.assertEqual(said.count("hint  "), 2)

    def test_the_demo_says_what_it_proved(self):
        proved = [line.strip() for line in harness("demo").stdout.splitlines() if "claimed and proved" in line]
        everyone = "claimed and proved: acknowledged by a, b and c; reaches a, b and c; receives"
        leaving = "claimed and proved: reaches a and b; reaches b"
        self.assertEqual(proved, [everyone, everyone, leaving, leaving])

    def test_the_last_line_counts(self):
        result = run(OUTCOMES)
        self.assertEqual(result.stdout.splitlines()[-2:],
                         ["counted as failed: 1 broken, 1 inconclusive",
                          "2 passed, 3 failed, 1 skipped"])

    def test_output_of_what_passed_is_hidden(self):
        for text in ("said while it passed", "straight to standard output"):
            self.assertNotIn(text, run(OUTCOMES, "--tag", "good").stdout)
            self.assertIn(text, run(OUTCOMES, "--tag", "good", "-v").stdout)

    def test_quiet_tells_only_what_did_not_pass(self):
        result = run(OUTCOMES, "--tag", "good", "-q")
        self.assertEqual(result.stdout, "2 passed, 0 failed, 0 skipped\n")

    def test_colours_are_for_those_who_want_them(self):
        self.assertNotIn("\x1b", run(OUTCOMES).stdout)
        self.assertIn("\x1b[", run(OUTCOMES, FORCE_COLOR="1").stdout)
        self.assertIn("\x1b[", run(OUTCOMES, "--color=always", NO_COLOR="1").stdout)
        self.assertNotIn("\x1b", run(OUTCOMES, FORCE_COLOR="1", NO_COLOR="1").stdout)

    def test_no_scenario_can_move_the_cursor(self):
        result = run(OUTCOMES, "-k", "fails")
        self.assertIn("\\x1B[31m", result.stdout)
        self.assertNotIn("\x1b", result.stdout)

    def test_ascii_where_the_locale_is(self):
        result = run(OUTCOMES, "--tag", "good", LC_ALL="C")
        self.assertTrue(result.stdout.isascii(), result.stdout)

    def test_results_fit_the_width(self):
        result = run(OUTCOMES, "--tag", "good", COLUMNS="50")
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 50)

    def test_the_command_to_run_it_again_does(self):
        result = run(OUTCOMES, "-k", "fails")
        command = re.search(r"(?m)^  run again: \S*mcast-harness (.*)$", result.stdout).group(1)
        again = subprocess.run(f"{HARNESS} {command} --report jsonl", shell=True, cwd=HERE,
                               env=environment(), stdout=subprocess.PIPE, text=True)
        ids = [e["id"] for e in events_of(again.stdout) if e["event"] == "scenario_end"]
        self.assertEqual(ids, ["scenarios/outcomes.lua::fails <&\"'>"])


class Selection(unittest.TestCase):
    def names(self, *arguments):
        result = run(*arguments, "--report", "jsonl")
        return [e["name"] for e in events_of(result.stdout) if e["event"] == "scenario_begin"]

    def test_by_line_id_and_tag(self):
        self.assertEqual(self.names(OUTCOMES + ":10"), ["fails <&\"'>"])
        self.assertEqual(self.names(OUTCOMES + "::skips"), ["skips"])
        self.assertEqual(self.names(OUTCOMES, "--tag", "bad", "-j", "1"), ["fails <&\"'>", "breaks"])
        self.assertEqual(self.names(OUTCOMES, "--tag", "!bad", "-k", "S[KP]I"), ["skips"])
        self.assertEqual(self.names("./scenarios", "-k", "OUTCOMES", "-k", "counts", "-x", "-j1")[0],
                         "passes # not a directive")

    def test_what_is_not_there(self):
        for argument in (OUTCOMES + ":9999", OUTCOMES + "::skpis"):
            result = run(argument)
            self.assertEqual(result.returncode, NOTHING, argument)
            self.assertIn("no scenario", result.stderr)
        self.assertIn("did you mean 'skips'", run(OUTCOMES + "::skpis").stderr)

    def test_list_prints_what_run_takes(self):
        listed = json.loads(harness("list", OUTCOMES, "--json").stdout)["scenarios"]
        self.assertEqual(len(listed), 6)
        self.assertEqual(self.names(listed[0]["id"]), [listed[0]["name"]])

    def test_list_says_more_and_less(self):
        said = harness("list", OUTCOMES).stdout.splitlines()
        self.assertIn(OUTCOMES + "::breaks  [bad]", said)
        less = harness("list", "-q", OUTCOMES).stdout.splitlines()
        self.assertIn(OUTCOMES + "::breaks", less)
        self.assertEqual(len(less), len(said))
        path = "scenarios/parameters.lua"
        self.assertNotIn("--param", harness("list", path).stdout)
        self.assertIn("--param count=", harness("list", "-v", path).stdout)

    def test_a_quiet_demo_counts(self):
        result = harness("demo", "-q")
        self.assertEqual(result.returncode, PASSED, result.stdout)
        self.assertEqual(result.stdout, "4 passed, 0 failed, 0 skipped\n")

    def test_parameters(self):
        path = "scenarios/parameters.lua"
        self.assertEqual(run(path, "--param", "count=3").returncode, PASSED)
        self.assertEqual(run(path, "--param", "count=1").returncode, FAILED)
        misspelt = run(path, "--param", "cuont=3")
        self.assertEqual(misspelt.returncode, USAGE)
        self.assertIn("did you mean 'count'?", misspelt.stderr)
        self.assertIn("count, word", misspelt.stderr)
        wrong = run(path, "--param", "count=three")
        self.assertEqual(wrong.returncode, USAGE)
        self.assertRegex(wrong.stderr, "count.*integer.*three")

    def test_stops_at_the_first(self):
        result = run(OUTCOMES, "-x", "-j", "1")
        self.assertEqual(last_line(result), "1 passed, 1 failed, 0 skipped")
        self.assertIn("4 not run", result.stdout)


class Usage(unittest.TestCase):
    def test_misspelt_words_get_the_nearest(self):
        for arguments, words in (
                (["rnu", "x"], "did you mean 'run'?"),
                (["run", "--reprot", "tap", "x"], "did you mean '--report'?"),
                (["run", "--report", "tpa", "x"], "did you mean 'tap'?"),
                (["run", "--rep", "tap", "x"], "unknown option --rep"),
                (["run", "-j", "0", "x"], "a whole number from 1"),
                (["run", "--timeout", "soon", "x"], "seconds"),
                (["run", "--topology"], "needs a value"),
                (["run"], "run needs"),
                (["run", "nowhere.lua"], "no such file")):
            result = harness(*arguments)
            self.assertEqual(result.returncode, USAGE, arguments)
            self.assertIn(words, result.stderr)

    def test_help_and_version(self):
        self.assertEqual(harness().returncode, USAGE)
        self.assertEqual(harness("--help").returncode, 0)
        self.assertIn("--report", harness("run", "--help").stdout)
        self.assertRegex(harness("version").stdout, r"^mcast-harness \d+\.\d+\.\d+\n$")


def fill(fd):
    """Leaves no room in a pipe; returns how much went in."""
    filled = 0
    while True:
        try:
            filled += os.write(fd, b"x" * 65536)
        except BlockingIOError:
            return filled


def count_writes(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as io:
        return int(re.search(r"^syscw: (\d+)", io.read(), re.MULTILINE)[1])


class Output(unittest.TestCase):
    def test_waits_for_room_in_a_pipe_that_somebody_made_non_blocking(self):
        expected = harness("run", "--help").stdout
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        filled = fill(writer)
        with subprocess.Popen([HARNESS, "run", "--help"], env=environment(), stdout=writer,
                              stderr=subprocess.PIPE) as process:
            os.close(writer)
            deadline = time.monotonic() + PATIENCE
            while count_writes(process.pid) == 0 and time.monotonic() < deadline:
                time.sleep(0.001)
            os.set_blocking(reader, True)
            with open(reader, "rb") as pipe:
                text = pipe.read()[filled:].decode()
            self.assertEqual(process.wait(PATIENCE), 0, process.stderr.read())
        self.assertEqual(text, expected)

    def test_goes_nowhere_else_when_it_is_closed(self):
        for closed in ">&-", "<&- >&-":
            result = subprocess.run(["sh", "-c", f'exec "$0" "$@" {closed}', HARNESS, "run", OUTCOMES,
                                     "--tag", "good"],
                                    cwd=HERE, env=environment(), timeout=PATIENCE,
                                    stderr=subprocess.PIPE, text=True)
            self.assertEqual(result.returncode, HARNESS_ERROR)
            self.assertIn("standard output: Bad file descriptor", result.stderr)


if __name__ == "__main__":
    unittest.main()
