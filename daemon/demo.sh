#!/bin/sh
# The main job: phutaid with its embedded store, fed through its real intake.
#   daemon/demo.sh BUILD-FOLDER     SITE=bac-giang (the default: simulated readings, summer 2024) or
#                                   south-australia (real ones); ONCE=1 ends by itself;
#                                   SPEED=n recorded hours a second
build=${1:?usage: daemon/demo.sh BUILD-FOLDER}
cd "$(dirname "$0")/.." || exit 1
site=${SITE:-bac-giang}
demo=$build/demo-$site
case $site in
bac-giang)
    title='Bắc Giang: industrial zones, SIMULATED / mô phỏng: made up, not measured'
    live_from=2024-03-13T00:00 live_to=2024-03-15T00:00 speed=${SPEED:-48} clock=+07:00
    history='four years' live='two days' season=2024-summer ;;
south-australia)
    title='South Australia: half-hourly load of large industrial customers and of all others, real'
    live_from=2013-01-28T00:00 live_to=2013-02-11T00:00 speed=${SPEED:-24} clock=+10:00
    history='thirteen summers' live='two weeks' season=2012-summer ;;
*)
    echo "SITE=$site: bac-giang or south-australia" >&2
    exit 2 ;;
esac
rm -rf "$demo" && mkdir -p "$demo" && cp "config/$site"/*.conf "config/$site"/*.csv "$demo" || exit 1

say() { printf '\n== %s\n' "$*"; }
finish() {
    { [ -n "$daemon" ] && kill "$daemon" && wait "$daemon"; } 2>/dev/null
    daemon=
}
trap finish EXIT
trap 'exit 130' INT TERM

say "$title"
readings=config/$site/readings.csv.gz weather=config/$site/weather.csv.gz
if [ "$site" = bac-giang ]; then
    # As installed, but in this folder, at any free port, and "now" is the newest reading.
    sed -i -e 's|^path = .*|path = phutai.db|' -e 's|^listen = .*|listen = 127.0.0.1:0|' \
        -e '$a\[forecast]\nclock = readings\nevery = 24h' "$demo/phutaid.conf" || exit 1
    readings=$demo/readings.csv.gz weather=$demo/weather.csv.gz
    "$build/phutai" simulate --config "$demo/phutaid.conf" --from 2020-01-01 --to 2024-03-14 \
        --readings "$readings" --weather "$weather" || exit 1
fi
"$build/phutaid" --config "$demo/phutaid.conf" --port-file "$demo/port" 2>"$demo/log" &
daemon=$!
for _ in $(seq 100); do
    [ -s "$demo/port" ] && break
    kill -0 "$daemon" 2>/dev/null || { cat "$demo/log"; exit 1; }
    sleep 0.1
done
url=http://127.0.0.1:$(cat "$demo/port")
echo "phutaid listens at $url, its store is $demo/phutai.db, its log $demo/log"

say "$history before $live_from, as fast as they can be taken"
"$build/phutai" replay --url "$url" --readings "$readings" --weather "$weather" --clock "$clock" \
    --to "$live_from" || exit 1

say "$live as if they arrived now, at $speed hours a second (SPEED=n changes that)"
"$build/phutai" replay --url "$url" --readings "$readings" --weather "$weather" --clock "$clock" \
    --from "$live_from" --to "$live_to" --speed "$speed" || exit 1

# The last round of forecasts is made at the end of the last reading: wait for it.
for _ in $(seq 900); do
    "$build/phutai" forecast --config "$demo/phutaid.conf" --table 2>/dev/null |
        grep -q "issued $live_to" && break
    sleep 0.1
done
say 'the forecast of the coming week, by day'
if [ "$site" = bac-giang ]; then
    "$build/phutai" forecast --config "$demo/phutaid.conf" --table --zone quang-chau || exit 1
    echo "(the other zones: phutai forecast --config $demo/phutaid.conf --table)"
else
    "$build/phutai" forecast --config "$demo/phutaid.conf" --table || exit 1
fi

say "how high each zone will go in $season, seen from $live_to"
"$build/phutai" season --config "$demo/phutaid.conf" --season "$season" --issue "$live_to" --table ||
    exit 1

if [ "$site" = bac-giang ]; then
    say 'alerts: what a duty officer is told'
    "$build/phutai" alerts list --config "$demo/phutaid.conf" --table || exit 1

    say "the supply plan of $season, in $demo/plan"
    "$build/phutai" plan --config "$demo/phutaid.conf" --season "$season" --issue "$live_to" \
        --paths 1000 --output "$demo/plan" || exit 1
    ls "$demo/plan"
fi

if [ "$site" = south-australia ]; then
    say 'every forecast of the two weeks against what came'
    "$build/phutai" export --config "$demo/phutaid.conf" --what forecasts \
        --from "$live_from" --to "$live_to" --output "$demo/forecasts.csv" &&
        "$build/phutai" score --forecast "$demo/forecasts.csv" --actual "$readings" \
            --clock "$clock" || exit 1
fi

if [ -n "$ONCE" ]; then
    say 'done (ONCE=1)'
else
    say "running on; Ctrl-C ends it. Try: curl $url/metrics, curl $url/healthz"
    wait "$daemon"
fi
