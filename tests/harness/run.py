#!/usr/bin/env python3
"""Runs mcast-harness on scenarios that must not pass, and holds it to its exact report.

    tests/harness/run.py BINARY [-j JOBS] [-k TEXT] [--show]

Every file in cases/ is one case. Its comments say what must come out:

    -- run: run {file} -k two          the command line; this is the default: run {file}
    -- when ready: INT                 what to do once the scenario wrote to the file param "ready"
    -- needs: smcrouted                a program; the case is skipped where it is not
    -- expect: exit 1
    -- expect: failed "its name" the message of its scenario_end (LINE)
    -- expect: skipped "another" why (LINE)
    -- expect: claim the message of a claim that did not hold
    -- expect: hint the remedy that came with an error
    -- expect: stdout a line of the terminal's output
    -- expect: stderr a line of standard error

All outcomes must be listed (their order does not matter), and so must all lines of standard error;
claims and hints are compared when the case lists any, and of stdout only what it lists. The exit
code, the last line of the terminal's output and the counts of run_end must agree with the outcomes.
In expected text <number> stands for any number and <any> for anything, and the line "stderr <rest>"
for all other lines; {file}, {cases} and {scratch} are replaced by the case's file, the folder of
cases, and a folder of this case's own.

--show prints what came out in the form above, to be read and judged, and then taken over.
TAP 13 on standard output.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CASES = pathlib.Path(__file__).resolve().parent / "cases"
OUTCOMES = ("passed", "failed", "broken", "inconclusive", "skipped")
SPOILT = "this machine itself dropped"
ATTEMPTS = 5
DEADLINE = 60  # seconds for one case: ten times what the slowest needs, for a loaded machine


class Case:
    """What the comments of one file demand."""

    def __init__(self, path):
        self.name = str(path.relative_to(CASES))
        self.command = ["run", "{file}"]
        self.when_ready = None
        self.needs = None
        self.expected = []
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            self._read(line)

    def _read(self, line):
        comment = re.match(r"-- (run|when ready|needs|expect): ?(.*)", line)
        if not comment:
            return
        word, text = comment.groups()
        if word == "run":
            self.command = shlex.split(text)
        elif word == "when ready":
            self.when_ready = text
        elif word == "needs":
            self.needs = text
        else:
            self.expected.append(text)


    def missing(self):
        """The program that it needs and that is not here. Daemons are not on everybody's PATH."""
        path = os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"
        return self.needs if self.needs and not shutil.which(self.needs, path=path) else None


class Result:
    """What came out of one run, in the words of the comments."""

    def __init__(self, process_status, stdout, stderr, events):
        self.exit = process_status if process_status >= 0 else f"by signal {-process_status}"
        self.stdout = stdout.splitlines()
        self.stderr = stderr.splitlines()
        self.events = events

    def of_kind(self, kind):
        return [event for event in self.events if event["event"] == kind]

    def lines(self):
        """Everything that a case may expect, one line each."""
        lines = [f"exit {self.exit}"]
        for event in self.of_kind("scenario_end"):
            lines.append(outcome_line(event))
        for event in self.of_kind("claim"):
            if not event["ok"]:
                lines.append(one_line(f'claim {event["message"]}'))
        for event in self.of_kind("error"):
            if event.get("hint"):
                lines.append(one_line(f'hint {event["hint"]}'))
        lines += [one_line("garbage " + event["text"]) for event in self.of_kind("garbage")]
        lines += [f"stdout {line}".rstrip() for line in self.stdout]
        lines += [f"stderr {line}".rstrip() for line in self.stderr]
        return lines


def outcome_line(event):
    """The message, and behind it where it happened: (LINE), or (FILE:LINE) in another file."""
    line = f'{event["outcome"]} "{event["name"]}" {event.get("message") or ""}'.rstrip()
    location = event.get("location") or ""
    if location.startswith(event["file"] + ":"):
        location = location[len(event["file"]) + 1:]
    return one_line(f"{line} ({location})" if location else line)


def one_line(text):
    return text.rstrip().replace("\n", "\\n")


def word_of(line):
    return line.split(" ", 1)[0]


def group_of(line):
    """Lines that are compared as one set."""
    return "outcome" if word_of(line) in OUTCOMES else word_of(line)


def pattern_of(text, names):
    """The expected text as a regular expression."""
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    escaped = re.sub(r"(?:\\ )+<number>", r" +<number>", re.escape(text))  # columns move with it
    return escaped.replace("<number>", r"[0-9]+(?:\.[0-9]+)?").replace("<any>", r".*")


def differences(case, result, names):
    """Every expected line must be there, and nothing else of what is compared wholly."""
    seen = result.lines()
    found = []
    for text in (line for line in case.expected if not line.endswith(" <rest>")):
        match = next((line for line in seen if re.fullmatch(pattern_of(text, names), line)), None)
        if match is None:
            found.append(f"missing:    {text}")
        else:
            seen.remove(match)
    whole = {"exit", "outcome", "stderr", "garbage"} | {group_of(line) for line in case.expected}
    whole -= {"stdout"} | {word_of(line) for line in case.expected if line.endswith(" <rest>")}
    found += [f"unexpected: {line}" for line in seen if group_of(line) in whole]
    return found + contradictions(case, result)


