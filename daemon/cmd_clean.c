// SPDX-License-Identifier: GPL-3.0-or-later
// phutai clean: readings that no model should learn from, and dated changes of level, for people to
// look at.
#include <stdio.h>
#include <stdlib.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/data_options.h"
#include "models/clean.h"

struct job {
    const struct dataset *dataset;
    struct clean *found; // one a zone
    enum model_status *status;
};

static const struct data_options_command command = {
    .name = "phutai clean",
    .takes = DATA_OPTIONS_OUTPUT,
    .head =
        "usage: phutai clean --readings FILE [OPTION]...\n"
        "\n"
        "Finds readings that look like faults (false zeros, flat lines, spikes, outages) and dates "
        "at\n"
        "which a zone's level changed. Nothing is changed. Writes CSV: zone,what,from,to,value; "
        "`to` is\n"
        "the end of the last interval, `value` how many intervals. A `shift` goes on to no end, "
        "and its\n"
        "value is the new level by the old one: declare it to forecast, fill and backtest with "
        "--changes.\n"
        "\n",
};

static void clean_zone(void *context, size_t index)
{
    const struct job *job = context;
    const struct series *load = &job->dataset->zones[index].series;
    struct model_data data = {
        .load = load,
        .temp = job->dataset->temp.n ? &job->dataset->temp : NULL,
        .calendar = job->dataset->calendar,
        .clock = &job->dataset->clock,
        .issue = series_end(load),
    };
    job->status[index] = clean_find(&data, &job->found[index]);
}

static void write_time(const struct dataset *dataset, int64_t instant,
                       char ret[static TEXT_TIME_LEN])
{
    text_write_time(civil_local(&dataset->clock, instant),
                    dataset->offset_s == TEXT_NO_OFFSET ? TEXT_NO_OFFSET
                                                        : civil_offset(&dataset->clock, instant),
                    ret);
}

static void write_zone(const struct dataset *dataset, const struct dataset_series *zone,
                       const struct clean *found, FILE *out)
{
    char from[TEXT_TIME_LEN], to[TEXT_TIME_LEN];
    for (size_t k = 0; k < found->n_runs; k++) {
        const struct clean_run *run = &found->runs[k];
        write_time(dataset, series_instant(&zone->series, run->from), from);
        write_time(dataset, series_instant(&zone->series, run->to), to);
        fprintf(out, "%s,%s,%s,%s,%zu\n", zone->id, clean_reason_name(run->reason), from, to,
                run->to - run->from);
    }
    for (size_t k = 0; k < found->n_shifts; k++) {
        write_time(dataset, found->shifts[k].instant, from);
        fprintf(out, "%s,shift,%s,,%.3f\n", zone->id, from, found->shifts[k].ratio);
    }
}

static bool write_all(const struct data_options *options, const struct job *job, FILE *out)
{
    fputs("zone,what,from,to,value\n", out);
    for (size_t k = 0; k < job->dataset->n_zones; k++) {
        const struct dataset_series *zone = &job->dataset->zones[k];
        if (!data_options_wants(options, zone->id))
            continue;
        if (job->status[k] == MODEL_NOMEM)
            return false;
        if (job->status[k] != MODEL_OK)
            fprintf(stderr, "zone '%s': too little history to tell what is a fault\n", zone->id);
        else
            write_zone(job->dataset, zone, &job->found[k], out);
    }
    return true;
}

static int run(void *context, const struct dataset *dataset, FILE *out)
{
    struct job job = {.dataset = dataset};
    bool fine;
    job.found = calloc(dataset->n_zones, sizeof *job.found);
    job.status = calloc(dataset->n_zones, sizeof *job.status);
    fine = job.found && job.status;
    if (fine) {
        cores_each(dataset->n_zones, clean_zone, &job);
        fine = write_all(context, &job, out);
    }
    if (!fine)
        fputs("phutai clean: out of memory\n", stderr);
    free(job.found);
    free(job.status);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

int cmd_clean(int argc, char **argv)
{
    struct data_options options;
    int status;
    if (data_options_parse(&command, argc, argv, NULL, &options, &status))
        status = data_options_run(&options, run, &options);
    data_options_done(&options);
    return status;
}
