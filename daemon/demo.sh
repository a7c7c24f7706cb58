#!/bin/sh
# The main job on real readings: phutaid with its embedded store, fed through its real intake.
#   daemon/demo.sh BUILD-FOLDER         ONCE=1 ends by itself; SPEED=n recorded hours a second
build=${1:?usage: daemon/demo.sh BUILD-FOLDER}
cd "$(dirname "$0")/.." || exit 1
speed=${SPEED:-24}
live_from=2013-01-28T00:00 live_to=2013-02-11T00:00
demo=$build/demo
rm -rf "$demo" && mkdir -p "$demo" && cp config/south-australia/*.conf config/south-australia/*.csv "$demo" || exit 1
site=config/south-australia
readings=$site/readings.csv.gz weather=$site/weather.csv.gz

say() { printf '\n== %s\n' "$*"; }
finish() {
    { [ -n "$daemon" ] && kill "$daemon" && wait "$daemon"; } 2>/dev/null
    daemon=
}
trap finish EXIT
trap 'exit 130' INT TERM

say 'South Australia: half-hourly load of large industrial customers and of all others, real'
"$build/phutaid" --config "$demo/phutaid.conf" --port-file "$demo/port" 2>"$demo/log" &
daemon=$!
for _ in $(seq 100); do
    [ -s "$demo/port" ] && break
    kill -0 "$daemon" 2>/dev/null || { cat "$demo/log"; exit 1; }
    sleep 0.1
done
url=http://127.0.0.1:$(cat "$demo/port")
echo "phutaid listens at $url, its store is $demo/phutai.db, its log $demo/log"

say "thirteen summers before $live_from, as fast as they can be taken"
"$build/phutai" replay --url "$url" --readings "$readings" --weather "$weather" --clock +10:00 \
    --to "$live_from" || exit 1

say "two weeks as if they arrived now, at $speed hours a second (SPEED=n changes that)"
"$build/phutai" replay --url "$url" --readings "$readings" --weather "$weather" --clock +10:00 \
    --from "$live_from" --to "$live_to" --speed "$speed" || exit 1

# The last round of forecasts is made at the end of the last reading: wait for it.
for _ in $(seq 600); do
    "$build/phutai" forecast --config "$demo/phutaid.conf" --table 2>/dev/null |
        grep -q "issued $live_to" && break
    sleep 0.1
done
say 'the forecast of the coming week, by day'
"$build/phutai" forecast --config "$demo/phutaid.conf" --table || exit 1

say 'every forecast of the two weeks against what came'
"$build/phutai" export --config "$demo/phutaid.conf" --what forecasts \
    --from "$live_from" --to "$live_to" --output "$demo/forecasts.csv" &&
    "$build/phutai" score --forecast "$demo/forecasts.csv" --actual "$readings" \
        --clock +10:00 || exit 1

if [ -n "$ONCE" ]; then
    say 'done (ONCE=1)'
else
    say "running on; Ctrl-C ends it. Try: curl $url/metrics, curl $url/healthz"
    wait "$daemon"
fi
