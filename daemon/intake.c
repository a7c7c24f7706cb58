// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/intake.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/entry_list.h"
#include "daemon/intake_entry.h"
#include "daemon/lineproto.h"
#include "daemon/origin.h"
#include "daemon/utf8.h"

// 2000-01-01T00:00Z. Seconds, milliseconds or microseconds of our days that were read in a finer
// precision all fall into 1970.
static const int64_t earliest = 946684800;

enum { MINUTE_S = 60, QUOTED_MAX = 60, NS_PER_S = 1000000000, TOLD_FIRST = 3 };

struct intake_rules {
    const struct config *config;
    struct civil_clock clock;
    size_t n_zones;
    const char *zones[]; // sorted
};

// The work on one body.
struct walk {
    const struct intake_rules *rules;
    const struct intake_body *body;
    const struct intake_sink *sink;
    struct intake_report *report;
    struct lineproto_reader reader;
    struct lineproto_point point;
    bool ended; // by the sink
};

const char *intake_cause_name(enum intake_cause cause)
{
    static const char *const names[] = {
        [INTAKE_MALFORMED] = "malformed",
        [INTAKE_MEASUREMENT] = "measurement",
        [INTAKE_TAG] = "tag",
        [INTAKE_ZONE] = "zone",
        [INTAKE_FIELD] = "field",
        [INTAKE_RANGE] = "range",
        [INTAKE_FUTURE] = "future",
        [INTAKE_PAST] = "past",
        [INTAKE_GRID] = "grid",
        [INTAKE_HUMIDITY] = "humidity",
        [INTAKE_ENTRY] = "entry",
    };
    return names[cause];
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct intake_rules *intake_rules_new(const struct config *config)
{
    struct intake_rules *rules = malloc(sizeof *rules + config->n_zones * sizeof rules->zones[0]);
    if (!rules)
        return NULL;
    rules->config = config;
    if (!civil_clock_parse(config->site.clock, &rules->clock)) {
        free(rules);
        return NULL;
    }
    rules->n_zones = config->n_zones;
    for (size_t i = 0; i < config->n_zones; i++)
        rules->zones[i] = config->zones[i].id;
    qsort(rules->zones, rules->n_zones, sizeof rules->zones[0], compare_ids);
    return rules;
}

void intake_rules_free(struct intake_rules *rules)
{
    free(rules);
}

// A value for a message: cut at a character, and fit for JSON whatever it holds.
struct quoted {
    char text[QUOTED_MAX + sizeof "\"\"..."];
};

static struct quoted quote(const char *data, size_t length)
{
    struct quoted quoted;
    bool cut = length > QUOTED_MAX;
    if (cut)
        for (length = QUOTED_MAX; length > 0 && (data[length] & 0xc0) == 0x80;)
            length--;
    bool utf8 = utf8_valid(data, length);
    char *to = quoted.text;
    *to++ = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];
        *to++ = c < ' ' || c == 0x7f || (c >= 0x80 && !utf8) ? '?' : (char)c;
    }
    strcpy(to, cut ? "\"..." : "\"");
    return quoted;
}

static struct quoted quote_text(struct lineproto_text text)
{
    return quote(text.data, text.length);
}

[[gnu::format(printf, 3, 4)]] static bool refuse(struct walk *walk, enum intake_cause cause,
                                                 const char *format, ...)
{
    struct intake_report *report = walk->report;
    report->causes[cause]++;
    report->refused += cause != INTAKE_HUMIDITY;
    if (report->n_verdicts == INTAKE_VERDICTS_MAX)
        return false;
    struct intake_verdict *verdict = &report->verdicts[report->n_verdicts++];
    verdict->line = walk->reader.line;
    verdict->cause = cause;
    va_list args;
    va_start(args, format);
    vsnprintf(verdict->reason, sizeof verdict->reason, format, args);
    va_end(args);
    // Where it was cut inside of a character.
    for (size_t n = strlen(verdict->reason); !utf8_valid(verdict->reason, n);)
        verdict->reason[--n] = '\0';
    return false;
}

