// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/check.h"
#include "daemon/origin.h"

void pull_answer_done(struct pull_answer *answer)
{
    for (size_t i = 0; i < answer->n_series; i++) {
        free(answer->series[i].identity);
        free(answer->series[i].name);
        free(answer->series[i].meter);
    }
    free(answer->series);
    free(answer->points);
    *answer = (struct pull_answer){0};
}

// Makes room for one more. The old list stays valid where it fails.
static bool grow(void **list, size_t n, size_t *max, size_t size)
{
    if (n < *max)
        return true;
    const size_t wanted = *max ? 2 * *max : 64;
    void *grown = reallocarray(*list, wanted, size);
    if (!grown)
        return false;
    *list = grown;
    *max = wanted;
    return true;
}

// A tag that is empty is one that the series does not have.
static const char *tag(const json_t *tags, const char *key)
{
    const char *value = json_string_value(json_object_get(tags, key));
    return value && *value ? value : NULL;
}

// Takes the identity.
static bool add_series(struct pull_answer *answer, const json_t *tags,
                       const struct pull_names *names, char *identity)
{
    const char *name = tag(tags, names->name_tag), *meter = tag(tags, names->meter_tag);
    const char *origin = tag(tags, ORIGIN_COLUMN);
    struct pull_series *series = &answer->series[answer->n_series];
    *series = (struct pull_series){.identity = identity,
                                   .name = name ? strdup(name) : NULL,
                                   .meter = strdup(meter ? meter : ""),
                                   .simulated = origin && !strcmp(origin, ORIGIN_SIMULATED)};
    answer->current = answer->n_series++;
    return series->meter && !name == !series->name;
}

bool pull_answer_begin_series(struct pull_answer *answer, const json_t *tags,
                              const struct pull_names *names)
{
    void *list = answer->series;
    char *identity = tags ? json_dumps(tags, JSON_SORT_KEYS | JSON_COMPACT) : strdup("");
    if (!identity || !grow(&list, answer->n_series, &answer->max_series, sizeof *answer->series)) {
        answer->no_memory = true;
        free(identity);
        return false;
    }
    answer->series = list;
    for (size_t i = 0; i < answer->n_series; i++)
        if (!strcmp(answer->series[i].identity, identity)) {
            answer->current = i;
            free(identity);
            return true;
        }
    answer->no_memory = !add_series(answer, tags, names, identity);
    return !answer->no_memory;
}

bool pull_answer_add_point(struct pull_answer *answer, const struct pull_point *point)
{
    void *list = answer->points;
    const bool room = grow(&list, answer->n_points, &answer->max_points, sizeof *answer->points);
    answer->points = list;
    answer->no_memory |= !room;
    if (!room)
        return false;
    answer->points[answer->n_points] = *point;
    answer->points[answer->n_points].series = answer->current;
    answer->points[answer->n_points].order = answer->n_points;
    answer->n_points++;
    return true;
}

void pull_answer_words(char ret[static PULL_ERROR_LEN], const char *before, const char *sent,
                       size_t length)
{
    snprintf(ret, PULL_ERROR_LEN, "%s%s", before, check_quote(sent, length).text);
}
