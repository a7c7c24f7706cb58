// SPDX-License-Identifier: GPL-3.0-or-later
// phutai clean: readings that no model should learn from, and dated changes of level, for people to
// look at.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/dataset.h"
#include "daemon/output.h"
#include "models/clean.h"

struct request {
    const char *readings, *weather, *holidays, *clock, *zone, *output;
};

struct job {
    const struct dataset *dataset;
    struct clean *found; // one a zone
    enum model_status *status;
};

static const char help[] =
    "usage: phutai clean --readings FILE [OPTION]...\n"
    "\n"
    "Finds readings that look like faults (false zeros, flat lines, spikes, outages) and dates at\n"
    "which a zone's level changed. Nothing is changed. Writes CSV: zone,what,from,to,value; `to` "
    "is\n"
    "the end of the last interval, `value` how many intervals. A `shift` goes on to no end, and "
    "its\n"
    "value is the new level by the old one.\n"
    "\n"
    "  --readings FILE      tidy CSV time,zone,load (also .gz)\n"
    "  --weather FILE       tidy CSV time,station,temp_c\n"
    "  --holidays FILE      CSV date[,name]\n"
    "  --zone ZONE          only this zone\n"
    "  --clock CLOCK        of times without an offset: +07:00, or a POSIX TZ rule\n"
    "  --output FILE        instead of standard output\n";

static bool parse_option(int option, const char *value, struct request *request)
{
    const char **target = option == 'r'   ? &request->readings
                          : option == 'w' ? &request->weather
                          : option == 'h' ? &request->holidays
                          : option == 'c' ? &request->clock
                          : option == 'z' ? &request->zone
                          : option == 'o' ? &request->output
                                          : NULL;
    if (target)
        *target = value;
    return target;
}

// COMMAND_DONE to go on, or the status to end with; -1 after --help.
static int parse(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"readings", required_argument, NULL, 'r'}, {"weather", required_argument, NULL, 'w'},
        {"holidays", required_argument, NULL, 'h'}, {"zone", required_argument, NULL, 'z'},
        {"clock", required_argument, NULL, 'c'},    {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, '?' + 128},     {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?' + 128)
            return -1;
        if (!parse_option(option, optarg, request))
            return COMMAND_USAGE;
    }
    if (optind == argc && request->readings)
        return COMMAND_DONE;
    fputs("phutai clean needs --readings; see --help\n", stderr);
    return COMMAND_USAGE;
}

static bool wanted(const struct request *request, const char *id)
{
    return !request->zone || !strcmp(request->zone, id);
}

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

static bool write_all(const struct request *request, const struct job *job, FILE *out)
{
    fputs("zone,what,from,to,value\n", out);
    for (size_t k = 0; k < job->dataset->n_zones; k++) {
        const struct dataset_series *zone = &job->dataset->zones[k];
        if (!wanted(request, zone->id))
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

static int run(const struct request *request, FILE *out)
{
    struct dataset dataset;
    if (!dataset_read(request->readings, request->weather, request->holidays, request->clock,
                      &dataset))
        return COMMAND_FAILED;
    struct job job = {.dataset = &dataset};
    int status = COMMAND_FAILED;
    job.found = calloc(dataset.n_zones, sizeof *job.found);
    job.status = calloc(dataset.n_zones, sizeof *job.status);
    if (request->zone && !dataset_zone(&dataset, request->zone)) {
        fprintf(stderr, "--zone '%s': not in %s\n", request->zone, request->readings);
        status = COMMAND_USAGE;
    } else if (job.found && job.status) {
        cores_each(dataset.n_zones, clean_zone, &job);
        status = write_all(request, &job, out) ? COMMAND_DONE : COMMAND_FAILED;
    }
    if (status == COMMAND_FAILED)
        fputs("phutai clean: out of memory\n", stderr);
    free(job.found);
    free(job.status);
    dataset_done(&dataset);
    return status;
}

int cmd_clean(int argc, char **argv)
{
    struct request request = {0};
    struct output output;
    int status = parse(argc, argv, &request);
    if (status == -1)
        fputs(help, stdout);
    if (status)
        return status == -1 ? COMMAND_DONE : status;
    if (!output_open(&output, request.output))
        return COMMAND_FAILED;
    gsl_set_error_handler_off();
    status = run(&request, output.file);
    if (status)
        output_discard(&output);
    else if (!output_finish(&output))
        status = COMMAND_FAILED;
    return status;
}
