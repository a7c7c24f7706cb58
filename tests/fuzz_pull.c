// SPDX-License-Identifier: GPL-3.0-or-later
// What a database may answer. The first letter says how it is read: i as InfluxDB, v as
// VictoriaMetrics, n so too, for weather; capital letters make means of samples. What comes out
// must be fit for the store.
#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/pull_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOON = 1717842600, DAY = 86400, STEP = 1800 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void look_over(const struct pull_rows *rows)
{
    for (size_t i = 0; i < rows->n_readings; i++) {
        const struct store_reading *reading = &rows->readings[i];
        must(!strcmp(reading->zone, "a") && reading->meter && isfinite(reading->mw));
        must(reading->instant % STEP == 0 && reading->instant >= NOON - DAY - STEP &&
             reading->instant <= NOON);
    }
    for (size_t i = 0; i < rows->n_weather; i++)
        must(isfinite(rows->weather[i].temp_c) && !isinf(rows->weather[i].humidity_pct));
}

static void make_rows(const struct config *config, struct pull_answer *answer)
{
    struct metrics metrics = {0};
    struct pull_refusals *refusals = pull_refusals_new("fuzz", &metrics);
    struct checks *checks = checks_new(config);
    struct pull_rows rows;
    must(refusals && checks);
    const struct pull_rows_setup setup = {.request = {config, &config->pulls[0]},
                                          .checks = checks,
                                          .refusals = refusals,
                                          .window = {NOON - DAY, NOON},
                                          .now = NOON};
    must(pull_rows_make(&setup, answer, &rows));
    look_over(&rows);
    pull_rows_done(&rows);
    checks_free(checks);
    pull_refusals_free(refusals);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char id[] = "a", load[] = "load", mw[] = "mw", zone_tag[] = "zone", meter_tag[] = "meter";
    struct config_zone zone = {.id = id};
    struct config config = {.n_zones = 1, .zones = &zone, .n_pulls = 1};
    const struct pull_names names = {
        .name_tag = "zone", .meter_tag = "meter", .metric = {"load_mw", "humidity"}};
    struct pull_answer answer;
    char error[PULL_ERROR_LEN];
    if (!size)
        return 0;
    config.site.step_s = STEP;
    config.intake.load_max_mw = 2000;
    config.intake.load_measurement = load;
    config.intake.load_field = mw;
    config.intake.zone_tag = config.intake.station_tag = zone_tag;
    config.intake.meter_tag = meter_tag;
    config.intake.weather_measurement = config.intake.temp_field = config.intake.humidity_field =
        load;
    config.pulls[0].scale = 1;
    config.pulls[0].samples = 1;
    config.pulls[0].aggregate = isupper(*data) ? CONFIG_PULL_MEAN : CONFIG_PULL_NONE;
    config.pulls[0].kind = *data % 8 == 6 ? CONFIG_PULL_WEATHER : CONFIG_PULL_LOAD;
    const char *body = (const char *)data + 1;
    const bool good = tolower(*data) == 'i'
                          ? pull_answer_read_influx(body, size - 1, &names, &answer, error)
                          : pull_answer_read_vm(body, size - 1, &names, &answer, error);
    if (good)
        make_rows(&config, &answer);
    pull_answer_done(&answer);
    return 0;
}
