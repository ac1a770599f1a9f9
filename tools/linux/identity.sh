#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# identity.sh TREE: two lines: which Linux it is, for people; and a hash that is another one as soon
# as a source file is. Of a git tree that is the commit with what differs from it, of a package its
# version, of other trees names, sizes and times. TREE is not written to.
set -eu
tree=$1

export GIT_OPTIONAL_LOCKS=0
in_git() { git -c safe.directory="*" -C "$tree" "$@" 2>/dev/null; }

release=$(sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\|EXTRAVERSION\) = *//p' "$tree/Makefile" | sed -n 1,4p |
    awk '{ printf("%s%s", (NR == 2 || NR == 3) ? "." : "", $0) }')

# The source files, without what a build inside the tree has made.
listing()
{
    cd "$tree" && find . \( -name .git -o -path ./include/generated -o -path ./include/config -o \
        -path ./arch/x86/include/generated \) -prune -o -type f \
        \( -name '*.[chS]' -o -name 'Kconfig*' -o -name 'Makefile*' -o -name 'Kbuild*' -o -path './scripts/*.sh' \) \
        -printf '%P %s %T@\n' | sort
}

if [ -e "$tree/.package" ]; then
    echo "$release (Debian $(cat "$tree/.package"))"
    cat "$tree/.package"
elif [ "$(in_git rev-parse --show-cdup)" = "" ] && commit=$(in_git rev-parse HEAD); then
    name=$(in_git describe --tags --always || echo "$commit" | cut -c1-12)
    changed=$(in_git status --porcelain)
    echo "$release ($name${changed:+, changed})"
    {
        echo "$commit"
        in_git diff HEAD --binary
        in_git ls-files -z --others --exclude-standard | (cd "$tree" && xargs -0 -r sha256sum --)
    } | sha256sum
else
    echo "$release ($tree)"
    listing | sha256sum
fi
