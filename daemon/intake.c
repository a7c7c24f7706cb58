// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/intake.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/entry_list.h"
#include "daemon/intake_entry.h"
#include "daemon/lineproto.h"
#include "daemon/origin.h"

enum { NS_PER_S = 1000000000, TOLD_FIRST = 3 };

struct intake_rules {
    const struct config *config;
    struct civil_clock clock;
    struct checks *checks;
};

// The work on one body.
struct intake_walk {
    const struct intake_rules *rules;
    const struct intake_body *body;
    const struct intake_sink *sink;
    struct intake_report *report;
    struct lineproto_reader reader;
    struct lineproto_point point;
    struct check_fault fault; // of the line at hand
    bool ended;               // by the sink
};

struct intake_rules *intake_rules_new(const struct config *config)
{
    struct intake_rules *rules = calloc(1, sizeof *rules);
    if (!rules)
        return NULL;
    rules->config = config;
    rules->checks = checks_new(config);
    if (rules->checks && civil_clock_parse(config->site.clock, &rules->clock))
        return rules;
    intake_rules_free(rules);
    return NULL;
}

void intake_rules_free(struct intake_rules *rules)
{
    if (!rules)
        return;
    checks_free(rules->checks);
    free(rules);
}

static struct check_quoted quote_text(struct lineproto_text text)
{
    return check_quote(text.data, text.length);
}

void intake_note_fault(struct intake_report *report, unsigned long line,
                       const struct check_fault *fault)
{
    report->causes[fault->cause]++;
    report->refused += fault->cause != CHECK_HUMIDITY;
    if (report->n_verdicts < INTAKE_VERDICTS_MAX)
        report->verdicts[report->n_verdicts++] =
            (struct intake_verdict){.line = line, .fault = *fault};
}

// The fault of the line at hand into the report.
static void note_fault(struct intake_walk *walk)
{
    intake_note_fault(walk->report, walk->reader.line, &walk->fault);
}

static void refuse_malformed(struct intake_walk *walk)
{
    const struct lineproto_reader *reader = &walk->reader;
    size_t length = (size_t)(reader->end - reader->line_start);
    const char *newline = memchr(reader->line_start, '\n', length);
    if (newline)
        length = (size_t)(newline - reader->line_start);
    check_refuse(&walk->fault, CHECK_MALFORMED, "unable to parse %s: %s (byte %zu)",
                 check_quote(reader->line_start, length).text, reader->error, reader->column);
    note_fault(walk);
}

static const struct lineproto_text *find_tag(const struct intake_walk *walk, const char *key)
{
    for (size_t i = 0; i < walk->point.n_tags; i++)
        if (lineproto_equal(walk->point.tags[i].key, key))
            return &walk->point.tags[i].value;
    return NULL;
}

// The tag as a C string. Behind a tag's value there is always a byte of the body, read by now.
static const char *terminate(struct intake_walk *walk, const struct lineproto_text *text)
{
    walk->body->data[text->data + text->length - walk->body->data] = '\0';
    return text->data;
}

static bool take_name(struct intake_walk *walk, const char *key, bool required, const char **ret)
{
    const struct lineproto_text *text = find_tag(walk, key);
    *ret = "";
    if (!text)
        return !required || check_refuse(&walk->fault, CHECK_TAG, "no tag %s", key);
    if (text->length > CHECK_NAME_MAX)
        return check_refuse(&walk->fault, CHECK_TAG, "%s %s is longer than %d bytes", key,
                            quote_text(*text).text, CHECK_NAME_MAX);
    *ret = terminate(walk, text);
    return true;
}

static bool take_zone(struct intake_walk *walk, const char **ret)
{
    const char *name;
    return take_name(walk, walk->rules->config->intake.zone_tag, true, &name) &&
           check_zone(walk->rules->checks, name, ret, &walk->fault);
}

static const struct lineproto_field *find_field(const struct intake_walk *walk, const char *key)
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

