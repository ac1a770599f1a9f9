#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Reads tools/variables.
#   variables.sh names              every name, one per line
#   variables.sh options            those that run.sh takes
#   variables.sh check NAME...      one line and status 1 if a name is unknown
#   variables.sh help               the variables, for people
#   variables.sh help-make FILE     the targets of a Makefile and the variables
set -eu
list=$(dirname "$0")/variables

# Fields: 1 name, 2 default, 3 meaning, 4 "+" if run.sh takes it.
fields()
{
    awk -F '|' '!/^#/ && NF == 3 {
        opt = sub(/^\+/, "", $1) ? "+" : "-"
        for (i = 1; i <= 3; i++)
            gsub(/^ +| +$/, "", $i)
        printf "%s|%s|%s|%s\n", $1, $2, $3, opt
    }' "$list"
}

case ${1-} in
names)
    fields | cut -d '|' -f 1
    ;;
options)
    fields | awk -F '|' '$4 == "+" { print $1 }'
    ;;
help)
    fields | awk -F '|' '{
        printf "  %-14s %s%s\n", $1, $3, $2 == "" ? "" : " [" $2 "]"
    }'
    ;;
help-make)
    echo 'make TARGET [VARIABLE=value ...]'
    echo
    awk -F ':.*## ' '/^[a-z0-9._-]+:.*## / { printf "  %-14s %s\n", $1, $2 }' "$2"
    echo
    fields | awk -F '|' '{
        printf "  %-14s %s%s\n", $1, $3, $2 == "" ? "" : " [" $2 "]"
    }'
    ;;
check)
    shift
    # Edit distance (Levenshtein); a name is suggested if at most half of it differs.
    fields | awk -F '|' -v given="$*" '
    function least(a, b) { return a < b ? a : b }
    function distance(a, b,    i, j, d) {
        for (i = 0; i <= length(a); i++)
            d[i, 0] = i
        for (j = 0; j <= length(b); j++)
            d[0, j] = j
        for (i = 1; i <= length(a); i++)
            for (j = 1; j <= length(b); j++) {
                d[i, j] = d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1))
                d[i, j] = least(d[i, j], least(d[i - 1, j], d[i, j - 1]) + 1)
                # neighbours swapped, the commonest slip
                if (i > 1 && j > 1 && substr(a, i, 1) == substr(b, j - 1, 1) &&
                    substr(a, i - 1, 1) == substr(b, j, 1))
                    d[i, j] = least(d[i, j], d[i - 2, j - 2] + 1)
            }
        return d[length(a), length(b)]
    }
    { name[++n] = $1; known[$1] = 1 }
    END {
        m = split(given, want, " ")
        for (w = 1; w <= m; w++) {
            if (want[w] in known)
                continue
            best = 99
            for (k = 1; k <= n; k++) {
                x = distance(toupper(want[w]), name[k])
                if (x < best) {
                    best = x
                    near = name[k]
                }
            }
            printf "%s: no such variable%s (make help lists them)\n", want[w],
                best * 2 <= length(want[w]) + 1 ? ", did you mean " near "?" : ""
            exit 1
        }
    }'
    ;;
*)
    echo "usage: $0 names|options|help|help-make FILE|check NAME..." >&2
    exit 2
    ;;
esac
