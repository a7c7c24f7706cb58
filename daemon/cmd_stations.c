// SPDX-License-Identifier: GPL-3.0-or-later
// phutai stations: which weather stations each zone follows, and how long it remembers their
// temperature.
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gsl/gsl_errno.h>

#include "daemon/commands.h"
#include "daemon/dataset.h"
#include "models/memory.h"
#include "models/stations.h"

enum { ZONES_MAX = 256, EVERY = 3 };

struct request {
    const char *readings, *weather, *holidays, *clock, *issue;
    size_t n_zones;
    const char *zones[ZONES_MAX];
};

static const char help[] =
    "usage: phutai stations --readings FILE --weather FILE [OPTION]...\n"
    "\n"
    "Ranks the weather stations for each zone by how well months held out are told from the "
    "others,\n"
    "says which of them forecasts take the mean of (*), and with each which memory of the\n"
    "temperature tells most. An error is a share of that of the calendar alone.\n"
    "\n"
    "  --readings FILE      tidy CSV time,zone,load (also .gz)\n"
    "  --weather FILE       tidy CSV time,station,temp_c\n"
    "  --holidays FILE      CSV date[,name]\n"
    "  --zone ZONE          only this zone; may be repeated\n"
    "  --issue TIME         as it was known then; the end of the readings without it\n"
    "  --clock CLOCK        of times without an offset: +07:00, or a POSIX TZ rule\n";

static bool parse_option(int option, const char *value, struct request *request)
{
    switch (option) {
    case 'r':
        request->readings = value;
        return true;
    case 'w':
        request->weather = value;
        return true;
    case 'h':
        request->holidays = value;
        return true;
    case 'c':
        request->clock = value;
        return true;
    case 'i':
        request->issue = value;
        return true;
    case 'z':
        if (request->n_zones == ZONES_MAX)
            return false;
        request->zones[request->n_zones++] = value;
        return true;
    default:
        return false;
    }
}

// COMMAND_DONE to go on, or the status to end with; -1 after --help.
static int parse(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"readings", required_argument, NULL, 'r'}, {"weather", required_argument, NULL, 'w'},
        {"holidays", required_argument, NULL, 'h'}, {"zone", required_argument, NULL, 'z'},
        {"issue", required_argument, NULL, 'i'},    {"clock", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, '?' + 128},     {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?' + 128)
            return -1;
        if (!parse_option(option, optarg, request))
            return COMMAND_USAGE;
    }
    if (optind == argc && request->readings && request->weather)
        return COMMAND_DONE;
    fputs("phutai stations needs --readings and --weather; see --help\n", stderr);
    return COMMAND_USAGE;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void print_set(const struct memory_set *set)
{
    static const char *const names[] = {[WEATHER_NOW] = "now",
                                        [WEATHER_LAG] = "lag",
                                        [WEATHER_MEAN] = "mean",
                                        [WEATHER_SMOOTH] = ""};
    for (size_t k = 0; k < set->n; k++) {
        printf("%s%s", k ? ", " : "", names[set->inputs[k].guise]);
        if (set->inputs[k].guise != WEATHER_NOW)
            printf("%s%g h", *names[set->inputs[k].guise] ? " " : "", set->inputs[k].hours);
    }
}

static void print_memory(const char *label, const struct memory_choice *memory)
{
    printf("  %-10s %7.4f %7.4f  ", label, memory->usual.error, memory->best.error);
    print_set(&memory->best);
}

// The memory of the mean of `n` stations of a ranking.
static bool find_memory(const struct dataset *dataset, const struct heldout_data *data, size_t n,
                        const struct stations_place places[], struct memory_choice *ret)
{
    struct heldout *heldout = heldout_new(data, EVERY);
    const struct series **stations = dataset_stations(dataset);
    struct series temp;
    bool fine = heldout && stations &&
                stations_mean(n, places, stations, heldout_step(heldout), data->issue, &temp);
    if (fine) {
        fine = memory_choose(heldout, &temp, ret);
        series_done(&temp);
    }
    free(stations);
    heldout_free(heldout);
    return fine;
}

static bool print_ranking(const struct dataset *dataset, const struct heldout_data *data,
                          size_t chosen, const struct stations_place ranking[])
{
    struct memory_choice memory;
    size_t tried = 0;
    double begun = seconds();
    puts("  station      3+24 h    best  memory");
    for (size_t k = 0; k < dataset->n_stations; k++) {
        if (!find_memory(dataset, data, 1, &ranking[k], &memory))
            return false;
        tried += memory.tried;
        print_memory(dataset->stations[ranking[k].station].id, &memory);
        puts(k < chosen ? "  *" : "");
    }
    if (!find_memory(dataset, data, chosen, ranking, &memory))
        return false;
    print_memory("mean of *", &memory);
    printf("\n  %zu sets of lags on %zu stations and their mean in %.2f s\n", tried + memory.tried,
           dataset->n_stations, seconds() - begun);
    return true;
}

static bool print_zone(const struct dataset *dataset, const struct dataset_series *zone,
                       int64_t issue)
{
    struct heldout_data data = {
        .load = &zone->series, .calendar = dataset->calendar, .clock = &dataset->clock};
    struct stations_place *ranking = calloc(dataset->n_stations + 1, sizeof *ranking);
    const struct series **stations = dataset_stations(dataset);
    size_t chosen;
    data.issue = issue < series_end(&zone->series) ? issue : series_end(&zone->series);
    double begun = seconds();
    bool fine = ranking && stations &&
                stations_choose(&data, dataset->n_stations, stations, ranking, &chosen);
    if (fine) {
        printf("zone %s: %zu of %zu stations, ranked in %.2f s\n", zone->id, chosen,
               dataset->n_stations, seconds() - begun);
        fine = print_ranking(dataset, &data, chosen, ranking);
    }
    free(stations);
    free(ranking);
    return fine;
}

static bool wanted(const struct request *request, const char *id)
{
    for (size_t k = 0; k < request->n_zones; k++)
        if (!strcmp(request->zones[k], id))
            return true;
    return !request->n_zones;
}

static int run(const struct request *request, const struct dataset *dataset)
{
    int64_t issue = INT64_MAX;
    for (size_t k = 0; k < request->n_zones; k++)
        if (!dataset_zone(dataset, request->zones[k])) {
            fprintf(stderr, "--zone '%s': not in %s\n", request->zones[k], request->readings);
            return COMMAND_USAGE;
        }
    if (request->issue && !dataset_time(dataset, request->issue, &issue)) {
        fprintf(stderr, "--issue '%s': not a time such as 2011-01-01T00:00\n", request->issue);
        return COMMAND_USAGE;
    }
    for (size_t k = 0; k < dataset->n_zones; k++)
        if (wanted(request, dataset->zones[k].id) &&
            !print_zone(dataset, &dataset->zones[k], issue)) {
            fputs("phutai stations: out of memory\n", stderr);
            return COMMAND_FAILED;
        }
    return COMMAND_DONE;
}

int cmd_stations(int argc, char **argv)
{
    struct request request = {0};
    struct dataset dataset;
    int status = parse(argc, argv, &request);
    if (status == -1)
        fputs(help, stdout);
    if (status)
        return status == -1 ? COMMAND_DONE : status;
    gsl_set_error_handler_off();
    if (!dataset_read(request.readings, request.weather, request.holidays, request.clock, &dataset))
        return COMMAND_FAILED;
    status = run(&request, &dataset);
    dataset_done(&dataset);
    return status;
}
