#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""docs/linux-facts.md: the functions of Linux that stand beside ours are where it says, in 7.3."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

from hosttest import done, equal, ok, read, run  # noqa: E402

import linux_map  # noqa: E402

result = run(["tools/linux/tree.sh", "debian:trixie-backports"], timeout=600)
if ok(result.status == 0, "the sources of Linux", result):
    tree = result.out.strip()
    places = [place for _, theirs in linux_map.rows(read("docs/linux-facts.md")) for place in theirs]
    equal(linux_map.missing(places, tree), [], f"{len(places)} functions of Linux exist")
    equal(linux_map.missing([("mm/gup.c", "gup_nonsense")], tree), ["mm/gup.c: gup_nonsense"], "one that does not is seen")
done()
