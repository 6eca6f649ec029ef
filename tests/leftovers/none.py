#!/usr/bin/python3
"""Nothing is left behind: no process, namespace, interface, mount or file.

Runs a scenario with a daemon that ignores SIGTERM, ends the run in every way there is, and holds
what is there afterwards against what was there before. Runs itself in PID, mount and network
namespaces of its own, in which all that can be seen is the test's.

Usage: none.py MCAST_HARNESS
"""

import os
import signal
import subprocess
import sys
import time

CANNOT_RUN = 77  # ctest's SKIP_RETURN_CODE
DEADLINE = 30  # seconds, until a killed run has gone
HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = ("/run", "/etc", "/var/lib", "/tmp")

# How the run ends, whom which signal hits, and the exit code.
ENDINGS = (
    ("passed", None, None, 0),
    ("failed", None, None, 1),
    ("broken", None, None, 1),
    ("timeout", None, None, 1),
    ("stuck", None, None, 1),
    ("killed", "harness", signal.SIGINT, 130),
    ("killed", "harness", signal.SIGTERM, 143),
    ("killed", "harness", signal.SIGKILL, -signal.SIGKILL),
    ("killed", "scenario", signal.SIGKILL, 1),
)


def enter():
    """Starts the program again inside namespaces of its own; returns there, as their first."""
    if os.environ.get("MCAST_HARNESS_TEST_PRIVATE") == "yes":
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        return
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *user, "--net", "--mount", "--pid", "--fork", "--kill-child",
               "--mount-proc", "--propagation", "private"]
    if subprocess.run([*command, "true"], check=False).returncode != 0:
        print("1..0 # skipped: namespaces cannot be made here")
        sys.exit(CANNOT_RUN)
    os.environ["MCAST_HARNESS_TEST_PRIVATE"] = "yes"
    os.execvp(command[0], [*command, sys.executable, *sys.argv])


def reap():
    """The orphans that come to the first process of a PID namespace."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def processes():
    return {pid for pid in os.listdir("/proc") if pid.isdigit()}


def namespaces():
    found = set()
    for pid in processes():
        for kind in ("net", "mnt", "pid", "user", "ipc"):
            try:
                found.add(os.readlink(f"/proc/{pid}/ns/{kind}"))
            except OSError:
                pass
    return found


def interfaces():
    with open("/proc/net/dev", encoding="ascii") as file:
        return {line.split(":")[0].strip() for line in file if ":" in line}


def mounts():
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        return set(file)


def files():
    """All of /run, which is empty, and what the daemon writes."""
    found = {os.path.join(folder, "mcast-harness-leftover") for folder in FOLDERS}
    found = {path for path in found if os.path.exists(path)}
    for folder, names, others in os.walk("/run"):
        found.update(os.path.join(folder, name) for name in names + others)
    return found


def inventory():
    reap()
    return {look.__name__: look() for look in (processes, namespaces, interfaces, mounts, files)}


def difference(before, after):
    return "; ".join(
        f"{kind} left: {', '.join(sorted(after[kind] - before[kind]))}"
        for kind in before if after[kind] - before[kind])


def await_same(before):
    """What is still left when the deadline has come; nothing, if all is well."""
    deadline = time.monotonic() + DEADLINE
    while True:
        left = difference(before, inventory())
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return int(file.read().split()[0])


def run(binary, ready, ending, victim, signal_number):
    """The exit code; complains when there was nothing to be left behind."""
    command = [binary, "run", os.path.join(HERE, "stubborn.lua"), "--param", "ending=" + ending,
               "--param", "ready=" + ready]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True, encoding="utf-8", errors="replace") as harness:
        seen = 0
        if victim:
            with open(ready, encoding="ascii") as file:
                file.read()
            seen = len(processes())
            pid = harness.pid if victim == "harness" else child_of(harness.pid)
            os.kill(pid, signal_number)
        output = harness.communicate(timeout=DEADLINE)[0]
    return harness.returncode, seen, output


def main():
    enter()
    binary = os.path.abspath(sys.argv[1])
    ready = "/dev/shm/mcast-harness-leftovers-%d" % time.monotonic_ns()
    os.mkfifo(ready)
    failures = 0
    print(f"1..{len(ENDINGS)}")
    try:
        for number, (ending, victim, signal_number, expected) in enumerate(ENDINGS, 1):
            before = inventory()
            code, seen, output = run(binary, ready, ending, victim, signal_number)
            left = await_same(before)
            is_good = code == expected and not left and (not victim or seen >= 6)
            failures += not is_good
            how = f"{signal_number.name} to the {victim}" if victim else ending
            print(f"{'ok' if is_good else 'not ok'} {number} - {how}")
            if not is_good:
                print(f"# exit code {code}, expected {expected}; {left}; {seen} processes\n{output}")
    finally:
        os.unlink(ready)
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
