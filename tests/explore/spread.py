# SPDX-License-Identifier: GPL-2.0
"""Programs searched here or, by GNU parallel over ssh, on other machines; results outlive a run that is killed.

Each result is a line of JSON, in a file for each build of the explorer. What is known is not searched again.
"""
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading

LINE = re.compile(r"^(ok|not ok) \d+ ([^ ]+?)\.([a-z][^ ]*) # (.*)$")
NO_VERDICT = "no verdict"
BLOCK = 8  # programs that a machine is given at once
ROUNDS = 3  # how often what has no result is given to the machines again


class Unusable(Exception):
    """One line: why no machine gives results."""


class Store:
    """Result lines by what was searched, and how."""

    def __init__(self, explore, where):
        with open(explore, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()[:16]
        os.makedirs(where, exist_ok=True)
        self.known = {}
        self.file = open(os.path.join(where, f"{digest}.jsonl"), "a+", encoding="utf-8")  # pylint: disable=consider-using-with
        self.file.seek(0)
        text = "\n"
        for text in self.file:
            try:
                entry = json.loads(text)
                self.known[self.key(entry["program"], entry["case"], entry["options"])] = entry["line"]
            except (ValueError, KeyError):
                continue  # cut off, as the run that wrote it was killed
        if not text.endswith("\n"):
            self.file.write("\n")

    @staticmethod
    def key(program, case, options):
        return program, case, " ".join(options)

    def get(self, program, case, options):
        return self.known.get(self.key(program, case, options))

    def put(self, program, case, options, line):
        self.known[self.key(program, case, options)] = line
        self.file.write(json.dumps({"program": program, "case": case, "options": list(options), "line": line}) + "\n")
        self.file.flush()


class Spread:
    """@hosts: a file as parallel's --sshloginfile takes it; None: this machine, @jobs at a time."""

    def __init__(self, explore, jobs, hosts, where):
        self.explore, self.jobs = os.path.abspath(explore), jobs
        self.hosts = hosts and os.path.abspath(hosts)
        self.store, self.where = Store(explore, where), os.path.abspath(where)

    def names(self, family, seed, case):
        listed = subprocess.run([self.explore, "--family", family, "--seed", seed, "--case", case, "--list"],
                                stdout=subprocess.PIPE, text=True, check=False)
        if listed.returncode:
            sys.exit(2)  # it has said why
        return listed.stdout.splitlines()

    def run(self, names, case, options, seconds):
        """(program, result line) of each of @names: those that are known, then others, until @seconds are over."""
        missing = []
        for name in names:
            line = self.store.get(name, case, options)
            if line:
                yield name, line
            else:
                missing.append(name)
        for _ in range(ROUNDS if self.hosts else 1):
            if missing and seconds > 0:
                done = set()
                for name, line in self._search(missing, case, options, seconds):
                    done.add(name)
                    yield name, line
                missing = [name for name in missing if name not in done]

    def _command(self, case, options, seconds):
        search = [*options, "--case", case, "--programs", "-"]
        if not self.hosts:
            return [self.explore, "--jobs", self.jobs, "--budget", f"{seconds:.1f}", *search]
        folder, name = os.path.split(self.explore)
        # On this machine (":") the program stays where it is.
        remote = f"e=./{name}; [ -x $e ] || e='{self.explore}'; exec $e {' '.join(search)}"
        return ["parallel", "--will-cite", "--sshloginfile", self.hosts, "--workdir", f"shootdown-pairs.{os.getpid()}",
                "--basefile", f"{folder}/./{name}", "--cleanup", "--pipe", "-N", str(BLOCK), remote]

    def _search(self, names, case, options, seconds):
        any_result = False
        with tempfile.TemporaryFile("w+") as todo, tempfile.TemporaryFile("w+") as err:
            todo.write("".join(f"{name}\n" for name in names))
            todo.seek(0)
            with subprocess.Popen(self._command(case, options, seconds), cwd=self.where, stdin=todo, stdout=subprocess.PIPE, stderr=err,
                                  text=True, start_new_session=True, env=dict(os.environ, PARALLEL_HOME=self.where, PARALLEL_SHELL="/bin/sh")) as p:
                timer = threading.Timer(seconds, end, (p,))
                if self.hosts:
                    timer.start()
                try:
                    for text in p.stdout:
                        m = LINE.match(text)
                        if not m:
                            continue
                        any_result = True
                        if NO_VERDICT not in m.group(4):
                            self.store.put(m.group(2), case, options, text.rstrip("\n"))
                        yield m.group(2), text.rstrip("\n")
                finally:
                    over = self.hosts and not timer.is_alive()
                    timer.cancel()
                    end(p)
            if self.hosts and not any_result and not over:
                err.seek(0)
                why = err.read().strip().splitlines() or ["parallel says nothing"]
                raise Unusable(f"HOSTS={self.hosts}: no machine gives results: {why[-1]}")


def end(p):
    """@p and all that it started here."""
    try:
        os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
