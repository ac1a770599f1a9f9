#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every command in the documents is run by a test: here, shortened where it takes long; by the test file that ELSEWHERE
names; or not at all, for the reason that NOT_HERE gives. One in none of these tables is red."""
import concurrent.futures
import glob
import os
import re
import shlex
import tempfile

from hosttest import done, equal, image_built, machine, need_kernel, ok, patient, read, run, write

DOCUMENTS = sorted(["README.md", "CONTRIBUTING.md", *glob.glob("docs/*.md"), *glob.glob("tests/**/*.md", recursive=True)])

# Programs of this tree, also in backquotes. A path alone is a file that is spoken of: 08-docs.t.
OURS = re.compile(r"(?:[A-Z_]+=\S+ )*(?:taskset \S+ \S+ )?(?:make(?= |$)|\./run\.sh(?= |$)|tools/[\w/-]+\.(?:sh|py)(?= )|build/[\w/-]+/edited/explore|build/(?:model/explore|explore/litmus)(?= |$)).*")
# Others, in blocks.
OTHERS = re.compile(r"(?:dd|stty|cat|ipmitool|git|apt-get|sudo|ssh|scp|gdb|cp|mount) .*")


def commands_of(text):
    """The commands of a document: lines of its blocks, and what stands in backquotes; "&&", ";" and "|" part them."""
    fence = r"^```[a-z]*\n(.*?)^```$"
    prose = re.sub(fence, "", text, flags=re.S | re.M)
    lines = [line for block in re.findall(fence, text, re.S | re.M) for line in block.splitlines()]
    lines += re.findall(r"^(?: {4}|\t)(.+)$", prose, re.M)
    for line, wanted in [(line, (OURS, OTHERS)) for line in lines] + [(code, (OURS,)) for code in re.findall(r"`([^`]+)`", prose)]:
        line = re.sub(r"^(?:\$|- run:|-) | # .*| >\S+", "", " ".join(line.split()) + " ").strip()
        for part in (part.strip() for part in re.split(r"&&|;|\|", line)):
            if any(pattern.fullmatch(part) for pattern in wanted):
                # NAME= and NAME=..., where the reader is to say what.
                yield re.sub(r"=(?= |$)", "=...", part)


## What is run here

# What a reader puts in place of these words: whole words or values.
FILLED = {
    "SCENARIO=...": "SCENARIO=collapse_vs_gup", "CASE=...": "CASE=invlpgb-nmi.never", "REPLAY=...": "REPLAY=b9a20jb6a25",
    "SCENARIO=unmap_vs_gup": "SCENARIO=zap_vs_gup", "CASE=early-free": "CASE=invlpgb-nmi.early-free", "REPLAY=STRING": "REPLAY=a",
    "SCENARIO": "zap_vs_gup", "unmap_vs_gup": "zap_vs_gup", "SVG=history.svg": "SVG={tmp}/history.svg",
    "APPEND=busted=NAME": "APPEND=busted=tlb_no_remote", "SEEDS=1..40": "SEEDS=1..1", "HOURS=2": "HOURS=0.0005",
    "LOG": "{tmp}/serial.log", "PROGRAM": "'x=1 a=y | y=1 b=x'", "FILE...": "{tmp}/SB.litmus", "SB.litmus": "{tmp}/SB.litmus",
}
FILES = {
    "configs": "SMP=1 RUN=list\n",
    "serial.log": "KTAP version 1\n1..1\nok 1 x\n",
    "SB.litmus": """X86 SB
{ x=0; y=0; }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)
""",
}
NUMBER = r"=(?:0x)?[0-9a-f]+"
# A pattern of whole commands; what is added to shorten them; which status is right; what they print.
KINDS = {"POLICY": "policy", "OPS": "op", "FLUSH": "flush"}
SHORT, LIST, LISTED = f"DURATION={patient(1)}", "RUN=list", r"^# list: job unit"
HERE = (
    (r"make help", "", (0,), r"^  run  "),
    (r"\./run\.sh --help", "", (0,), r"^usage: "),
    (r"\./run\.sh --dry-run", "", (0,), r"-kernel"),
    (r"(?:make run|\./run\.sh)", f"{SHORT} POLICY=broadcast", (0,), r"^zap "),
    (rf"make run SMP{NUMBER}(?: OPS=\w+)?", f"{SHORT} POLICY=broadcast", (0,), r"^(?:unshare|zap) "),
    (r"make run FLUSH=sometimes-ipi", f"{SHORT} POLICY=broadcast", (0,), r"flush=sometimes-ipi"),
    (r"make run (?:POLICY=broadcast )?APPEND=nmi=temp", SHORT, (0,), r"^zap "),
    (r"make run SMP=4 TRACE=1", f"{SHORT} POLICY=broadcast", (0,), r"build/traces/\S+\.json"),
    (r"make run RUN=list", "", (0,), r"^# list: job unit"),
    (r"make run RUN=unit TESTS=\w+", "", (0,), r"^ok 1 "),
    # They may end red, and then a run that repeats it is looked for: the kernel takes their options, and lists its parts.
    (r"make run SMP=(?:4|8) (?:INVLPGB=1 POLICY=never|POLICY=never INVLPGB=1)(?: SVG=history.svg)?", LIST, (0,), LISTED),
    (r"make run SMP=4 POLICY=receipt OPS=unshare APPEND=nmi=temp", LIST, (0,), LISTED),
    (rf'make run SMP=4 SEED{NUMBER} POLICY=implied DURATION=25 APPEND="mask=eager oracles=tlbshadow"', LIST, (0,), LISTED),
    (r"make run APPEND=busted=NAME", LIST, (0,), LISTED),
    (r"taskset -c 0,1 make run SMP=8 FLUSH=pv", LIST, (0,), LISTED),
    (rf"make run FLAVOUR=bench RUN=bench SMP{NUMBER}", "BENCH=walk APPEND=slice=1", (0,), r"# done|walk"),
    (r"make explore SCENARIO=(?:\.\.\.|collapse_vs_gup)(?: CASE=\S+)?(?: REPLAY=\S+)?(?: SVG=\S+)?", "", (0, 2), r"needs:|^ok 1 |CPU0 "),
    (r"make explore SCENARIO=collapse_vs_gup CASE=ipi.broadcast REPLAY=a TRACE=1", "", (0,), r"build/traces/\S+\.json"),
    (r"make explore SCENARIO=targeted_vs_gup CASE=weak\+tso", "", (0,), r"store buffer"),
    (r"make explore SCENARIO=unmap_vs_gup", "CASE=ipi.broadcast", (0,), r"^ok 1 "),
    (r"make explore SCENARIO=unmap_vs_gup CASE=early-free REPLAY=STRING", "", (0, 2), r"CPU0 "),
    (r'make explore APPEND="--preemptions 2"', "SCENARIO=zap_vs_gup CASE=ipi.broadcast", (2,), r"complete=no"),
    (r"make explore SCENARIO=munmap_part,load_table:collapse CASE=ipi.broadcast", "APPEND='--seconds 1'", (0, 2), r"^(?:not )?ok 1 "),
    (r"build/model/explore(?: --check (?:2|30))? (?:unmap_vs_gup|SCENARIO)", "ipi.broadcast", (0,), r"^ok 1 "),
    (r"build/model/explore --alone", "", (0,), r"."),
    (r"make build/explore/litmus", "", (0,), r""),
    (r"build/explore/litmus (?:FILE\.\.\.|SB\.litmus)", "", (0,), r"^Observation SB Sometimes 1 3$"),
    (r"build/explore/litmus -p PROGRAM", "-s ab -t", (0,), r"^ab: 00 01 10 11$"),
    (r"make campaign SEEDS=1\.\.40", "CONFIGS={tmp}/configs", (0,), r"1 runs?|none failed|0 failed"),
    (r"make soak(?: HOURS=2)?", "HOURS=0.0005 CONFIGS={tmp}/configs", (0,), r"runs?"),
    (r"tools/ktap\.py LOG", "", (0,), r"^ok 1"),
)

## What other files run: a pattern of whole commands, the file, and what it has to contain.

PAIRS_BY_NAME = r"make explore PAIRS=1(?: \[SEED=N\] \[BUDGET=SECONDS\])?"
ELSEWHERE = (
    (r"make explore", "22-explore.t", '["build/model/explore", "--all"'),
    (r"make explore-all", "22-explore.t", '["build/model/explore", "--all"'),
    (r"make explore SCENARIO=\.\.\. CASE=\.\.\. REPLAY=\.\.\. GDB=1", "22-explore.t", '[*make, "GDB=1"]'),
    (r"build/explore/litmus", "22-explore.t", '["build/explore/litmus"]'),
    (r"build/model/explore(?: --jobs 2)?", "32-linux-pairs.t", '["build/model/explore", "--jobs", "2"]'),
    (r"build/model/explore --check WALKS \[SCENARIO \[CASE\]\]", "22-explore.t", '["build/model/explore", "--check", "2", scenario]'),
    (r"build/model/explore --trace FILE unmap_vs_gup ipi\.broadcast", "24-metal.t", '["build/model/explore", "--trace", file.name, scenario, case]'),
    (r"make explore METAL=1(?: SCENARIO=unmap_vs_gup SMP=4)?", "24-metal.t", '["make", "-s", "explore", "METAL=1", "SMP=4"'),
    (r"make explore (?:RACES|SANITIZE)=1", "25-races.t", '["make", "-s", variable, program]'),
    (PAIRS_BY_NAME, "29-pairs.t", '[*script, "BUDGET=10", "SEED=7"'),
    (r"make explore PAIRS=1 HOSTS=machines", "29-pairs-hosts.t", '["make", "-s", "explore", "PAIRS=1", f"HOSTS={path}"'),
    (r"make explore LINUX=(?:DIR|\.\.\.|debian:trixie-backports)", "30-linux.t", '["make", "explore", f"LINUX={TREE}"]'),
    (r"make explore LINUX=DIR SCENARIO=linux_\w+(?: CASE=\S+)?", "../host-linux/10-bookworm.t", '["make", "explore", f"LINUX={TREE}", "SCENARIO=linux_'),
    (r"make explore LINUX=DIR LINUX_COCCI=\S+(?: SCENARIO=\w+ CASE=\S+)?", "../host-linux/01-rules.t", "built(LINUX_COCCI="),
    (r"(?:make explore LINUX=DIR|LINUX=base) LINUX_PATCH=\S+(?: tools/linux/explore\.sh)?", "31-linux-patch.t", '{"LINUX": TREE, "LINUX_PATCH": series}'),
    (r"git -C linux .*", "29-linux-tree.t", "What a build bot runs on a branch"),
    (r"tools/linux/build\.sh build/linux-HASH EDITED", "30-linux.t", '["tools/linux/build.sh", DIR, folder]'),
    (r"build/linux-HASH/edited/explore", "30-linux.t", '[f"{DIR}/edited/explore"'),
    (r"tools/linux/pairs\.py ours\.tap build/linux-HASH/explore\.tap", "32-linux-pairs.t", '["tools/linux/pairs.py", *files]'),
    (r"make run RUN=unit", "10-unit.t", 'RUN="unit"'),
    (rf"make run SEED{NUMBER} DETERMINISTIC=1", "14-determinism.t", "DURATION=1, DETERMINISTIC=1"),
    (r"make run SAN=1", "33-san.t", 'boot(IMAGE=SAN_IMAGE, SMP=4'),
    (r"make run FLAVOUR=bench RUN=bench BENCH=walk SMP=3 DETERMINISTIC=1 APPEND=slice=1", "19-bench.t",
     'SMP=3, BENCH="unshare,storm,walk", SEED=1, DETERMINISTIC=1, APPEND="slice=1"'),
    (rf"make debug(?: APPEND=watchdog=0| SMP=8 POLICY=never INVLPGB=1 SEED{NUMBER} DETERMINISTIC=1)?", "17-gdb.t", '["make", "debug"]'),
    (r"make gdb", "17-gdb.t", '"-x", "tools/gdb/shootdown.gdb"'),
    (r"make iso", "18-iso.t", '["make", "iso"]'),
    (r"make iso FLAVOUR=bench", "18-iso.t", '["make", "iso", "FLAVOUR=bench"]'),
    (r"make lint", "00-lint.t", '["tools/lint.sh", check]'),
    (r"tools/lint\.sh (?:names|words|barriers|hooks)", "00-lint.t", '["tools/lint.sh", check]'),
    (r"make matrix(?: SMP=8)?", "21-matrix.t", '["tools/matrix.py"'),
    (rf"make bench(?: SMP{NUMBER})?(?: FLUSH=ipi| BENCH=unshare,raw)?", "19-bench.t", '["make", "bench"]'),
    (r"make bench-check", "19-bench.t", '["make", "bench-check"]'),
    (r"make bench-model", "35-results.t", '["make", "bench-model"]'),
    (r"make bench-report(?: SMP=(?:16|\$\(nproc\)))?", "35-results.t", '["make", "bench-report"]'),
    (r"make plots", "35-results.t", '["make", "plots"]'),
    (r"tools/bench_report\.py LOG\.\.\.", "35-results.t", '["tools/bench_report.py", place('),
    (r"make bench-linux(?: SMP=4)?", "33-bench-linux.t", '["make", "bench-linux"]'),
    (r"make bench-linux KERNEL=(?:bzImage|before/bzImage,bzImage)", "33-bench-linux.t", '"KERNEL": kernel'),
    (r"make mutants(?: MUTANTS='mm-\*')?|tools/mutants\.py --(?:killer explore|rules)", "31-mutants.t", '"tools/mutants.py"), *options], {"MUTANTS": pattern}'),
    (r"make campaign SEEDS=\S+ CONFIGS=my-configs HOSTS=my-hosts", "34-campaign.t", '"--hosts"'),
    (r"tools/trace\.py serial\.log build/traces/mine", "35-trace.t", '["tools/trace.py", f"{work}/log"'),
    (r"make check JUNIT=results\.xml", "05-check.t", "JUNIT=report"),
)

## What no test of make check runs, and why.

NETWORK, HARDWARE = "fetches packages of Debian", "a real machine"
NOT_HERE = (
    (r"make check", "it runs this"),
    (r"make check-(?:kvm|linux|invlpgb|bochs)|make (?:bochs|qemu-invlpgb)", f"{NETWORK}, and takes minutes"),
    (r"make check-debian13|tools/chroot-check\.sh trixie", f"{NETWORK}, as root"),
    (r"make run QEMU=build/qemu-invlpgb/qemu-system-x86_64 INVLPGB=hw", "the QEMU of make qemu-invlpgb: tests/host-invlpgb"),
    (r"make bench-linux LINUX=debian:trixie-backports", NETWORK),
    (r"tools/bench\.py check --update", "changes the tree"),
    (r"apt-get .*", NETWORK),
    (r"dd if=build/shootdown\.iso .*|stty .*|cat /dev/ttyUSB0|ipmitool .*", HARDWARE),
)


def matching(table, command):
    return [row for row in table if re.fullmatch(row[0], command)]


def check_file(command):
    """The file that "make check TESTS=NAME" of a document would run, which make check runs as well."""
    named = re.fullmatch(r"make check(-\w+)? TESTS=([\w-]+)", command)
    return named and f"tests/host{named.group(1) or ''}/{named.group(2)}.t"


def places(command):
    """Why this command is run, or is not: as many reasons as there are; one is right."""
    if check_file(command):
        return ["make check"] if os.path.exists(check_file(command)) else []
    return [row for table in (HERE, ELSEWHERE, NOT_HERE) for row in matching(table, command)]


def outright(command, add, tmp):
    """Runs a command of a document, shortened, and filled in: its result."""
    words = re.findall(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""", command)
    line = " ".join([*(FILLED.get(word, word) for word in words), add])
    line = line.replace("{tmp}", tmp)
    # A variable that is given twice has its last value.
    words = {re.sub("^([A-Z_]+)=.*", r"\1=", word): word for word in shlex.split(line)}
    with machine():
        result = run(list(words.values()), timeout=60)
    return line, result


