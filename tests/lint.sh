#!/bin/bash
# The rules of the house that a machine can check. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
n=0 failed=0
check() {  # NAME: fails where its standard input is not empty
    local found
    found=$(cat)
    n=$((n + 1))
    if [ -z "$found" ]; then echo "ok $n - $1"; return; fi
    failed=$((failed + 1))
    echo "not ok $n - $1"
    printf '%s\n' "$found" | head -20 | sed 's/^/#   /'
}
sources=$(git ls-files '*.c' '*.h')
shipped=$(git ls-files 'models/*.c' 'config/*.c' 'daemon/*.c')

for f in $sources; do
    head -1 "$f" | grep -q '^// SPDX-License-Identifier: GPL-3.0-or-later$' || echo "$f"
done | check 'every source names its licence'

# shellcheck disable=SC2086
clang-format --dry-run $sources 2>&1 | grep 'warning' | check 'clang-format has the last word'

for f in $sources; do
    lines=$(wc -l <"$f")
    [ "$lines" -le 500 ] || echo "$f: $lines lines"
done | check 'no file over 500 lines'

# shellcheck disable=SC2086
awk 'FNR == 1 { start = 0 }
     /^\{/ { start = FNR }
     /^[a-z].*\) \{$/ { start = FNR }
     /^\}/ { if (start && FNR - start - 1 > 80) print FILENAME ":" start ": " FNR - start - 1; start = 0 }
    ' $sources | check 'no function over 80 lines'

# shellcheck disable=SC2086
awk 'FNR == 1 { start = 0 }
     /^\{/ { start = FNR }
     /^\}/ { if (start) print FNR - start - 1; start = 0 }' $shipped | sort -n |
    awk '{ v[NR] = $1 } END { m = v[int((NR + 1) / 2)]; if (m > 15) print "median " m }' |
    check 'the median function has at most 15 lines'

for h in $(git ls-files '*.h'); do
    gcc -std=c2x -D_GNU_SOURCE -iquote . -I models -I config -fsyntax-only -x c "$h" 2>&1
done | check 'every header compiles alone'

# A module exports only names that start with its own: foo.c has foo_*; a part foo_bar.c of a larger
# module may have foo_* too.
for f in $shipped; do
    object=build/${f%.c}.o module=$(basename "$f" .c)
    [ -f "$object" ] || continue
    nm -g --defined-only "$object" | awk '{print $3}' | while read -r name; do
        case $name in main|"${module}"*|"${module%%_*}"_*|cmd_*) ;; *) echo "$f: $name" ;; esac
    done
done | check 'a file exports only names of its own'

for f in $shipped; do
    object=build/${f%.c}.o
    [ -f "$object" ] && nm "$object" | awk -v f="$f" '$2 ~ /^[bBdDC]$/ && $3 !~ /^(ubsan|asan|__)/ {print f ": " $3}'
done | check 'no mutable globals'

grep -nE '\b(setlocale|strtok|gets|sprintf|atoi|atof|strcat)\(' $shipped | check 'no banned calls'
grep -nE '\b(time|clock_gettime|gettimeofday|sleep|usleep|fopen|open|printf|fprintf|getenv)\(' \
    $(git ls-files 'models/*.c') | check 'models/ does no input, output, or reading of clocks'
grep -nE '^# *(if|ifdef|elif)' $(git ls-files '*.c') | check 'no conditional compilation'
grep -nE '#include <gsl' $(git ls-files 'config/*.[ch]') | check 'config/ knows nothing of GSL'
git ls-files | grep -iE '(util|helper|misc|common)' | check 'no dumping ground'
grep -rnE '\b(TODO|FIXME|XXX|HACK)\b' $shipped | check 'no promises in the code'
# shellcheck disable=SC2046
shellcheck -S warning $(git ls-files 'tests/*.sh' 'daemon/*.sh' tests/run tests/run-all tests/bench 'tests/e2e_*') 2>&1 |
    check 'shell scripts are sound'

echo "1..$n"
echo "$((n - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
