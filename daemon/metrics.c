// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/metrics.h"

#include <inttypes.h>
#include <stdbool.h>

// Names of zones, sources, sinks and causes need no escaping: the configuration allows letters,
// digits, _ and - in them, and a source has its kind before it.

enum { STATUS_MIN = 100, STATUS_MAX = 599 };

static void put_head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP phutai_%s %s\n# TYPE phutai_%s %s\n", name, help, name, type);
}

static void put_counted(struct buffer *out, const struct metrics *m)
{
    const struct {
        const char *name, *type, *help;
        int64_t value;
    } rows[] = {
        {"start_time_seconds", "gauge", "Unix time of the start.", m->started},
        {"readings_taken_total", "counter", "Readings taken in.", m->readings},
        {"readings_changed_total", "counter", "Readings that replaced another value.",
         m->readings_changed},
        {"readings_repeated_total", "counter", "Readings that were there already.",
         m->readings_same},
        {"readings_moved_total", "counter", "Readings moved onto the grid by some seconds.",
         m->readings_moved},
        {"weather_taken_total", "counter", "Observations of the weather taken in.", m->weather},
        {"weather_changed_total", "counter", "Observations that replaced another value.",
         m->weather_changed},
        {"weather_repeated_total", "counter", "Observations that were there already.",
         m->weather_same},
        {"weather_ahead_taken_total", "counter", "Hours of weather forecasts taken in.",
         m->weather_ahead},
        {"entries_taken_total", "counter", "Entries of the register taken in.", m->entries},
        {"files_done_total", "counter", "Files of folders that were read.", m->files_done},
        {"files_bad_total", "counter", "Files of folders that were refused as a whole.",
         m->files_bad},
        {"store_readings", "gauge", "Readings in the store.", m->stored_readings},
        {"store_weather", "gauge", "Observations of the weather in the store.", m->stored_weather},
        {"store_failures_total", "counter", "Writes that the store refused.", m->store_failures},
        {"store_reloads_total", "counter", "Times that another process wrote to the store.",
         m->reloads},
        {"unauthorized_total", "counter", "Requests without a token that may write.",
         m->unauthorized},
        {"forecast_runs_total", "counter", "Rounds of forecasts made and kept.", m->forecast_runs},
        {"forecast_failures_total", "counter", "Rounds of forecasts that could not be kept.",
         m->forecast_failures},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_head(out, rows[i].name, rows[i].type, rows[i].help);
        buffer_printf(out, "phutai_%s %" PRId64 "\n", rows[i].name, rows[i].value);
    }
    put_head(out, "forecast_run_seconds", "gauge", "Time that the last round of forecasts took.");
    buffer_printf(out, "phutai_forecast_run_seconds %.6f\n", m->forecast_run_s);
}

static void put_refused(struct buffer *out, const struct metrics *m)
{
    put_head(out, "lines_refused_total", "counter", "Lines refused, by cause.");
    for (enum check_cause cause = 0; cause < CHECK_CAUSES; cause++)
        buffer_printf(out, "phutai_lines_refused_total{cause=\"%s\"} %" PRId64 "\n",
                      check_cause_name(cause), m->refused[cause]);
}

static void put_zones(struct buffer *out, const struct engine *engine)
{
    size_t n = engine_zones(engine);
    put_head(out, "zone_newest_reading_seconds", "gauge",
             "Unix time of the end of the newest reading.");
    for (size_t i = 0; i < n; i++) {
        struct engine_zone_state zone = engine_zone(engine, i);
        if (zone.newest_reading)
            buffer_printf(out, "phutai_zone_newest_reading_seconds{zone=\"%s\"} %" PRId64 "\n",
                          zone.id, zone.newest_reading);
    }
    put_head(out, "zone_forecast_issue_seconds", "gauge",
             "Unix time of the newest forecast's issue, by the model that made it.");
    for (size_t i = 0; i < n; i++) {
        struct engine_zone_state zone = engine_zone(engine, i);
        if (zone.issue)
            buffer_printf(
                out, "phutai_zone_forecast_issue_seconds{zone=\"%s\",model=\"%s\"} %" PRId64 "\n",
                zone.id, zone.model, zone.issue);
    }
    put_head(out, "zone_incomplete_intervals", "gauge",
             "Sums of meters that the newest forecast did not learn from, as too much is missing.");
    for (size_t i = 0; i < n; i++)
        buffer_printf(out, "phutai_zone_incomplete_intervals{zone=\"%s\"} %zu\n",
                      engine_zone(engine, i).id, engine_zone(engine, i).incomplete);
    put_head(out, "zone_silent_meters", "gauge",
             "Meters that have fallen silent, for less than a week.");
    for (size_t i = 0; i < n; i++)
        buffer_printf(out, "phutai_zone_silent_meters{zone=\"%s\"} %zu\n",
                      engine_zone(engine, i).id, engine_zone(engine, i).silent_meters);
    put_head(out, "zone_fit_rows", "gauge", "Intervals that the zone's model was fitted on.");
    for (size_t i = 0; i < n; i++) {
        struct engine_zone_state zone = engine_zone(engine, i);
        buffer_printf(out, "phutai_zone_fit_rows{zone=\"%s\"} %.0f\n", zone.id, zone.fit_rows);
    }
}