def judged(command, row, tmp):
    """Runs it: (whether it ended as the table says, what to print if not)."""
    _, add, statuses, says = row
    line, result = outright(command, add, tmp)
    good = result.status in statuses and re.search(says, result.out + result.err, re.M)
    if says == LISTED:
        # Names that only the job itself would look for.
        for kind, names in re.findall(r"(POLICY|OPS|FLUSH)=(\S+)", line):
            listed = re.findall(rf"^# list: {KINDS[kind]} (\S+)", result.out, re.M)
            good = good and set(names.split(",")) <= set(listed)
    return good, f"{line}\n{result}"


COMMANDS = {}
for path in DOCUMENTS:
    for found in commands_of(read(path)):
        COMMANDS.setdefault(found, set()).add(path)
ok(len(COMMANDS) > 80, "the documents have commands", len(COMMANDS))
for command, where in sorted(COMMANDS.items()):
    equal(len(places(command)), 1, f"{command}: in one table ({', '.join(sorted(where))})", places(command))
for row in (*HERE, *ELSEWHERE, *NOT_HERE):
    ok(any(re.fullmatch(row[0], command) for command in COMMANDS), f"{row[0]}: some document has it")
for _, name, contains in ELSEWHERE:
    ok(contains in read(f"tests/host/{name}"), f"{name} contains {contains}")

