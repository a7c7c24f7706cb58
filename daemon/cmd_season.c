// SPDX-License-Identifier: GPL-3.0-or-later
// phutai season: how high the load will go this season, with its odds.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/data_options.h"
#include "daemon/seasons.h"
#include "models/clean_marks.h"

enum { PATHS_MAX = 1000000, POE_ROWS = 99 };

struct request {
    struct data_options data;
    const char *issue, *from, *to;
    bool weather_given, weather_is_forecast, table;
    int64_t paths, seed;
};

static const struct option own[] = {
    {"issue", required_argument, NULL, 'i'}, {"from", required_argument, NULL, 'f'},
    {"to", required_argument, NULL, 't'},    {"paths", required_argument, NULL, 'p'},
    {"seed", required_argument, NULL, 's'},  {"weather-after-issue", required_argument, NULL, 'a'},
    {"table", no_argument, NULL, 'T'},       {NULL, 0, NULL, 0},
};

static bool take_number(const char *option, const char *value, int64_t least, int64_t most,
                        int64_t *ret)
{
    if (text_integer(value, ret) && *ret >= least && *ret <= most)
        return true;
    fprintf(stderr, "%s '%s': a whole number from %lld to %lld\n", option, value, (long long)least,
            (long long)most);
    return false;
}

static bool take_weather(const char *value, struct request *request)
{
    request->weather_is_forecast = !strcmp(value, "forecast");
    request->weather_given = request->weather_is_forecast || !strcmp(value, "actual");
    if (request->weather_given || !strcmp(value, "none"))
        return true;
    fprintf(stderr, "--weather-after-issue '%s': none, actual or forecast\n", value);
    return false;
}

static bool take(void *context, int option, const char *value)
{
    struct request *request = context;
    switch (option) {
    case 'p':
        return take_number("--paths", value, 20, PATHS_MAX, &request->paths);
    case 's':
        return take_number("--seed", value, 0, INT64_MAX, &request->seed);
    case 'a':
        return take_weather(value, request);
    case 'T':
        request->table = true;
        return true;
    default:
        *(option == 'i' ? &request->issue : option == 'f' ? &request->from : &request->to) = value;
        return true;
    }
}

static const struct data_options_command command = {
    .name = "phutai season",
    .takes = DATA_OPTIONS_OUTPUT,
    .head = "usage: phutai season --readings FILE --issue TIME --from DATE --to DATE [OPTION]...\n"
            "\n"
            "Simulates the season from --from to the end of --to many times, from what was known "
            "before\n"
            "--issue; what of the season lies before it is taken as it happened. Writes CSV: "
            "zone,poe,peak:\n"
            "the load that the season's highest interval passes with probability poe, of each zone "
            "and of\n"
            "their sum, 'total'.\n"
            "\n",
    .help = {"  --issue TIME         ISO 8601, e.g. 2024-03-15T00:00\n"
             "  --from DATE          first day of the season\n"
             "  --to DATE            its last day\n"
             "  --paths N            seasons to simulate (default 2000)\n"
             "  --seed N             of the random draws (default 1): the same gives the same\n",
             "  --weather-after-issue none|actual|forecast\n"
             "                       as of phutai forecast (default none)\n"
             "  --table              a table for people instead of CSV\n"},
    .own = own,
    .take = take,
};

// The season's first instant and the one after its last.
static bool parse_times(const struct request *request, const struct dataset *dataset,
                        struct seasons_request *season)
{
    int64_t day;
    if (!data_options_time(dataset, "--issue", request->issue, &season->issue) ||
        !data_options_time(dataset, "--from", request->from, &season->begin) ||
        !data_options_time(dataset, "--to", request->to, &season->until))
        return false;
    season->until += text_date(request->to, &day) ? CIVIL_DAY_S : dataset->zones[0].series.step_s;
    if (season->until <= season->begin || season->until <= season->issue) {
        fputs("--to must not lie before --from, nor before --issue\n", stderr);
        return false;
    }
    return true;
}

struct temperatures {
    const struct dataset *dataset;
    const struct seasons_request *season;
    struct seasons_zone *zones;
    struct series *temp;
    struct clean_marks *marks;
    bool *fine;
};

static void prepare_zone(void *context, size_t z)
{
    struct temperatures *t = context;
    struct stations_choice choice = {0};
    struct seasons_zone *zone = &t->zones[z];
    t->fine[z] =
        !t->dataset->temp.n || dataset_temperature(t->dataset, zone->load, t->season->issue,
                                                   t->season->weather_until, &choice, &t->temp[z]);
    stations_choice_done(&choice);
    zone->temp = t->temp[z].n ? &t->temp[z] : NULL;
    struct model_data data = {
        .load = zone->load,
        .temp = zone->temp,
        .calendar = t->dataset->calendar,
        .clock = &t->dataset->clock,
        .issue = t->season->issue,
        .weather_until = t->season->issue,
    };
    t->fine[z] = t->fine[z] && clean_marks_find(&t->marks[z], &data);
    if (t->fine[z])
        zone->load = &t->marks[z].load;
}

static void tell_zones(const struct seasons_request *season, const struct seasons *seasons)
{
    for (size_t z = 0; z < season->n_zones; z++)
        if (seasons->status[z] != MODEL_OK)
            fprintf(stderr, "zone '%s': no usable reading before --issue; it counts as nothing\n",
                    season->zones[z].id);
        else if (!strcmp(seasons->outlooks[z].model, "last-week"))
            fprintf(stderr,
                    "zone '%s': too little history for a regression; its season is last week's, "
                    "with wide odds\n",
                    season->zones[z].id);
}

static const char *name_of(const struct seasons_request *season, size_t node)
{
    return node < season->n_zones ? season->zones[node].id : "total";
}