enum sink_row {
    OUTBOX_BATCHES,
    OUTBOX_BYTES,
    OUTBOX_OLDEST,
    OUTBOX_ACKED,
    DROPPED,
    DROPPED_LINES,
    REJECTED,
    DELIVERED,
    DELIVERED_BYTES,
    LOST,
    RETRIES,
    TROUBLED,
    SINK_ROWS
};

static int64_t sink_value(const struct metrics_sink *sink, enum sink_row row)
{
    switch (row) {
    case OUTBOX_BATCHES:
        return sink->outbox.batches;
    case OUTBOX_BYTES:
        return sink->outbox.bytes;
    case OUTBOX_OLDEST:
        return sink->outbox.oldest;
    case OUTBOX_ACKED:
        return sink->outbox.acked;
    case DROPPED:
        return sink->outbox.dropped;
    case DROPPED_LINES:
        return sink->outbox.dropped_lines;
    case REJECTED:
        return sink->outbox.rejected;
    case DELIVERED:
        return sink->counts.batches;
    case DELIVERED_BYTES:
        return sink->counts.bytes;
    case LOST:
        return sink->counts.lost_lines;
    case RETRIES:
        return sink->counts.retries;
    case TROUBLED:
        return sink->counts.troubled;
    case SINK_ROWS:
        break;
    }
    return 0;
}

static void put_sinks(struct buffer *out, const struct metrics_page *page)
{
    static const struct {
        const char *name, *type, *help;
    } rows[] = {
        [OUTBOX_BATCHES] = {"outbox_batches", "gauge", "Batches that wait for a sink."},
        [OUTBOX_BYTES] = {"outbox_bytes", "gauge", "Bytes that wait for a sink."},
        [OUTBOX_OLDEST] = {"outbox_oldest_seconds", "gauge",
                           "Unix time of the oldest batch that waits, 0 for none."},
        [OUTBOX_ACKED] =
            {"outbox_acknowledged", "gauge",
             "Batches acknowledged by a server that may yet lose them, kept for a while."},
        [DROPPED] = {"outbox_dropped_total", "counter",
                     "Batches dropped as the oldest of a full outbox since the store was made."},
        [DROPPED_LINES] = {"outbox_dropped_lines_total", "counter", "Lines of these."},
        [REJECTED] = {"outbox_rejected_total", "counter",
                      "Rejects, of one line or more, since the store was made."},
        [DELIVERED] = {"sink_batches_total", "counter", "Batches delivered whole."},
        [DELIVERED_BYTES] = {"sink_bytes_total", "counter", "Bytes delivered, before packing."},
        [LOST] = {"sink_lost_lines_total", "counter", "Lines that a server refused for good."},
        [RETRIES] = {"sink_retries_total", "counter", "Attempts that failed and were put off."},
        [TROUBLED] = {"sink_troubled", "gauge", "1 while the last attempt has failed."},
    };
    for (enum sink_row row = 0; row < SINK_ROWS; row++) {
        put_head(out, rows[row].name, rows[row].type, rows[row].help);
        for (size_t i = 0; i < page->n_sinks; i++)
            buffer_printf(out, "phutai_%s{sink=\"%s\"} %" PRId64 "\n", rows[row].name,
                          page->sinks[i].name, sink_value(&page->sinks[i], row));
    }
}

static void put_sources(struct buffer *out, const struct metrics_page *page)
{
    put_head(out, "source_good_seconds", "gauge",
             "Unix time at which a source last worked, 0 for never.");
    for (size_t i = 0; i < page->n_sources; i++)
        buffer_printf(out, "phutai_source_good_seconds{source=\"%s\"} %" PRId64 "\n",
                      page->sources[i].name, page->sources[i].good);
    put_head(out, "source_troubled", "gauge", "1 while a source does not work.");
    for (size_t i = 0; i < page->n_sources; i++)
        buffer_printf(out, "phutai_source_troubled{source=\"%s\"} %d\n", page->sources[i].name,
                      *page->sources[i].trouble != '\0');
}

static void put_weather(struct buffer *out, const struct metrics_page *page)
{
    put_head(out, "weather_run_age_seconds", "gauge",
             "Age of the newest weather forecast, by the station that is asked for.");
    for (size_t i = 0; i < page->n_weather; i++)
        if (page->weather[i].run)
            buffer_printf(out, "phutai_weather_run_age_seconds{station=\"%s\"} %" PRId64 "\n",
                          page->weather[i].station, page->now - page->weather[i].run);
}

static void put_http(struct buffer *out, const struct http_server *server)
{
    put_head(out, "http_requests_total", "counter", "HTTP requests answered, by status.");
    for (int status = STATUS_MIN; status <= STATUS_MAX; status++)
        if (http_server_replies(server, status))
            buffer_printf(out, "phutai_http_requests_total{code=\"%d\"} %" PRIu64 "\n", status,
                          http_server_replies(server, status));
}

void metrics_print(struct buffer *out, const struct metrics_page *page)
{
    put_counted(out, page->counted);
    put_refused(out, page->counted);
    put_zones(out, page->engine);
    put_sources(out, page);
    put_sinks(out, page);
    put_weather(out, page);
    put_http(out, page->server);
}
