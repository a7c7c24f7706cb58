// SPDX-License-Identifier: GPL-3.0-or-later
// phutai fill: estimates of the readings that are missing in tidy CSV files.
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/dataset.h"
#include "daemon/output.h"
#include "models/fill.h"

enum { ZONES_MAX = 256 };

struct request {
    const char *readings, *weather, *holidays, *clock, *output;
    const char *from, *to;
    size_t n_zones;
    const char *zones[ZONES_MAX];
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

static const char help[] =
    "usage: phutai fill --readings FILE --from TIME --to TIME [OPTION]...\n"
    "\n"
    "Estimates the intervals that are missing from --from to the one that starts at --to, from "
    "the\n"
    "readings before and after them and the weather meanwhile. Writes CSV: time,zone,load, the\n"
    "missing intervals only. What is missing before a zone's first reading or after its last one "
    "is\n"
    "no gap: see phutai forecast.\n"
    "\n"
    "  --readings FILE      tidy CSV time,zone,load (also .gz)\n"
    "  --weather FILE       tidy CSV time,station,temp_c\n"
    "  --holidays FILE      CSV date[,name]\n"
    "  --zone ZONE          only this zone; may be repeated\n"
    "  --from TIME          ISO 8601, e.g. 2011-01-01T00:00\n"
    "  --to TIME            start of the last interval\n"
    "  --clock CLOCK        of times without an offset: +07:00, or a POSIX TZ rule\n"
    "  --output FILE        instead of standard output\n";

static bool parse_option(int option, const char *value, struct request *request)
{
    const char **target = option == 'r'   ? &request->readings
                          : option == 'w' ? &request->weather
                          : option == 'h' ? &request->holidays
                          : option == 'c' ? &request->clock
                          : option == 'o' ? &request->output
                          : option == 'f' ? &request->from
                          : option == 't' ? &request->to
                                          : NULL;
    if (target)
        *target = value;
    else if (option == 'z' && request->n_zones < ZONES_MAX)
        request->zones[request->n_zones++] = value;
    else
        return false;
    return true;
}

// COMMAND_DONE to go on, or the status to end with; -1 after --help.
static int parse(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"readings", required_argument, NULL, 'r'}, {"weather", required_argument, NULL, 'w'},
        {"holidays", required_argument, NULL, 'h'}, {"zone", required_argument, NULL, 'z'},
        {"from", required_argument, NULL, 'f'},     {"to", required_argument, NULL, 't'},
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
    if (optind == argc && request->readings && request->from && request->to)
        return COMMAND_DONE;
    fputs("phutai fill needs --readings, --from and --to; see --help\n", stderr);
    return COMMAND_USAGE;
}

static bool parse_times(const struct request *request, struct job *job)
{
    int32_t step = job->dataset->zones[0].series.step_s;
    if (!dataset_time(job->dataset, request->from, &job->from)) {
        fprintf(stderr, "--from '%s': not a time such as 2011-01-01T00:00\n", request->from);
        return false;
    }
    if (!dataset_time(job->dataset, request->to, &job->to)) {
        fprintf(stderr, "--to '%s': not a time such as 2011-01-31T23:00\n", request->to);
        return false;
    }
    if (job->from % step || job->to % step || job->to < job->from ||
        (job->to - job->from) / step >= SERIES_MAX) {
        fprintf(stderr, "--from and --to must lie on the step of %d s, --to not before --from\n",
                step);
        return false;
    }
    job->to += step;
    job->n = (size_t)((job->to - job->from) / step);
    return true;
}

static bool wanted(const struct request *request, const char *id)
{
    for (size_t k = 0; k < request->n_zones; k++)
        if (!strcmp(request->zones[k], id))
            return true;
    return !request->n_zones;
}

static bool known_zones(const struct request *request, const struct dataset *dataset)
{
    for (size_t k = 0; k < request->n_zones; k++)
        if (!dataset_zone(dataset, request->zones[k])) {
            fprintf(stderr, "--zone '%s': not in %s\n", request->zones[k], request->readings);
            return false;
        }
    return true;
}

// Each zone to be filled with memory for its estimates.
static bool list_zones(const struct request *request, struct job *job)
{
    job->zones = calloc(job->dataset->n_zones + 1, sizeof *job->zones);
    for (size_t k = 0; job->zones && k < job->dataset->n_zones; k++) {
        if (!wanted(request, job->dataset->zones[k].id))
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
    const struct dataset *dataset = job->dataset;
    struct filled *zone = &job->zones[index];
    const struct series *load = &zone->zone->series;
    struct stations_choice choice = {0};
    struct series temp = {0};
    struct model_data data = {
        .load = load,
        .temp = dataset->temp.n ? &temp : NULL,
        .calendar = dataset->calendar,
        .clock = &dataset->clock,
    };
    zone->status = MODEL_NOMEM;
    if (!data.temp || dataset_temperature(dataset, load, series_end(load),
                                          series_end(&dataset->temp), &choice, &temp))
        zone->status = fill_missing(&data, job->from, job->to, zone->value);
    stations_choice_done(&choice);
    series_done(&temp);
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

static int run(const struct request *request, FILE *out)
{
    struct dataset dataset;
    struct job job = {.dataset = &dataset};
    if (!dataset_read(request->readings, request->weather, request->holidays, request->clock,
                      &dataset))
        return COMMAND_FAILED;
    int status = COMMAND_USAGE;
    if (parse_times(request, &job) && known_zones(request, &dataset)) {
        bool fine = list_zones(request, &job);
        if (fine)
            cores_each(job.n_zones, fill_zone, &job);
        fine = fine && write_all(&job, out);
        if (!fine)
            fputs("phutai fill: out of memory\n", stderr);
        status = fine ? COMMAND_DONE : COMMAND_FAILED;
    }
    for (size_t k = 0; k < job.n_zones; k++)
        free(job.zones[k].value);
    free(job.zones);
    dataset_done(&dataset);
    return status;
}

int cmd_fill(int argc, char **argv)
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
