// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alertmanager_silences.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "models/civil.h"

// Who made a silence, so that ours are known.
static const char creator[] = "phutai";

enum {
    // An acknowledgement until the alert is over: so long at first, and longer before so much of it
    // is left.
    FAR_S = 366 * CIVIL_DAY_S,
    NEAR_S = 30 * CIVIL_DAY_S,
    // What is quiet is silent for so many turns. The alert ends after fewer where no turn comes any
    // more: what is not told now is not told then either.
    QUIET_TURNS = ALERTMANAGER_TURNS + 5,
    QUIET_TURNS_LEFT = ALERTMANAGER_TURNS + 2,
    // That our clock may be ahead of the server's, which takes a beginning in its past as now.
    SKEW_S = 600,
};

// When a silence is to end: one that ends from `least` to `most` will do, a new one ends at
// `until`.
struct end {
    int64_t least, most, until;
};

static struct end end_of(const struct alertmanager_turn *turn, const struct store_alert *alert)
{
    const int64_t now = turn->now, until = alert->alert.acked_until;
    const int64_t least = now + QUIET_TURNS_LEFT * turn->every_s;
    const int64_t most = now + QUIET_TURNS * turn->every_s;
    if (alert->alert.acked != ALERT_NONE && until >= TEXT_TIME_MAX)
        return (struct end){now + NEAR_S, INT64_MAX, now + FAR_S};
    // (An acknowledgement may be on a clock that is not the system's.)
    if (alert->alert.acked != ALERT_NONE && (until > most || (until > now && !alert->quiet)))
        return (struct end){until, until, until};
    return (struct end){least, most, most};
}

// "An: called the zone"
static bool put_comment(json_t *wish, const struct store_alert *alert)
{
    const bool acked = alert->alert.acked != ALERT_NONE;
    const char *by = alert->ack_by, *note = alert->ack_note;
    char *text = NULL;
    const int n = acked ? asprintf(&text, "acknowledged: %s%s%s", by ? by : "",
                                   note && *note ? ": " : "", note ? note : "")
                        : asprintf(&text, "muted or inhibited");
    const bool fine = n >= 0 && alertmanager_post_text(wish, "comment", text);
    free(n >= 0 ? text : NULL);
    return fine;
}

bool alertmanager_silences_want(const struct alertmanager_turn *turn,
                                const struct store_alert *alert, json_t *wanted)
{
    const enum alert_level told = alert->alert.told;
    if (told == ALERT_NONE || (alert->alert.acked == ALERT_NONE && !alert->quiet))
        return true;
    const struct end end = end_of(turn, alert);
    json_t *labels = json_object();
    json_t *wish =
        json_pack("{s:o, s:I, s:I, s:I}", "labels", labels, "least", (json_int_t)end.least, "most",
                  (json_int_t)end.most, "until", (json_int_t)end.until);
    return !json_array_append_new(wanted, wish) &&
           alertmanager_post_labels(turn, alert, told, labels) && put_comment(wish, alert);
}

static bool says(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value && !strcmp(value, text);
}

// The labels that a silence is about; NULL where it is not of one alert, or without memory.
static json_t *labels_of(const json_t *silence)
{
    const json_t *matchers = json_object_get(silence, "matchers");
    json_t *labels = json_object();
    for (size_t i = 0; i < json_array_size(matchers); i++) {
        const json_t *matcher = json_array_get(matchers, i);
        const char *name = json_string_value(json_object_get(matcher, "name"));
        if (!name || json_is_true(json_object_get(matcher, "isRegex")) ||
            json_is_false(json_object_get(matcher, "isEqual")) ||
            json_object_set(labels, name, json_object_get(matcher, "value"))) {
            json_decref(labels);
            return NULL;
        }
    }
    return labels;
}

static int64_t time_of(const json_t *silence, const char *key)
{
    const char *text = json_string_value(json_object_get(silence, key));
    int64_t local_s = 0;
    int32_t offset_s = 0;
    if (!text || !text_time(text, &local_s, &offset_s))
        return 0;
    return offset_s == TEXT_NO_OFFSET ? local_s : local_s - offset_s;
}

static int64_t number(const json_t *wish, const char *key)
{
    return json_integer_value(json_object_get(wish, key));
}

