#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The checked builds of the explorer: data races (RACES=1), AddressSanitizer and UBSan (SANITIZE=1).

Each says nothing of a few quick cases, and of each bug planted for it says where it is.
"""
import os
import re
import shutil
import subprocess
import tempfile

from hosttest import TOP, done, equal, machine, ok, patient, planted_for

RACE, ASAN = "build/model-race/explore", "build/model-asan/explore"
# What only these builds see: where, and what they say.
RACES = (
    ("collapse_vs_gup", "gup_plain_pmd", "plain read, gup_fast_pmd_range mm/gup.c:"),
    ("trim_vs_flush", "tlb_plain_loaded_mm", "plain write, switch_mm_irqs_off arch/x86/mm/tlb.c:"),
    ("dontneed_vs_pin", "page_no_release", "plain write, mark_block mm/page_alloc.c:"),
    ("protect_vs_retract", "vm_flags_plain", "plain write, mm_mprotect mm/mmap.c:"),
)
REPORTS = (
    ("page_touch_after_free", "ERROR: AddressSanitizer: use-after-poison", "use-after-poison, write of size 1, free_frozen_page"),
    ("page_shift_too_far", "runtime error: shift exponent", "Shift exponent 64 .*,"),
)


def run(command, seconds, env=None):
    try:
        with machine():  # not beside what is measured
            p = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               timeout=patient(seconds), check=False, env=env)
        return p.returncode, p.stdout
    except subprocess.TimeoutExpired as e:
        return "time limit", (e.stdout or b"").decode()


def built(variable, program):
    status, out = run(["make", "-s", variable, program], 600)
    return ok(status == 0, f"{program} is built", out)


def quiet(program, scenario, case):
    """Every case of that name is as expected, and none is left out."""
    status, out = run([program, "--seconds", str(patient(120)), scenario, case], 150)
    ok(status == 0 and re.search(r"^ok \d+ .*complete=yes", out, re.M), f"{program}: {scenario} {case}: nothing", out)


def found(program, scenario, case, *said):
    status, out = run([program, "--seconds", str(patient(60)), scenario, case], 90)
    ok(status == 0, f"{program}: {scenario} {case}: red as the case expects", out)
    for what in said:
        ok(re.search(what, out), f"{program}: {scenario} {case}: {what}", out)
    return out


def replays(program, scenario, case, verdict, out):
    """The string that @out has runs the schedule again, in two columns."""
    replay = re.search(r"^# replay (\S+)$", out, re.M)
    verdict = re.search(rf"^# ({verdict}.*)$", out, re.M)
    if ok(replay and verdict and re.search(r"^# .*\| ", out, re.M), f"{case}: a replay string and two columns", out):
        status, again = run([program, scenario, case, replay[1]], 60)
        ok(status == 1 and verdict[1] in again, f"{case}: the replay string gives the same verdict", again)


equal({case for _, case, _ in RACES} | {case for case, _, _ in REPORTS}, planted_for("race", "sanitizer"),
      "every bug planted for these builds is tried")
if built("RACES=1", RACE):
    for scenario, case in (("dontneed_vs_gup", "ipi.broadcast"), ("dontneed_vs_pin", "invlpgb-nmi.never"),
                           ("collapse_vs_gup", "invlpgb.targeted"), ("wake_vs_sleep", "ipi.broadcast"),
                           ("asid_slot_vs_flush", "ipi.broadcast"), ("lazy_vs_unshare", "ipi"), ("protect_vs_share", "ipi.broadcast"),
                           ("split_vs_clean", "ipi.broadcast"), ("mmap_vs_truncate", "ipi.broadcast"), ("protect_vs_retract", "ipi.broadcast"),
                           ("leave_vs_enter", "ipi.broadcast"), ("give_vs_give", "invlpgb.broadcast")):
        quiet(RACE, scenario, case)
    place = r"(marked|plain) (read|write), \w+ [\w/]+\.c:\d+"
    both = rf"race: CPU\d {place}; CPU\d {place}"
    for scenario, case, plain in RACES:
        out = found(RACE, scenario, case, both, plain)
        replays(RACE, scenario, case, "race: ", out)
    # Red by an oracle without RACES=1, here by the race that comes before.
    for scenario, case in (("protect_vs_share", "hugetlb_flags_early"), ("stray_vs_writer", "rwsem_once")):
        found(RACE, scenario, case, both)
    # Another race than the one that a case names is none that it expects.
    for scenario, case, busted, wanted in (
            ("collapse_vs_gup", "invlpgb-nmi.never", "gup_plain_pmd", "walks"),
            ("trim_vs_flush", "tlb_trim_remote", "tlb_plain_loaded_mm", "hardware"),
            ("nomem_vs_gup", "invlpgb-nmi.early-free", "gup_plain_pmd", "an oracle")):
        status, out = run([RACE, "--busted", busted, scenario, case], 120)
        ok(status == 1 and re.search(rf"^not ok 1 .*: red, but not by {wanted}\n#   race: ", out, re.M),
           f"{scenario} {case} with {busted}: a race is not what it is red by", out)

    # Places are looked up for what is printed, not for each race that a random walk meets.
    with tempfile.TemporaryDirectory() as place:
        log, tool = os.path.join(place, "log"), os.path.join(place, "addr2line")
        with open(tool, "w", encoding="ascii") as f:
            f.write(f'#!/bin/sh\necho >>{log}\nexec {shutil.which("addr2line")} "$@"\n')
        os.chmod(tool, 0o755)
        out = run([RACE, "trim_vs_flush", "tlb_plain_loaded_mm"], 60, {**os.environ, "PATH": f"{place}:{os.environ['PATH']}"})[1]
        with open(log, encoding="ascii") as f:
            equal(len(f.readlines()), 3, "addr2line runs once for each of the verdict's two places, and once for all of the history", out)

if built("SANITIZE=1", ASAN):
    for scenario, case in (("dontneed_vs_gup", "ipi.broadcast"), ("collapse_vs_gup", "invlpgb.broadcast"),
                           ("asid_slot_vs_flush", "ipi.broadcast"), ("lazy_vs_unshare", "ipi")):
        quiet(ASAN, scenario, case)
    for case, report, place in REPORTS:
        out = found(ASAN, "dontneed_vs_gup", case, report, rf"#   sanitizer: CPU0: {place} mm/page_alloc.c:\d+\n")
        equal(out.count(report), 1, f"{case}: one report")
        replays(ASAN, "dontneed_vs_gup", case, "sanitizer: ", out)

status, out = run(["make", "explore", "RACES=1", "SANITIZE=1"], 30)
ok(status == 2 and "one at a time" in out, "RACES=1 and SANITIZE=1 at once: refused", out)
done()
