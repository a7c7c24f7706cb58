// SPDX-License-Identifier: GPL-3.0-or-later
// phutai stations: which weather stations each zone follows, and how long it remembers their
// temperature.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/commands.h"
#include "daemon/data_options.h"
#include "models/memory.h"
#include "models/stations.h"

enum { EVERY = 3 };

struct request {
    struct data_options data;
    const char *issue;
};

static const struct option own[] = {
    {"issue", required_argument, NULL, 'i'},
    {NULL, 0, NULL, 0},
};

static bool take(void *context, int option, const char *value)
{
    (void)option;
    struct request *request = context;
    request->issue = value;
    return true;
}

static const struct data_options_command command = {
    .name = "phutai stations",
    .takes = DATA_OPTIONS_OUTPUT,
    .head =
        "usage: phutai stations --readings FILE --weather FILE [OPTION]...\n"
        "\n"
        "Ranks the weather stations for each zone by how well months held out are told from the "
        "others,\n"
        "says which of them forecasts take the mean of (*), and with each which memory of the\n"
        "temperature tells most. An error is a share of that of the calendar alone.\n"
        "\n",
    .help = {"  --issue TIME         as it was known then; the end of the readings without it\n"},
    .own = own,
    .take = take,
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void print_set(FILE *out, const struct memory_set *set)
{
    static const char *const names[] = {[WEATHER_NOW] = "now",
                                        [WEATHER_LAG] = "lag",
                                        [WEATHER_MEAN] = "mean",
                                        [WEATHER_SMOOTH] = ""};
    for (size_t k = 0; k < set->n; k++) {
        fprintf(out, "%s%s", k ? ", " : "", names[set->inputs[k].guise]);
        if (set->inputs[k].guise != WEATHER_NOW)
            fprintf(out, "%s%g h", *names[set->inputs[k].guise] ? " " : "", set->inputs[k].hours);
    }
}

static void print_memory(FILE *out, const char *label, const struct memory_choice *memory)
{
    fprintf(out, "  %-10s %7.4f %7.4f  ", label, memory->usual.error, memory->best.error);
    print_set(out, &memory->best);
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

static bool print_ranking(FILE *out, const struct dataset *dataset, const struct heldout_data *data,
                          size_t chosen, const struct stations_place ranking[])
{
    struct memory_choice memory;
    size_t tried = 0;
    double begun = seconds();
    fputs("  station      3+24 h    best  memory\n", out);
    for (size_t k = 0; k < dataset->n_stations; k++) {
        if (!find_memory(dataset, data, 1, &ranking[k], &memory))
            return false;
        tried += memory.tried;
        print_memory(out, dataset->stations[ranking[k].station].id, &memory);
        fputs(k < chosen ? "  *\n" : "\n", out);
    }
    if (!find_memory(dataset, data, chosen, ranking, &memory))
        return false;
    print_memory(out, "mean of *", &memory);
    fprintf(out, "\n  %zu sets of lags on %zu stations and their mean in %.2f s\n",
            tried + memory.tried, dataset->n_stations, seconds() - begun);
    return true;
}

static bool print_zone(FILE *out, const struct dataset *dataset, const struct dataset_series *zone,
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
        fprintf(out, "zone %s: %zu of %zu stations, ranked in %.2f s\n", zone->id, chosen,
                dataset->n_stations, seconds() - begun);
        fine = print_ranking(out, dataset, &data, chosen, ranking);
    }
    free(stations);
    free(ranking);
    return fine;
}

static int run(void *context, const struct dataset *dataset, FILE *out)
{
    const struct request *request = context;
    int64_t issue = INT64_MAX;
    if (request->issue && !data_options_time(dataset, "--issue", request->issue, &issue))
        return COMMAND_USAGE;
    for (size_t k = 0; k < dataset->n_zones; k++)
        if (data_options_wants(&request->data, dataset->zones[k].id) &&
            !print_zone(out, dataset, &dataset->zones[k], issue)) {
            fputs("phutai stations: out of memory\n", stderr);
            return COMMAND_FAILED;
        }
    return COMMAND_DONE;
}

int cmd_stations(int argc, char **argv)
{
    struct request request = {0};
    int status;
    if (data_options_parse(&command, argc, argv, &request, &request.data, &status)) {
        status = COMMAND_USAGE;
        if (request.data.weather)
            status = data_options_run(&request.data, run, &request);
        else
            fputs("phutai stations needs --weather; see --help\n", stderr);
    }
    data_options_done(&request.data);
    return status;
}
