# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# What the scripts of tools/linux share. Sourced after lib.sh.

# built TREE: Linux was built in it, by Linux's own criterion for refusing to build elsewhere.
built() { [ -e "$1/.config" ] || [ -d "$1/include/config" ] || [ -d "$1/arch/x86/include/generated" ]; }

# Coccinelle's spatch does not run without.
export HOME="${HOME-/}"