def counted_ends(case, result):
    """A retry takes the place of the attempt before it; repetitions all count."""
    ends = result.of_kind("scenario_end")
    if "--repeat" in case.command:
        return ends
    return {event["id"]: event for event in ends}.values()


def contradictions(case, result):
    """The last line, the exit code and run_end tell the same as the scenarios' ends."""
    count = {outcome: 0 for outcome in OUTCOMES}
    for event in counted_ends(case, result):
        count[event["outcome"]] += 1
    found = []
    for end in result.of_kind("run_end"):
        told = {outcome: end[outcome] for outcome in OUTCOMES}
        if told != count:
            found.append(f"run_end counts {told}, the scenarios' ends say {count}")
        if end["exit_code"] != result.exit:
            found.append(f'run_end says exit code {end["exit_code"]}, the process {result.exit}')
    if sum(count.values()) > 0:
        bad = count["failed"] + count["broken"] + count["inconclusive"]
        last = f'{count["passed"]} passed, {bad} failed, {count["skipped"]} skipped'
        if not result.stdout or result.stdout[-1] != last:
            found.append(f"the last line of output is not '{last}'")
    return found


def descendants(pid):
    """The processes below `pid`, children first."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found.append(int(child))
            found += descendants(int(child))
    return found


def act(process, action):
    """`INT` goes to the harness itself, `KILL scenario` to the process that runs the scenario."""
    name, _, whom = action.partition(" ")
    number = getattr(signal, "SIG" + name)
    os.kill(descendants(process.pid)[-1] if whom == "scenario" else process.pid, number)


def await_ready(fifo, process):
    """Returns once the scenario wrote to the file, or the process ended without."""
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        deadline = time.monotonic() + DEADLINE
        while process.poll() is None and time.monotonic() < deadline:
            if select.select([reader], [], [], 0.1)[0] and os.read(reader, 64):
                return True
    finally:
        os.close(reader)
    return False


def start(binary, case, names):
    """The harness, in a process group of its own so that nothing of it is left behind."""
    command = [part.format(**names) for part in case.command]
    if command[:1] == ["run"]:
        command[1:1] = ["--report", "jsonl=" + names["report"]]
    if case.when_ready:
        command += ["--param", "ready=" + names["ready"]]
        os.mkfifo(names["ready"])
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    environment.pop("CI", None)
    # A crash is to look like one under AddressSanitizer, too.
    options = [environment.get("ASAN_OPTIONS"), "handle_segv=0"]
    environment["ASAN_OPTIONS"] = ":".join(filter(None, options))
    return subprocess.Popen(
        ["mcast-harness", *command], executable=binary, cwd=CASES, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, encoding="utf-8", errors="replace")


def read_events(path):
    """The report's lines; none when the command failed before it opened one."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as report:
        return [parse_event(line) for line in report]


def parse_event(line):
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return {"event": "garbage", "text": line}


def run_case(binary, case):
    """Runs it and returns (result, differences). What the machine's input queue spoilt is run again:
    whatever else runs on the machine can fill it, and the harness rightly says inconclusive then."""
    if case.missing():
        return None, []
    for _ in range(ATTEMPTS):
        result, found = attempt(binary, case)
        if not found or not result or not any(SPOILT in line for line in result.lines()):
            break
    return result, found


def attempt(binary, case):
    with tempfile.TemporaryDirectory(prefix="mcast-harness-") as scratch:
        names = {"file": case.name, "cases": str(CASES), "scratch": scratch,
                 "report": scratch + "/report.jsonl", "ready": scratch + "/ready"}
        process = start(binary, case, names)
        try:
            if case.when_ready and await_ready(names["ready"], process):
                act(process, case.when_ready)
            stdout, stderr = process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, [f"still running after {DEADLINE} s"]
        result = Result(process.returncode, stdout, stderr, read_events(names["report"]))
        return result, differences(case, result, names)


def print_tap(number, case, result, found, show):
    missing = case.missing()
    print("ok" if not found else "not ok", number, "-", case.name,
          *([f"# SKIP {missing} is not here"] if missing else []))
    for line in found:
        print("#", line)
    if show and result:
        for line in result.lines():
            if word_of(line) != "stdout":
                print("-- expect:", line)
    sys.stdout.flush()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("-j", type=int, default=2, dest="jobs")
    parser.add_argument("-k", default="", dest="filter", help="run the cases whose path contains this")
    parser.add_argument("--show", action="store_true", help="print what came out")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    paths = sorted(path for path in CASES.rglob("*.lua") if "data" not in path.parts)
    cases = [Case(path) for path in paths if arguments.filter in str(path.relative_to(CASES))]
    print("TAP version 13")
    print(f"1..{len(cases)}")
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = pool.map(lambda case: run_case(arguments.binary, case), cases)
        for number, (case, (result, found)) in enumerate(zip(cases, results), 1):
            print_tap(number, case, result, found, arguments.show)
            failures += bool(found)
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
