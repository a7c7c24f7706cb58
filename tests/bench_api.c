// SPDX-License-Identifier: GPL-3.0-or-later
// How long the loop stands still for an answer of the API: a site of 12 zones with five years of
// half hours, and the vintages of three months. Prints "MS BYTES PATH", the slowest of five.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/api.h"
#include "daemon/nodes.h"
#include "daemon/points.h"
#include "daemon/store_peaks.h"
#include "daemon/store_scores.h"

enum { ZONES = 12, STEP = 1800, DAY = 86400, YEARS = 5, AHEAD = 7, VINTAGE_DAYS = 90, ROUNDS = 5 };

static const int64_t now = 1717434000;
static const int64_t today = 19878;
static const struct civil_clock clock_7 = {.offset_s = 7 * 3600};

static void must(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "bench_api: %s failed\n", what);
    exit(1);
}

static struct config *make_site(void)
{
    struct config_errors errors;
    FILE *zones = fopen("zones.csv", "w"), *capacity = fopen("capacity.csv", "w");
    FILE *site = fopen("phutaid.conf", "w");
    must(zones && capacity && site, "fopen");
    fputs("id,name\n", zones);
    fputs("zone,from,mva,units,power_factor\n", capacity);
    for (int z = 0; z < ZONES; z++) {
        fprintf(zones, "z%02d,Zone %d\n", z, z);
        fprintf(capacity, "z%02d,2019-01-01,30,,1\nz%02d,2024-06-06,40,,1\n", z, z);
    }
    fputs("[site]\nclock = +07:00\nstep = 30min\nzones = zones.csv\ncapacity = capacity.csv\n"
          "[store]\npath = store.db\n",
          site);
    must(!fclose(zones) && !fclose(capacity) && !fclose(site), "fclose");
    struct config *config = config_read("phutaid.conf", &errors);
    must(config, errors.n ? errors.text[0] : "config_read");
    config_errors_done(&errors);
    return config;
}

static void put_readings(struct store *store, const char *zone, int meters)
{
    for (int64_t t = now - (int64_t)YEARS * 365 * DAY; t < now; t += STEP)
        for (int m = 0; m < meters; m++) {
            const char meter[] = {(char)('a' + m), '\0'};
            const double mw = (double)(20000 + t / STEP % 997) / 1000; // as fine as meters are
            must(store_put_reading(store, zone, meters > 1 ? meter : "", t, mw) == STORE_NEW,
                 "store_put_reading");
        }
}

static void put_vintage(struct store *store, const char *node, int64_t issue)
{
    struct forecast forecast;
    struct day_peak days[AHEAD];
    struct day_peaks peaks = {.issue = issue, .growth = 0.1, .n = AHEAD, .days = days};
    must(forecast_init(&forecast, issue, STEP, AHEAD * 48, POINTS_LEVELS, points_levels),
         "forecast_init");
    for (size_t i = 0; i < forecast.n; i++) {
        forecast.mean[i] = 20 + (double)i / 7;
        for (size_t k = 0; k < POINTS_LEVELS; k++)
            forecast.quantile[i * POINTS_LEVELS + k] = 20 + (double)(i + k) / 7;
    }
    for (int d = 0; d < AHEAD; d++) {
        days[d] = (struct day_peak){.day = (issue + 7 * 3600) / DAY + d, .whole = true};
        for (int q = 0; q < DAY_PEAKS_LEVELS; q++)
            days[d].peak[q] = days[d].top[q] = (float)(25 + q / 10.0);
    }
    must(store_put_forecast(store, node, &forecast) && store_put_peaks(store, node, &peaks),
         "store_put_forecast");
    forecast_done(&forecast);
}

