#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# junit.sh DIRECTORY   prints the TAP that prove has written there (PERL_TEST_HARNESS_DUMP_TAP) as JUnit
# XML: one testsuite a file. Its names are those of the files of TAP.
set -eu
cd "$1"
find . -type f -name '*.t' | sed 's|^\./||' | sort >files
while read -r file; do
    tap2junit "$file"
done <files
echo '<testsuites>'
sed 's/$/.xml/' files | xargs -r grep -hv '^</*testsuites>$' || true
echo '</testsuites>'
