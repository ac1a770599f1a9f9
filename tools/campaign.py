#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make campaign, make soak: many seeds and configurations, here and on other machines; failures grouped and shrunk.

SEEDS= is a range, 1..1000; CONFIGS= a file of configurations, one a line: variables of run.sh. GNU parallel
runs them (HOSTS= names its file of ssh hosts, with run.sh's needs installed), two a core at most. Each is
DETERMINISTIC=1, so that a failing seed fails again. Killed and started again with the same arguments it goes
on where it was. make soak takes one seed after the other for HOURS=, without DETERMINISTIC=1, and
ends with what was done. The results: build/campaign/HASH/results.jsonl, and each failing run's log beside it.

Status 0: nothing failed; 1: something did; 2: it could not be run.
"""
import argparse
import contextlib
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

import failure

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
IMAGE = "build/debug/shootdown.elf"
CONFIGS = "tests/campaign/configs"
# What run.sh and the image need on another machine.
SHIPPED = ("run.sh", "tools/lib.sh", "tools/keep.sh", "tools/variables", "tools/variables.sh", "tools/setup.sh", "tools/failure.py",
           "tools/trace.py", "tools/events.py", "kernel/include/kernel/config.h", IMAGE)
SHRINK_SEEDS = 4  # tries for each smaller run: another size is another schedule


def die(text):
    print(f"campaign.py: {text}", file=sys.stderr)
    sys.exit(2)


def seeds_of(text):
    match = re.fullmatch(r"(\d+)\.\.(\d+)|(\d+)", text)
    if not match:
        die(f"SEEDS={text}: a range is wanted, 1..1000, or one number")
    low, high, one = match.groups()
    low, high = (int(one), int(one)) if one else (int(low), int(high))
    if low > high or high > 10**9:
        die(f"SEEDS={text}: from the smaller to the larger, up to {10**9}")
    return range(low, high + 1)


def configs_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.split("#")[0].strip() for line in file]
    except OSError as error:
        die(f"CONFIGS={path}: {error.strerror}")
    configs = [line for line in lines if line]
    if not configs:
        die(f"CONFIGS={path}: no configuration in it")
    for config in configs:
        wrong = [word for word in shlex.split(config) if not re.match(r"[A-Z_]+=", word)]
        if wrong:
            die(f"CONFIGS={path}: {wrong[0]}: not VARIABLE=value")
    return configs


def run_words(config, seed):
    """run.sh's arguments."""
    return [*shlex.split(config), f"SEED={seed}", f"IMAGE={IMAGE}"]


def command_of(config, seed):
    """What a person types."""
    return f"make run {config} SEED={seed}"


def directory_of(what):
    """Named after what is run and on which image: the same command finds what it has done."""
    with open(os.path.join(TOP, IMAGE), "rb") as image:
        name = hashlib.sha256(repr(what).encode() + image.read()).hexdigest()[:12]
    return os.path.join(TOP, "build/campaign", name)


class Campaign:
    """What is to be run, and a directory with GNU parallel's job log and the results.

    @seeds: each with all @configs; @until: of time.monotonic(), after which no more is begun, or None."""

    def __init__(self, configs, seeds, directory, hosts, until=None):
        self.hosts = hosts  # a file of parallel's, or None
        self.configs, self.seeds, self.until, self.directory = configs, seeds, until, directory
        # So many jobs may wait in parallel's input: those are still begun when the time is over.
        self.ahead = threading.Semaphore(64 if hosts else 2 * (os.cpu_count() or 1))
        self.done = {}  # name of an operation, or "walks": how many
        self.results = os.path.join(self.directory, "results.jsonl")
        self.joblog = os.path.join(self.directory, "joblog")
        os.makedirs(os.path.join(self.directory, "logs"), exist_ok=True)

    def job(self, number):
        """(config, seed) of parallel's job, counted from 1."""
        return self.configs[(number - 1) % len(self.configs)], self.seeds[(number - 1) // len(self.configs)]

    def lines(self):
        """parallel's input: it reads on as it begins jobs."""
        for seed in self.seeds:
            for config in self.configs:
                if self.until and time.monotonic() >= self.until:
                    return
                yield f"{config}\t{seed}\n"

    def finished(self):
        """{number of the job, from 1: status} of those that ran to their end.

        A job that was killed, or that no machine could run, is taken out of parallel's log: it is run again."""
        if not os.path.exists(self.joblog):
            return {}
        with open(self.joblog, encoding="utf-8") as file:
            head, *lines = file.read().splitlines()
        done, kept = {}, [head]
        for line in lines:
            fields = line.split("\t")
            if len(fields) > 7 and fields[7] == "0" and (fields[6] == "0" or os.path.exists(self.log(fields[0]))):
                done[int(fields[0])] = int(fields[6])
                kept.append(line)
        if len(kept) <= len(lines):
            with open(self.joblog, "w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in kept)
        return done

    def log(self, number):
        return os.path.join(self.directory, "logs", f"{number}.log")

    def run(self):
        """All that are not finished. parallel's status counts failing jobs; 255 and signals are its own."""
        words = ["parallel", "--will-cite", "--joblog", self.joblog, "--resume", "--colsep", "\t", "--quote"]
        words += ["--bar"] if sys.stderr.isatty() and not self.until else []
        if self.hosts:
            words += ["--sshloginfile", self.hosts, "--workdir", "shootdown-campaign"]
            words += [word for path in SHIPPED for word in ("--basefile", f"./{path}")]
        else:
            words += ["--jobs", str(os.cpu_count() or 1)]
        # The log comes back by standard output: a file on another machine would have to be fetched.
        words += ["sh", "-c", './run.sh $(echo "$0") SEED="$1" IMAGE="$2" 2>&1; status=$?; '
                  'echo "# campaign: job $3 ended with $status"; exit $status', "{1}", "{2}", IMAGE, "{#}"]
        # Without the variable parallel takes the user's shell, or what its parent is, here and on each host.
        with subprocess.Popen(words, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, errors="replace",
                              env=dict(os.environ, PARALLEL_SHELL="/bin/sh")) as proc:
            threading.Thread(target=self.feed, args=(proc.stdin,), daemon=True).start()
            try:
                self.collect(proc.stdout)
                proc.wait()
            except KeyboardInterrupt:
                # The first asks parallel to begin no more, the second to end what runs.
                proc.terminate()
                proc.terminate()
                proc.wait()
                print("campaign.py: interrupted: the same command goes on", file=sys.stderr)
                sys.exit(130)
        return proc.returncode

    def feed(self, stream):
        with contextlib.suppress(BrokenPipeError), stream:
            for line in self.lines():
                if self.until:
                    self.ahead.acquire()
                stream.write(line)
                stream.flush()

    def collect(self, stream):
        """parallel prints each job's output whole, when it ends: a file each."""
        lines = []
        for line in stream:
            lines.append(line)
            end = re.match(r"# campaign: job (\d+) ended with (\d+)$", line)
            if end:
                self.ahead.release()
                self.count("".join(lines))
                if int(end.group(2)):
                    with open(self.log(int(end.group(1))), "w", encoding="utf-8") as file:
                        file.writelines(lines)
                lines = []

    def count(self, text):
        """Adds up what the tables of a run say was done."""
        found = re.findall(r"^(\w+) +(\d+) +[\d.]+ +[\d.]+ ", text, re.M)
        found += [("walks", n) for n in re.findall(r"^[\w-]+: walks (\d+) on ", text, re.M)]
        for name, n in found:
            self.done[name] = self.done.get(name, 0) + int(n)

    def judged(self):
        """[{config, seed, status, failure, log}], and writes them as JSON lines."""
        rows = []
        for number, status in sorted(self.finished().items()):
            config, seed = self.job(number)
            row = {"config": config, "seed": seed, "status": status, "command": command_of(config, seed)}
            if status:
                with open(self.log(number), encoding="utf-8", errors="replace") as file:
                    found = failure.of_log(file.read(), status)
                row.update(signature=found.signature, title=found.title, log=os.path.relpath(self.log(number), TOP))
            rows.append(row)
        with open(self.results, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        return rows


def groups_of(rows):
    """{signature: [rows]}: the most frequent first."""
    groups = {}
    for row in rows:
        if row["status"]:
            groups.setdefault(row["signature"], []).append(row)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


## Shrinking


def variables_of(config):
    return dict(word.split("=", 1) for word in shlex.split(config))


def words_of(variables):
    return " ".join(shlex.quote(f"{name}={value}") for name, value in variables.items())


def same_failure(config, seed, signature):
    """Does this run fail in that way?"""
    proc = subprocess.run(["./run.sh", *run_words(config, seed)], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    found = failure.of_log(proc.stdout, proc.returncode)
    return found is not None and found.signature == signature


def still_fails(config, seed, signature):
    """A seed with which @config fails in that way, or None."""
    for try_seed in [seed, *range(1, SHRINK_SEEDS)]:
        if same_failure(config, try_seed, signature):
            return try_seed
    return None


def smaller(config, signature):
    """Configurations that are less than @config, the least first: fewer CPUs, one operation, one policy, shorter."""
    now = variables_of(config)
    cpus = int(now.get("SMP", 4))
    for n in sorted({2, 3, 4, cpus // 2}):
        if 1 < n < cpus:
            yield {**now, "SMP": str(n)}
    operation = re.match(r"violation: \w+, (\w+):", signature)
    if operation and now.get("OPS") != operation.group(1) and operation.group(1) != "none":
        yield {**now, "OPS": operation.group(1)}
    for policy in now.get("POLICY", "broadcast,implied,receipt").split(","):
        if policy != now.get("POLICY"):
            yield {**now, "POLICY": policy}
    if int(now.get("DURATION", 6)) > 1:
        yield {**now, "DURATION": str(max(1, int(now.get("DURATION", 6)) // 2))}


def shrink(row):
    """(config, seed) of the smallest run found that fails as @row does; one step after the other."""
    config, seed = row["config"], row["seed"]
    while True:
        for variables in smaller(config, row["signature"]):
            found = still_fails(words_of(variables), seed, row["signature"])
            if found is not None:
                config, seed = words_of(variables), found
                break
        else:
            return config, seed


def report(rows, total, shrinks):
    groups = groups_of(rows)
    failed = sum(len(group) for group in groups.values())
    print(f"{len(rows)} of {total} runs: {failed} failed, in {len(groups)} way{'' if len(groups) == 1 else 's'}")
    for signature, group in groups.items():
        first = min(group, key=lambda row: int(variables_of(row["config"]).get("SMP", 4)))
        print(f"\n{len(group)} x {signature}\n  {first['title']}\n  {first['command']}\n  {first['log']}", flush=True)
        if shrinks:
            config, seed = shrink(first)
            print(f"  smallest: {command_of(config, seed)}", flush=True)
    return failed


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--seeds", default="1..20")
    p.add_argument("--configs", default=CONFIGS)
    p.add_argument("--hours", type=float, help="seeds until then, from the first one on: a soak")
    p.add_argument("--hosts", help="a file of ssh logins, as of parallel --sshloginfile")
    p.add_argument("--no-shrink", action="store_true", help="leave failing runs as they are")
    args = p.parse_args()
    if not shutil.which("parallel"):
        die("GNU parallel is not installed")
    if args.hosts and not os.path.exists(args.hosts):
        die(f"HOSTS={args.hosts}: no such file")
    hosts = os.path.abspath(args.hosts) if args.hosts else None
    configs, seeds = configs_of(os.path.join(TOP, args.configs)), seeds_of(args.seeds)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    failed = soak(configs, seeds[0], args.hours, hosts) if args.hours else campaign(configs, seeds, hosts, not args.no_shrink)
    sys.exit(1 if failed else 0)


def campaign(configs, seeds, hosts, shrinks):
    """Each seed with each configuration, repeatable. Returns how many failed."""
    configs = [f"{config} DETERMINISTIC=1" for config in configs]
    runs = Campaign(configs, seeds, directory_of((configs, seeds)), hosts)
    total, before = len(configs) * len(seeds), len(runs.finished())
    if before:
        print(f"campaign.py: {before} of {total} runs were finished before", file=sys.stderr)
    status = runs.run()
    rows = runs.judged()
    if len(rows) < total:
        die(f"stopped after {len(rows)} of {total} runs (parallel's status {status}): the same command goes on")
    failed = report(rows, total, shrinks)
    print(f"{os.path.relpath(runs.results, TOP)}: a line for each run")
    return failed


def soak(configs, first, hours, hosts):
    """Seeds from @first on until @hours have passed. Returns how many runs failed."""
    began = time.monotonic()
    runs = Campaign(configs, range(first, 10**9), directory_of(("soak", time.time())), hosts, began + hours * 3600)
    runs.run()
    rows = runs.judged()
    failed = report(rows, len(rows), False)
    print(f"{(time.monotonic() - began) / 3600:.2f} hours, {len(rows)} runs: "
          + ", ".join(f"{n} {name}" for name, n in sorted(runs.done.items())))
    print(f"{os.path.relpath(runs.results, TOP)}: a line for each run")
    return failed


if __name__ == "__main__":
    main()