static void refuse_malformed(struct walk *walk)
{
    const struct lineproto_reader *reader = &walk->reader;
    size_t length = (size_t)(reader->end - reader->line_start);
    const char *newline = memchr(reader->line_start, '\n', length);
    if (newline)
        length = (size_t)(newline - reader->line_start);
    refuse(walk, INTAKE_MALFORMED, "unable to parse %s: %s (byte %zu)",
           quote(reader->line_start, length).text, reader->error, reader->column);
}

static const struct lineproto_text *find_tag(const struct walk *walk, const char *key)
{
    for (size_t i = 0; i < walk->point.n_tags; i++)
        if (lineproto_equal(walk->point.tags[i].key, key))
            return &walk->point.tags[i].value;
    return NULL;
}

// The tag as a C string. Behind a tag's value there is always a byte of the body, read by now.
static const char *terminate(struct walk *walk, const struct lineproto_text *text)
{
    walk->body->data[text->data + text->length - walk->body->data] = '\0';
    return text->data;
}

static bool take_name(struct walk *walk, const char *key, bool required, const char **ret)
{
    const struct lineproto_text *text = find_tag(walk, key);
    *ret = "";
    if (!text)
        return !required || refuse(walk, INTAKE_TAG, "no tag %s", key);
    if (text->length > INTAKE_NAME_MAX)
        return refuse(walk, INTAKE_TAG, "%s %s is longer than %d bytes", key,
                      quote_text(*text).text, INTAKE_NAME_MAX);
    *ret = terminate(walk, text);
    return true;
}

static bool take_zone(struct walk *walk, const char **ret)
{
    const struct intake_rules *rules = walk->rules;
    const char *name;
    if (!take_name(walk, rules->config->intake.zone_tag, true, &name))
        return false;
    const char **found =
        bsearch(&name, rules->zones, rules->n_zones, sizeof rules->zones[0], compare_ids);
    if (!found)
        return refuse(walk, INTAKE_ZONE, "unknown zone %s", quote(name, strlen(name)).text);
    *ret = *found;
    return true;
}

static const struct lineproto_field *find_field(const struct walk *walk, const char *key)
{
    for (size_t i = walk->point.n_fields; i-- > 0;)
        if (lineproto_equal(walk->point.fields[i].key, key))
            return &walk->point.fields[i];
    return NULL;
}

static bool is_number(const struct lineproto_field *field)
{
    return field->type == LINEPROTO_FLOAT || field->type == LINEPROTO_INT ||
           field->type == LINEPROTO_UINT;
}

static bool take_number(struct walk *walk, const char *key, double *ret)
{
    const struct lineproto_field *field = find_field(walk, key);
    if (!field)
        return refuse(walk, INTAKE_FIELD, "no field %s", key);
    if (field->type == LINEPROTO_STRING)
        return refuse(walk, INTAKE_FIELD, "%s is the string %s, not a number", key,
                      quote_text(field->string).text);
    if (!is_number(field))
        return refuse(walk, INTAKE_FIELD, "%s is %s, not a number", key,
                      field->boolean ? "true" : "false");
    *ret = field->real;
    return true;
}

static bool check_range(struct walk *walk, const char *what, double value, double min, double max)
{
    char words[3][TEXT_REAL_LEN];
    if (value >= min && value <= max)
        return true;
    if (!isfinite(value))
        return refuse(walk, INTAKE_RANGE, "%s is too large", what);
    text_write_real(value, words[0]);
    text_write_real(min, words[1]);
    text_write_real(max, words[2]);
    return refuse(walk, INTAKE_RANGE, "%s %s is not between %s and %s", what, words[0], words[1],
                  words[2]);
}

static int64_t floor_to(int64_t instant, int64_t unit)
{
    int64_t rest = instant % unit;
    return instant - (rest < 0 ? rest + unit : rest);
}

static bool refuse_time(struct walk *walk, enum intake_cause cause, int64_t instant,
                        const char *why)
{
    char words[TEXT_TIME_LEN];
    text_write_time(instant, 0, words);
    return refuse(walk, cause, "time %s is %s", words, why);
}

