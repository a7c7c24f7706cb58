// SPDX-License-Identifier: GPL-3.0-or-later
// phutai season: how high the load will go this season, with its odds.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/data_options.h"
#include "daemon/engine.h"
#include "daemon/log.h"
#include "daemon/origin.h"
#include "daemon/output.h"
#include "daemon/season_text.h"
#include "daemon/seasons.h"
#include "daemon/site.h"
#include "daemon/zone_history.h"

enum { PATHS_MAX = 1000000, PATHS_USUAL = 2000 };

struct request {
    struct data_options data;
    const char *issue, *from, *to, *season, *scenario;
    bool weather_given, weather_is_forecast, table;
    int64_t paths, seed;
};

static const struct option own[] = {
    {"issue", required_argument, NULL, 'i'},
    {"from", required_argument, NULL, 'f'},
    {"to", required_argument, NULL, 't'},
    {"season", required_argument, NULL, 'n'},
    {"scenario", required_argument, NULL, 'c'},
    {"paths", required_argument, NULL, 'p'},
    {"seed", required_argument, NULL, 's'},
    {"weather-after-issue", required_argument, NULL, 'a'},
    {"table", no_argument, NULL, 'T'},
    {NULL, 0, NULL, 0},
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

static bool take_scenario(const char *value, struct request *request)
{
    request->scenario = value;
    if (site_scenario(value))
        return true;
    fprintf(stderr, "--scenario '%s': one of", value);
    for (const struct site_scenario *s = site_scenarios; s->name; s++)
        fprintf(stderr, " %s", s->name);
    fputc('\n', stderr);
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
    case 'n':
        request->season = value;
        return true;
    case 'c':
        return take_scenario(value, request);
    default:
        *(option == 'i' ? &request->issue : option == 'f' ? &request->from : &request->to) = value;
        return true;
    }
}

