# SPDX-License-Identifier: GPL-2.0
"""What is expected of each cell of the matrix, and whether it came out so.

An expectation is a set of counts that must be 0, and of counts that must not be. The first
kind fails for good; the second may only have lacked time, so such a run is repeated once.
It follows from what backend and policy declare of themselves (enum flush_waits and
sound_on in their headers), so a new one needs no entry here.
"""

NEVER, SOMETIMES, ALWAYS = 1, 2, 4  # enum flush_waits in <asm/tlbflush.h>
WAITS = {NEVER: "never", SOMETIMES: "sometimes", ALWAYS: "always"}

# Operations that reuse what they withdraw, and so wait for walkers. All others only free,
# by RCU, or withdraw nothing: they are expected not to wait, under any policy.
REUSING = ("collapse", "unshare")

ZERO, SOME = "=0", ">0"

# What the kernel counts for a cell, see tests/torture/report.c.
COUNTS = ("done", "pinned", "flush_ipis", "sync_ipis", "syncs", "skipped", "useful", "missed",
          "withdrawn", "raced", "viol")


def _receipt(column):
    """It leaves out exactly the waits after flushes that waited themselves. On a backend whose flushes
    never wait it still leaves out a few: the flush found no other CPU in the mm's mask, so no
    walker to wait for. "missed" counts those that were left out wrongly."""
    return {
        NEVER: {"syncs": SOME},
        SOMETIMES: {"syncs": SOME, "skipped": SOME},
        ALWAYS: {"syncs": ZERO, "skipped": SOME},
    }[column.waits]


def _implied(column):
    """Decided once, by what the backend is; whatever a flush did."""
    return {"syncs": ZERO, "skipped": SOME} if column.native else {"syncs": SOME, "skipped": ZERO}


def _rcu(_column):
    return {"syncs": ZERO, "skipped": SOME}


# What a policy promises beyond being sound where it says so.
PROMISES = {"receipt": _receipt, "implied": _implied, "rcu": _rcu}

# Exceptions to these rules: (column, policy, operation), None for any: (counts, why).
# A count of None is not looked at.
EXCEPTIONS = {}


def expectation(column, policy, op):
    """{count: ZERO or SOME}"""
    if op not in REUSING:
        want = {"done": SOME, "viol": ZERO, "syncs": ZERO, "skipped": ZERO, "useful": ZERO}
    elif not column.waits & policy.sound_on:
        # It ends at its first violation: nothing else can be asked of it.
        want = {"viol": SOME}
    else:
        want = {"done": SOME, "viol": ZERO, "missed": ZERO}
        want["useful"] = ZERO if column.waits == ALWAYS else SOME
        want.update(PROMISES.get(policy.name, lambda column: {})(column))
    for (c, p, o), (counts, _why) in EXCEPTIONS.items():
        if c in (None, column.name) and p in (None, policy.name) and o in (None, op):
            want.update(counts)
    return {count: kind for count, kind in want.items() if kind}


def sound(want):
    return want.get("viol") != SOME


def text(want):
    return " ".join(f"{count}{kind}" for count, kind in want.items())


def unmet(want, counts):
    """[(count, kind)] of what came out otherwise."""
    want = dict(want)
    if sound(want) and counts["withdrawn"]:
        want["raced"] = SOME  # else nothing was tested
    return [(count, kind) for count, kind in want.items() if (counts[count] == 0) != (kind == ZERO)]


def summed(some):
    """The counts of several operations as those of one."""
    if len(some) < 2:
        return dict(some[0]) if some else {}
    out = {count: sum(counts[count] for counts in some) for count in COUNTS}
    return out | {"verdict": "UNSOUND" if out["viol"] else "sound"}


def verdict(counts, reference):
    """The word for a cell: the kernel's, or "no use seen". The kernel has run one policy only; this
    compares two. No use was seen if no wait was useful, neither here nor in the run that carried all
    of them out, and walks were raced in both. ("redundant" needs all schedules: make explore.)"""
    if counts["verdict"] == "sound" and counts["skipped"] and not counts["syncs"] and counts["raced"] and reference:
        if not reference["useful"] and not reference["viol"] and reference["raced"] and reference["syncs"]:
            return "no use seen"
    return counts["verdict"]
