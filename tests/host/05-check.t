#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make check itself: its status, the slowest files before prove's summary, JUNIT=."""
import os
import re
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree

from hosttest import clean_environment, done, equal, ok, one_line, run, skip, write

FAKES = {"quick.t": "1..1\nok 1 - quick", "slow.t": "1..2\nok 1 - slow\nok 2 - slower", "red.t": "1..2\nok 1 - fine\nnot ok 2 - broken"}


def check(folder, *names, **env):
    return run(["tools/check.sh", folder], {"TESTS": " ".join(names), **env}, timeout=300)


with tempfile.TemporaryDirectory() as tmp:
    for name, text in FAKES.items():
        path = os.path.join(tmp, name)
        sleep = "sleep 1.2\n" if name == "slow.t" else ""
        write(path, f"#!/bin/sh\n{sleep}cat <<'END'\n{text}\nEND\n")
        os.chmod(path, 0o755)

    result = check(tmp, "quick", "slow")
    lines = result.out.splitlines()
    equal(result.status, 0, "all ok: status 0", result)
    ok(lines and lines[-1] == "Result: PASS", "prove's summary is last", result)
    named = [line for line in lines if line.startswith("slowest: ")]
    ok(len(named) == 1 and named[0].startswith("slowest: slow.t 1 s"), "the slowest file is named first", result)

    # A result is printed when there is one, not at the end: the lines with "ok", and how long before the last each came.
    with subprocess.Popen(["tools/check.sh", tmp], env=clean_environment({"TESTS": "quick slow"}), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as proc:
        came = [time.monotonic() for line in proc.stdout if re.search(r"\.t \.+ ok", line)]
    ok(len(came) == 2 and came[1] - came[0] > 0.6, "the quick file's line comes before the slow one has ended", came)

    result = check(tmp, "quick", "red")
    ok(result.status == 1 and "Result: FAIL" in result.out, "a red result: status 1", result)

    report = os.path.join(tmp, "results.xml")
    if shutil.which("tap2junit"):
        result = check(tmp, "quick", "red", JUNIT=report)
        suites = {s.get("name"): (s.get("tests"), s.get("failures")) for s in ElementTree.parse(report).getroot()}
        equal(sorted(suites.values()), [("1", "0"), ("2", "1")], "JUNIT=: a test suite for each file, with its failures", suites)
    else:
        skip("JUNIT=", "tap2junit is not installed")
    one_line(check(tmp, "quick", JUNIT="/nonexistent/x.xml"), "JUNIT=/nonexistent/x.xml: cannot be written", "a file that cannot be written")
done()
