#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What make and run.sh accept."""
import re

from hosttest import FAKE_QEMU, done, equal, ok, run

ENV = {"QEMU": FAKE_QEMU, "IMAGE": "Makefile"}

for wrong, near in (("SPM=4", "SMP"), ("FLUHS=ipi", "FLUSH"), ("SEDE=1", "SEED")):
    for command in (["make", "run", wrong], ["./run.sh", wrong]):
        result = run(command, ENV)
        lines = result.err.strip().splitlines()
        ok(
            result.status == 2 and len(lines) == 1 and f"did you mean {near}?" in lines[0],
            f"{' '.join(command)} names {near}",
            result,
        )
result = run(["make", "run", "XYZZY=1"], ENV)
ok(result.status == 2 and "did you mean" not in result.err, "a far-off name gets no guess", result)
result = run(["make", "run", "SMP=2", "APPEND=a=b c=d"], ENV)
ok(result.status == 0 and "a=b c=d" in result.out, "a value may hold other assignments", result)
result = run(["make", "image", "FLAVOUR=nonsense"], ENV)
ok(result.status == 2 and "no such flavour" in result.err, "FLAVOUR=nonsense", result)
equal(run(["make", "nonsense"]).status, 2, "an unknown target")

result = run(["make"])
targets = set(re.findall(r"^  ([a-z][a-z0-9-]*) ", result.out, re.M))
equal(result.status, 0, "make alone prints help", result)
for name in ("help", "run", "check", "iso", "debug", "clean"):
    ok(name in targets, f"make help lists {name}", result.out)
helped = set(re.findall(r"^  ([A-Z_]+) ", result.out, re.M))
own = set(re.findall(r"^  ([A-Z_]+) ", run(["./run.sh", "--help"]).out, re.M))
equal(own, helped, "run.sh --help knows the same variables as make help")
done()
