#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""After a red run of make run: a command that shows the failure again, bit for bit.

usage: again.py LOG IMAGE [SECONDS]

LOG is the log that run.sh has kept. A run of the torture under TCG whose instructions were not counted is not the
same twice. So runs with the same options and DETERMINISTIC=1 are tried, with its seed and those that follow, for
SECONDS (60): the first that fails with the same signature (tools/failure.py), or else the first that fails. That one is
run again; the two logs have to be equal. Always ends with status 1, the run's, or 130 if it is interrupted.
"""
import os
import re
import shlex
import signal
import subprocess
import sys
import time

import failure

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
SECONDS = 60
# Of the run that failed, and not of one that counts instructions; or of how it is shown.
DROPPED = ("SEED", "DETERMINISTIC", "TCG", "ACCEL", "TIMEOUT", "SVG", "TRACE", "GDBPORT", "IMAGE")
DEFAULTS = {"FIRMWARE": "direct", "FLAVOUR": "debug", "RUN": "torture"}


class CannotRun(Exception):
    """No run with these options and DETERMINISTIC=1; says why."""


def say(text):
    print(f"run.sh: {text}", file=sys.stderr, flush=True)


class Progress:
    """One line: on a terminal it is kept up to date."""

    def __init__(self, text):
        self.text = text
        if not sys.stderr.isatty():
            say(text)

    def now(self, detail):
        if sys.stderr.isatty():
            print(f"\rrun.sh: {self.text}: {detail}\033[K", end="", file=sys.stderr, flush=True)

    def end(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


class Search:
    """@words: VARIABLE=value of run.sh, without a seed."""

    def __init__(self, words, image):
        self.words, self.image = words, image

    def run(self, seed, seconds):
        """(status, serial log) of the run, or None if it takes longer."""
        env = {k: v for k, v in os.environ.items() if k not in (*DROPPED, "V")}
        command = ["./run.sh", *self.words, f"SEED={seed:#x}", "DETERMINISTIC=1", f"IMAGE={self.image}"]
        with subprocess.Popen(command, cwd=TOP, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, errors="replace") as proc:
            try:
                out, err = proc.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                return None
            finally:
                proc.terminate()
                proc.wait()
        if proc.returncode == 2:
            raise CannotRun(err.strip().splitlines()[-1] if err.strip() else "it cannot be run")
        return proc.returncode, out

    def red(self, seed, signature, seconds):
        """(seed, its log, has it that signature) of the best run that fails, or None."""
        best, began = None, time.monotonic()
        progress = Progress(f"looking for a run that repeats bit for bit, {seconds} s at most")
        try:
            while time.monotonic() < began + seconds:
                left = began + seconds - time.monotonic()
                progress.now(f"seed {seed:#x}, {seconds - left:.0f} s")
                found = self.run(seed, left)
                if found and found[0] == 1:
                    same = failure.of_log(found[1], 1).signature == signature
                    best = (seed, found[1], same) if same or not best else best
                    if same:
                        break
                seed += 1
        finally:
            progress.end()
        return best

    def command(self, seed):
        """What a person types."""
        shown = [word for word in self.words if DEFAULTS.get(word.split("=", 1)[0]) != word.split("=", 1)[1]]
        return shlex.join(["make", "run", *shown, f"SEED={seed:#x}", "DETERMINISTIC=1"])


def options_of(first_line):
    """{variable: value}: run.sh's first line of a log."""
    return dict(word.split("=", 1) for word in shlex.split(first_line)[2:])


def words_of(options):
    """Without what does not matter; MEM= is left out where run.sh takes as much by itself."""
    smp = int(options["SMP"])
    if options.get("MEM") == str(256 if smp <= 64 else smp * 4):
        options = {k: v for k, v in options.items() if k != "MEM"}
    return [f"{k}={v}" for k, v in options.items() if k not in DROPPED]


def main(log, image, seconds=SECONDS):
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read().replace("\r", "")
    options = options_of(text.splitlines()[0])
    banner = re.search(r"^# job torture, seed=(0x[0-9a-f]+), options:.* host=\S*?,(\S+) ", text, re.M)
    if not banner or options.get("DETERMINISTIC"):
        return  # no torture, or the summary's command repeats it
    if banner.group(2) == "kvm":
        say("it cannot be repeated bit for bit: KVM counts no instructions; ACCEL=tcg DETERMINISTIC=1 is another run, which can")
        return
    search = Search(words_of(options), image)
    try:
        best = search.red(int(banner.group(1), 16), failure.of_log(text, 1).signature, seconds)
        if not best:
            say(f"no run with DETERMINISTIC=1 failed within {seconds} s; more seeds: make campaign")
            return
        seed, first, same = best
        again = search.run(seed, None)
    except CannotRun as why:
        say(f"it cannot be repeated bit for bit: {why}")
        return
    if again != (1, first):
        say(f"not the same twice, which is a bug of DETERMINISTIC=1: {search.command(seed)}")
        return
    if not same:
        say(f"another failure than this one: {failure.of_log(first, 1).title}")
    say(f"again, bit for bit: {search.command(seed)}")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main(*sys.argv[1:3], *map(int, sys.argv[3:]))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(1)
