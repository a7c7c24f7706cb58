#!/bin/bash
# For end-to-end tests of phutaid: source it. It enters a folder of its own with a small site in it,
# and ends what it started, however the test ends.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
build=$(realpath "${BUILD:-build}")
folder=$(mktemp -d) && cd "$folder" || exit 1
number=0 daemon=''
export failed=0
children=()

finish() {
    for child in $daemon "${children[@]}"; do kill -9 "$child" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT

result() {  # NAME: of the command before it
    if [ $? -eq 0 ]; then
        number=$((number + 1)) && echo "ok $number - $1"
    else
        number=$((number + 1)) && echo "not ok $number - $1"
        for file in out log; do [ -f "$file" ] && tail -n 20 "$file" | sed "s/^/# $file: /"; done
        failed=1
    fi
}

write_site() {  # [LINE OF INTAKE...]: the site; more sections are taken from the file "sections"
    printf 'id,name\nyen-lu,Yên Lư\nphuc-son,Phúc Sơn\n' >zones.csv
    {
        printf '[site]\nclock = +07:00\nstep = 30min\nzones = zones.csv\n[store]\npath = store.db\n'
        printf '[intake]\nlisten = 127.0.0.1:0\n'
        [ $# -eq 0 ] || printf '%s\n' "$@"
        # A season takes longer than most of these tests wait for.
        printf '[season]\nevery = 0s\n'
        # Most of them count what arrives.
        printf '[heartbeat]\nevery = %s\n' "${heartbeat:-0s}"
        cat sections 2>/dev/null
    } >phutaid.conf
}

start_daemon() {  # [COMMAND BEFORE IT...]: true once it listens; $url says where, $daemon its pid
    rm -f port
    # As systemd starts it: tests/run keeps the BLAS quiet for itself only.
    env -u OPENBLAS_NUM_THREADS "$@" "$build/phutaid" --config phutaid.conf --port-file port 2>>log &
    daemon=$!
    wait_for test -s port || return 1
    url=http://127.0.0.1:$(cat port)
}

wait_for() {  # COMMAND...: until it is true, 20 s at most
    for _ in $(seq 200); do
        "$@" 2>/dev/null && return 0
        sleep 0.1
    done
    return 1
}

stop_daemon() {  # SIGNAL: true where it ends with status 0
    kill "-$1" "$daemon" && wait "$daemon"
    status=$?
    daemon=
    return $status
}

post() {  # STATUS TARGET [CURL OPTION...]: the reply goes to the file "out"
    expected=$1 target=$2
    shift 2
    got=$(curl -s -o out -w '%{http_code}' "$url$target" "$@")
    [ "$got" = "$expected" ] || { echo "# HTTP $got"; return 1; }
}

metric() {  # NAME VALUE: true where /metrics says so
    curl -s "$url/metrics" | grep -q "^phutai_$1 $2\$"
}
