"""N against time and memory: memberships, hosts that receive one stream, hosts that join, change the channel and leave
at once. What one more costs stays the same."""
import statistics

from contest import attached, goal, parameters, events, scenario_path

MIB = 1 << 20


def median_of(bench, measure):
    """Of each figure of several runs."""
    rounds = [measure() for _ in range(bench.at_least(5))]
    return [statistics.median(column) for column in zip(*rounds)]


def heading(*columns):
    print("  " + "".join(f"{column:>16}" for column in columns), flush=True)


def line(*cells):
    print("  " + "".join(f"{cell:>16}" for cell in cells), flush=True)


# ---- memberships -----------------------------------------------------------------------------------

def joined(bench, memberships, hosts):
    """Seconds of processor time for joining and verifying, seconds until all had joined, bytes."""
    return [float(word) for word in attached(bench, "memberships.lua", memberships=memberships, hosts=hosts).split()]


def membership_line(bench, memberships, hosts):
    joining, verifying, passed, resident = median_of(bench, lambda: joined(bench, memberships, hosts))
    each = (joining + verifying) / memberships * 1e6
    line(f"{memberships:,}", hosts, f"{joining * 1e3:.1f}", f"{verifying * 1e3:.1f}", f"{each:.1f}",
         f"{passed * 1e3:.1f}", f"{resident / MIB:.1f}")
    return each


def bench_memberships(bench):
    print("  milliseconds of processor time, for each in microseconds; and how many passed until all were there")
    heading("memberships", "hosts", "to join", "to verify", "each, us", "passed", "process, MiB")
    sizes = (100, 1000) if bench.smoke else (100, 1000, 10000)
    each = {size: membership_line(bench, size, 1) for size in sizes}
    if not bench.quick:
        each[100000] = membership_line(bench, 100000, 10)
    growth = each[max(each)] / each[1000]
    goal(bench, f"processor time per membership, {max(each):,} / 1,000", growth, "<= 2", growth <= 2)


# ---- hosts that receive one stream -----------------------------------------------------------------

def received(bench, hosts, count):
    """Seconds until the network was ready; of processor time for the stream; packets per second; bytes."""
    of_run = events(bench, scenario_path("receivers.lua"), *parameters(receivers=hosts, count=count))
    ready = next(e for e in of_run if e["event"] == "network")["ready_after"]
    rate, memory, processor = next(e for e in of_run if e["event"] == "attach")["data"].split("\n")
    return ready, float(processor), float(rate.split()[0]), float(memory.split()[0])


def receiver_line(bench, hosts):
    count = 100000 // hosts // (10 if bench.smoke else 1)
    ready, processor, rate, resident = median_of(bench, lambda: received(bench, hosts, count))
    each = processor / count / hosts * 1e6
    line(f"{hosts:,}", f"{ready * 1e3:.1f}", f"{ready * 1e6 / hosts:.0f}", f"{rate:.0f}", f"{each:.2f}",
         f"{resident / MIB:.1f}", f"{resident / 1024 / hosts:.0f}")
    return each


def bench_hosts(bench):
    print("  the network; the stream: packets a second, microseconds of processor time per datagram and receiver")
    heading("hosts", "ready, ms", "each, us", "rate, pps", "datagram, us", "process, MiB", "each, KiB")
    sizes = (10, 100) if bench.quick else (10, 100, 1000)
    each = {size: receiver_line(bench, size) for size in sizes}
    growth = each[max(each)] / each[min(each)]
    goal(bench, f"processor time per datagram and receiver, {max(each):,} hosts / 10", growth, "<= 3", growth <= 3)


# ---- hosts that join, change the channel and leave at once -------------------------------------------

# Packets per second, which to a thousand hosts are a thousand times as many.
ZAPPING_RATES = {100: 100, 300: 100, 1000: 20}


def zapped(bench, hosts, family):
    """Of the join, the change and the leave: median, longest, resolution and processor time in seconds, hosts that
    had no answer."""
    lines = attached(bench, "zapping.lua", hosts=hosts, family=family, rate=ZAPPING_RATES[hosts]).split("\n")
    return [float(word) for line in lines for word in line.split()]


def zapping_line(bench, hosts, family):
    figures = median_of(bench, lambda: zapped(bench, hosts, family))
    for i, word in enumerate(("join", "change", "leave")):
        median, longest, resolution, processor, missing = figures[5 * i:5 * i + 5]
        line(f"{hosts:,}", family, word, f"{median * 1e3:.1f}", f"{longest * 1e3:.1f}", f"{resolution * 1e3:.1f}",
             f"{processor * 1e3 / hosts:.2f}", f"{missing:.0f}")


def bench_zapping(bench):
    print("  all hosts at once: milliseconds that it takes, how exactly that is known, and of processor time each")
    heading("hosts", "family", "what", "median", "longest", "resolution", "processor", "no answer")
    for hosts in (100,) if bench.smoke else (100, 300) if bench.quick else (100, 300, 1000):
        for family in ("ipv4",) if bench.smoke else ("ipv4", "ipv6"):
            zapping_line(bench, hosts, family)


def bench_scale(bench):
    print("scale: N memberships, joined and verified; N hosts that receive one stream; N hosts that zap")
    bench_memberships(bench)
    bench_hosts(bench)
    bench_zapping(bench)
