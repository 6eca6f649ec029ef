"""What the sections of bench/run share: contestants that take turns, what came of them, and goals."""
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
TRIES = 3


class Bench:
    def __init__(self, arguments):
        self.binary = arguments.binary
        self.build = arguments.build
        self.smoke = arguments.smoke
        self.quick = arguments.quick or arguments.smoke
        self.rounds = 1 if arguments.smoke else 3 if arguments.quick else 7
        self.missed = []

    def program(self, name):
        return os.path.join(self.build, "bench", name)

    def at_least(self, rounds):
        return 1 if self.smoke else max(self.rounds, rounds)


def is_root():
    """Of the machine, not of a user namespace (user_namespaces(7))."""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return os.geteuid() == 0 and file.read().split() == ["0", "0", "4294967295"]


def has_program(name):
    return shutil.which(name) is not None


def tell_if_missing(name):
    if not has_program(name):
        print(f"  beside {name}: not measured, it is not installed here (apt-get install {name})", flush=True)


def scenario_path(name):
    return os.path.join(HERE, name)


def run(command, tries=1):
    """Its standard output. What loses nothing, but on a machine whose input queues run over (everybody's: softnet_stat
    in proc(5)), may be given more tries than one."""
    for _ in range(tries):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode == 0:
            return done.stdout
    sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")


def rates_of(text):
    """Packets per second, by the clock and by processor time."""
    return tuple(map(float, text.split()[:2]))


def limit_rates(bench, receivers, size, count, *words):
    """Of bare C (limit_stream.c)."""
    command = [bench.program("limit_stream"), str(receivers), str(size), str(count), *words]
    return rates_of(run(command, TRIES))


def compare_rates(bench, what, results, pairs):
    """`results` as of take_turns() with tuples; each pair of names and its goal (None: it has none, and tells what a
    difference costs). What the processor did for others is not in the second figure: it is the one to look at on a
    machine that is not quiet. Returns the first ones."""
    by_clock, by_processor = ({name: [one[which] for one in of] for name, of in results.items()} for which in (0, 1))
    row(what, by_clock, "pps")
    row("of its own processor", by_processor, "pps")
    for ours, theirs, least in pairs:
        for by, figures in (("", by_clock), (", by processor time", by_processor)):
            value = ratio(figures, ours, theirs)
            if least is None:
                print(f"         {what}: {ours} / {theirs}{by}: {value:.3g}", flush=True)
            else:
                goal(bench, f"{what}: {ours} / {theirs}{by}", value, f">= {least}", value >= least)
    return by_clock


def wall_ms(command):
    begin = time.monotonic()
    run(command)
    return (time.monotonic() - begin) * 1e3


def passed_ms(bench, path):
    """The wall time of a whole process; a skipped scenario would be quick, too."""
    begin = time.monotonic()
    if "1 passed" not in run([bench.binary, "run", path]):
        sys.exit(f"{path}: was not run; see {bench.binary} run {path}")
    return (time.monotonic() - begin) * 1e3


def parameters(**values):
    words = (str(value).lower() if isinstance(value, bool) else value for value in values.values())
    return [word for name, value in zip(values, words) for word in ("--param", f"{name}={value}")]


def events(bench, path, *options):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        run([bench.binary, "run", path, "--report", f"jsonl={file.name}", *options], TRIES)
        return [json.loads(line) for line in open(file.name, encoding="utf-8")]


def attached(bench, scenario, **values):
    """What the scenario attached; it has passed."""
    of_run = events(bench, scenario_path(scenario), *parameters(**values))
    return next(event for event in of_run if event["event"] == "attach")["data"]


def network_ready_ms(bench, path):
    return next(e["ready_after"] for e in events(bench, path) if e["event"] == "network") * 1e3


def take_turns(rounds, contestants):
    """{name: function returning a number} -> {name: list of numbers}, one after the other, round by round."""
    results = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            results[name].append(measure())
    return results


def ratio(results, ours, theirs):
    """The median of the rounds' own ratios: both sides of each were measured next to each other. On a machine that is
    busy enough a round of others may come to nothing."""
    return statistics.median(a / b if b else math.inf for a, b in zip(results[ours], results[theirs]))


def row(what, results, unit):
    values = "  ".join(f"{name} {statistics.median(v):.4g} [{min(v):.4g}-{max(v):.4g}]" for name, v in results.items())
    print(f"  {what}: {values} {unit}", flush=True)


def goal(bench, what, value, text, holds):
    if bench.smoke:
        print(f"    {what}: {value:.3g} (goal {text}, not judged by one round)", flush=True)
        return
    print(f"    {'ok  ' if holds else 'MISS'} {what}: {value:.3g} (goal {text})", flush=True)
    if not holds:
        bench.missed.append(f"{what}: {value:.3g} (goal {text})")
