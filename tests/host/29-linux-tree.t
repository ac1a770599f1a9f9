#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tools/linux: what LINUX= names, and what is made of it. The trees here are not Linux: a Makefile that
does what Linux's does as far as these scripts rely on it. Nothing is fetched; tests/host-linux has the rest."""
import base64
import contextlib
import fcntl
import glob
import http.server
import os
import quopri
import re
import shutil
import tempfile
import threading
import time

from hosttest import clean_environment, done, equal, ok, one_line, read, run, skip, write

MAKEFILE = """VERSION = 7
PATCHLEVEL = 3
SUBLEVEL = 4
EXTRAVERSION =
kernelversion: ; @echo $(VERSION).$(PATCHLEVEL).$(SUBLEVEL)
allnoconfig:
	test ! -e .config && test ! -d include/config # or Linux refuses
	grep '=y$$\\|=[0-9]' $(KCONFIG_ALLCONFIG) $(EDIT) >$(O)/.config
prepare0:
	mkdir -p $(O)/kernel
	echo 'savedcmd_kernel/bounds.s := gcc -Wp,-MMD,kernel/.bounds.s.d -nostdinc -I $(CURDIR)/include -I./include \\
		-include $(CURDIR)/include/linux/mm.h -mcmodel=kernel -O2 -Wall -I $(CURDIR)/. -I ./. -I. \\
		-DKBUILD_BASENAME=x -S -o kernel/bounds.s $(CURDIR)/kernel/bounds.c' | tr -d '\\134\\n' >$(O)/kernel/.bounds.s.cmd
"""
PATCH = """From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
From: A <a@b>
Subject: [PATCH 1/1] mm/gup: A subject
 in two lines

---
diff --git a/mm/gup.c b/mm/gup.c
--- a/mm/gup.c
+++ b/mm/gup.c
@@ -1 +1 @@
-int gup;
+int patched = MM;
diff --git a/mm/new.c b/mm/new.c
new file mode 100644
--- /dev/null
+++ b/mm/new.c
@@ -0,0 +1 @@
+int new;
""" + "-- \n2.39.5\n"


def encoded(mail, encoding):
    """The same mail, its text quoted-printable or base64, with CR LF at the end of lines."""
    head, text = mail.split("\n\n", 1)
    data = text.replace("\n", "\r\n").encode()
    data = quopri.encodestring(data) if encoding == "quoted-printable" else base64.encodebytes(data)
    return f"{head}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n{data.decode()}\n"


def make_tree(path):
    options = {word.split("=")[0] for line in open("arch/linux/fragment.config", encoding="utf-8")
               for word in line.split("#")[0].split() if word.startswith("CONFIG_")}
    write(f"{path}/Makefile", MAKEFILE)
    write(f"{path}/Kconfig", "".join(f"config {name[7:]}\n\tbool\n" for name in sorted(options)))
    write(f"{path}/arch/x86/mm/tlb.c", "int tlb;\n")
    write(f"{path}/include/linux/mm.h", "#define MM 1\n")
    write(f"{path}/kernel/bounds.c", "int bounds;\n")
    write(f"{path}/scripts/tool.c", "int tool;\n")
    write(f"{path}/mm/gup.c", "int gup = MM;\n")
    return path


def state(path):
    """Everything of a tree that writing to it would change."""
    names = [os.path.join(folder, name) for folder, folders, files in os.walk(path) for name in folders + files]
    return sorted((name, os.lstat(name).st_ctime_ns, os.lstat(name).st_size) for name in names)


