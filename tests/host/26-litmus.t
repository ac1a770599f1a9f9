#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""build/explore/litmus asked for outcomes: exactly those of all executions, or one line and status 2."""
import sys

from hosttest import diag, done, ok, one_line, run

LITMUS = "build/explore/litmus"

result = run(["make", "-s", LITMUS], timeout=300)
if not ok(result.status == 0, f"{LITMUS} builds", result):
    done()


## -p: one small program


def outcomes(program, show, *options):
    return run([LITMUS, "-p", program, "-s", show, *options], timeout=60)


def gives(program, show, want, *options):
    result = outcomes(program, show, *options)
    ok(result.status == 0 and result.out == f"{show}: {want}\n", f"{program[:60]}: {want[:60]}", result)


def refused(program, show, pattern, *options):
    result = outcomes(program, show, *options)
    one_line(result, pattern, f"{program[:60]}, -s {show[:20]}")
    ok(not result.out and result.err.count("\n") == 1, "and nothing else", result)


def deep(stores):
    """Four threads that store to a variable of their own and read it: one outcome, many steps."""
    names = list(zip("xyzw", "abcd"))
    return " | ".join(f"{f'{var}=1 ' * stores}{reg}={var}" for var, reg in names)


MANY = "x=1 x=2 x=3 x=4 | y=1 y=2 y=3 y=4 | a=x b=y c=x d=y e=x"


def ascending_pairs():
    """MANY's outcomes: each variable's values are read in ascending order."""
    up = range(5)
    return [f"{a}{b}{c}{d}{e}" for a in up for b in up for c in up for d in up for e in up
            if a <= c <= e and b <= d]


gives(MANY, "abcde", " ".join(ascending_pairs()), "-t")
gives(deep(30), "abcd", "1111", "-t")
gives("x=1 a=x | x=2 a=x", "0a1ax", "111 121 122 222")
gives("a=x+9 b=x+9", "bx", "9,18", "-t")
gives("a=x+9 " * 40, "x", "360")
gives("a=x+5 b=x+5", "bx", "5a")
gives("x=1 | y=1 | z=1 | w=1 | a=x b=y | c=z d=w", "abcd",
      " ".join(f"{a}{b}{c}{d}" for a in "01" for b in "01" for c in "01" for d in "01"))
gives("x=1 a=y | y=1 b=x", "ab", "00 01 10 11", "-t")

refused("x=1 a=x | x=2 a=x", "a", "register a is used by threads 0 and 1", "-t")
refused("i1 | a=x : x=1 a=x | a=y", "a", "register a is used by threads 1 and 2")
refused("x?1 a=x", "ax", "livelock in 1 of 1", "-t")
refused("l! m! m. l. a=x | m! l! l. m. b=x", "abx", "deadlock in 1 of", "-t")
refused("i9 | a=x", "a", "IPI to thread 9 of 2", "-t")
refused("w2 | a=x", "a", "IPI to thread 2 of 2")
refused("i1 | a=x : w7", "a", "IPI to thread 7 of 2")
refused("i0 : i0", "x", "not all executions: an execution is too deep", "-t")
refused("a=x " * 97, "a", "more than 96 operations")
refused("x=1 " * 40 + "| a=x", "a", "more than 32 stores wait", "-t")
refused("x=1 | " * 6 + "x=1", "x", "more than 6 threads")
refused("x=1 : a=x : b=x", "x", "two handlers")
refused("x=1 y=10", "x", "no such operation: y=10")
refused("x=1", "q", "no such register or variable")
refused("x=1", "1a", "no such register or variable")
refused("x=1", "", "nothing to show")
refused("x=1", "x" * 65, "more than 64 places")
refused("x=1 x=2 x=3 y=1 | x=4 x=5 x=6 | x=7 x=8 x=9 | a=x b=y c=x d=x | e=x f=y g=x", "x",
        "not all executions: time limit", "-t", "-T", "1")
for wrong in (["-p", "x=1", "classic"], ["-p", "x=1", "-T", "soon"], ["-n", "0"], ["-t"], ["-s", "a"], ["-q"]):
    result = run([LITMUS, *wrong], timeout=60)
    ok(result.status == 2 and not result.out and result.err, f"{' '.join(wrong)}: status 2", result)

done()
