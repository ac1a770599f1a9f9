# SPDX-License-Identifier: GPL-2.0
"""Machine code of a source file, as the bench flavour compiles it or against changed headers."""
import os
import subprocess


def flags(source):
    """The compiler's command line for @source in the bench flavour, from make itself."""
    target = f"build/bench/{source}.o"
    out = subprocess.run(["make", "-n", "V=1", "FLAVOUR=bench", "-W", source, target],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False).stdout
    lines = [line for line in out.splitlines() if f"-o {target}" in line]
    return lines[-1].split() if lines else None


def text(command, source, include, tmp):
    """Disassembled code and constants of @source, compiled with @include before all others."""
    obj = os.path.join(tmp, "x.o")
    words = [w for w in command if w not in ("-MMD", "-MP", "-g", "-Werror")] + ["-w"]
    words[words.index("-o") + 1] = obj
    words[1:1] = ["-I", include] if include else []
    subprocess.run(words, check=True)
    return subprocess.run(["objdump", "-dr", "--no-show-raw-insn", "-j", ".text", "-j", ".text.hot", obj],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.split(b"\n", 2)[2]