static const struct data_options_command command = {
    .name = "phutai season",
    .takes = DATA_OPTIONS_OUTPUT | DATA_OPTIONS_CONFIG,
    .head = "usage: phutai season --readings FILE --issue TIME --from DATE --to DATE [OPTION]...\n"
            "       phutai season --config FILE --season NAME [OPTION]...\n"
            "\n"
            "Simulates a season many times, from what was known before --issue; what of it lies\n"
            "before that is taken as it happened. Writes CSV: zone,poe,peak: the load that the\n"
            "season's highest interval passes with probability poe, of each zone and of their\n"
            "sum, 'total'. The second form takes a site's store, with its register, capacities\n"
            "and filling zones, and adds each parent with its expansions, as 'ID-all'.\n"
            "\n",
    .help =
        {"  --issue TIME         ISO 8601, e.g. 2024-03-15T00:00; with --config by default the\n"
         "                       end of the newest reading\n"
         "  --from DATE          first day of the season\n"
         "  --to DATE            its last day\n"
         "  --season NAME        with --config: such as 2024-summer, of the [season] there\n",
         "  --scenario NAME      with --config: base (the default), low or high growth, heat,\n"
         "                       late commissioning, certain-register, without-register;\n"
         "                       all draw the same\n"
         "  --paths N            seasons to simulate (default 2000, or as configured)\n"
         "  --seed N             of the random draws (default 1): the same gives the same\n"
         "  --weather-after-issue none|actual|forecast\n"
         "                       with --readings: as of phutai forecast (default none)\n",
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

struct histories {
    const struct dataset *dataset;
    const struct seasons_request *season;
    const struct dataset_series **known;
    struct seasons_zone *zones;
    struct zone_history *history;
    bool *fine;
};

static void prepare_zone(void *context, size_t z)
{
    struct histories *h = context;
    struct model_data data;
    h->fine[z] = zone_history_at(&h->history[z], h->dataset, h->known[z], h->season->issue,
                                 h->season->weather_until, &data);
    h->zones[z] = (struct seasons_zone){
        .id = h->known[z]->id,
        .load = data.load,
        .past = &h->known[z]->series,
        .temp = data.temp,
        .kin = SIZE_MAX,
    };
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

// What the files tell of the zones and of their sum.
static bool write_files(const struct request *request, const struct seasons_request *season,
                        const struct seasons *seasons, FILE *out)
{
    struct season_text_node *nodes = calloc(season->n_zones + 1, sizeof *nodes);
    for (size_t k = 0; nodes && k <= season->n_zones; k++) {
        nodes[k].id = nodes[k].name = k < season->n_zones ? season->zones[k].id : "total";
        nodes[k].peaks = season_peaks(seasons->season, k);
        nodes[k].limit_mw = NAN;
    }
    bool fine =
        nodes && (request->table ? season_text_table(out, season->clock, season->n_zones + 1, nodes)
                                 : season_text_rows(out, season->n_zones + 1, nodes));
    free(nodes);
    return fine;
}

static int simulate(const struct request *request, struct seasons_request *season, FILE *out)
{
    struct seasons seasons;
    if (!seasons_run(season, &seasons)) {
        fputs("phutai season: out of memory, or a season of more than 18 months\n", stderr);
        return COMMAND_FAILED;
    }
    tell_zones(season, &seasons);
    bool fine = write_files(request, season, &seasons, out);
    seasons_done(&seasons);
    if (!fine)
        fputs("phutai season: out of memory\n", stderr);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

// The zones asked for, each with its temperature, and their sum.
static int run_zones(const struct request *request, struct histories *h,
                     struct seasons_request *season, FILE *out)
{
    size_t *all = calloc(season->n_zones + 1, sizeof *all);
    bool fine = all;
    cores_each(season->n_zones, prepare_zone, h);
    for (size_t k = 0; fine && k < season->n_zones; k++) {
        all[k] = k;
        fine = h->fine[k];
    }
    struct season_sum total = {.n = season->n_zones, .zones = all};
    season->zones = h->zones;
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
    size_t n = dataset->n_zones + 1;
    struct seasons_request season = {
        .clock = &dataset->clock,
        .calendar = dataset->calendar,
        .weather_is_forecast = request->weather_is_forecast,
        .n_paths = request->paths ? (size_t)request->paths : PATHS_USUAL,
        .seed = (uint64_t)request->seed,
    };
    struct histories h = {
        .dataset = dataset,
        .season = &season,
        .known = calloc(n, sizeof *h.known),
        .zones = calloc(n, sizeof *h.zones),
        .history = calloc(n, sizeof *h.history),
        .fine = calloc(n, sizeof *h.fine),
    };
    int status = COMMAND_FAILED;
    if (h.known && h.zones && h.history && h.fine) {
        for (size_t k = 0; k < dataset->n_zones; k++)
            if (data_options_wants(&request->data, dataset->zones[k].id))
                h.known[season.n_zones++] = &dataset->zones[k];
        status = COMMAND_USAGE;
        if (parse_times(request, dataset, &season)) {
            season.weather_until = request->weather_given ? season.until : season.issue;
            status = run_zones(request, &h, &season, out);
        }
    }
    for (size_t k = 0; h.history && k < season.n_zones; k++)
        zone_history_done(&h.history[k]);
    free(h.known);
    free(h.zones);
    free(h.history);
    free(h.fine);
    return status;
}

static bool write_site(const struct request *request, const struct site *site,
                       const struct site_season *season, FILE *out)
{
    struct season_text_node *nodes = calloc(season->n_nodes, sizeof *nodes);
    for (size_t k = 0; nodes && k < season->n_nodes; k++) {
        nodes[k].id = season->nodes[k].id;
        nodes[k].name = season->nodes[k].name;
        nodes[k].peaks = site_season_peaks(season, k);
        nodes[k].limit_mw = season->nodes[k].limit_mw;
        season_text_why(season, k, nodes[k].why);
    }
    if (request->table && site->simulated)
        fputs(ORIGIN_WORDS "\n", out);
    bool fine =
        nodes && (request->table ? season_text_table(out, &site->clock, season->n_nodes, nodes)
                                 : season_text_rows(out, season->n_nodes, nodes));
    free(nodes);
    return fine;
}

static int simulate_site(const struct request *request, const struct site *site,
                         const struct engine *engine, FILE *out)
{
    struct site_season season;
    struct site_season_request wanted = {
        .config = site->config,
        .scenario = site_scenario(request->scenario ? request->scenario : "base"),
        .n_paths = (size_t)(request->paths ? request->paths : site->config->season.paths),
        .seed = (uint64_t)request->seed,
    };
    int64_t issue;
    if (!config_season_days(site->config, request->season, &wanted.first_day, &wanted.last_day)) {
        fprintf(stderr, "--season '%s': the seasons of this site are such as 2024-%s\n",
                request->season, site->config->season.name);
        return COMMAND_USAGE;
    }
    if (!site_season_issue(site, engine, request->issue, &issue))
        return COMMAND_USAGE;
    struct engine_job *inputs = engine_gather(engine, issue);
    wanted.inputs = inputs;
    bool fine = inputs && site_season_run(&wanted, &season);
    engine_job_free(inputs);
    if (!fine) {
        fputs("phutai season: the season could not be simulated\n", stderr);
        return COMMAND_FAILED;
    }
    fine = write_site(request, site, &season, out);
    site_season_done(&season);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

static int run_site(const struct request *request)
{
    struct site site;
    struct output output;
    struct engine *engine = NULL;
    char error[256];
    int status = COMMAND_FAILED;
    if (!output_open(&output, request->data.output))
        return COMMAND_FAILED;
    gsl_set_error_handler_off();
    if (site_open(&site, request->data.config, STORE_READ)) {
        engine = engine_new(site.config, site.store, error);
        if (engine)
            status = simulate_site(request, &site, engine, output.file);
        else
            log_error("%s", error);
    }
    engine_free(engine);
    site_close(&site);
    if (status)
        output_discard(&output);
    else if (!output_finish(&output))
        status = COMMAND_FAILED;
    return status;
}

// The request makes sense as a whole; tells where it does not.
static bool check(const struct request *request)
{
    bool files =
        request->issue && request->from && request->to && !request->season && !request->scenario;
    bool store = request->season && !request->from && !request->to && !request->weather_given;
    if (request->data.config ? store : files)
        return true;
    fputs("phutai season needs --issue, --from and --to, or --config and --season; see --help\n",
          stderr);
    return false;
}

int cmd_season(int argc, char **argv)
{
    struct request request = {.seed = 1};
    int status;
    if (data_options_parse(&command, argc, argv, &request, &request.data, &status)) {
        status = COMMAND_USAGE;
        if (check(&request))
            status = request.data.config ? run_site(&request)
                                         : data_options_run(&request.data, run, &request);
    }
    data_options_done(&request.data);
    return status;
}
