"""A stream of 10,000 packets a second: how early, how late, how exact. Told by an independent witness that reads the
kernel's receive time stamps (witness.c), not by the sender."""
import os
import statistics
import sys

from contest import attached, goal, has_program, row, tell_if_missing

RATE, TRIES = 10000, 5
FIGURES = ("received", "early", "p50", "p99", "max", "rate")


def witnessed(bench, sender, seconds):
    for _ in range(TRIES):
        told = attached(bench, "pacing.lua", rate=RATE, seconds=seconds, by=sender,
                        witness=os.path.abspath(bench.program("witness")))
        if told:
            return dict(zip(FIGURES, map(float, told.split())))
        print(f"    {sender}: not all arrived; once more", flush=True)
    sys.exit(f"pacing: {sender}: in none of {TRIES} runs did all arrive; see softnet_stat and the load of this machine")


def tell(what, runs):
    row(what, {"early at most": [one["early"] for one in runs], "late p50": [one["p50"] for one in runs],
               "p99": [one["p99"] for one in runs], "max": [one["max"] for one in runs]}, "us")
    row(what, {"rate": [one["rate"] for one in runs]}, "pps")


def bench_pacing(bench):
    seconds = 1 if bench.smoke else 2 if bench.quick else 10
    print(f"pacing: {RATE} packets a second for {seconds} s, by the kernel's time stamps at the receiver")
    tell_if_missing("iperf")
    senders = ["mcast-harness"] + ["iperf"] * has_program("iperf")
    runs = {sender: [] for sender in senders}
    for _ in range(bench.at_least(5)):
        for sender in senders:
            runs[sender].append(witnessed(bench, sender, seconds))
    for sender, of_sender in runs.items():
        tell(sender, of_sender)
    ours = runs["mcast-harness"]
    early = max(one["early"] for one in ours)
    goal(bench, "microseconds that any packet of any run was early", early, "<= 100", early <= 100)
    off = statistics.median(abs(one["rate"] / RATE - 1) * 100 for one in ours)
    goal(bench, "percent that the rate is off", off, "<= 0.01", off <= 0.01)
