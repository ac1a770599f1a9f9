#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# lint.sh [CHECK...]: format shell python layers sizes headers names words hooks barriers; all of them by default.
# names, words: what tools/linux-names and tools/retired-words list must not come back.
# hooks: a sync_point() by itself stands only where tools/sync-points has it.
# barriers: each names what it pairs with, and is named there.
# lint.sh --fix: rewrites the C sources in the demanded form.
# Prints what is wrong, one line each; status 1 if anything is, 77 if a check cannot run.
set -eu
cd "$(dirname "$0")/.."

c_files() { find boot kernel arch mm tests -name '*.[ch]' | sort; }
asm_files() { find boot kernel arch mm tests -name '*.S' | sort; }

# The form differs between releases of clang-format; ours is that of Debian 12.
want_clang_format=14
clang_format()
{
    for cf in "clang-format-$want_clang_format" clang-format; do
        if "$cf" --version 2>/dev/null | grep -q "version $want_clang_format\."; then
            echo "$cf"
            return 0
        fi
    done
    echo "clang-format $want_clang_format is not installed"
    return 1
}

check_format()
{
    cf=$(clang_format) || {
        echo "$cf"
        return 77
    }
    # shellcheck disable=SC2046 # no file of ours has a blank in its name
    "$cf" --dry-run -Werror $(c_files) 2>&1 | sed -n 's/ error: code should be clang-formatted.*/ not as .clang-format has it: make format/p'
}

check_shell()
{
    command -v shellcheck >/dev/null || {
        echo "shellcheck is not installed"
        return 77
    }
    # shellcheck disable=SC2046
    shellcheck -f gcc $(grep -rlE '^#!/bin/sh' run.sh .ci tools tests) tools/lib.sh || true
}

check_python()
{
    tmp=$(mktemp -d)
    # shellcheck disable=SC2046
    PYTHONPYCACHEPREFIX=$tmp python3 - $(find tools tests -name '*.py') \
        $(grep -rlE '^#!.*python3' tools tests) <<'END' || true
import sys
for path in sorted(set(sys.argv[1:])):
    try:
        with open(path, encoding="utf-8") as file:
            compile(file.read(), path, "exec")
    except SyntaxError as error:
        print(f"{path}:{error.lineno}: {error.msg}")
END
    rm -rf "$tmp"
}

# forbid PATTERN WHY FILE...: fixed text for grep -E in any of the files.
forbid()
{
    pattern=$1
    why=$2
    shift 2
    [ $# -gt 0 ] || return 0
    { grep -HnE "$pattern" "$@" || true; } | sed "s|^\([^:]*:[0-9]*\):.*|\1: $why|"
}

# Layers by name, where the include path alone does not see it.
check_layers()
{
    # shellcheck disable=SC2046
    {
        forbid '#[ 	]*include[ 	]*["<][^">]*\.\./' 'climbs with ../' $(c_files) $(asm_files)
        forbid '\b([Aa][Pp][Ii][Cc]|[A-Z0-9_]*MSR[A-Z0-9_]*|rdmsr|wrmsr)\b' 'names an APIC or an MSR' \
            $(find mm -name '*.[chS]')
        forbid '#[ 	]*include[ 	]*<(mm|tests|boot)/' 'kernel/ includes a higher layer' \
            $(find kernel -name '*.[chS]')
        forbid '#[ 	]*include[ 	]*<(tests|boot)/' 'mm/ includes tests/ or boot/' \
            $(find mm arch/x86/mm -name '*.[chS]')
        forbid '#[ 	]*include[ 	]*<(mm|tests)/' 'arch/x86 includes a higher layer' \
            $(find boot arch/x86 -path arch/x86/mm -prune -o -name '*.[chS]' -print)
        forbid '^[ 	]*(cli|sti)\b|asm[^"]*"(cli|sti)\b' 'cli and sti belong into <asm/insn.h>' \
            $(find kernel mm tests -name '*.[ch]')
        forbid 'if \(busted\([a-z0-9_]+\)\) \{' 'code of a planted bug belongs into tests/busted/: busted_hook()' \
            $(find kernel mm arch -name '*.[ch]')
        forbid '^#[ 	]*(ifdef|ifndef|if)[ 	(]+.*CONFIG_' 'say if (CONFIG_X)' \
            $(c_files | grep -v kernel/include/kernel/config.h)
    }
}

check_sizes()
{
    c_files | while read -r file; do
        lines=$(wc -l <"$file")
        case $file in
        *.h) most=200 ;;
        *) most=400 ;;
        esac
        [ "$lines" -le "$most" ] || echo "$file: $lines lines, at most $most: split it by idea"
    done
    asm=$(asm_files | xargs cat | wc -l)
    [ "$asm" -lt 500 ] || echo "*.S: $asm lines in all, at most 500"
}

check_headers()
{
    # shellcheck disable=SC2046
    for file in $(c_files) $(asm_files) linker.ld Makefile run.sh \
        $(find tools tests .ci boot -type f \( -perm -u+x -o -name '*.py' -o -name '*.sh' -o -name '*.cfg' \)); do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0' || echo "$file: no SPDX line"
    done
    { git grep -nIE '[ 	]+$' -- '*.[chS]' '*.sh' '*.py' '*.md' '*.t' Makefile 2>/dev/null || true; } |
        sed 's/^\([^:]*:[0-9]*\):.*/\1: blanks at the end of the line/'
}

if [ "${1-}" = --fix ]; then
    cf=$(clang_format) || {
        echo "lint.sh: $cf" >&2
        exit 2
    }
    # shellcheck disable=SC2046
    exec "$cf" -i $(c_files)
fi

[ $# -gt 0 ] || set -- format shell python layers sizes headers names words hooks barriers
bad=0
for check; do
    status=0
    case $check in
    format) found=$(check_format) || status=$? ;;
    shell) found=$(check_shell) || status=$? ;;
    python) found=$(check_python) ;;
    layers) found=$(check_layers) ;;
    sizes) found=$(check_sizes) ;;
    headers) found=$(check_headers) ;;
    names | words) found=$(tools/terms.py "$check") ;;
    hooks | barriers) found=$(tools/"$check".py) ;;
    *)
        echo "lint.sh: $check: no such check" >&2
        exit 2
        ;;
    esac
    if [ "$status" = 77 ]; then
        echo "$check: skipped: $found"
        [ $# -ne 1 ] || exit 77
    elif [ -n "$found" ]; then
        echo "$found"
        bad=1
    fi
done
exit "$bad"
