# SPDX-License-Identifier: GPL-2.0
"""What make bench ran on, and which image: what the guest cannot know."""
import hashlib
import json
import os
import platform
import re
import subprocess

from bench_rows import TOP

NAME = "host.json"


def first(pattern, text, otherwise="unknown"):
    found = re.search(pattern, text, re.M)
    return found.group(1) if found else otherwise


def said(*command):
    """The first line that a command prints, or an empty one."""
    try:
        done = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.split("\n")[0] if done.returncode == 0 else ""


def tree():
    """{git, image}: of what is measured, or would be."""
    image = os.environ.get("IMAGE") or os.path.join(TOP, "build", os.environ.get("FLAVOUR") or "bench", "shootdown.elf")
    found = {"git": said("git", "describe", "--always", "--dirty", "--abbrev=12") or "unknown", "image": "unknown"}
    if os.path.exists(image):
        with open(image, "rb") as file:
            found["image"] = "sha256 " + hashlib.sha256(file.read()).hexdigest()
    return found


def facts():
    """All of it, as JSON."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpuinfo = file.read()
    with open(os.path.join(TOP, "run.sh"), encoding="utf-8") as file:
        qemu = said(os.environ.get("QEMU") or first(r"^default_qemu=(.*)", file.read()), "--version")
    return json.dumps({
        **tree(),
        "cpu": first(r"^model name\s*: (.*)", cpuinfo),
        "microcode": first(r"^microcode\s*: (.*)", cpuinfo),
        "cpus": os.cpu_count(),
        "virtual": bool(re.search(r"^flags\s*:.*\bhypervisor\b", cpuinfo, re.M)),
        "kernel": " ".join((platform.system(), platform.release(), platform.version())),
        "qemu": re.sub(r"^QEMU emulator version ", "", qemu) or "unknown",
    }, indent=1) + "\n"
