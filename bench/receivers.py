"""One stream to a hundred receivers: rate, and memory per receiver, beside bare C.

What a receiver costs is the difference between a network of a hundred and one of ten, by receivers: so what a program
has anyway is not in it. The kernel's share is Slab and Percpu of the whole machine: on a busy one it says little."""
import statistics
import time

from contest import TRIES, attached, goal, rates_of, ratio, row, run

MANY, FEW = 100, 10
KIB = 1024


def kernel_bytes():
    with open("/proc/meminfo", encoding="ascii") as file:
        fields = dict(line.split(":") for line in file)
    return sum(int(fields[name].split()[0]) * KIB for name in ("Slab", "Percpu"))


def kernel_at_rest():
    """When the kernel has taken the previous network down: it shrinks no more."""
    lowest, still = kernel_bytes(), 0
    while still < 5:
        time.sleep(0.1)
        now = kernel_bytes()
        still = still + 1 if now > lowest - MANY * KIB else 0
        lowest = min(lowest, now)
    return lowest


def figures(measure, receivers):
    """Packets per second by the clock and by processor time, bytes of the process, bytes of the kernel."""
    before = kernel_at_rest()
    rates, memory = measure(receivers).split("\n")[:2]
    resident, of_kernel = map(int, memory.split())
    return rates_of(rates), resident, of_kernel - before


def each_and_rate(measure):
    """Packets per second with many; bytes per receiver, of the process and of both."""
    _, few, few_of_kernel = figures(measure, FEW)
    (by_clock, by_processor), many, many_of_kernel = figures(measure, MANY)
    resident = (many - few) / (MANY - FEW)
    return {"rate": by_clock, "own rate": by_processor, "resident": resident / KIB,
            "all": (resident + (many_of_kernel - few_of_kernel) / (MANY - FEW)) / KIB}


def bench_receivers(bench):
    print(f"receivers: one stream to {MANY} receivers on a switch, 64 bytes, single frames, nothing lost")
    count = 500 if bench.smoke else 2000 if bench.quick else 5000
    contestants = {
        "ours": lambda n: attached(bench, "receivers.lua", receivers=n, count=count),
        "limit": lambda n: run([bench.program("limit_stream"), str(n), "64", str(count), "memory"], TRIES),
        "looking limit": lambda n: run([bench.program("limit_stream"), str(n), "64", str(count), "looks", "memory"],
                                       TRIES),
    }
    rounds = [{name: each_and_rate(measure) for name, measure in contestants.items()}
              for _ in range(bench.at_least(5))]
    results = {what: {name: [one[name][what] for one in rounds] for name in contestants}
               for what in ("rate", "own rate", "resident", "all")}
    row("packets per second and receiver", results["rate"], "pps")
    row("of its own processor", results["own rate"], "pps")
    row("process, per receiver", results["resident"], "KiB")
    row("process and kernel, per receiver", results["all"], "KiB")
    for by, what in (("time", "rate"), ("processor time", "own rate")):
        slower = ratio(results[what], "looking limit", "ours")
        goal(bench, f"{by} per packet and receiver / bare C that looks", slower, "<= 1.2", slower <= 1.2)
        print(f"         {by} per packet and receiver / bare C: {ratio(results[what], 'limit', 'ours'):.3g}", flush=True)
    larger = statistics.median(results["all"]["ours"]) / statistics.median(results["all"]["limit"])
    goal(bench, "memory per receiver, process and kernel / bare C", larger, "<= 1.2", larger <= 1.2)
