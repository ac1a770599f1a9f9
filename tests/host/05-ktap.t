#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tools/ktap.py against good and broken logs."""
import subprocess

from hosttest import done, equal, ok

GOOD = """SeaBIOS
# shootdown: 4 CPUs
KTAP version 1
1..3
  KTAP version 1
  # Subtest: rcu
  1..2
  # a line from the kernel
  ok 1 grace_period
  ok 2 stall # SKIP one CPU only
ok 1 rcu
not ok 2 smp
ok 3 - gup
# totals: pass:2 fail:1
"""


def ktap(text, *args):
    proc = subprocess.run(["tools/ktap.py", *args], input=text, stdout=subprocess.PIPE, text=True, check=False)
    return proc.returncode, proc.stdout.splitlines()


status, lines = ktap(GOOD)
equal(status, 1, "a failure is a failure")
equal(lines, ["ok 1 - rcu.grace_period", "ok 2 - rcu.stall # SKIP one CPU only", "not ok 3 - smp",
              "ok 4 - gup", "1..4"], "flattened, with paths and reasons")
good = GOOD.replace("not ok 2", "ok 2")
equal(ktap(good)[0], 0, "a good log")
equal(ktap(good.replace("\n", "\r\n"))[0], 0, "a good log from a serial line")
equal(ktap(good, "--status", "0")[0], 0, "a good log and status 0")
equal(ktap("KTAP version 1\n1..0 # SKIP no memory\n"), (0, ["ok 1 - all # SKIP no memory", "1..1"]), "all skipped")
equal(ktap(good.replace("ok 2 smp", "not ok 2 smp # TODO later"))[0], 0, "a TODO may fail")

BROKEN = (
    ("empty", "", "no KTAP"),
    ("no header", good.replace("KTAP version 1\n", "", 1).replace("  KTAP version 1\n", ""), "no KTAP"),
    ("cut off in the outer level", good[: good.index("ok 3")], "2 of 3"),
    ("cut off in the inner level", good[: good.index("  ok 2")], "cut off"),
    ("cut off before the first result", good[: good.index("  # Subtest")], "cut off"),
    ("cut off after the header", "KTAP version 1\n", "no plan"),
    ("no plan outside", good.replace("1..3\n", ""), "before its plan"),
    ("no plan inside", good.replace("  1..2\n", ""), "before its plan"),
    ("plan too short", good.replace("1..3\n", "1..2\n"), "3 of 2"),
    ("plan too long inside", good.replace("  1..2\n", "  1..3\n"), "2 of 3"),
    ("two plans", good.replace("1..3\n", "1..3\n1..3\n"), "second plan"),
    ("no tests", "KTAP version 1\n1..0\n", "nothing was tested"),
    ("no tests inside", "KTAP version 1\n1..1\n  KTAP version 1\n  1..0\nok 1 a\n", "nothing was tested"),
    ("duplicate number", good.replace("ok 3", "ok 2"), "number 2 twice"),
    ("duplicate number inside", good.replace("  ok 2", "  ok 1"), "number 1 twice"),
    ("out of order", good.replace("ok 2 smp", "ok 3 smp").replace("ok 3 - gup", "ok 2 gup"), "was due"),
    ("no number", good.replace("ok 2 smp", "ok smp"), "without a number"),
    ("parent passes over a failed child", good.replace("  ok 1", "  not ok 1"), "passed, although grace_period"),
    ("parent fails without a failed child", good.replace("ok 1 rcu", "not ok 1 rcu"), "although nothing in it"),
    ("started twice", good + good, "second KTAP header"),
)
for name, text, says in BROKEN:
    status, lines = ktap(text)
    refused = [l for l in lines if l.startswith("not ok") and "log refused" in l]
    ok(status == 1 and any(says in l for l in refused), f"refused: {name}", "\n".join(lines))
    ok(lines[-1] == f"1..{len(lines) - 1}", f"refused: {name}: still TAP", "\n".join(lines))
for code in ("1", "2", "3", "4"):
    status, lines = ktap(good, "--status", code)
    ok(status == 1 and f"ended with status {code}" in lines[-2], f"a good log but status {code}", lines)
equal(ktap(GOOD, "--status", "1")[1][-1], "1..4", "status 1 with a failure is no second failure")
equal(ktap(GOOD, "--status", "3")[1][-1], "1..5", "status 3 with a failure is one")
done()
