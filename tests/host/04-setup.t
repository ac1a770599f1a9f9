#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tools/setup.sh on machines that lack something, made of a PATH with little in it."""
import os
import shutil
import tempfile

from hosttest import TOP, done, equal, ok, run

SETUP = os.path.join(TOP, "tools/setup.sh")
BASE = ("sh", "dirname", "basename", "cut", "sort", "tr", "sed", "grep", "cat", "mktemp", "rm", "find",
        "touch", "chmod", "env")


def host(tmp, tools, uid, apt=None, release="ID=debian\n"):
    """A directory to serve as PATH; returns the environment."""
    path = os.path.join(tmp, "bin")
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    for tool in BASE:
        os.symlink(shutil.which(tool), os.path.join(path, tool))
    scripts = {"id": f"echo {uid}", **{tool: "exit 0" for tool in tools}}
    if apt is not None:
        scripts["apt-get"] = f'echo "$DEBIAN_FRONTEND $*" >>{tmp}/apt.log\n{apt}'
    for name, body in scripts.items():
        with open(os.path.join(path, name), "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{body}\n")
        os.chmod(os.path.join(path, name), 0o755)
    with open(os.path.join(tmp, "os-release"), "w", encoding="utf-8") as file:
        file.write(release)
    with open(os.path.join(tmp, "apt.log"), "w", encoding="utf-8"):
        pass
    return {"PATH": path, "QEMU": "", "OS_RELEASE": os.path.join(tmp, "os-release")}


def apt_log(tmp):
    with open(os.path.join(tmp, "apt.log"), encoding="utf-8") as file:
        return file.read()


BUILD = ("gcc", "ld", "as", "nm", "objcopy", "make")
with tempfile.TemporaryDirectory() as tmp:
    env = host(tmp, (*BUILD, "qemu-system-x86_64"), 0, "exit 1")
    result = run([SETUP, "build", "qemu"], env)
    ok(result.status == 0 and not result.err and not apt_log(tmp), "nothing missing: not a word", result)

    env = host(tmp, BUILD, 0, f'case $* in *" install "*) echo "exit 0" >{tmp}/bin/qemu-system-x86_64\n'
               f"chmod +x {tmp}/bin/qemu-system-x86_64;; esac")
    result = run([SETUP, "build", "qemu"], env)
    equal(result.status, 0, "root on Debian: installed", result)
    ok("installing" in result.err and "qemu-system-x86" in result.err, "and says what", result)
    log = apt_log(tmp)
    ok("noninteractive" in log and "--no-install-recommends" in log and " qemu-system-x86" in log and
       "gcc" not in log, "one quiet apt-get, of what is missing only", log)

    for release in ("ID=ubuntu\n", 'ID=mint\nID_LIKE="ubuntu debian"\n'):
        env = host(tmp, (), 0, "exit 0", release)
        result = run([SETUP, "build"], env)
        ok(result.status == 2 and "still not found" in result.err and " install " in apt_log(tmp),
           f"{release.split()[0]}: apt-get, and a check of what it did", result)

    env = host(tmp, BUILD, 0, "exit 100")
    result = run([SETUP, "qemu"], env)
    ok(result.status == 2 and "could not install: qemu-system-x86" in result.err, "apt-get fails", result)
    ok("update" in apt_log(tmp) and apt_log(tmp).count(" install ") == 2,
       "after another try with new lists", apt_log(tmp))

    for uid, release, who in ((1000, "ID=debian\n", "no root"), (0, "ID=fedora\n", "root on Fedora")):
        env = host(tmp, ("gcc", "make", "python3"), uid, "exit 0", release)
        result = run([SETUP, "build", "qemu", "iso", "uefi", "check", "debug"], env)
        equal(result.status, 2, f"{who}: status 2", result)
        lines = result.err.splitlines()
        for distro, command, package in (
            ("Debian", "apt-get install", " grub-common"), ("Fedora", "dnf install", " ShellCheck"),
            ("Arch", "pacman -S", " libisoburn"),
        ):
            said = [l for l in lines if distro in l and command in l]
            ok(len(said) == 1 and package in said[0], f"{who}: one command for {distro}", result)
            ok(said and " gcc" not in said[0] and "qemu" in said[0], f"{who}: {distro}: only what is missing",
               result)
        equal(apt_log(tmp), "", f"{who}: apt-get is left alone")

    env = host(tmp, (*BUILD, "qemu-system-x86_64"), 1000)
    result = run([SETUP, "build", "qemu"], env)
    equal(result.status, 0, "a direct boot needs no GRUB, no prove, no gdb", result)
    env = host(tmp, [tool for tool in BUILD if tool != "gcc"], 0, "exit 1")
    result = run([SETUP, "build"], {**env, "CC": "clang"})
    ok(result.status == 0 and not apt_log(tmp), "CC=clang: no gcc is missing", result)
    equal(run([SETUP, "nonsense"], env).status, 2, "an unknown need")
done()
