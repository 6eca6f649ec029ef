"""What the accounts of a stream cost: the same probes, counted by bare C, looked at by it, too (where each comes from,
when, with which TTL, its bytes), accounted for of what it looked at, and as the product sends and accounts for them."""
from contest import attached, compare_rates, limit_rates, rates_of, take_turns


def rates(bench, receivers, size, offload):
    count = (2000000 if offload else 200000) // receivers // (20 if bench.smoke else 4 if bench.quick else 1)
    counted = (bench, receivers, size, count, "probes", *["offload"] * offload)
    return take_turns(bench.at_least(5), {
        "ours": lambda: rates_of(attached(bench, "stream.lua", receivers=receivers, size=size, count=count,
                                          offload=offload)),
        "accounted": lambda: limit_rates(*counted, "accounts"),
        "looked at": lambda: limit_rates(*counted, "looks"),
        "counted": lambda: limit_rates(*counted),
    })


def bench_accounting(bench):
    print("accounting: packets per second and receiver, nothing lost, with accounts and without")
    for receivers in (1, 8):
        for size in (1400,) if bench.smoke else (64, 1400):
            for offload in (False, True):
                mode = "offload" if offload else "single frames"
                what = f"{mode}, {size} bytes, {receivers} on {'a cable' if receivers == 1 else 'a switch'}"
                compare_rates(bench, what, rates(bench, receivers, size, offload),
                              [("accounted", "looked at", 0.9), ("ours", "looked at", 0.9), ("looked at", "counted", None)])
