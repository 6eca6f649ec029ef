"""Streams through a kernel multicast router: ours beside bare C over the same route in the same network."""
from contest import attached, goal, limit_rate, ratio, row, take_turns

RECEIVERS = 2


def rates(bench, size, offload):
    count = (1000000 if offload else 50000) // (20 if bench.smoke else 4 if bench.quick else 1)
    return take_turns(bench.at_least(5), {
        "ours": lambda: float(attached(bench, "forwarded.lua", receivers=RECEIVERS, size=size, count=count,
                                       offload=offload)),
        "limit": lambda: limit_rate(bench, RECEIVERS, size, count, "routed", *["offload"] * offload),
    })


def bench_forwarded(bench):
    print(f"forwarded: packets per second and receiver through a router to {RECEIVERS}, nothing lost")
    for size in (64, 1400):
        for offload in (False, True):
            what = f"{'offload' if offload else 'single frames'}, {size} bytes, through a router"
            results = rates(bench, size, offload)
            row(what, results, "pps")
            value = ratio(results, "ours", "limit")
            goal(bench, f"{what} / limit", value, ">= 0.9", value >= 0.9)
