// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies of POST /write: gzipped or not, judged line by line, and answered.
#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/gzip.h"
#include "daemon/intake.h"
#include "daemon/utf8.h"
#include "tests/fuzz.h"

enum { BODY_MAX = 1 << 18 };

static const int64_t now = 1717841261; // 2024-06-08T10:07:41Z

struct taken {
    const struct config *config;
    size_t readings, weather, entries;
};

static bool take_reading(void *context, const struct store_reading *reading)
{
    struct taken *taken = context;
    const struct config *config = taken->config;
    taken->readings++;
    assert(!strcmp(reading->zone, "yen-lu") || !strcmp(reading->zone, "phuc-son"));
    assert(strlen(reading->meter) <= CHECK_NAME_MAX);
    assert(reading->mw >= config->intake.load_min_mw && reading->mw <= config->intake.load_max_mw);
    assert(reading->instant % config->site.step_s == 0);
    assert(reading->instant <= now + config->intake.future_s + config->site.step_s);
    return true;
}

static bool take_weather(void *context, const struct store_weather *weather)
{
    struct taken *taken = context;
    taken->weather++;
    assert(*weather->station && strlen(weather->station) <= CHECK_NAME_MAX);
    assert(weather->temp_c >= CHECK_TEMP_MIN_C && weather->temp_c <= CHECK_TEMP_MAX_C);
    assert(isnan(weather->humidity_pct) ||
           (weather->humidity_pct >= 0 && weather->humidity_pct <= 100));
    assert(weather->instant % 60 == 0);
    return true;
}

static bool take_entry(void *context, const struct store_entry *entry)
{
    struct taken *taken = context;
    taken->entries++;
    assert(*entry->zone && *entry->kind && entry->from <= entry->to);
    assert(utf8_valid(entry->note, strlen(entry->note)));
    return true;
}

// The reply says what the report does, in JSON.
static void check_reply(const struct intake_report *report)
{
    struct buffer out;
    buffer_init(&out, BODY_MAX);
    const int status = intake_reply(report, &out);
    assert(status == (report->n_verdicts ? 400 : 204));
    json_t *reply = status == 400 ? json_loads(out.data, JSON_REJECT_DUPLICATES, NULL) : NULL;
    assert(!reply == (status == 204));
    if (reply) {
        assert(json_integer_value(json_object_get(reply, "dropped")) ==
               (json_int_t)report->refused);
        assert(json_array_size(json_object_get(reply, "lines")) == report->n_verdicts);
        assert(json_string_length(json_object_get(reply, "error")) > 0);
    }
    json_decref(reply);
    buffer_done(&out);
}

static void check_report(const struct intake_report *report, const struct taken *taken)
{
    size_t told = 0;
    for (size_t i = 0; i < CHECK_CAUSES; i++)
        told += report->causes[i];
    assert(told == report->refused + report->causes[CHECK_HUMIDITY]);
    assert(report->n_verdicts == (told < INTAKE_VERDICTS_MAX ? told : INTAKE_VERDICTS_MAX));
    assert(report->readings == taken->readings && report->weather == taken->weather);
    assert(report->entries == taken->entries && report->moved <= report->readings);
    for (size_t i = 0; i < report->n_verdicts; i++) {
        const struct intake_verdict *verdict = &report->verdicts[i];
        assert(*verdict->fault.reason && text_is_clean(verdict->fault.reason));
        assert(i == 0 || verdict->line >= verdict[-1].line);
    }
}

static void take_body(const struct config *config, const struct intake_rules *rules, char *data,
                      size_t length, int64_t ns_per_tick)
{
    static struct intake_report report;
    struct taken taken = {.config = config};
    const struct intake_body body = {data, length, ns_per_tick, now, false};
    const struct intake_sink sink = {take_reading, take_weather, take_entry, &taken};
    assert(intake_parse(rules, &body, &sink, &report));
    check_report(&report, &taken);
    check_reply(&report);
}

// The first byte chooses the precision, the rest is the body, gzipped where it begins so.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const precisions[] = {"ns", "us", "ms", "s", "m", "h"};
    struct config_zone zones[] = {{.id = (char[]){"yen-lu"}}, {.id = (char[]){"phuc-son"}}};
    struct config config = {.site = {.step_s = 1800, .clock = (char[]){"+07:00"}},
                            .intake = {.future_s = 3600,
                                       .load_min_mw = -1.5,
                                       .load_max_mw = 500,
                                       .load_measurement = (char[]){"load"},
                                       .zone_tag = (char[]){"zone"},
                                       .meter_tag = (char[]){"meter"},
                                       .load_field = (char[]){"mw"},
                                       .load_scale = 1,
                                       .weather_measurement = (char[]){"weather"},
                                       .station_tag = (char[]){"station"},
                                       .temp_field = (char[]){"temp_c"},
                                       .humidity_field = (char[]){"rh_pct"}},
                            .n_zones = sizeof zones / sizeof *zones,
                            .zones = zones};
    struct intake_rules *rules = intake_rules_new(&config);
    struct buffer plain;
    int64_t ns_per_tick;
    if (size == 0 || !rules) {
        intake_rules_free(rules);
        return 0;
    }
    assert(intake_precision(precisions[*data % 6], &ns_per_tick));
    buffer_init(&plain, BODY_MAX);
    if (gzip_inflate(&plain, data + 1, size - 1) == GZIP_OK)
        take_body(&config, rules, plain.data, plain.length, ns_per_tick);
    buffer_done(&plain);
    // Memory of just its size, so that a read beyond the end is seen.
    char *body = malloc(size - 1 ? size - 1 : 1);
    memcpy(body, data + 1, size - 1);
    take_body(&config, rules, body, size - 1, ns_per_tick);
    free(body);
    intake_rules_free(rules);
    return 0;
}
