#!/usr/bin/python3
"""How a run ends that is not let run to its end: by signals, and by whoever reads what it writes.

usage: check_endings.py HARNESS [unittest arguments]
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True  # beside the sources
import check_reports as reports
from check_reports import HARNESS, HERE, OUTCOMES, PATIENCE

STUBBORN = "scenarios/stubborn.lua"
ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1,
          signal.SIGUSR2, signal.SIGXCPU]


class Running:
    """A harness whose scenario has said that it waits; its reports go into a folder of their own."""

    def __init__(self, scenario, *arguments, **popen):
        self.folder = tempfile.TemporaryDirectory()
        self.jsonl, self.junit = (os.path.join(self.folder.name, name) for name in ("j", "x"))
        command = [HARNESS, "run", STUBBORN + "::" + scenario, "--report=jsonl=" + self.jsonl,
                   "--report=junit=" + self.junit, *arguments]
        popen = {"stdout": subprocess.PIPE, **popen}
        self.process = subprocess.Popen(command, cwd=HERE, env=reports.environment(), text=True,
                                        stdin=subprocess.DEVNULL, **popen)

    def __enter__(self):
        deadline = time.monotonic() + PATIENCE
        while '"waiting' not in self.read(self.jsonl):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the scenario did not begin")
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()

    @staticmethod
    def read(path):
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as file:
            return file.read()

    def send(self, number):
        self.process.send_signal(number)

    def end(self):
        """Its output, when it has ended."""
        return self.process.communicate(timeout=PATIENCE)[0]

    def events(self):
        return [json.loads(line) for line in self.read(self.jsonl).splitlines()]


class Signals(unittest.TestCase):
    def check(self, running, number, output):
        """Cleaned up, told, and every report is whole."""
        self.assertEqual(running.process.returncode, 128 + number)
        self.assertIn("interrupted by " + signal.Signals(number).name, output)
        self.assertIn("cleaned up", output)
        self.assertNotIn("did not clean up in time", output)
        self.assertEqual(output.splitlines()[-1], "0 passed, 1 failed, 0 skipped")
        end = running.events()[-1]
        self.assertEqual((end["event"], end["exit_code"]), ("run_end", 128 + number))
        suites = ElementTree.fromstring(running.read(running.junit))
        self.assertEqual((suites.get("tests"), suites.get("errors")), ("1", "1"))

    def test_each_that_ends_a_run(self):
        for number in ENDING:
            with self.subTest(number), Running("waits") as running:
                running.send(number)
                self.check(running, number, running.end())

    def test_one_that_is_sent_twice_at_once(self):
        with Running("cleans up for a while") as running:
            running.send(signal.SIGTERM)
            time.sleep(0.02)
            running.send(signal.SIGTERM)
            self.check(running, signal.SIGTERM, running.end())

    def test_one_that_was_ignored_stays_so(self):
        def ignore():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with Running("waits", preexec_fn=ignore) as running:
            running.send(signal.SIGHUP)
            time.sleep(0.1)
            running.send(signal.SIGINT)
            self.check(running, signal.SIGINT, running.end())

    def test_one_that_was_blocked_is_heard(self):
        def block():
            signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        with Running("waits", preexec_fn=block) as running:
            running.send(signal.SIGTERM)
            self.check(running, signal.SIGTERM, running.end())

    def test_writing_to_nobody_can_be_ended(self):
        """A pipe that is full, whose other end is open: no report will ever be whole."""
        reader, writer = os.pipe()
        with Running("talks", "--report=jsonl", stdout=writer) as running:
            os.close(writer)
            deadline = time.monotonic() + PATIENCE
            while running.process.poll() is None and time.monotonic() < deadline:
                running.send(signal.SIGTERM)
                time.sleep(0.2)
            self.assertEqual(running.process.poll(), 128 + signal.SIGTERM)
        os.close(reader)

    def test_while_files_are_listed(self):
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
            fifo = file.name + ".fifo"
            os.mkfifo(fifo)
            file.write(f"io.open('{fifo}', 'w'):write('here'):close()\nwhile true do end\n")
            file.flush()
            with subprocess.Popen([HARNESS, "run", file.name], stderr=subprocess.PIPE, text=True,
                                  env=reports.environment()) as process:
                with open(fifo, encoding="ascii") as told:
                    told.read()
                process.send_signal(signal.SIGQUIT)
                error = process.communicate(timeout=PATIENCE)[1]
            os.unlink(fifo)
        self.assertEqual(process.returncode, 128 + signal.SIGQUIT)
        self.assertEqual(error, "mcast-harness: interrupted by SIGQUIT\n")


def closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    return writer


class Readers(unittest.TestCase):
    def into_closed_pipe(self, *arguments):
        return subprocess.run([HARNESS, *arguments], cwd=HERE, env=reports.environment(), text=True,
                              stdout=closed_pipe(), stderr=subprocess.PIPE, timeout=PATIENCE)

    def test_a_reader_who_had_enough_of_words(self):
        for command in (["list", OUTCOMES], ["help"], ["help", "run"], ["version"], ["--help"]):
            with self.subTest(command):
                result = self.into_closed_pipe(*command)
                self.assertIn(result.returncode, (-signal.SIGPIPE, 128 + signal.SIGPIPE))
                self.assertEqual(result.stderr, "")

    def test_a_reader_who_had_enough_of_a_run(self):
        """The run goes on: whoever reads the other report wants all of it."""
        with tempfile.NamedTemporaryFile("r") as junit:
            result = self.into_closed_pipe("run", OUTCOMES, "--tag", "good", "--report=console",
                                           "--report=junit=" + junit.name)
            self.assertEqual(result.returncode, reports.HARNESS_ERROR)
            self.assertIn("a report could not be written", result.stderr)
            self.assertEqual(ElementTree.parse(junit).getroot().get("failures"), "0")

    def test_a_file_that_may_not_grow(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))
        with tempfile.NamedTemporaryFile("r") as junit:
            result = subprocess.run(
                [HARNESS, "run", OUTCOMES, "--tag", "good", "--report=junit=" + junit.name],
                cwd=HERE, env=reports.environment(), text=True, preexec_fn=limit, timeout=PATIENCE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, reports.HARNESS_ERROR, result.stderr)
        self.assertIn("File too large", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
