// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alertmanager_post.h"

#include <stdlib.h>

#include "daemon/one_line.h"
#include "daemon/rfc3339.h"
#include "models/civil.h"

static bool put(json_t *object, const char *key, json_t *value)
{
    return !json_object_set_new(object, key, value);
}

bool alertmanager_post_text(json_t *object, const char *key, const char *text)
{
    char *line = one_line(text);
    const bool fine = line && put(object, key, json_string(line));
    free(line);
    return fine;
}

bool alertmanager_post_time(json_t *object, const char *key, int64_t instant)
{
    char text[RFC3339_LEN];
    rfc3339_write(instant, 0, text);
    return put(object, key, json_string(text));
}

// There an empty label or annotation is none.
static bool put_known(json_t *object, const char *key, const char *text)
{
    return !text || !*text || alertmanager_post_text(object, key, text);
}

static bool put_day(json_t *labels, int64_t day)
{
    if (day == CONFIG_NO_DAY)
        return true;
    const struct civil_date date = civil_date_from_day(day);
    return put(labels, "day", json_sprintf("%04d-%02d-%02d", date.year, date.month, date.day));
}

bool alertmanager_post_labels(const struct alertmanager_turn *turn, const struct store_alert *alert,
                              enum alert_level level, json_t *labels)
{
    return put_known(labels, "alertname", alert->rule) &&
           put_known(labels, "severity", alert_level_name(level)) &&
           put_known(labels, "site", turn->config->site.name) &&
           put_known(labels, "zone", alert->subject);
}

static const char *zone_name(const struct config *config, const char *id)
{
    const size_t zone = config_zone_find(config, id);
    return zone == SIZE_MAX ? NULL : config->zones[zone].name;
}

static bool put_words(const struct config *config, json_t *words, const struct store_alert *alert)
{
    const bool vietnamese = config->alerts.language == CONFIG_VIETNAMESE;
    return put_known(words, "title", vietnamese ? alert->title_vi : alert->title_en) &&
           put_known(words, "text", vietnamese ? alert->text_vi : alert->text_en) &&
           put_known(words, "title_vi", alert->title_vi) &&
           put_known(words, "text_vi", alert->text_vi) &&
           put_known(words, "title_en", alert->title_en) &&
           put_known(words, "text_en", alert->text_en) &&
           put_known(words, "zone_name", zone_name(config, alert->subject));
}

// NULL without memory. With labels and annotations to be filled.
static json_t *append(const struct config *config, json_t *alerts)
{
    json_t *object = json_object();
    if (json_array_append_new(alerts, object) || !put(object, "labels", json_object()) ||
        !put(object, "annotations", json_object()) ||
        !put_known(object, "generatorURL", config->alerts.link))
        return NULL;
    return object;
}

static bool put_alert(const struct alertmanager_turn *turn, const struct store_alert *alert,
                      enum alert_level level, int64_t end, json_t *alerts)
{
    json_t *object = append(turn->config, alerts), *labels = json_object_get(object, "labels");
    // When it began under this level is not known of one that is over: its end will do.
    int64_t begin = alert->alert.since ? alert->alert.since : alert->alert.told_at;
    if (begin > end)
        begin = end;
    return object && alertmanager_post_labels(turn, alert, level, labels) &&
           put_known(labels, "substation", alert->group) && put_day(labels, alert->day) &&
           put_words(turn->config, json_object_get(object, "annotations"), alert) &&
           alertmanager_post_time(object, "startsAt", begin) &&
           alertmanager_post_time(object, "endsAt", end);
}

bool alertmanager_post_alert(const struct alertmanager_turn *turn, const struct store_alert *alert,
                             json_t *alerts)
{
    const int64_t end = turn->now + ALERTMANAGER_TURNS * turn->every_s;
    return alert->alert.told == ALERT_NONE ||
           put_alert(turn, alert, alert->alert.told, end, alerts);
}

bool alertmanager_post_end(const struct alertmanager_turn *turn, const struct store_alert *alert,
                           json_t *ends)
{
    // Not ahead: it may be on a clock that is not the system's.
    const int64_t end = alert->ended_at < turn->now ? alert->ended_at : turn->now;
    const enum alert_level told = alert->alert.told;
    if (alert->ended == ALERT_NONE || alert->ended == told)
        return true;
    if (!put_alert(turn, alert, alert->ended, end, ends))
        return false;
    json_t *words = json_object_get(json_array_get(ends, json_array_size(ends) - 1), "annotations");
    return told == ALERT_NONE || put_known(words, "replaced_by", alert_level_name(told));
}

static bool has_labels(const json_t *alerts, const json_t *labels)
{
    for (size_t i = 0; i < json_array_size(alerts); i++)
        if (json_equal(json_object_get(json_array_get(alerts, i), "labels"), labels))
            return true;
    return false;
}

bool alertmanager_post_ends(const json_t *ends, const char *answer, json_t *alerts)
{
    json_t *there = json_loads(answer, 0, NULL);
    bool fine = json_is_array(there);
    for (size_t i = 0; fine && i < json_array_size(ends); i++) {
        json_t *end = json_array_get(ends, i);
        if (has_labels(there, json_object_get(end, "labels")))
            fine = !json_array_append(alerts, end);
    }
    json_decref(there);
    return fine;
}

bool alertmanager_post_alive(const struct alertmanager_turn *turn, int64_t until, json_t *alerts)
{
    if (turn->now >= until)
        return true;
    const bool vietnamese = turn->config->alerts.language == CONFIG_VIETNAMESE;
    json_t *object = append(turn->config, alerts), *labels = json_object_get(object, "labels"),
           *words = json_object_get(object, "annotations");
    return object && put_known(labels, "alertname", "PhutaiAlive") &&
           put_known(labels, "severity", alert_level_name(ALERT_NONE)) &&
           put_known(labels, "site", turn->config->site.name) &&
           put_known(words, "title",
                     vietnamese ? "phutai vẫn đang dự báo" : "phutai makes forecasts") &&
           put_known(words, "text",
                     vietnamese ? "Báo động khi tin này không còn đến."
                                : "To be alarmed of where this no longer comes.") &&
           alertmanager_post_time(object, "endsAt", until);
}