static bool will_do(const json_t *silence, const json_t *wish)
{
    const int64_t end = time_of(silence, "endsAt");
    return end >= number(wish, "least") && end <= number(wish, "most") &&
           says(silence, "comment", json_string_value(json_object_get(wish, "comment")));
}

// Always in the order of the labels' names: one that is changed keeps its id only where the
// matchers are the same, in the same order.
static bool put_matchers(json_t *body, json_t *labels)
{
    static const char *const names[] = {"alertname", "severity", "site", "zone"};
    json_t *matchers = json_array();
    bool fine = !json_object_set_new(body, "matchers", matchers);
    for (size_t i = 0; fine && i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(labels, names[i]);
        fine = !value || !json_array_append_new(matchers, json_pack("{s:s, s:O, s:b, s:b}", "name",
                                                                    names[i], "value", value,
                                                                    "isRegex", 0, "isEqual", 1));
    }
    return fine;
}

// In place of `silence`, NULL: as a new one.
static bool post(const struct alertmanager_turn *turn, const json_t *wish, const json_t *silence,
                 json_t *posted)
{
    json_t *body =
        json_pack("{s:s, s:O}", "createdBy", creator, "comment", json_object_get(wish, "comment"));
    if (json_array_append_new(posted, body) ||
        !put_matchers(body, json_object_get(wish, "labels")) ||
        !alertmanager_post_time(body, "endsAt", number(wish, "until")))
        return false;
    if (!silence)
        return alertmanager_post_time(body, "startsAt", turn->now - SKEW_S);
    return !json_object_set(body, "id", json_object_get(silence, "id")) &&
           !json_object_set(body, "startsAt", json_object_get(silence, "startsAt"));
}

// Another site may use the same Alertmanager.
static bool is_ours(const struct alertmanager_turn *turn, const json_t *silence,
                    const json_t *labels)
{
    const char *site = json_string_value(json_object_get(labels, "site"));
    return labels && says(silence, "createdBy", creator) &&
           !says(json_object_get(silence, "status"), "state", "expired") &&
           !strcmp(site ? site : "", turn->config->site.name);
}

// The index of the wish for these labels, that none before has met; SIZE_MAX for none.
static size_t find_wish(const json_t *wanted, const bool met[], const json_t *labels)
{
    for (size_t i = 0; i < json_array_size(wanted); i++)
        if (!met[i] && json_equal(json_object_get(json_array_get(wanted, i), "labels"), labels))
            return i;
    return SIZE_MAX;
}

static bool take_silence(const struct alertmanager_turn *turn, const json_t *wanted, bool met[],
                         const json_t *silence, struct alertmanager_silences *ret)
{
    json_t *labels = labels_of(silence), *id = json_object_get(silence, "id");
    const bool ours = is_ours(turn, silence, labels);
    const size_t found = ours ? find_wish(wanted, met, labels) : SIZE_MAX;
    json_decref(labels);
    if (!ours)
        return true;
    if (found == SIZE_MAX)
        return json_is_string(id) && !json_array_append(ret->ended, id);
    met[found] = true;
    const json_t *wish = json_array_get(wanted, found);
    return will_do(silence, wish) || post(turn, wish, silence, ret->posted);
}

static bool compare(const struct alertmanager_turn *turn, const json_t *wanted, bool met[],
                    const json_t *silences, struct alertmanager_silences *ret)
{
    for (size_t i = 0; i < json_array_size(silences); i++)
        if (!take_silence(turn, wanted, met, json_array_get(silences, i), ret))
            return false;
    for (size_t i = 0; i < json_array_size(wanted); i++)
        if (!met[i] && !post(turn, json_array_get(wanted, i), NULL, ret->posted))
            return false;
    return true;
}

bool alertmanager_silences_compare(const struct alertmanager_turn *turn, const json_t *wanted,
                                   const char *answer, struct alertmanager_silences *ret)
{
    json_t *silences = json_loads(answer, 0, NULL);
    bool *met = calloc(json_array_size(wanted) + 1, sizeof *met);
    const bool fine = json_is_array(silences) && met && compare(turn, wanted, met, silences, ret);
    free(met);
    json_decref(silences);
    return fine;
}
