#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make qemu-invlpgb: what it has built, and what it says where it cannot."""
import os
import shutil
import tempfile

from patched import QEMU, need_patched
from hosttest import TOP, clean_environment, done, equal, ok, patient, run

need_patched()
before = os.stat(QEMU).st_mtime_ns
result = run(["make", "qemu-invlpgb"], timeout=60)
ok(result.status == 0 and "up to date" in result.err and result.seconds < patient(10), "a second time: nothing to do", result)
equal(os.stat(QEMU).st_mtime_ns, before, "and nothing done")
ok("invlpgb.patch" in run([QEMU, "--version"]).out, "its version says that it is patched")

# A copy of what it needs, in which it has not been built yet.
with tempfile.TemporaryDirectory() as tmp:
    for part in ("tools", "Makefile"):
        copy = shutil.copytree if os.path.isdir(part) else shutil.copy
        copy(part, os.path.join(tmp, part))
    build = os.path.join(tmp, "tools/qemu/build.sh")

    # Not root, and apt-get not set up for it: the command that would do, status 2.
    path = os.path.join(tmp, "bin")
    os.mkdir(path)
    for tool in ("id", "ninja", "meson", "apt-get"):
        body = {"id": "echo 1000"}.get(tool, f"echo {tool} was called >&2; exit 1")
        if tool in ("ninja", "meson"):
            continue
        with open(os.path.join(path, tool), "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{body}\n")
        os.chmod(os.path.join(path, tool), 0o755)
    env = {"PATH": f"{path}:{clean_environment()['PATH']}", "PKG_CONFIG_LIBDIR": "/nonexistent"}
    result = run([build], env)
    said = [line for line in result.err.splitlines() if "apt-get install" in line]
    ok(result.status == 2 and len(said) == 1 and "libglib2.0-dev" in said[0] and "was called" not in result.err,
       "not root, without GLib: the one command, status 2", result)

    # The mirror cannot be reached.
    result = run([build], {"PATH": env["PATH"]})
    ok(result.status == 2 and result.err.rstrip().splitlines()[-1].startswith("qemu-invlpgb: fetching") and
       "failed" in result.err, "nothing to be had from the mirror: says so, status 2", result)

    # A patch that does not fit.
    source = os.path.join(TOP, "build/qemu-invlpgb/source")
    shutil.copytree(source, os.path.join(tmp, "build/qemu-invlpgb/source"), dirs_exist_ok=True)
    patch = os.path.join(tmp, "tools/qemu/invlpgb.patch")
    with open(patch, encoding="utf-8") as file:
        text = file.read()
    with open(patch, "w", encoding="utf-8") as file:
        file.write(text.replace(" CPUID_EXT_FMA)", " CPUID_EXT_FNORD)"))
    result = run([build], {"PATH": env["PATH"]})
    ok(result.status == 2 and "unpacking and patching: failed" in result.err, "a patch that does not fit", result)
done()
