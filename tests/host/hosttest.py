# SPDX-License-Identifier: GPL-2.0
"""TAP for prove, and the ways in which a test starts the product."""
import contextlib
import fcntl
import glob
import math
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tools"))
os.chdir(TOP)

# The parent (nohup, a shell that runs a job in the background) may ignore them, and a shell cannot undo that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

import ktap  # noqa: E402,F401 # for the tests that need it

# Which program is the machine: QEMU= of make check, here and in every run.sh that a test starts.
QEMU = os.environ.get("QEMU") or "qemu-system-x86_64"
if "/" in QEMU:
    QEMU = os.environ["QEMU"] = os.path.abspath(QEMU)
IMAGE = os.path.join(TOP, "build/debug/shootdown.elf")
BENCH_IMAGE = os.path.join(TOP, "build/bench/shootdown.elf")
FAKE_QEMU = os.path.join(TOP, "tests/host/fake-qemu")
LIMIT = 10  # seconds within which bad input must have been refused

_count = 0
_failed = 0


## TAP


def ok(good, name, *diagnostics):
    """One result; the diagnostics are printed only if it is bad."""
    global _count, _failed
    _count += 1
    print(f"{'ok' if good else 'not ok'} {_count} - {name}", flush=True)
    if not good:
        _failed += 1
        # On stderr, which prove shows as it is.
        print(f"# {os.path.basename(sys.argv[0])}: not ok {_count} - {name}", file=sys.stderr)
        for text in diagnostics:
            for line in str(text).splitlines()[-40:]:
                print(f"#   {line}", file=sys.stderr)
        sys.stderr.flush()
    return bool(good)


def equal(got, want, name, *diagnostics):
    return ok(got == want, name, f"got  {got!r}", f"want {want!r}", *diagnostics)


def skip(name, why):
    """This machine cannot show it."""
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {why}", flush=True)


def todo_skip(name, why):
    """The kernel cannot do it yet. With HOSTTEST_TODO=fail that is a failure."""
    if os.environ.get("HOSTTEST_TODO") == "fail":
        ok(False, name, f"not there yet: {why}")
    else:
        skip(name, f"not there yet: {why}")


def diag(text):
    for line in str(text).splitlines():
        print(f"# {line}", flush=True)


def done():
    print(f"1..{_count}", flush=True)
    sys.exit(1 if _failed or not _count else 0)


## Limits


_slowness = (0, 1.0)  # when it was measured, and what


def slowness():
    """How many times longer a computation takes now than on an idle machine, where two tests and this make
    it up to 1.5. Whatever ends a hang, or is done for a while so that things happen, is multiplied by it."""
    global _slowness
    if not _slowness[0] or time.monotonic() - _slowness[0] > 10:
        wall, cpu = time.monotonic(), time.process_time()
        while time.process_time() < cpu + 0.03:
            pass
        _slowness = (time.monotonic(), max(1.0, (time.monotonic() - wall) / 0.03 / 1.5))
    return _slowness[1]


def patient(seconds):
    """That many on an idle machine, whole ones."""
    return math.ceil(seconds * slowness())


## Programs


