// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_json.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/config.h"
#include "config/hash.h"
#include "daemon/one_line.h"
#include "daemon/rfc3339.h"

// The number of this form: it changes where a reader would have to read otherwise.
enum { VERSION = 1 };

// Each of these: false without memory. What is unknown is left out.
static bool put(json_t *object, const char *key, json_t *value)
{
    return !json_object_set_new(object, key, value);
}

static bool put_text(json_t *object, const char *key, const char *text)
{
    char *line = one_line(text);
    const bool fine = line && put(object, key, json_string(line));
    free(line);
    return fine;
}

static bool put_known_text(json_t *object, const char *key, const char *text)
{
    return !text || !*text || put_text(object, key, text);
}

static bool put_number(json_t *object, const char *key, double value)
{
    return !isfinite(value) || put(object, key, json_real(value));
}

static bool put_time(const struct alert_json_group *group, json_t *object, const char *key,
                     int64_t instant)
{
    char text[RFC3339_LEN];
    rfc3339_write(instant, civil_offset(group->clock, instant), text);
    return put(object, key, json_string(text));
}

static bool put_day(json_t *object, int64_t day)
{
    if (day == CONFIG_NO_DAY)
        return true;
    const struct civil_date date = civil_date_from_day(day);
    return put(object, "day", json_sprintf("%04d-%02d-%02d", date.year, date.month, date.day));
}

static bool put_words(json_t *object, const char *key, const char *vietnamese, const char *english)
{
    json_t *words = json_object();
    return put(object, key, words) && put_text(words, "vi", vietnamese) &&
           put_text(words, "en", english);
}

static bool put_acknowledgement(const struct alert_json_group *group, json_t *object,
                                const struct store_alert *alert)
{
    if (alert->alert.acked == ALERT_NONE)
        return true;
    json_t *acknowledged = json_object();
    return put(object, "acknowledged", acknowledged) &&
           put_text(acknowledged, "by", alert->ack_by) &&
           put_text(acknowledged, "note", alert->ack_note) &&
           (alert->alert.acked_until == INT64_MAX ||
            put_time(group, acknowledged, "until", alert->alert.acked_until));
}

static enum alert_level level_of(const struct alert_json_notice *notice)
{
    const struct store_alert *alert = notice->alert;
    return alert->alert.level == ALERT_NONE ? alert->ended : alert->alert.level;
}

static bool put_notice(const struct alert_json_group *group, json_t *object,
                       const struct alert_json_notice *notice)
{
    const struct store_alert *alert = notice->alert;
    return put_text(object, "rule", alert->rule) && put_text(object, "zone", alert->subject) &&
           put_known_text(object, "zone_name", notice->zone_name) &&
           put_text(object, "notice", alert_notice_name(notice->notice)) &&
           put_text(object, "level", alert_level_name(level_of(notice))) &&
           put_text(object, "state", alert_state_name(alert_state(&alert->alert))) &&
           (!alert->alert.since || put_time(group, object, "since", alert->alert.since)) &&
           put_number(object, "value", alert->value) && put_number(object, "limit", alert->limit) &&
           put_words(object, "title", alert->title_vi, alert->title_en) &&
           put_words(object, "text", alert->text_vi, alert->text_en) &&
           put_acknowledgement(group, object, alert);
}

// Of what makes one group of notices another.
static bool put_id(const struct alert_json_group *group, json_t *object)
{
    const int64_t numbers[] = {group->now, group->day, (int64_t)group->n};
    uint64_t hash = hash_text(HASH_START, group->site);
    hash = hash_text(hash, group->substation);
    hash = hash_bytes(hash, numbers, sizeof numbers);
    for (size_t i = 0; i < group->n; i++) {
        const struct alert_json_notice *notice = &group->notices[i];
        hash = hash_text(hash, notice->alert->rule);
        hash = hash_text(hash, notice->alert->subject);
        hash = hash_text(hash, alert_notice_name(notice->notice));
        hash = hash_text(hash, alert_level_name(level_of(notice)));
    }
    return put(object, "id", json_sprintf("%016" PRIx64, hash));
}

static bool put_group(const struct alert_json_group *group, json_t *object)
{
    json_t *alerts = NULL;
    bool fine = put(object, "version", json_integer(VERSION)) && put_id(group, object) &&
                put_known_text(object, "site", group->site) &&
                put_known_text(object, "link", group->link) &&
                put_time(group, object, "time", group->now) &&
                put(object, "simulated", json_boolean(group->simulated)) &&
                put_known_text(object, "substation", group->substation) &&
                put_day(object, group->day) && put(object, "alerts", alerts = json_array());
    for (size_t i = 0; fine && i < group->n; i++) {
        json_t *notice = json_object();
        fine =
            !json_array_append_new(alerts, notice) && put_notice(group, notice, &group->notices[i]);
    }
    return fine;
}

char *alert_json(const struct alert_json_group *group)
{
    json_t *object = json_object();
    char *line = object && put_group(group, object)
                     ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(10))
                     : NULL;
    json_decref(object);
    return line;
}
