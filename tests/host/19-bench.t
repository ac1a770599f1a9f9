#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The bench can come out red: compared with itself, broadcast saves nothing.

Whether its bars hold is for a quiet machine to say (make bench SMP=64), not for this test.
"""
import re

from hosttest import boot, done, ok

result = boot(RUN="bench", SMP=16, APPEND="candidate=broadcast", timeout=120, alone=True)
ok(result.status == 1, "broadcast instead of a policy that leaves syncs out: red", result)
ok("not ok 2 bench.saved_per_unshare_of_one_broadcast" in result.out, "it saves nothing", result)
rows = re.findall(r"^(\S.*\S)\s+(\d+)\s+(\d+\.\d{3})\s*$", result.out, re.M)
ok(len(rows) == 6 and all(int(rate) > 0 for _, rate, _ in rows), "six rows, each with a rate", result)
ok("only the ratios within this run mean something" in result.out or "TCG" not in result.out,
   "on TCG it says what its times are worth", result)
done()