// The time of the line in whole seconds, where it can be one.
static bool take_time(struct walk *walk, int64_t *ret)
{
    int64_t ahead = walk->rules->config->intake.future_s;
    int64_t instant = floor_to(walk->point.time_ns, NS_PER_S) / NS_PER_S;
    if (instant > walk->body->now + ahead) {
        char why[100];
        snprintf(why, sizeof why, "more than %" PRId64 " s ahead of the clock", ahead);
        return refuse_time(walk, INTAKE_FUTURE, instant, why);
    }
    if (instant < earliest)
        return refuse_time(walk, INTAKE_PAST, instant, "before 2000: is the precision right?");
    *ret = instant;
    return true;
}

static bool take_interval(struct walk *walk, int64_t *ret, bool *ret_moved)
{
    int64_t step_s = walk->rules->config->site.step_s, instant;
    *ret_moved = false;
    if (!walk->point.has_time) {
        *ret = floor_to(walk->body->now, step_s);
        return true;
    }
    if (!take_time(walk, &instant))
        return false;
    // A clock that is wrong by more than this is not one to stamp readings with.
    int64_t tolerance_s = step_s / 60;
    int64_t nearest = floor_to(instant + step_s / 2, step_s);
    if (llabs(instant - nearest) > tolerance_s) {
        char why[100];
        snprintf(why, sizeof why, "inside an interval of %" PRId64 " s: stamp its start", step_s);
        return refuse_time(walk, INTAKE_GRID, instant, why);
    }
    *ret = nearest;
    *ret_moved = nearest != instant;
    return true;
}

static void take_reading(struct walk *walk)
{
    const struct config *config = walk->rules->config;
    struct store_reading reading;
    bool moved;
    if (!take_zone(walk, &reading.zone) ||
        !take_name(walk, config->intake.meter_tag, false, &reading.meter) ||
        !take_number(walk, config->intake.load_field, &reading.mw))
        return;
    reading.mw *= config->intake.load_scale;
    if (!check_range(walk, "load in MW", reading.mw, config->intake.load_min_mw,
                     config->intake.load_max_mw) ||
        !take_interval(walk, &reading.instant, &moved))
        return;
    walk->ended = !walk->sink->reading(walk->sink->context, &reading);
    walk->report->readings += !walk->ended;
    walk->report->moved += !walk->ended && moved;
}

// NaN where there is none, or none that can be.
static double take_humidity(struct walk *walk)
{
    const char *key = walk->rules->config->intake.humidity_field;
    const struct lineproto_field *field = find_field(walk, key);
    char words[TEXT_REAL_LEN];
    if (!field)
        return (double)NAN;
    if (is_number(field) && field->real >= 0 && field->real <= 100)
        return field->real;
    if (is_number(field)) {
        text_write_real(field->real, words);
        refuse(walk, INTAKE_HUMIDITY, "%s %s is not between 0 and 100: taken without it", key,
               words);
    } else {
        refuse(walk, INTAKE_HUMIDITY, "%s is not a number: taken without it", key);
    }
    return (double)NAN;
}

static void take_weather(struct walk *walk)
{
    const struct config *config = walk->rules->config;
    struct store_weather weather;
    int64_t instant = walk->body->now;
    if (!take_name(walk, config->intake.station_tag, true, &weather.station) ||
        !take_number(walk, config->intake.temp_field, &weather.temp_c) ||
        !check_range(walk, "temperature", weather.temp_c, INTAKE_TEMP_MIN_C, INTAKE_TEMP_MAX_C) ||
        (walk->point.has_time && !take_time(walk, &instant)))
        return;
    weather.instant = floor_to(instant, MINUTE_S);
    weather.humidity_pct = take_humidity(walk);
    walk->ended = !walk->sink->weather(walk->sink->context, &weather);
    walk->report->weather += !walk->ended;
}

static void take_entry(struct walk *walk)
{
    const struct intake_rules *rules = walk->rules;
    const char *zone;
    struct intake_entry read;
    struct entry_list_windows windows;
    char reason[INTAKE_ENTRY_REASON_MAX];
    if (!take_zone(walk, &zone))
        return;
    if (!intake_entry_read(rules->config, &rules->clock, zone, &walk->point, &read, reason)) {
        refuse(walk, INTAKE_ENTRY, "%s", reason);
        return;
    }
    const struct store_entry entry =
        entry_list_stored(rules->config, &rules->clock, &read.entry, walk->body->now, &windows);
    walk->ended = !walk->sink->entry(walk->sink->context, &entry);
    walk->report->entries += !walk->ended;
}

