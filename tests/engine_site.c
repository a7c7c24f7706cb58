// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine_site.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

enum { DAY = 86400 };

void engine_site_open(struct engine_site *site)
{
    char error[256];
    site->store = store_open(site->path, STORE_WRITE, error);
    if (!site->store)
        fail_msg("%s", error);
    site->engine = engine_new(&site->config, site->store, error);
    if (!site->engine)
        fail_msg("%s", error);
}

void engine_site_close(struct engine_site *site)
{
    engine_free(site->engine);
    store_close(site->store);
}

struct engine_site *engine_site_new(int64_t step_s, int64_t every_s)
{
    struct engine_site *site = calloc(1, sizeof *site);
    gsl_set_error_handler_off();
    // In memory where there is such a file system: a year makes hundreds of commits.
    bool shm = !access("/dev/shm", W_OK);
    snprintf(site->folder, sizeof site->folder, "%s/phutai-test-XXXXXX", shm ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(site->folder));
    snprintf(site->path, sizeof site->path, "%s/phutai.db", site->folder);
    strcpy(site->id, "town");
    strcpy(site->name, "Town");
    strcpy(site->clock, "+07:00");
    strcpy(site->sink_name, "main");
    site->zone =
        (struct config_zone){.id = site->id, .name = site->name, .area_ha = NAN, .fill_pct = NAN};
    site->config.site.clock = site->clock;
    site->config.site.step_s = step_s;
    site->config.site.power_factor = 0.9;
    site->config.store.vintages_s = 30 * DAY;
    site->config.forecast.every_s = every_s;
    site->config.forecast.horizon_s = 2 * DAY;
    site->config.forecast.history_s = 5 * 365 * (int64_t)DAY;
    site->config.n_zones = 1;
    site->config.zones = &site->zone;
    site->config.n_sinks = 1;
    site->config.sinks[0].name = site->sink_name;
    site->config.sinks[0].batch_lines = 50;
    engine_site_open(site);
    return site;
}

void engine_site_free(struct engine_site *site)
{
    char command[128];
    engine_site_close(site);
    snprintf(command, sizeof command, "rm -r '%s'", site->folder);
    assert_int_equal(system(command), 0);
    free(site);
}

void engine_site_give(struct engine_site *site, const char *meter, int64_t instant, double mw)
{
    struct store_reading reading = {.zone = "town", .meter = meter, .instant = instant, .mw = mw};
    assert_true(store_put_reading(site->store, "town", meter, instant, mw) != STORE_FAILED);
    engine_take_reading(site->engine, &reading);
}

static void give_weather(struct engine_site *site, int64_t instant, double temp_c)
{
    struct store_weather weather = {
        .station = "hanoi", .instant = instant, .temp_c = temp_c, .humidity_pct = NAN};
    assert_true(store_put_weather(site->store, "hanoi", instant, temp_c, NAN) != STORE_FAILED);
    engine_take_weather(site->engine, &weather);
}

void engine_site_give_day(struct engine_site *site, const struct town *town, int day)
{
    int32_t step = town->load.step_s;
    assert_true(store_begin(site->store));
    for (int32_t s = 0; s < DAY; s += step) {
        int64_t t = town->start + (int64_t)day * DAY + s;
        give_weather(site, t, series_at(&town->temp, t));
        engine_site_give(site, "", t, series_at(&town->load, t));
    }
    assert_true(store_commit(site->store));
}

bool engine_site_run_due(struct engine_site *site, int64_t now)
{
    struct engine_job *job = engine_start_job(site->engine, now);
    if (!job)
        return false;
    assert_int_equal(engine_next_due(site->engine, now), INT64_MAX); // one at a time
    engine_job_run(job);
    assert_true(engine_finish_job(site->engine, job));
    return true;
}

void engine_site_judge(struct engine_site *site, const struct town *town, struct score *score)
{
    struct forecast forecast;
    bool found;
    assert_true(store_get_forecast(site->store, "town", INT64_MAX, &forecast, &found));
    assert_true(found);
    for (size_t i = 0; i < forecast.n; i++)
        score_add(score, series_at(&town->load, forecast_instant(&forecast, i)), forecast.mean[i],
                  forecast.n_levels, forecast.level, forecast_quantiles(&forecast, i));
    forecast_done(&forecast);
}