static bool write_rows(const struct seasons_request *season, const struct seasons *seasons,
                       FILE *out)
{
    double poe[POE_ROWS], peak[POE_ROWS];
    for (int k = 0; k < POE_ROWS; k++)
        poe[k] = (double)(POE_ROWS - k) / 100;
    fputs("zone,poe,peak\n", out);
    for (size_t node = 0; node <= season->n_zones; node++) {
        if (!peaks_quantiles(season_peaks(seasons->season, node), PEAKS_PEAK, POE_ROWS, poe, peak))
            return false;
        for (int k = 0; k < POE_ROWS; k++)
            fprintf(out, "%s,%.2f,%.3f\n", name_of(season, node), poe[k], peak[k]);
    }
    return true;
}

static void write_day(FILE *out, int64_t day)
{
    struct civil_date date = civil_date_from_day(day);
    fprintf(out, " %04d-%02d-%02d", date.year, date.month, date.day);
}

static bool write_table(const struct seasons_request *season, const struct seasons *seasons,
                        FILE *out)
{
    static const double poe[] = {0.9, 0.5, 0.1, 0.01, 0.5, 0.5};
    fprintf(out, "%-24s %9s %9s %9s %9s %9s %9s %6s %10s %10s\n", "zone", "POE90", "POE50", "POE10",
            "POE1", "noon", "evening", "hour", "from", "to");
    for (size_t node = 0; node <= season->n_zones; node++) {
        const struct peaks *peaks = season_peaks(seasons->season, node);
        struct peaks_odds odds;
        double mw[6];
        if (!peaks_quantiles(peaks, PEAKS_PEAK, 4, poe, mw) ||
            !peaks_quantiles(peaks, PEAKS_PEAK_NOON, 1, poe + 4, mw + 4) ||
            !peaks_quantiles(peaks, PEAKS_PEAK_EVENING, 1, poe + 5, mw + 5) ||
            !peaks_odds(peaks, season->clock, &odds))
            return false;
        fprintf(out, "%-24s %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f %5dh", name_of(season, node), mw[0],
                mw[1], mw[2], mw[3], mw[4], mw[5], odds.hour);
        write_day(out, odds.day_early);
        write_day(out, odds.day_late);
        fputc('\n', out);
    }
    return true;
}

static int simulate(const struct request *request, struct seasons_request *season, FILE *out)
{
    struct seasons seasons;
    if (!seasons_run(season, &seasons)) {
        fputs("phutai season: out of memory, or a season of more than 18 months\n", stderr);
        return COMMAND_FAILED;
    }
    tell_zones(season, &seasons);
    bool fine =
        request->table ? write_table(season, &seasons, out) : write_rows(season, &seasons, out);
    seasons_done(&seasons);
    if (!fine)
        fputs("phutai season: out of memory\n", stderr);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

// The zones asked for, each with its temperature, and their sum.
static int run_zones(const struct request *request, const struct dataset *dataset,
                     struct temperatures *t, struct seasons_request *season, FILE *out)
{
    size_t *all = calloc(dataset->n_zones + 1, sizeof *all);
    t->zones = calloc(dataset->n_zones + 1, sizeof *t->zones);
    t->temp = calloc(dataset->n_zones + 1, sizeof *t->temp);
    t->marks = calloc(dataset->n_zones + 1, sizeof *t->marks);
    t->fine = calloc(dataset->n_zones + 1, sizeof *t->fine);
    bool fine = all && t->zones && t->temp && t->marks && t->fine;
    for (size_t k = 0; fine && k < dataset->n_zones; k++)
        if (data_options_wants(&request->data, dataset->zones[k].id)) {
            all[season->n_zones] = season->n_zones;
            t->zones[season->n_zones++] = (struct seasons_zone){
                .id = dataset->zones[k].id, .load = &dataset->zones[k].series, .kin = SIZE_MAX};
        }
    if (fine)
        cores_each(season->n_zones, prepare_zone, t);
    for (size_t k = 0; fine && k < season->n_zones; k++)
        fine = t->fine[k];
    struct season_sum total = {.n = season->n_zones, .zones = all};
    season->zones = t->zones;
    season->sums = &total;
    season->n_sums = 1;
    int status = COMMAND_FAILED;
    if (fine)
        status = simulate(request, season, out);
    else
        fputs("phutai season: out of memory\n", stderr);
    free(all);
    return status;
}

static int run(void *context, const struct dataset *dataset, FILE *out)
{
    const struct request *request = context;
    struct seasons_request season = {
        .clock = &dataset->clock,
        .calendar = dataset->calendar,
        .weather_is_forecast = request->weather_is_forecast,
        .n_paths = (size_t)request->paths,
        .seed = (uint64_t)request->seed,
    };
    struct temperatures t = {.dataset = dataset, .season = &season};
    if (!parse_times(request, dataset, &season))
        return COMMAND_USAGE;
    season.weather_until = request->weather_given ? season.until : season.issue;
    int status = run_zones(request, dataset, &t, &season, out);
    for (size_t k = 0; k < season.n_zones; k++) {
        series_done(&t.temp[k]);
        clean_marks_done(&t.marks[k]);
    }
    free(t.zones);
    free(t.temp);
    free(t.marks);
    free(t.fine);
    return status;
}

int cmd_season(int argc, char **argv)
{
    struct request request = {.paths = 2000, .seed = 1};
    int status;
    if (data_options_parse(&command, argc, argv, &request, &request.data, &status)) {
        status = COMMAND_USAGE;
        if (request.issue && request.from && request.to)
            status = data_options_run(&request.data, run, &request);
        else
            fputs("phutai season needs --issue, --from and --to; see --help\n", stderr);
    }
    data_options_done(&request.data);
    return status;
}