static bool take_number(struct intake_walk *walk, const char *key, double *ret)
{
    const struct lineproto_field *field = find_field(walk, key);
    if (!field)
        return check_refuse(&walk->fault, CHECK_FIELD, "no field %s", key);
    if (field->type == LINEPROTO_STRING)
        return check_refuse(&walk->fault, CHECK_FIELD, "%s is the string %s, not a number", key,
                            quote_text(field->string).text);
    if (!is_number(field))
        return check_refuse(&walk->fault, CHECK_FIELD, "%s is %s, not a number", key,
                            field->boolean ? "true" : "false");
    *ret = field->real;
    return true;
}

// The time of the line in whole seconds.
static int64_t instant_of(const struct intake_walk *walk)
{
    return check_floor(walk->point.time_ns, NS_PER_S) / NS_PER_S;
}

static bool refuse_unstamped(struct intake_walk *walk)
{
    return check_refuse(&walk->fault, CHECK_FIELD, "no timestamp");
}

static bool take_interval(struct intake_walk *walk, int64_t *ret, bool *ret_moved)
{
    *ret_moved = false;
    if (walk->point.has_time)
        return check_interval(walk->rules->checks, walk->body->now, instant_of(walk), ret,
                              ret_moved, &walk->fault);
    if (walk->body->stamped)
        return refuse_unstamped(walk);
    *ret = check_floor(walk->body->now, walk->rules->config->site.step_s);
    return true;
}

static bool read_reading(struct intake_walk *walk, struct store_reading *ret, bool *ret_moved)
{
    const struct config *config = walk->rules->config;
    if (!take_zone(walk, &ret->zone) ||
        !take_name(walk, config->intake.meter_tag, false, &ret->meter) ||
        !take_number(walk, config->intake.load_field, &ret->mw))
        return false;
    ret->mw = check_scaled(ret->mw, config->intake.load_scale);
    return check_load(walk->rules->checks, ret->mw, &walk->fault) &&
           take_interval(walk, &ret->instant, ret_moved);
}

static void take_reading(struct intake_walk *walk)
{
    struct store_reading reading;
    bool moved;
    if (!read_reading(walk, &reading, &moved)) {
        note_fault(walk);
        return;
    }
    walk->ended = !walk->sink->reading(walk->sink->context, &reading);
    walk->report->readings += !walk->ended;
    walk->report->moved += !walk->ended && moved;
}

// NaN where there is none, or none that can be.
static double take_humidity(struct intake_walk *walk)
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
        check_refuse(&walk->fault, CHECK_HUMIDITY,
                     "%s %s is not between 0 and 100: taken without it", key, words);
    } else {
        check_refuse(&walk->fault, CHECK_HUMIDITY, "%s is not a number: taken without it", key);
    }
    note_fault(walk);
    return (double)NAN;
}

static bool read_weather(struct intake_walk *walk, struct store_weather *ret)
{
    const struct config *config = walk->rules->config;
    int64_t instant = walk->body->now;
    if (!take_name(walk, config->intake.station_tag, true, &ret->station) ||
        !take_number(walk, config->intake.temp_field, &ret->temp_c) ||
        !check_temperature(ret->temp_c, &walk->fault))
        return false;
    if (walk->point.has_time) {
        instant = instant_of(walk);
        if (!check_instant(walk->rules->checks, walk->body->now, instant, &walk->fault))
            return false;
    } else if (walk->body->stamped) {
        return refuse_unstamped(walk);
    }
    ret->instant = check_floor(instant, CHECK_MINUTE_S);
    ret->humidity_pct = take_humidity(walk);
    return true;
}

static void take_weather(struct intake_walk *walk)
{
    struct store_weather weather;
    if (!read_weather(walk, &weather)) {
        note_fault(walk);
        return;
    }
    walk->ended = !walk->sink->weather(walk->sink->context, &weather);
    walk->report->weather += !walk->ended;
}

