#!/usr/bin/env python3
"""Nothing is left, however a run ends: no process, namespace, interface, file or mount, and a port of
the machine that a scenario had is as it was.

    tests/attach/nothing_left.py BINARY

The test has a machine of its own, in PID, network and mount namespaces of its own: what it lists is
all that there is, whoever else uses the real machine meanwhile. Files are looked for wherever a
program may put some: /run, /tmp, /var/tmp and /dev/shm are empty when it begins.

TAP 13 on standard output.
"""

import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # the source tree stays as it is
sys.path.insert(0, str(HERE.parent / "python"))
import machine  # noqa: E402
import namespaces  # noqa: E402

SCRATCH = ("/run", "/tmp", "/var/tmp", "/dev/shm")
BENCH = "/run/bench"  # the program and its scenario: the checkout may be hidden below /tmp
PR_SET_CHILD_SUBREAPER = 36


# ---- what there is -----------------------------------------------------------------------------

def processes():
    """All but this one: the orphans among them are ours to reap."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            break
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            found[folder.name] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def namespace_inodes():
    """Of every process, every descriptor and every mount; and the numbers that the machine's network
    has given to those that it has cables into."""
    found = set()
    for link in [*pathlib.Path("/proc").glob("[0-9]*/ns/*"), *pathlib.Path("/proc").glob("[0-9]*/fd/*")]:
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if re.match(r"[a-z]+:\[", target):
            found.add(target)
    return found, machine.output("ip", "netns", "list-id")


def interfaces():
    return machine.output("ip", "-oneline", "link", "show")


def files():
    found = {}
    for root in SCRATCH:
        for folder, _, names in os.walk(root):
            for name in (".", *names):
                path = os.path.join(folder, name)
                found[path] = os.lstat(path).st_ino
    return found


def mounts():
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        return file.read()


def everything():
    return {"processes": processes(), "namespaces": namespace_inodes(), "interfaces": interfaces(),
            "files": files(), "mounts": mounts(), "the port": machine.describe("nic"),
            "others' namespaces": {name: others(name) for name in ("one", "two")}}


def others(name):
    """A namespace in which the scenario is a guest."""
    with namespaces.inside(name):
        return machine.describe("eth0")


def differences(before, now):
    return "\n".join(f"{what} before:\n{before[what]}\nand now:\n{now[what]}"
                     for what in before if before[what] != now[what])


# ---- endings -----------------------------------------------------------------------------------

def start(binary, ending, *options):
    """A run whose scenario has all that it can have; returns when it has it."""
    fifo = f"{BENCH}/ready"
    reader = namespaces.open_for_reading(fifo)
    process = subprocess.Popen(
        [binary, "run", *options, f"{BENCH}/all.lua", "--param", f"ready={fifo}", "--param",
         f"ending={ending}", "--color", "never"], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", start_new_session=True)
    try:
        namespaces.read_line(reader, process, "the scenario")
    finally:
        os.close(reader)
    return process


def end(process, code):
    output, _ = process.communicate(timeout=namespaces.DEADLINE * 2)
    if process.returncode != code:
        raise AssertionError(f"exit {process.returncode}, expected {code}\n{output}")
    return output


def child_of(process, is_inside):
    """The one of its children that has a PID namespace of its own, or the one that has not."""
    for number in processes():
        status = pathlib.Path(f"/proc/{number}/status").read_text(encoding="utf-8")
        inside = re.search(r"^NSpid:\t(.*)$", status, re.MULTILINE).group(1).split()
        parent = int(re.search(r"^PPid:\t(\d+)$", status, re.MULTILINE).group(1))
        if parent == process.pid and (len(inside) > 1 and inside[-1] == "1") == is_inside:
            return int(number)
    raise AssertionError("the process is not to be found")


def scenarios_process(process):
    return child_of(process, True)


def attendant(process):
    return child_of(process, False)


def normal_end(binary):
    end(start(binary, "pass"), 0)


def failed_claim(binary):
    end(start(binary, "fail"), 1)


def error(binary):
    end(start(binary, "error"), 1)


def time_out(binary):
    end(start(binary, "hang", "--scenario-timeout", "5"), 1)  # long enough to have everything


def interrupt(binary):
    process = start(binary, "hang")
    process.send_signal(signal.SIGINT)
    end(process, 128 + signal.SIGINT)


def termination(binary):
    process = start(binary, "hang")
    process.send_signal(signal.SIGTERM)
    end(process, 128 + signal.SIGTERM)


def parent_killed(binary):
    process = start(binary, "hang")
    process.kill()
    end(process, -signal.SIGKILL)


def child_killed(binary):
    process = start(binary, "hang")
    os.kill(scenarios_process(process), signal.SIGKILL)
    end(process, 1)


def all_killed(binary):
    """As a CI system does with what it started, by process group."""
    process = start(binary, "hang")
    os.killpg(process.pid, signal.SIGKILL)
    end(process, -signal.SIGKILL)


def attendant_killed(binary):
    """Nobody is left to give the port back: that is told."""
    process = start(binary, "hang", "--scenario-timeout", "5")
    os.kill(attendant(process), signal.SIGKILL)
    output = " ".join(end(process, 1).split())
    for words in ("reach the machine outside of the sandbox", "was killed: settings of attached "
                  "places stay as they are"):
        if words not in output:
            raise AssertionError(f"expected \"{words}\" in\n{output}")


ENDINGS = (normal_end, failed_claim, error, time_out, interrupt, termination, parent_killed,
           child_killed, all_killed)
# Whose harness has ended by itself: it has given the port back before.
ORDERLY = (normal_end, failed_claim, error, time_out, interrupt, termination, child_killed)


def check(binary, ending):
    before = everything()
    ending(binary)
    if ending in ORDERLY and machine.describe("nic") != before["the port"]:
        raise AssertionError(f"the port was:\n{before['the port']}\nand is:\n{machine.describe('nic')}")
    # The kernel removes namespaces, and what is in them, some time after their end.
    try:
        namespaces.wait_for(lambda: everything() == before, "nothing is left")
    except TimeoutError:
        raise AssertionError(differences(before, everything())) from None


# ---- the stage ---------------------------------------------------------------------------------

def enter_pid_namespace():
    """Starts the program again as the second process of a PID namespace, which ends with it."""
    if os.environ.get("MCAST_HARNESS_TEST_PID") == "yes":
        return
    os.environ["MCAST_HARNESS_TEST_PID"] = "yes"
    os.environ.pop("MCAST_HARNESS_TEST_PRIVATE", None)
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *user, "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*command, "true"], check=False).returncode != 0:
        print("1..0 # skipped: PID namespaces cannot be made here")
        sys.exit(namespaces.CANNOT_RUN)
    os.execvp(command[0], [*command, sys.executable, *sys.argv])


def set_stage(binary):
    os.mkdir(BENCH)
    shutil.copy(binary, BENCH)
    shutil.copy(HERE / "all.lua", BENCH)
    os.mkfifo(f"{BENCH}/ready")
    for folder in SCRATCH[1:]:
        namespaces.run("mount", "-t", "tmpfs", "tmpfs", folder)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    return f"{BENCH}/{os.path.basename(binary)}"


def main():
    enter_pid_namespace()
    binary = os.path.abspath(sys.argv[1])
    namespaces.enter()
    failed = 0
    endings = [(lambda ending=ending: check(binary, ending), ending) for ending in ENDINGS]
    endings.append((lambda: attendant_killed(binary), attendant_killed))  # leaves something behind
    print(f"TAP version 13\n1..{len(endings)}")
    with machine.made():
        binary = set_stage(binary)
        os.chdir("/run")
        for number, (run, ending) in enumerate(endings, 1):
            try:
                run()
                print(f"ok {number} - {ending.__name__}", flush=True)
            except Exception as problem:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {number} - {ending.__name__}")
                print("".join(f"# {line}\n" for line in str(problem).splitlines()), flush=True)
    return 1 if failed else 0


sys.exit(main())
