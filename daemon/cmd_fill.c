// SPDX-License-Identifier: GPL-3.0-or-later
// phutai fill: estimates of the readings that are missing in tidy CSV files.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/data_options.h"
#include "daemon/zone_history.h"
#include "models/fill.h"

struct request {
    struct data_options data;
    const char *from, *to;
};

// One zone's estimates.
struct filled {
    const struct dataset_series *zone;
    enum model_status status;
    double *value;
};

struct job {
    const struct dataset *dataset;
    int64_t from, to; // `to` is the end of the last interval
    size_t n_zones, n;
    struct filled *zones;
};

static const struct option own[] = {
    {"from", required_argument, NULL, 'f'},
    {"to", required_argument, NULL, 't'},
    {NULL, 0, NULL, 0},
};

static bool take(void *context, int option, const char *value)
{
    struct request *request = context;
    *(option == 'f' ? &request->from : &request->to) = value;
    return true;
}

static const struct data_options_command command = {
    .name = "phutai fill",
    .takes = DATA_OPTIONS_OUTPUT | DATA_OPTIONS_CHANGES,
    .head =
        "usage: phutai fill --readings FILE --from TIME --to TIME [OPTION]...\n"
        "\n"
        "Estimates the intervals that are missing from --from to the one that starts at --to, from "
        "the\n"
        "readings before and after them and the weather meanwhile. Writes CSV: time,zone,load, "
        "the\n"
        "missing intervals only. What is missing before a zone's first reading or after its last "
        "one is\n"
        "no gap: see phutai forecast. What --changes masks counts as missing.\n"
        "\n",
    .help = {"  --from TIME          ISO 8601, e.g. 2011-01-01T00:00\n"
             "  --to TIME            start of the last interval\n"},
    .own = own,
    .take = take,
};

static bool parse_times(const struct request *request, struct job *job)
{
    int32_t step = job->dataset->zones[0].series.step_s;
    if (!data_options_time(job->dataset, "--from", request->from, &job->from) ||
        !data_options_time(job->dataset, "--to", request->to, &job->to))
        return false;
    if (job->to < job->from || (job->to - job->from) / step >= SERIES_MAX) {
        fputs("--to must not lie before --from\n", stderr);
        return false;
    }
    job->to += step;
    job->n = (size_t)((job->to - job->from) / step);
    return true;
}

// Each zone to be filled with memory for its estimates.
static bool list_zones(const struct request *request, struct job *job)
{
    job->zones = calloc(job->dataset->n_zones + 1, sizeof *job->zones);
    for (size_t k = 0; job->zones && k < job->dataset->n_zones; k++) {
        if (!data_options_wants(&request->data, job->dataset->zones[k].id))
            continue;
        struct filled *zone = &job->zones[job->n_zones++];
        zone->zone = &job->dataset->zones[k];
        zone->value = malloc((job->n + 1) * sizeof *zone->value);
        if (!zone->value)
            return false;
    }
    return job->zones;
}

static void fill_zone(void *context, size_t index)
{
    const struct job *job = context;
    struct filled *zone = &job->zones[index];
    struct zone_history history = {0};
    struct model_data data;
    zone->status = MODEL_NOMEM;
    if (zone_history_whole(&history, job->dataset, zone->zone, &data))
        zone->status = fill_missing(&data, job->from, job->to, zone->value);
    // Estimates are of one level; back to that of their time.
    for (size_t i = 0; zone->status != MODEL_NOMEM && i < job->n; i++)
        zone->value[i] /=
            changes_factor(&history.changes, job->from + (int64_t)i * zone->zone->series.step_s);
    zone_history_done(&history);
}

static size_t write_zone(const struct job *job, const struct filled *zone, FILE *out)
{
    char time[TEXT_TIME_LEN];
    const struct dataset *dataset = job->dataset;
    size_t written = 0;
    for (size_t i = 0; i < job->n; i++) {
        int64_t instant = job->from + (int64_t)i * zone->zone->series.step_s;
        if (isnan(zone->value[i]))
            continue;
        text_write_time(civil_local(&dataset->clock, instant),
                        dataset->offset_s == TEXT_NO_OFFSET
                            ? TEXT_NO_OFFSET
                            : civil_offset(&dataset->clock, instant),
                        time);
        fprintf(out, "%s,%s,%.6g\n", time, zone->zone->id, zone->value[i]);
        written++;
    }
    return written;
}

// What came of a zone, where it is not as one would think.
static void tell_zone(const struct job *job, const struct filled *zone, size_t written)
{
    const struct series *load = &zone->zone->series;
    if (zone->status != MODEL_OK && written)
        fprintf(stderr, "zone '%s': %s; filled by the weeks beside\n", zone->zone->id,
                zone->status == MODEL_TOO_FEW ? "too little history for a regression"
                                              : "the regression could not be solved");
    if (job->from < load->start || job->to > series_end(load))
        fprintf(stderr, "zone '%s': nothing is filled before its first reading or after its last\n",
                zone->zone->id);
}

static bool write_all(const struct job *job, FILE *out)
{
    fputs("time,zone,load\n", out);
    for (size_t k = 0; k < job->n_zones; k++) {
        if (job->zones[k].status == MODEL_NOMEM)
            return false;
        tell_zone(job, &job->zones[k], write_zone(job, &job->zones[k], out));
    }
    return true;
}

static int run(void *context, const struct dataset *dataset, FILE *out)
{
    const struct request *request = context;
    struct job job = {.dataset = dataset};
    if (!parse_times(request, &job))
        return COMMAND_USAGE;
    bool fine = list_zones(request, &job);
    if (fine)
        cores_each(job.n_zones, fill_zone, &job);
    fine = fine && write_all(&job, out);
    if (!fine)
        fputs("phutai fill: out of memory\n", stderr);
    for (size_t k = 0; k < job.n_zones; k++)
        free(job.zones[k].value);
    free(job.zones);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

int cmd_fill(int argc, char **argv)
{
    struct request request = {0};
    int status;
    if (data_options_parse(&command, argc, argv, &request, &request.data, &status)) {
        status = COMMAND_USAGE;
        if (request.from && request.to)
            status = data_options_run(&request.data, run, &request);
        else
            fputs("phutai fill needs --from and --to; see --help\n", stderr);
    }
    data_options_done(&request.data);
    return status;
}
