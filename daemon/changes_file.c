// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/changes_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/tidy.h"

struct job {
    const char *path;
    struct tidy *tidy;
    struct dataset *dataset;
};

static void tell(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "%s; the row is left out\n", text);
}

static struct dataset_series *find_zone(struct dataset *dataset, const char *id)
{
    for (size_t k = 0; k < dataset->n_zones; k++)
        if (!strcmp(dataset->zones[k].id, id))
            return &dataset->zones[k];
    return NULL;
}

static bool read_kind(struct tidy *tidy, struct tidy_place place, const struct table_row *row,
                      enum change_kind *ret)
{
    const char *kind = row->field[2], *to = row->field[3];
    *ret = strcmp(kind, "level") ? CHANGE_MASK : CHANGE_LEVEL;
    if (*ret == CHANGE_MASK && strcmp(kind, "mask"))
        tidy_refuse(tidy, place, "kind is neither mask nor level", kind);
    else if (*ret == CHANGE_LEVEL && *to)
        tidy_refuse(tidy, place, "a change of level has no end", to);
    else
        return true;
    return false;
}

static bool read_times(struct tidy *tidy, struct tidy_place place, const struct table_row *row,
                       struct change *ret)
{
    const char *to = row->field[3];
    ret->to = INT64_MAX;
    if (!tidy_time(tidy, place, row->field[1], &ret->from, NULL) ||
        (*to && !tidy_time(tidy, place, to, &ret->to, NULL)))
        return false;
    if (ret->to <= ret->from)
        tidy_refuse(tidy, place, "to is not after from", to);
    return ret->to > ret->from;
}

static bool take_change(void *context, const struct table_row *row)
{
    const struct job *job = context;
    struct tidy *tidy = job->tidy;
    struct tidy_place place = {job->path, row->line};
    struct dataset_series *zone = find_zone(job->dataset, row->field[0]);
    struct change change;
    tidy->rows++;
    if (row->excess)
        tidy_refuse(tidy, place, "more fields than the header has, for zone", row->field[0]);
    else if (!zone)
        tidy_refuse(tidy, place, "no such zone in the readings", row->field[0]);
    else if (read_kind(tidy, place, row, &change.kind) && read_times(tidy, place, row, &change)) {
        struct change *grown =
            realloc(zone->changes, (zone->n_changes + 1) * sizeof *zone->changes);
        if (!grown) {
            snprintf(tidy->error, sizeof tidy->error, "%.200s: out of memory", job->path);
            return false;
        }
        zone->changes = grown;
        zone->changes[zone->n_changes++] = change;
    }
    return true;
}

bool changes_file_read(const char *path, struct dataset *dataset)
{
    static const char *const columns[] = {"zone", "from", "kind", "?to", "?note"};
    struct tidy tidy = {.clock = &dataset->clock, .bad = tell};
    struct job job = {path, &tidy, dataset};
    bool fine = tidy_read_table(&tidy, path, 5, columns, take_change, &job);
    if (!fine)
        fprintf(stderr, "%s\n", tidy.error);
    return fine;
}