static void put_season(struct store *store, const char *node)
{
    static const char *const scenarios[] = {"base", "low", "high", "heat", "late"};
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++) {
        struct store_season season = {.issue = now,
                                      .season = "2024-summer",
                                      .scenario = scenarios[s],
                                      .zone = node,
                                      .limit_mw = 30,
                                      .p_over = 0.1};
        for (int k = 0; k < STORE_SEASON_LEVELS; k++)
            season.peak_mw[k] = 20 + k / 9.0;
        must(store_put_season(store, &season), "store_put_season");
    }
}

static void put_scores(struct store *store, const char *zone)
{
    for (int64_t day = today - YEARS * 365; day < today; day++)
        for (int lead = 1; lead <= 7; lead++) {
            const struct store_score score = {
                .zone = zone, .day = day, .lead = lead, .model = "recency", .mae = 1};
            must(store_put_score(store, &score), "store_put_score");
        }
}

// The first zone is a sum of four meters.
static void fill(struct store *store, const struct config *config)
{
    struct nodes *nodes = nodes_new(config);
    must(nodes && store_begin(store), "store_begin");
    for (size_t k = 0; k < nodes->n; k++) {
        const char *id = nodes->nodes[k].id;
        if (k < ZONES)
            put_readings(store, id, k ? 1 : 4);
        for (int64_t issue = now - (int64_t)VINTAGE_DAYS * DAY; issue <= now; issue += 3600)
            put_vintage(store, id, issue);
        put_season(store, id);
        put_scores(store, id);
    }
    must(store_commit(store), "store_commit");
    nodes_free(nodes);
}

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return 1e3 * (double)time.tv_sec + (double)time.tv_nsec / 1e6;
}

static void measure(const struct api_site *site, struct api_query query)
{
    double worst = 0;
    size_t bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct http_reply reply = {0};
        buffer_init(&reply.body, HTTP_REPLY_MAX);
        const double begin = now_ms();
        api_answer(site, &query, &reply);
        worst = fmax(worst, now_ms() - begin);
        must(reply.status == 200, query.path);
        bytes = reply.body.length;
        buffer_done(&reply.body);
    }
    printf("%8.2f %9zu %s%s%s\n", worst, bytes, query.path, query.from ? " from " : "",
           query.from ? query.from : "");
}

int main(int argc, char **argv)
{
    char error[256];
    if (argc != 2 || chdir(argv[1])) {
        fputs("usage: bench_api EMPTY-FOLDER\n", stderr);
        return 2;
    }
    struct config *config = make_site();
    struct store *store = store_open("store.db", STORE_WRITE, error);
    must(store, error);
    fill(store, config);
    struct alerts_zone zones[ZONES];
    for (int z = 0; z < ZONES; z++)
        zones[z] = (struct alerts_zone){.newest = now, .load_end = now, .load_mw = 20};
    const struct api_site site = {
        .config = config, .store = store, .clock = &clock_7, .now = now, .zones = zones};
    static const char year[] = "2023-06-04", month[] = "2024-05-05";
    const struct api_query queries[] = {
        {.path = "site"},
        {.path = "overview"},
        {.path = "nodes/z01/readings"},
        {.path = "nodes/z01/readings", .from = year, .to = "2024-06-04"},
        {.path = "nodes/z01/readings", .from = year, .to = "2024-06-04", .format = "csv"},
        {.path = "nodes/z00/readings", .from = "2024-03-04", .to = "2024-06-04"},
        {.path = "nodes/total/readings", .from = month, .to = "2024-06-04"},
        {.path = "nodes/z01/forecast"},
        {.path = "nodes/total/forecast"},
        {.path = "nodes/total/peaks"},
        {.path = "nodes/z01/vintages", .day = "2024-06-03"},
        {.path = "nodes/total/vintages", .day = "2024-06-03"},
        {.path = "nodes/z01/scores", .from = year, .to = "2024-06-04"},
        {.path = "nodes/total/season"},
        {.path = "register"},
        {.path = "alerts"},
        {.path = "alerts/history"},
        {.path = "sources"},
        {.path = "openapi.json"},
    };
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        measure(&site, queries[i]);
    store_close(store);
    config_free(config);
    return 0;
}
