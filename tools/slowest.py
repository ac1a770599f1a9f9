#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Copies prove's lines as they come, and names the slowest files before its summary."""
import os
import re
import sys

FILE = re.compile(r"(?:\[.*\] )?(\S+\.t) \.+ ok +(\d+) ms")
SUMMARY = re.compile(r"All tests successful|Test Summary Report|Files=")
NAMED = 5

times = {}
said = False
for line in sys.stdin:
    if found := FILE.match(line):
        times[os.path.basename(found.group(1))] = int(found.group(2)) / 1000
    if times and not said and SUMMARY.match(line):
        slowest = sorted(times, key=times.get, reverse=True)[:NAMED]
        print("slowest: " + ", ".join(f"{name} {times[name]:.0f} s" for name in slowest))
        said = True
    sys.stdout.write(line)
    sys.stdout.flush()