static void take_entry(struct intake_walk *walk)
{
    const struct intake_rules *rules = walk->rules;
    const char *zone;
    struct intake_entry read;
    struct entry_list_windows windows;
    char reason[INTAKE_ENTRY_REASON_MAX];
    if (!take_zone(walk, &zone)) {
        note_fault(walk);
        return;
    }
    if (!intake_entry_read(rules->config, &rules->clock, zone, &walk->point, &read, reason)) {
        check_refuse(&walk->fault, CHECK_ENTRY, "%s", reason);
        note_fault(walk);
        return;
    }
    const struct store_entry entry =
        entry_list_stored(rules->config, &rules->clock, &read.entry, walk->body->now, &windows);
    walk->ended = !walk->sink->entry(walk->sink->context, &entry);
    walk->report->entries += !walk->ended;
}

static void refuse_measurement(struct intake_walk *walk)
{
    check_refuse(&walk->fault, CHECK_MEASUREMENT, "unknown measurement %s",
                 quote_text(walk->point.measurement).text);
    note_fault(walk);
}

static void take_point(struct intake_walk *walk)
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
        refuse_measurement(walk);
    if (simulated)
        walk->report->simulated += walk->report->readings + walk->report->weather - taken;
}

static void begin_walk(struct intake_walk *walk, const struct intake_rules *rules,
                       const struct intake_body *body, struct intake_report *report)
{
    walk->rules = rules;
    walk->body = body;
    walk->report = report;
    walk->ended = false;
    memset(report, 0, sizeof *report);
    lineproto_reader_init(&walk->reader, body->data, body->length, body->ns_per_tick);
}

struct intake_walk *intake_walk_new(const struct intake_rules *rules,
                                    const struct intake_body *body, struct intake_report *report)
{
    struct intake_walk *walk = malloc(sizeof *walk);
    if (walk)
        begin_walk(walk, rules, body, report);
    return walk;
}

void intake_walk_free(struct intake_walk *walk)
{
    free(walk);
}

enum intake_progress intake_walk_on(struct intake_walk *walk, size_t lines,
                                    const struct intake_sink *sink)
{
    const char *from = walk->reader.next;
    walk->sink = sink;
    for (size_t i = 0; i < lines && walk->reader.next - from < INTAKE_PIECE_BYTES; i++) {
        switch (lineproto_next(&walk->reader, &walk->point)) {
        case LINEPROTO_POINT:
            take_point(walk);
            break;
        case LINEPROTO_BAD:
            refuse_malformed(walk);
            break;
        case LINEPROTO_END:
            return INTAKE_END;
        }
        if (walk->ended)
            return INTAKE_STOPPED;
    }
    return INTAKE_MORE;
}

unsigned long intake_walk_lines(const struct intake_walk *walk)
{
    return walk->reader.next_line - 1;
}

bool intake_parse(const struct intake_rules *rules, const struct intake_body *body,
                  const struct intake_sink *sink, struct intake_report *ret)
{
    struct intake_walk walk;
    enum intake_progress progress;
    begin_walk(&walk, rules, body, ret);
    while ((progress = intake_walk_on(&walk, SIZE_MAX, sink)) == INTAKE_MORE)
        ;
    return progress == INTAKE_END;
}

// "partial write", "unable to parse" and "dropped=" are what clients look for, to know that sending
// the same again is of no use.
static char *summarize(const struct intake_report *report)
{
    struct buffer words;
    size_t told = report->n_verdicts < TOLD_FIRST ? report->n_verdicts : TOLD_FIRST, all = 0;
    for (size_t i = 0; i < CHECK_CAUSES; i++)
        all += report->causes[i];
    buffer_init(&words, 4096);
    buffer_text(&words, "partial write: ");
    for (size_t i = 0; i < told; i++)
        buffer_printf(&words, "%sline %lu: %s", i ? "; " : "", report->verdicts[i].line,
                      report->verdicts[i].fault.reason);
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
        json_t *line =
            json_pack("{s:I, s:s, s:s}", "line", (json_int_t)verdict->line, "cause",
                      check_cause_name(verdict->fault.cause), "reason", verdict->fault.reason);
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