static void take_point(struct walk *walk)
{
    struct lineproto_text measurement = walk->point.measurement;
    const struct lineproto_text *origin = find_tag(walk, ORIGIN_COLUMN);
    bool simulated = origin && lineproto_equal(*origin, ORIGIN_SIMULATED);
    size_t taken = walk->report->readings + walk->report->weather;
    if (lineproto_equal(measurement, walk->rules->config->intake.load_measurement))
        take_reading(walk);
    else if (lineproto_equal(measurement, walk->rules->config->intake.weather_measurement))
        take_weather(walk);
    else if (lineproto_equal(measurement, "register"))
        take_entry(walk);
    else
        refuse(walk, INTAKE_MEASUREMENT, "unknown measurement %s", quote_text(measurement).text);
    if (simulated)
        walk->report->simulated += walk->report->readings + walk->report->weather - taken;
}

bool intake_parse(const struct intake_rules *rules, const struct intake_body *body,
                  const struct intake_sink *sink, struct intake_report *ret)
{
    struct walk walk;
    enum lineproto_status status;
    walk.rules = rules;
    walk.body = body;
    walk.sink = sink;
    walk.report = ret;
    walk.ended = false;
    memset(ret, 0, sizeof *ret);
    lineproto_reader_init(&walk.reader, body->data, body->length, body->ns_per_tick);
    while (!walk.ended && (status = lineproto_next(&walk.reader, &walk.point)) != LINEPROTO_END)
        if (status == LINEPROTO_POINT)
            take_point(&walk);
        else
            refuse_malformed(&walk);
    return !walk.ended;
}

// "partial write", "unable to parse" and "dropped=" are what clients look for, to know that sending
// the same again is of no use.
static char *summarize(const struct intake_report *report)
{
    struct buffer words;
    size_t told = report->n_verdicts < TOLD_FIRST ? report->n_verdicts : TOLD_FIRST, all = 0;
    for (size_t i = 0; i < INTAKE_CAUSES; i++)
        all += report->causes[i];
    buffer_init(&words, 4096);
    buffer_text(&words, "partial write: ");
    for (size_t i = 0; i < told; i++)
        buffer_printf(&words, "%sline %lu: %s", i ? "; " : "", report->verdicts[i].line,
                      report->verdicts[i].reason);
    if (all > told)
        buffer_printf(&words, "; and %zu more", all - told);
    buffer_printf(&words, " dropped=%zu", report->refused);
    return buffer_take(&words, NULL);
}

static json_t *list_verdicts(const struct intake_report *report)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < report->n_verdicts; i++) {
        const struct intake_verdict *verdict = &report->verdicts[i];
        json_t *line = json_pack("{s:I, s:s, s:s}", "line", (json_int_t)verdict->line, "cause",
                                 intake_cause_name(verdict->cause), "reason", verdict->reason);
        if (json_array_append_new(lines, line))
            break;
    }
    return lines;
}

int intake_reply(const struct intake_report *report, struct buffer *out)
{
    if (report->n_verdicts == 0)
        return 204;
    char *words = summarize(report);
    json_t *reply = json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:o}", "code", "invalid", "error", words, "message", words,
        "taken", (json_int_t)(report->readings + report->weather + report->entries), "dropped",
        (json_int_t)report->refused, "lines", list_verdicts(report));
    char *text = json_dumps(reply, JSON_COMPACT);
    buffer_text(out, text ? text : "{\"error\":\"partial write\"}");
    free(text);
    json_decref(reply);
    free(words);
    return 400;
}

bool intake_precision(const char *text, int64_t *ret_ns_per_tick)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"", 1},         {"ns", 1},          {"n", 1},
                 {"us", 1000},    {"u", 1000},        {"ms", 1000000},
                 {"s", NS_PER_S}, {"m", 60000000000}, {"h", 3600000000000}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (!strcmp(text ? text : "", units[i].name)) {
            *ret_ns_per_tick = units[i].ns;
            return true;
        }
    return false;
}
