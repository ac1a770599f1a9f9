#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# stubs.sh TREE OBJECT DIR: C source for the symbols that OBJECT leaves undefined and that the model
# does not have. A function ends the search with status 2 and its name. Data is zero; its names are
# left in DIR/zero. Per-CPU data is what the tree's headers declare as such (DIR/percpu).
set -eu
tree=$1 object=$2 dir=$3

if [ ! -s "$dir/percpu" ]; then
    find "$tree/include" "$tree/arch/x86/include" -name '*.h' -exec \
        sed -nE 's/.*DECLARE_PER_CPU[A-Z_]*\(.*[, *]([A-Za-z_0-9]+)\);.*/\1/p' {} + | sort -u >"$dir/percpu"
fi
# What the model's side defines: seam.h, and the compiler's calls.
of_model='^(model_|__tsan_|memset$|memcpy$|__per_cpu_offset$|const_current_task$|const_pcpu_hot$|_GLOBAL_OFFSET_TABLE_$)'
nm -u "$object" | awk '{ print $2 }' | grep -vE "$of_model" | sort -u >"$dir/undefined"
# A function is reached by calls; by its address alone only if it is data.
readelf -rW "$object" | awk '$3 == "R_X86_64_PLT32" { print $5 }' | sort -u >"$dir/called"
comm -23 "$dir/undefined" "$dir/called" | comm -23 - "$dir/percpu" >"$dir/zero"

echo 'void model_no_stub(const char *);'
comm -12 "$dir/undefined" "$dir/called" | sed 's/.*/void &(void) { model_no_stub("&"); }/'
comm -12 "$dir/undefined" "$dir/percpu" |
    sed 's/.*/char &[256] __attribute__((aligned(64), section(".data..percpu")));/'
sed 's/.*/char &[4096] __attribute__((aligned(64)));/' "$dir/zero"
