#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Programs that nobody wrote: what must hold for each of them turns red when it does not hold, and pairs are green."""
import re
import shutil
import tempfile

from hosttest import done, equal, ok, run_merged, sources

EXPLORE = "build/model/explore"

status, out = run_merged(["make", "-s", EXPLORE], 300)
ok(status == 0, "the explorer is built", out)

# Each rule, and a planted bug that only it can see.
RULES = (
    ("pairs_old_load", "dontneed:load_table", r"as-if: CPU1 load_table: result 1 is 262, not 0"),
    ("pairs_unmap_busy", "munmap_table:protect_table", r"as-if: page 6 of A is 0x106 read-only, .*, not empty, .*"),
    ("pairs_keep_page", "gup_table:split", r"left: 1 frames"),
    ("pairs_keep_lock", "gup_two:move_page", r"scenario: held\(\) <= held_before is false at .*"),
    ("pairs_pin_clean", "gup_dirty:write_out", r"as-if: page 0 of file 0: has 0x601, on disk 0x200, not: has 0x601, on disk 0x601"),
    ("pairs_free_dirty", "gup_dirty:reclaim", r"as-if: page 0 of file 0: has not 0, on disk 0x200, not: has not 0, on disk 0x601"),
    ("pairs_wrong_locks", "move_page:nmi_two", r"locks: move_page holds what it does not declare: mmap_lock write"),
    ("tlbbatch_no_gen", "load_file:reclaim", r"hardware: CPU\d uses page 0x\w+, which is free"),
    ("tlbbatch_no_flush", "load_file:reclaim", r"hardware: CPU\d uses page 0x\w+, which is free"),
    # A bug of the kernel that no oracle sees, as no page is freed.
    ("tlb_no_remote", "protect_table:store_table", r"as-if: an operation has not seen one that ended before it began"),
)
for bug, program, says in RULES:
    status, out = run_merged([EXPLORE, "--busted", bug, program, "ipi.receipt-mmcpus"], 60)
    red = re.search(r"^not ok 1 .* # red .*\n#   (.*)$", out, re.M)
    ok(status == 1 and red and re.fullmatch(says, red.group(1).split(" (and")[0]), f"{bug}: {program} is red", out[-2000:])
    replay = re.search(r"^# replay (\S+)$", out, re.M)
    status, story = run_merged([EXPLORE, "--busted", bug, program, "ipi.receipt-mmcpus", replay.group(1) if replay else ""], 60)
    ok(status == 1 and red and red.group(1) in story and "CPU0" in story, f"{bug}: its schedule, replayed", story)
    status, out = run_merged([EXPLORE, program, "ipi.receipt-mmcpus"], 60)
    ok(status == 0 and "complete=yes" in out, f"{program} without the bug: never red", out[-2000:])
    status, out = run_merged([EXPLORE, "--states", program, "ipi.receipt-mmcpus"], 60)
    ok(status == 0 and re.search(r"states=\d+ .*complete=yes", out), f"{program} by states: never red", out[-2000:])
    status, out = run_merged([EXPLORE, "--states", "--busted", bug, program, "ipi.receipt-mmcpus"], 60)
    red = re.search(r"^not ok 1 .* # red .*states=.*\n#   (.*)$", out, re.M)
    ok(status == 1 and red and re.fullmatch(says, red.group(1).split(" (and")[0]), f"{bug} by states: {program} is red", out[-2000:])
    replay = re.search(r"^# replay (\S+)$", out, re.M)
    status, story = run_merged([EXPLORE, "--states", "--busted", bug, program, "ipi.receipt-mmcpus", replay.group(1) if replay else ""], 60)
    ok(status == 1 and red and red.group(1) in story, f"{bug} by states: its schedule, replayed", story)

# More traces than are searched one by one: its states.
status, out = run_merged([EXPLORE, "dontneed:dontneed", "ipi.receipt-mmcpus"], 60)
ok(status == 0 and re.search(r"states=\d+ .*complete=yes", out), "a program of many traces ends by its states", out[-2000:])
status, out = run_merged([EXPLORE, "--states", "--seconds", "0.1", "exit:unshare_two", "ipi.receipt-mmcpus"], 60)
cut = re.search(r"states=(\d+) .*complete=no estimated=(\d+) .*: not complete: time limit$", out, re.M)
ok(status == 1 and cut and int(cut.group(1)) < int(cut.group(2)),
   "a search of states that is cut: with an estimate of the whole", out[-2000:])

# Of each operation: 29-pairs-results.t.
OF_EACH = {"pairs_only_says", "pairs_says_first"}
equal(OF_EACH | {bug for bug, _, _ in RULES if re.match("pairs_|tlbbatch_", bug)},
      {bug for bug in re.findall(r"^DEFINE_BUSTED\((\w+),", sources("arch", "tests/pairs"), re.M)
       if re.match("pairs_|tlbbatch_", bug)}, "every planted bug of what only programs do is red here")

for args, says in ((("load_one:nonsense",), "an unknown operation"), (("load_one:load_two", "nonsense"), "no such case"),
                   (("exit:load_three",), "an mm that another one ends"), (("--family", "nonsense"), "no such family"),
                   (("--family", "pairs", "--case", "nonsense"), "has a case of that name")):
    status, out = run_merged([EXPLORE, *args], 10)
    ok(status == 2 and says in out and len(out.splitlines()) == 1, f"{' '.join(args)}: one line, status 2", out)

# A part of `make explore PAIRS=1`. What earlier runs have found does not count.
kept = tempfile.mkdtemp(prefix="shootdown-pairs.")
script = ["make", "-s", "explore", "PAIRS=1"]
status, out = run_merged([*script, "BUDGET=25", f"APPEND=--results {kept} --family pairs --case ipi.receipt-mmcpus --seconds 0.05"], 100)
line = re.search(r"^pairs ipi.receipt-mmcpus: (\d+) programs.*, \d+ schedules, .*, 0 red, (\d+) not complete, .* 0 without a verdict", out, re.M)
ok(status == 0 and line, "every pair: none is red", out[-3000:])
if line:
    programs, cut = int(line.group(1)), int(line.group(2))
    ok(programs > 100 and cut < programs / 4, f"{programs} pairs, {cut} of them not complete")
    equal(len(re.findall(r"^#   not complete: ", out, re.M)), cut, "those that are not complete are listed")
status, out = run_merged([*script, "BUDGET=10", "SEED=7", f"APPEND=--results {kept} --family rows --case invlpgb.receipt+hw --seconds 0.05"], 60)
ok(status == 0 and re.search(r"^rows invlpgb.receipt\+hw: \d+ programs of a sample, .* 0 red", out, re.M), "some rows: none is red", out[-3000:])
shutil.rmtree(kept)
done()
