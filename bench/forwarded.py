"""Streams through a kernel multicast router: ours beside bare C over the same route in the same network."""
from contest import attached, compare_rates, limit_rates, rates_of, take_turns

RECEIVERS = 2


def rates(bench, size, offload):
    count = (1000000 if offload else 50000) // (20 if bench.smoke else 4 if bench.quick else 1)
    return take_turns(bench.at_least(5), {
        "ours": lambda: rates_of(attached(bench, "forwarded.lua", receivers=RECEIVERS, size=size, count=count,
                                          offload=offload)),
        "limit": lambda: limit_rates(bench, RECEIVERS, size, count, "routed", *["offload"] * offload),
        "looking limit": lambda: limit_rates(bench, RECEIVERS, size, count, "routed", "looks", *["offload"] * offload),
    })


def bench_forwarded(bench):
    print(f"forwarded: packets per second and receiver through a router to {RECEIVERS}, nothing lost")
    for size in (64, 1400):
        for offload in (False, True):
            what = f"{'offload' if offload else 'single frames'}, {size} bytes, through a router"
            compare_rates(bench, what, rates(bench, size, offload),
                          [("ours", "looking limit", 0.9), ("ours", "limit", None)])