need_kernel("torture")
for flavour in ("debug", "bench"):
    equal(image_built(flavour), None, f"the {flavour} image")
ok(run(["make", "-s", "build/model/explore", "build/explore/litmus"], timeout=600).status == 0, "the explorer, the litmus tests")
with tempfile.TemporaryDirectory() as scratch:
    for name, text in FILES.items():
        write(os.path.join(scratch, name), text)
    runs = [(command, row) for command in sorted(COMMANDS) for row in matching(HERE, command)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for (command, row), (good, said) in zip(runs, pool.map(lambda r: judged(*r, scratch), runs)):
            ok(good, f"{command}: {row[1] or 'as it is'}", said)

    # And each of these checks can fail.
    DOCUMENT = "Text.\n\n    make nonsense # and why\n\n```\n$ ./run.sh --nonsense && make explore NONSENSE=1\n```\nSee `tools/lint.sh nonsense`, not tools/lint.sh."
    planted = list(commands_of(DOCUMENT))
    equal(planted, ["./run.sh --nonsense", "make explore NONSENSE=1", "make nonsense", "tools/lint.sh nonsense"], "the commands of a document")
    equal([command for command in planted if places(command)], [], "unknown ones are in no table")
    equal(places("make check TESTS=99-nonsense"), [], "nor is a file that is not there")
    for wrong in ("make run SPM=4", "make explore SCENARIO=nonsense", "make run RUN=unit TESTS=nonsense"):
        good, said = judged(wrong, (wrong, "", (0,), ""), scratch)
        ok(not good, f"{wrong}: run, and red", said)
done()
