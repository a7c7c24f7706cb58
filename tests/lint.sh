#!/bin/bash
# The rules of the house that a machine can check. Prints TAP.
cd "$(dirname "$0")/.." || exit 1
n=0 failed=0
found=$(mktemp) && trap 'rm -f "$found"' EXIT
check() {  # NAME: fails where the command before it has written anything to $found
    n=$((n + 1))
    if [ ! -s "$found" ]; then echo "ok $n - $1"; return; fi
    failed=$((failed + 1))
    echo "not ok $n - $1"
    head -20 "$found" | sed 's/^/#   /'
}
mapfile -t sources < <(git ls-files '*.c' '*.h')
mapfile -t headers < <(git ls-files '*.h')
mapfile -t shipped < <(git ls-files 'models/*.c' 'config/*.c' 'daemon/*.c')
mapfile -t models < <(git ls-files 'models/*.c')
mapfile -t config < <(git ls-files 'config/*.[ch]')
# (Some end-to-end tests are in Python.)
mapfile -t scripts < <(git ls-files 'tests/*.sh' 'daemon/*.sh' tests/run tests/run-all tests/fuzz tests/bench tests/bench_gefcom2014l tests/bench_skill tests/bench_season tests/bench_intake 'tests/e2e_*' |
    xargs grep -LE '^#!.*python')

for f in "${sources[@]}"; do
    head -1 "$f" | grep -q '^// SPDX-License-Identifier: GPL-3.0-or-later$' || echo "$f"
done >"$found"
check 'every source names its licence'

clang-format --dry-run "${sources[@]}" 2>&1 | grep 'warning' >"$found"
check 'clang-format has the last word'

for f in "${sources[@]}"; do
    lines=$(wc -l <"$f")
    [ "$lines" -le 500 ] || echo "$f: $lines lines"
done >"$found"
check 'no file over 500 lines'

awk 'FNR == 1 { start = 0 }
     /^\{/ { start = FNR }
     /^\}/ { if (start && FNR - start - 1 > 80) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0 }
    ' "${sources[@]}" >"$found"
check 'no function over 80 lines'

awk 'FNR == 1 { start = 0 }
     /^\{/ { start = FNR }
     /^\}/ { if (start) print FNR - start - 1; start = 0 }' "${shipped[@]}" | sort -n |
    awk '{ v[NR] = $1 } END { m = v[int((NR + 1) / 2)]; if (m > 15) print "median " m }' >"$found"
check 'the median function has at most 15 lines'

for h in "${headers[@]}"; do
    gcc -std=c2x -D_GNU_SOURCE -iquote . -fsyntax-only -x c "$h" 2>&1
done >"$found"
check 'every header compiles alone'

# foo.c exports foo_*; a part foo_bar.c of a larger module may export foo_* too, and entries.c, of
# many things, entry_*.
for f in "${shipped[@]}"; do
    module=$(basename "$f" .c)
    nm -g --defined-only "build/${f%.c}.o" 2>/dev/null | awk '{ print $3 }' | while read -r name; do
        case $name in main | cmd_* | *"$module"* | "${module%%_*}"_* | "${module%ies}y"_*) ;; *) echo "$f: $name" ;; esac
    done
done >"$found"
check 'a file exports only names of its own'

for f in "${shipped[@]}"; do
    nm -f sysv "build/${f%.c}.o" 2>/dev/null | awk -F'|' -v f="$f" \
        '$4 ~ /OBJECT/ && $7 ~ /\.(bss|data)$/ { print f ": " $1 }'
done >"$found"
check 'no mutable globals'

grep -nE '\b(setlocale|strtok|gets|sprintf|atoi|atof|strcat)\(' "${shipped[@]}" >"$found"
check 'no banned calls'
grep -nE '\b(time|clock_gettime|gettimeofday|sleep|usleep|fopen|open|printf|fprintf|getenv)\(' \
    "${models[@]}" >"$found"
check 'models/ does no input, output, or reading of clocks'
grep -nE '^# *(if|ifdef|elif)' "${sources[@]}" | grep -v '#ifndef PHUTAI_.*_H' >"$found"
check 'no conditional compilation'
grep -nE '#include <gsl' "${config[@]}" >"$found"
check 'config/ knows nothing of GSL'
git ls-files | grep -iE '(util|helper|misc|common)' >"$found"
check 'no dumping ground'
grep -nE '\b(TODO|FIXME|XXX|HACK)\b' "${shipped[@]}" >"$found"
check 'no promises in the code'
# What stands in $(...) would be judged instead of the command before it.
grep -nE '^ *result ".*\$\([^(]' "${scripts[@]}" >"$found"
check 'a result is of the command before it'
shellcheck -S warning "${scripts[@]}" >"$found" 2>&1
check 'shell scripts are sound'

echo "1..$n"
echo "$((n - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