@contextlib.contextmanager
def empty_mirror():
    """A proxy behind which there is nothing: 404 to every request."""

    class Nothing(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(404)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nothing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def make_repository(path):
    """A branch, one commit ahead of origin/master, which went on after it."""
    make_tree(path)
    git = ["git", "-C", path, "-c", "user.name=A", "-c", "user.email=a@b"]

    def commit(subject):
        for command in (["add", "-A"], ["commit", "-qm", subject]):
            run([*git, *command])

    run(["git", "init", "-q", path])
    commit("mm: The base")
    run([*git, "checkout", "-qb", "BRANCH"])
    write(f"{path}/mm/gup.c", "int patched = MM;\n")
    commit("mm/gup: What the branch does")
    run([*git, "checkout", "-qb", "upstream", "HEAD~"])
    write(f"{path}/mm/gup.c", "int upstream = MM;\n")
    commit("mm/gup: What happened upstream")
    run([*git, "update-ref", "refs/remotes/origin/master", "upstream"])


needed = run(["tools/setup.sh", "linux"])
if needed.status:
    skip("tools/linux", needed.err.splitlines()[0])
    done()

with tempfile.TemporaryDirectory() as tmp:
    # A project of its own: its build/ is empty.
    shutil.copytree("tools", f"{tmp}/tools")
    shutil.copytree("arch/linux", f"{tmp}/arch/linux")
    fragment = f"{tmp}/arch/linux/fragment.config"
    tree = make_tree(f"{tmp}/linux")

    def prepare(linux=tree, **variables):
        return run([f"{tmp}/tools/linux/prepare.sh"], {"LINUX": linux, **variables})

    def prepared(linux=tree, **variables):
        """The directory; a failure is a result of its own."""
        result = prepare(linux, **variables)
        lines = result.out.splitlines()
        good = result.status == 0 and len(lines) == 1 and os.path.isdir(lines[0])
        return lines[0] if good else ok(False, f"prepares {linux} {variables}", result)

    # Names of which nothing comes.
    os.mkdir(f"{tmp}/a b")
    for linux, why in (("", "LINUX= names a directory"), ("/nonexistent", "no such directory"), (fragment, "not a directory"),
                       (f"{tmp}/tools", "not the sources of Linux.*no Makefile"), (f"{tmp}/a b", "no path with blanks"),
                       ("debian:NO SUITE", "no name of a suite")):
        one_line(prepare(linux), f"^linux: .*{why}", f"LINUX={os.path.basename(linux)}")
    one_line(prepare(LINUX_PATCH="/nonexistent"), "LINUX_PATCH=/nonexistent: no such file", "LINUX_PATCH=/nonexistent")
    if shutil.which("apt-get") and shutil.which("dpkg-deb"):
        one_line(prepare("debian:sid", http_proxy="http://127.0.0.1:9"), "LINUX=debian:sid: the mirror cannot be reached", "no network")
        with empty_mirror() as proxy:
            one_line(prepare("debian:nonsense", http_proxy=proxy), "LINUX=debian:nonsense: the mirror has no such suite", "no such suite")
        write(f"{tmp}/bin/df", "#!/bin/sh\nprintf 'of no interest\\n/dev/x 9 9 30 1%% /\\n'\n")
        os.chmod(f"{tmp}/bin/df", 0o755)
        one_line(prepare("debian:sid", PATH=f"{tmp}/bin:{clean_environment()['PATH']}"), "needs 700 MB.*has 30 MB left", "a full disk")
        equal(glob.glob(f"{tmp}/build/linux-src-*") + glob.glob(f"{tmp}/build/linux-debian/*.fetch"), [], "nothing half done is left")
    else:
        skip("LINUX=debian:SUITE", "no apt-get here")

    # A tree becomes a directory that compiles a file, and is not written to.
    before = state(tree)
    one = prepared()
    equal(read(f"{one}/version"), f"7.3.4 ({tree})\n", "version: which Linux it is")
    flags = read(f"{one}/cflags").split()
    equal([word for word in flags if word in ("-mcmodel=kernel", "-Wall", "-I", "-S", "-DKBUILD_BASENAME=x") or word[-1] == "."], [],
          "cflags: nothing of one file, of the kernel's memory, no warnings", flags)
    ok("-nostdinc" in flags and f"-I{one}/obj/include" in flags and "-O2" in flags, "cflags: the tree's own", flags)
    os.symlink(tree, f"{tmp}/by-link")
    equal(run(["tools/linux/cflags.sh", f"{tmp}/by-link", f"{one}/obj"]).out.split(), flags, "cflags: the same of a tree that is named by a link")
    result = run(["gcc", *flags, "-c", "-o", f"{tmp}/gup.o", "mm/gup.c"], cwd=f"{one}/source")
    ok(result.status == 0, "gcc $(cat cflags) -c mm/gup.c", result)
    again = prepare()
    ok(again.out.strip() == one and not again.err, "a second time: nothing to do", again)
    equal(state(tree), before, "the tree was not written to")
    write(f"{tree}/mm/seen", "")
    ok(state(tree) != before, "(writing is seen)")

    # What changes it makes another one.
    directories = {one}

    def another(name, **variables):
        directory = prepared(**variables)
        ok(directory and directory not in directories, f"another directory: {name}", directory, directories)
        directories.add(directory)
        return directory

    write(f"{tree}/mm/gup.c", "int gup;\n")
    another("a source was changed")
    write(fragment, read(fragment) + "CONFIG_SWAP=n\n")
    another("another configuration")
    for command in ("init -q", "add -A", "-c user.name=n -c user.email=a@b commit -qm v", "tag v7.3-rc1"):
        result = run(f"git {command}", cwd=tree)
    if result.status == 0:
        equal(read(another("a git tree") + "/version"), "7.3.4 (v7.3-rc1)\n", "version: by git")
        write(f"{tree}/mm/untracked.h", "int untracked;\n")
        equal(read(another("a file that git does not know") + "/version"), "7.3.4 (v7.3-rc1, changed)\n", "version: changed")
        write(f"{tree}/mm/untracked.h", "int changed;\n")
        another("that file was changed")
        os.unlink(f"{tree}/mm/untracked.h")

    # Patches are applied to a copy.
    series = f"{tmp}/series.mbox"
    write(series, PATCH)
    before = state(tree)
    directory = another("patches", LINUX_PATCH=series)
    equal((read(f"{directory}/source/mm/gup.c"), read(f"{directory}/source/mm/new.c"), read(f"{directory}/source/arch/x86/mm/tlb.c")),
          ("int patched = MM;\n", "int new;\n", "int tlb;\n"), "they are applied")
    equal(read(f"{directory}/subjects"), "mm/gup: A subject in two lines\n", "subjects")
    ok(read(f"{directory}/version").endswith(" + 1 patches of series.mbox\n"), "version: with patches", read(f"{directory}/version"))
    for encoding in ("quoted-printable", "base64"):
        write(series, encoded(PATCH, encoding))
        directory = another(f"the same, {encoding}", LINUX_PATCH=series)
        equal((read(f"{directory}/source/mm/gup.c"), read(f"{directory}/source/mm/new.c"), read(f"{directory}/subjects")),
              ("int patched = MM;\n", "int new;\n", "mm/gup: A subject in two lines\n"), f"{encoding} is decoded")
    write(series, encoded(PATCH, "base64").replace("charset=utf-8", "charset=nonsense"))
    one_line(prepare(LINUX_PATCH=series), "^linux: LINUX_PATCH=.*a mail cannot be decoded", "an unknown charset")
    write(series, PATCH.replace("-int gup;", "-int pug;"))
    result = prepare(LINUX_PATCH=series)
    ok("  mm/gup.c: Hunk #1 FAILED" in result.err, "one that does not apply: which file", result)
    one_line(result, "^linux: LINUX_PATCH=.*does not apply", "one that does not apply")
    write(series, "nothing\n")
    one_line(prepare(LINUX_PATCH=series), "^linux: LINUX_PATCH=.*: no patch in it", "no patch")
    equal(state(tree), before, "the tree was not written to")

    # The recipe for a build bot, as docs/linux.md has it.
    recipe = re.search(r"What a build bot runs on a branch\n\n((?:    .+\n)+)", read("docs/linux.md")).group(1)
    commands = [line.strip() for line in recipe.splitlines()]
    equal(commands[-1], "LINUX=base LINUX_PATCH=series.mbox tools/linux/explore.sh >answer.txt", "the recipe ends with the search")
    make_repository(f"{tmp}/bot/linux")
    result = run(["sh", "-ec", "\n".join(commands[:-1])], cwd=f"{tmp}/bot")
    equal(result.status, 0, "the recipe's git commands", result)
    equal(read(f"{tmp}/bot/base/mm/gup.c"), "int gup = MM;\n", "the base is where the branch began")
    directory = prepared(f"{tmp}/bot/base", LINUX_PATCH=f"{tmp}/bot/series.mbox")
    equal((read(f"{directory}/subjects"), read(f"{directory}/source/mm/gup.c")), ("mm/gup: What the branch does\n", "int patched = MM;\n"),
          "the series is what the branch adds")

    # Of many directories those stay that were used last, in the last hour, are in use, or are a base.
    old = [f"{tmp}/build/linux-{i:012x}" for i in range(20)]
    young = len(glob.glob(f"{tmp}/build/linux-*/.complete")) + 1
    for i, directory in enumerate(old):
        write(f"{directory}/.complete", "")
        os.utime(f"{directory}/.complete", times=(time.time() - 7200 - i,) * 2)
    os.symlink(old[19], f"{old[0]}/base")
    with open(f"{old[18]}/.complete", encoding="utf-8") as used:
        fcntl.flock(used, fcntl.LOCK_SH)
        write(fragment, read(fragment) + "CONFIG_SWAP=n\n")
        another("for which others go")
    equal([i for i, directory in enumerate(old) if os.path.exists(directory)], [*range(16 - young), 18, 19], "what was not used for long goes", young)
    equal([directory for directory in directories if not os.path.exists(directory)], [], "what was used in the last hour stays")
    for directory in old:
        shutil.rmtree(directory, ignore_errors=True)

    # A tree in which Linux was built: its configuration and what was compiled there are not seen.
    for name in ("include/config/auto.conf", "include/generated/autoconf.h", "scripts/.tool.cmd", "scripts/tool"):
        write(f"{tree}/{name}", "built\n")
    write(f"{tree}/.config", "CONFIG_NONSENSE=y\n")
    before = state(tree)
    directory = another("built in")
    equal([os.path.exists(f"{directory}/source/{name}") for name in
           (".config", "include/config", "include/generated", "scripts/tool", "scripts/tool.c", "include/linux/mm.h")],
          [False] * 4 + [True] * 2, "the sources are seen, what was built is not")
    equal(state(tree), before, "the tree was not written to")

    # The configuration is checked: an option that there is not, and one that did not take effect.
    tree = make_tree(f"{tmp}/other")
    good = read(fragment)
    write(fragment, good + "[<7.3] CONFIG_OLD=y\n[>=7.4] CONFIG_NEW=y\n[?] CONFIG_PERHAPS=n\n")
    ok(prepared(), "options of other versions, and one that may be missing, are left out")
    for line, why in (("CONFIG_NONSENSE=y", "CONFIG_NONSENSE: Linux 7.3.4 has no such option"), ("[>=7.3] CONFIG_NONSENSE=n", "no such option")):
        write(fragment, good + line + "\n")
        result = prepare(tree)
        one_line(result, why, line)
        one_line(result, "^linux: Linux 7.3.4 does not fit the configuration in arch/linux/fragment.config", f"{line}: in which file")
    write(fragment, good)
    for edit, why in (("| grep -v CONFIG_SMP=", "CONFIG_SMP=y: did not take effect, it is CONFIG_SMP=n"),
                      ("| sed '$$aCONFIG_SWAP=y'", "CONFIG_SWAP=n: did not take effect, it is CONFIG_SWAP=y")):
        write(f"{tree}/Makefile", MAKEFILE.replace("$(EDIT)", edit))
        one_line(prepare(tree), why, why.split(":", maxsplit=1)[0])
    write(f"{tree}/Makefile", MAKEFILE.replace("mkdir -p $(O)/kernel\n", "@echo some error; exit 1\n"))
    one_line(prepare(tree), "^linux: Linux 7.3.4: make .*prepare0 failed", "headers that cannot be generated")
    write(f"{tree}/Makefile", MAKEFILE.replace("savedcmd_", "other "))
    one_line(prepare(tree), "has no command that compiles kernel/bounds.c", "a build system that records no command")
done()
