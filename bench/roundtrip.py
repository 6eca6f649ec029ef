"""One request, one reply: ours beside bare C and beside sockperf, all waiting asleep until the kernel wakes them."""
import statistics

from contest import attached, goal, has_program, ratio, row, run, tell_if_missing


def median_when_warm(line):
    times = [float(word) for word in line.split()]
    return statistics.median(times[len(times) // 2:])


def one_round(bench, requests, has_sockperf):
    told, taken = attached(bench, "roundtrip.lua", rounds=requests).split("\n")
    figures = {
        "ours": median_when_warm(told),
        "the whole call": median_when_warm(taken),
        "limit": median_when_warm(run([bench.program("limit_acks"), "1", str(requests)])),
    }
    if has_sockperf:
        figures["sockperf"] = float(attached(bench, "roundtrip_sockperf.lua", seconds=1))
    return figures


def bench_roundtrip(bench):
    print("roundtrip: a multicast request of 64 bytes and its unicast reply, two hosts on a switch")
    has_sockperf = has_program("sockperf")
    tell_if_missing("sockperf")
    requests = 200 if bench.smoke else 2000
    rounds = [one_round(bench, requests, has_sockperf) for _ in range(bench.at_least(5))]
    results = {name: [figures[name] for figures in rounds] for name in rounds[0]}
    row("median", results, "us")
    value = ratio(results, "ours", "limit")
    goal(bench, "round trip / bare C", value, "<= 1.1", value <= 1.1)
    if has_sockperf:
        value = ratio(results, "ours", "sockperf")
        goal(bench, "round trip / sockperf, both asleep while they wait", value, "< 1", value < 1)
