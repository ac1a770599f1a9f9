#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The host that the other tests here stand on, and run.sh on it: KVM is found, and used."""
import os
import shutil
import tempfile

import nested
from hosttest import TOP, clean_environment, done, need_kernel, ok, one_line, run

need_kernel()
result = run(["tools/kvm/fetch.sh"])
ok(result.status == 0 and not result.out + result.err, "what is fetched is not fetched again", result)

# In a tree in which nothing has been fetched yet: no apt-get, and one that has nothing to give.
with tempfile.TemporaryDirectory() as tmp:
    shutil.copytree("tools", os.path.join(tmp, "tools"))
    path = os.path.join(tmp, "bin")
    os.mkdir(path)
    for tool in ("sh", "dirname", "basename"):
        os.symlink(shutil.which(tool), os.path.join(path, tool))
    fetch = os.path.join(tmp, "tools/kvm/fetch.sh")
    one_line(run([fetch], {"PATH": path}), "has no apt-get", "no apt-get")
    for tool in ("apt-get", "apt-cache"):
        with open(os.path.join(path, tool), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho nothing to be had >&2\nexit 100\n")
        os.chmod(os.path.join(path, tool), 0o755)
    result = run([fetch], {"PATH": f"{path}:{clean_environment()['PATH']}"})
    ok(result.status == 2 and "nothing to be had" in result.err and
       result.err.rstrip().splitlines()[-1].startswith("linux: the kernel of Debian"), "no mirror: says so, status 2", result)

# A QEMU whose CPU has no SVM: said by the test itself, once.
code = f"import sys; sys.path.insert(0, '{TOP}/tests/host-kvm'); import nested; nested.Host(cpu='max,-svm').__enter__()"
result = run(["python3", "-c", code], timeout=300)
ok(result.status == 1 and "not ok 1 - a host with KVM" in result.out and "emulates no SVM" in result.err, "no SVM: red, and why", result)

with nested.Host() as host:
    result = host.guest("run=list", smp=1)
    ok(result.status == 0 and "CPUs up" in result.out and ", KVM, x2APIC" in result.out, "one vCPU: boots, x2APIC", result)
    result = host.guest("run=list apic=xapic", smp=4)
    ok(result.status == 0 and ", KVM, xAPIC" in result.out, "four vCPUs: boot, xAPIC", result)
    result = host.guest("duration=5 inject=triplefault:0", smp=1)
    ok(result.status == nested.RESET, "a guest that is reset each time: red", result)
    # There a guest takes longer to start than a machine with hardware would: ACCEL=kvm waits longer.
    result = host.run("cd /top && ./run.sh ACCEL=kvm IMAGE=/image.elf RUN=list SMP=2", 300)
    ok(result.status == 0 and "KVM (a guest started under it)" in result.out, "run.sh ACCEL=kvm: KVM", result)
    result = host.run("cd /top && ./run.sh ACCEL=auto IMAGE=/image.elf RUN=list SMP=2", 300)
    ok(result.status == 0 and "KVM (a guest started under it)" in result.out or
       "a guest started under KVM says nothing within" in result.out, "run.sh ACCEL=auto: KVM, or why not", result)
done()
