# SPDX-License-Identifier: GPL-2.0
"""What a kernel image has to choose from, as its own job "list" says, and how it is run."""
import os
import re
import signal
import subprocess
import threading
import time

import matrix_expect as expect

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# A backend under other options is a column of its own: name, options, how it waits then.
# Left out if the image does not know the options.
VARIANTS = [
    # Every mm begins with interrupts and soon gets a global ASID: transitions during the whole run.
    ("mixed", "flush=invlpgb-nmi asid=sampled,8,0", expect.SOMETIMES),
]

# The order of the rows; what is not named here follows, by name.
POLICIES = ("broadcast", "implied", "receipt", "targeted", "mmcpus", "rcu")


class Column:
    """A backend, under options."""

    def __init__(self, name, options, waits, native, why_not=""):
        self.name, self.options, self.waits, self.native = name, options, waits, native
        self.why_not = why_not  # it cannot be used on this machine, or ""


class Policy:
    def __init__(self, name, sound_on, text):
        self.name, self.sound_on, self.help = name, sound_on, text


class Image:
    """From the output of run=list; the formats are those of tests/torture/list.c."""

    def __init__(self, text):
        def listed(kind, fields):
            return re.findall(rf"^# list: {kind} {fields}$", text, re.M)

        self.host = "".join(re.findall(r"\bhost=(\S+)", text)[:1])
        self.ops = sorted(listed("op", r"(\S+)"))
        # (name, {option: value}); the name may be that of a policy or of a backend.
        self.busted = [(n, dict(o.split("=", 1) for o in options.split()))
                       for n, options in listed("busted", r"(\S+) ?(.*)")]
        self.columns, self.busted_columns = [], []
        for name, waits, native, busted, why_not in listed("flush", r"(\S+) (\d+) (\d) (\d) ?(.*)"):
            column = Column(name, f"flush={name}", int(waits), native == "1", why_not)
            (self.busted_columns if busted == "1" else self.columns).append(column)
        known = set(re.findall(r"^# (\w+)= ", text, re.M))
        bases = {c.name: c for c in self.columns}
        for name, options, waits in VARIANTS:
            words = dict(o.split("=", 1) for o in options.split())
            if words.keys() <= known and words["flush"] in bases:
                base = bases[words["flush"]]
                self.columns.append(Column(name, options, waits, base.native, base.why_not))
        # Those that always wait first; what this machine cannot do last.
        self.columns.sort(key=lambda c: (bool(c.why_not), -c.waits, c.name))
        self.policies, self.busted_policies = [], []
        for name, sound_on, busted, text_ in listed("policy", r"(\S+) (\d+) (\d) ?(.*)"):
            policy = Policy(name, int(sound_on), text_)
            (self.busted_policies if busted == "1" else self.policies).append(policy)
        rank = {name: i for i, name in enumerate(POLICIES)}
        self.policies.sort(key=lambda p: (rank.get(p.name, len(rank)), p.name))


class Guests:
    """Runs run.sh, from several threads; each run ends at its time limit, and with this script."""

    def __init__(self, smp):
        self.smp = smp
        self.lock = threading.Lock()
        self.running = set()
        self.over = False

    def run(self, limit, **variables):
        """(status, what the guest printed, what run.sh said)"""
        own = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "FLUSH", "POLICY", "OPS")
        env = {k: v for k, v in os.environ.items() if k not in own}
        limit = int(env.get("TIMEOUT") or limit)
        env.update({k: str(v) for k, v in variables.items()}, SMP=str(self.smp), TIMEOUT=str(limit))
        with self.lock:
            if self.over:
                return 130, "", "interrupted"
            proc = subprocess.Popen([os.path.join(TOP, "run.sh")], env=env, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
            self.running.add(proc)
        try:
            out, err = proc.communicate(timeout=limit + 30)
        except subprocess.TimeoutExpired:
            os.killpg(proc.pid, signal.SIGKILL)
            out, err = proc.communicate()
        with self.lock:
            self.running.discard(proc)
        return proc.returncode, out.decode("utf-8", "replace").replace("\r", ""), err.decode("utf-8", "replace")

    def end(self):
        """Nothing starts any more; run.sh passes a TERM on to its QEMU."""
        with self.lock:
            self.over = True
            for proc in self.running:
                proc.terminate()


class Boot:
    """One run of the torture, and what it is to tell: the cells."""

    def __init__(self, cells, options, duration):
        self.cells, self.options, self.duration = cells, options, duration
        self.status, self.out, self.err, self.seconds = None, "", "", 0

    def run(self, guests):
        began = time.monotonic()
        append = " ".join(filter(None, ["cells=1", self.options, os.environ.get("APPEND")]))
        limit = 2 * self.duration + 60 + guests.smp
        self.status, self.out, self.err = guests.run(limit, APPEND=append, DURATION=self.duration)
        self.seconds = time.monotonic() - began
        return self

    def counts(self):
        """{operation: {count: number, "verdict": the kernel's}}"""
        found = {}
        for line in re.findall(r"^# cell: (.*)$", self.out, re.M):
            words, _, verdict = line.partition(" verdict=")
            fields = dict(word.split("=", 1) for word in words.split())
            found[fields["op"]] = {k: int(v) for k, v in fields.items() if v.isdigit()} | {"verdict": verdict}
        return found

    def violation(self):
        """(oracle, operation) of the first one, or None."""
        match = re.search(r"^# VIOLATION (\S+), (\S+): ", self.out, re.M)
        return match.groups() if match else None

    def history(self):
        """Its history as the kernel printed it, and the command that repeats it."""
        told = re.search(r"^# VIOLATION .*\n(?:# .*\n)*", self.out, re.M).group().splitlines()
        told = [line for line in told if not re.match(r"# \S+ \d+s: ", line)]
        again = re.findall(r"^# reproduce: .*$", self.out, re.M)
        return "\n".join([f"# {self.options}", *told, *again, ""])

    def last_message(self):
        return last_message(self.status, self.out, self.err)


def last_message(status, out, err):
    """Why there is no result, in a line."""
    said = re.findall(r"^(?:panic:|error:|# INCOMPLETE) .*$", out, re.M) or err.strip().splitlines()[-1:] or ["no output"]
    return f"status {status}: {said[0].strip()}"