def children_time():
    """CPU time of all programs that have been run."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Result:
    """@cpu: seconds of CPU time, which on a busy machine are less than those that it took."""

    def __init__(self, status, out, err, seconds, cpu=0.0):
        self.status, self.out, self.err, self.seconds, self.cpu = status, out, err, seconds, cpu

    def __str__(self):
        return f"status {self.status} after {self.seconds:.1f} s\n{self.out}{self.err}"


def clean_environment(extra=None):
    """Without what make or the caller has set for a run of their own; QEMU= is of the machine."""
    listed = subprocess.run(
        ["tools/variables.sh", "names"], stdout=subprocess.PIPE, text=True, check=True
    )
    drop = set(listed.stdout.split()) - {"QEMU"} | {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"}
    env = {k: v for k, v in os.environ.items() if k not in drop}
    env.update({k: str(v) for k, v in (extra or {}).items()})
    return env


def run(command, env=None, timeout=120, cwd=None):
    """A command in a session of its own; nothing of it survives its time limit, on an idle machine."""
    began, cpu = time.monotonic(), children_time()
    with subprocess.Popen(
        command if isinstance(command, list) else shlex.split(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(env),
        cwd=cwd,
        start_new_session=True,
    ) as proc:
        try:
            out, err = proc.communicate(timeout=patient(timeout))
            status = proc.returncode
        except subprocess.TimeoutExpired:
            proc.terminate()
            try:
                out, err = proc.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(proc.pid, signal.SIGKILL)
                out, err = proc.communicate()
            status = "timeout"
    return Result(
        status,
        out.decode("utf-8", "replace").replace("\r", ""),
        err.decode("utf-8", "replace"),
        time.monotonic() - began,
        children_time() - cpu,
    )


def run_merged(command, seconds):
    """(status or "time limit", what it printed on both channels, as one text in order)."""
    # What make tells the makes below it is not for those that are run here.
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    try:
        p = subprocess.run(command, cwd=TOP, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=patient(seconds), check=False)
        return p.returncode, p.stdout
    except subprocess.TimeoutExpired as e:
        return "time limit", (e.stdout or b"").decode()


@contextlib.contextmanager
def locked(name, exclusive):
    os.makedirs("build", exist_ok=True)
    with open(f"build/.{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield


def machine(alone=False):
    """Guests may run side by side, but not beside one whose time is measured."""
    return locked("machine", alone)


def boot(alone=False, timeout=120, **variables):
    """run.sh with the debug image (or IMAGE=), everything else as given; @timeout as of run()."""
    variables.setdefault("IMAGE", IMAGE)
    variables.setdefault("TIMEOUT", patient(timeout))
    with machine(alone):
        return run(["./run.sh"], variables, timeout + 20)


def one_line(result, pattern, name, status=2, channel="err"):
    """Refused: the status, quickly, and one line that says what is wrong."""
    text = result.err if channel == "err" else result.err + result.out
    said = [line for line in text.splitlines() if re.search(pattern, line)]
    ok(
        result.status == status and len(said) == 1 and result.seconds <= patient(LIMIT),
        f"{name}: status {status} and one line within {LIMIT} s",
        f"want status {status}, one line like {pattern!r}",
        result,
    )


## What the kernel under test can do


def image_built(flavour="debug"):
    """Builds that image if that is needed; None or why there is none."""
    with machine(), locked("build", True):
        result = run(["make", "image", f"FLAVOUR={flavour}"], timeout=600)
    return None if result.status == 0 else f"the kernel does not build: {result.err[-300:]}"


def listed():
    """{set: [names]} as the kernel's own job "list" prints them; None if it cannot."""
    if image_built():
        return None
    result = boot(RUN="list", SMP=1, timeout=20)
    found = {}
    for kind, name in re.findall(r"^# list: (\S+) (\S+)", result.out, re.M):
        found.setdefault(kind, []).append(name)
    return found if result.status == 0 and found else None


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def sources(*directories):
    """All C sources there, as one text."""
    text = []
    for where in directories:
        for name in sorted(glob.glob(os.path.join(TOP, where, "**/*.[ch]"), recursive=True)):
            with open(name, encoding="utf-8") as file:
                text.append(file.read())
    return "".join(text)


def planted_for(*oracles):
    """The planted bugs that cases of a scenario say are RED_BY() one of these."""
    cases = re.findall(r'\.busted = "(\w+)",\s+RED_BY(?:\("(\w+)"\)|_RACE\()', sources("tests/scenario"))
    return {name for name, oracle in cases if (oracle or "race") in oracles}


def need_bench():
    """Ends the test file, red, unless the bench flavour builds."""
    why_not = image_built("bench")
    if why_not:
        ok(False, "the bench flavour", why_not)
        done()


def need_kernel(*jobs):
    """Ends the test file, with a todo_skip, unless the kernel boots and has the jobs."""
    names = listed()
    if names is None:
        todo_skip("the kernel", "it does not boot to run=list")
        done()
    for job in jobs:
        if job not in names.get("job", []):
            todo_skip(f"job {job}", "the kernel has no such job")
            done()
    return names
