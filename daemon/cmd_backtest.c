// SPDX-License-Identifier: GPL-3.0-or-later
// phutai backtest: how good the forecasts would have been.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/data_options.h"
#include "daemon/forecast_text.h"
#include "daemon/log.h"
#include "daemon/output.h"
#include "daemon/rolling.h"
#include "daemon/score_text.h"

enum { ISSUES_MAX = 1000000 };

struct options {
    struct data_options data;
    const char *forecasts, *from, *to;
    int64_t every_s, horizon_s;
    bool weather_actual, json;
    size_t n_levels;
    double levels[FORECAST_LEVELS_MAX];
};

static bool complain(const char *option, const char *value, const char *expected)
{
    fprintf(stderr, "phutai backtest: %s '%s': %s\n", option, value, expected);
    return false;
}

static bool take_levels(struct options *options, const char *text)
{
    int64_t n;
    if (!text_integer(text, &n) || n < 1 || n > FORECAST_LEVELS_MAX)
        return complain("--quantiles", text, "how many, 1 to 99");
    options->n_levels = (size_t)n;
    for (int64_t k = 0; k < n; k++)
        options->levels[k] = (double)(k + 1) / (double)(n + 1);
    return true;
}

static bool take_duration(const char *option, const char *text, int64_t max_s, int64_t *ret)
{
    int64_t value;
    if (!text_duration(text, &value) || value <= 0 || value > max_s)
        return complain(option, text, "a duration such as 24h, a year at most");
    *ret = value;
    return true;
}

static bool take_choice(struct options *options, const char *text)
{
    options->weather_actual = !strcmp(text, "actual");
    return options->weather_actual || !strcmp(text, "none") ||
           complain("--weather-after-issue", text, "none or actual");
}

static bool take(void *context, int option, const char *value)
{
    enum { YEAR_S = 366 * CIVIL_DAY_S };
    struct options *options = context;
    switch (option) {
    case 'j':
        return options->json = true;
    case 'e':
        return take_duration("--every", value, YEAR_S, &options->every_s);
    case 'H':
        return take_duration("--horizon", value, YEAR_S, &options->horizon_s);
    case 'a':
        return take_choice(options, value);
    case 'q':
        return take_levels(options, value);
    case 'F':
        options->forecasts = value;
        return true;
    default:
        *(option == 'f' ? &options->from : &options->to) = value;
        return true;
    }
}

static const struct option own[] = {
    {"from", required_argument, NULL, 'f'},
    {"to", required_argument, NULL, 't'},
    {"every", required_argument, NULL, 'e'},
    {"horizon", required_argument, NULL, 'H'},
    {"weather-after-issue", required_argument, NULL, 'a'},
    {"quantiles", required_argument, NULL, 'q'},
    {"forecasts", required_argument, NULL, 'F'},
    {"json", no_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static const struct data_options_command command = {
    .name = "phutai backtest",
    .takes = DATA_OPTIONS_OUTPUT | DATA_OPTIONS_CHANGES,
    .head = "usage: phutai backtest --readings FILE --from TIME --to TIME [OPTION]...\n"
            "\n"
            "Forecasts as at each time from --from to --to, from what was known at that time, and "
            "judges\n"
            "all forecasts by what came: by zone and by lead in days, and all together.\n"
            "\n",
    .help =
        {
            "  --from TIME          first issue, e.g. 2013-07-01\n"
            "  --to TIME            no issue is later than this\n"
            "  --every DURATION     between issues (default 24h); whole days keep the time of "
            "day\n"
            "  --horizon DURATION   how far each forecast reaches (default 48h)\n"
            "  --weather-after-issue none|actual\n"
            "                       none (the default) looks at no weather at or after an issue; "
            "actual\n"
            "                       takes the file's as if it were a perfect weather forecast\n"
            "  --quantiles N        the N levels k/(N+1) (default 99)\n"
            "  --forecasts FILE     writes every forecast there: issue,time,zone,mean,q0.01,...\n"
            "  --json               the scores as JSON\n"
            "\n"
            "  lead      1d: the first 24 hours after the issue, and so on\n"
            "  n         intervals judged\n",
            score_text_help,
            "  v. week   skill: 1 - mean |error| / that of the same interval last week, as known "
            "then\n"
            "  v. Vanilla  the same against Tao Hong's Vanilla regression on the same inputs\n",
        },
    .own = own,
    .take = take,
};

static bool take_times(const struct options *options, struct rolling_request *request)
{
    const struct dataset *dataset = request->dataset;
    int32_t step_s = dataset->zones[0].series.step_s;
    if (!data_options_time(dataset, "--from", options->from, &request->from))
        return false;
    if (!dataset_time(dataset, options->to, &request->to))
        return complain("--to", options->to, "not a time such as 2011-01-31T00:00");
    if (request->to < request->from)
        return complain("--to", options->to, "before --from");
    if (request->every_s % step_s || request->horizon_s % step_s) {
        fprintf(stderr, "phutai backtest: --every and --horizon must lie on the step of %d s\n",
                step_s);
        return false;
    }
    return (request->to - request->from) / request->every_s < ISSUES_MAX ||
           complain("--to", options->to, "more than a million issues");
}

// The wanted zones in the order of the file.
static void take_zones(const struct options *options, struct rolling_request *request,
                       const struct dataset_series *ret[])
{
    const struct dataset *dataset = request->dataset;
    for (size_t k = 0; k < dataset->n_zones; k++)
        if (data_options_wants(&options->data, dataset->zones[k].id))
            ret[request->n_zones++] = &dataset->zones[k];
    request->zones = ret;
}

// Where every forecast is written.
struct vintages {
    struct output output;
    const struct dataset *dataset;
};

static void write_vintage(void *context, const char *zone, const struct forecast *forecast)
{
    const struct vintages *vintages = context;
    forecast_text_vintage(vintages->output.file, zone, &vintages->dataset->clock,
                          vintages->dataset->offset_s != TEXT_NO_OFFSET, forecast);
}

static const char *zone_name(const struct rolling_request *request, size_t zone)
{
    return zone < request->n_zones ? request->zones[zone]->id : "all";
}

// With one zone, all zones together say nothing new.
static size_t rows_of(const struct rolling_request *request)
{
    return request->n_zones + (request->n_zones > 1 ? 1 : 0);
}

static void lead_name(size_t lead, char ret[static 24])
{
    if (lead)
        snprintf(ret, 24, "%zud", lead);
    else
        strcpy(ret, "all");
}

static void print_row(FILE *out, size_t lead, const struct rolling_score *score)
{
    char name[24];
    lead_name(lead, name);
    fprintf(out, " %4s %8zu", name, score->score.n);
    score_text_values(out, &score->score, &score->peaks);
    score_text_number(out, rolling_skill(&score->week), 1);
    score_text_number(out, rolling_skill(&score->vanilla), 1);
    fputc('\n', out);
}

static void print_table(FILE *out, const struct rolling_request *request,
                        const struct rolling *rolling)
{
    int width = score_text_width("zone");
    for (size_t zone = 0; zone < rows_of(request); zone++)
        if (score_text_width(zone_name(request, zone)) > width)
            width = score_text_width(zone_name(request, zone));
    score_text_name(out, "zone", width);
    fprintf(out, " %4s %8s", "lead", "n");
    score_text_titles(out);
    fprintf(out, " %10s %10s\n", "v. week %", "v. Vanilla");
    for (size_t zone = 0; zone < rows_of(request); zone++)
        for (size_t k = 1; k <= rolling_leads(rolling) + 1; k++) {
            size_t lead = k <= rolling_leads(rolling) ? k : 0;
            score_text_name(out, zone_name(request, zone), width);
            print_row(out, lead, rolling_score(rolling, zone, lead));
        }
}

static json_t *make_row(const char *zone, size_t lead, const struct rolling_score *score)
{
    char name[24];
    lead_name(lead, name);
    json_t *row =
        json_pack("{s:s, s:s, s:I}", "zone", zone, "lead", name, "n", (json_int_t)score->score.n);
    score_text_members(row, &score->score, &score->peaks);
    json_object_set_new(row, "skill_week", score_text_json(rolling_skill(&score->week)));
    json_object_set_new(row, "skill_vanilla", score_text_json(rolling_skill(&score->vanilla)));
    return row;
}

static bool print_json(FILE *out, const struct rolling_request *request,
                       const struct rolling *rolling)
{
    json_t *rows = json_array();
    for (size_t zone = 0; zone < rows_of(request); zone++)
        for (size_t lead = 0; lead <= rolling_leads(rolling); lead++)
            json_array_append_new(
                rows, make_row(zone_name(request, zone), lead, rolling_score(rolling, zone, lead)));
    json_t *root =
        json_pack("{s:I, s:o}", "issues", (json_int_t)rolling_issues(rolling), "scores", rows);
    bool good = root && json_dumpf(root, out, JSON_INDENT(2)) == 0;
    fputc('\n', out);
    json_decref(root);
    return good;
}

// What the table does not show, and what makes it worthless.
static bool remark(const struct rolling_request *request, const struct rolling *rolling)
{
    for (size_t zone = 0; zone < request->n_zones; zone++)
        if (rolling_fallbacks(rolling, zone))
            log_warning("backtest: zone '%s': %zu of %zu issues were forecast by last week's same "
                        "hour, for want of a better regression",
                        zone_name(request, zone), rolling_fallbacks(rolling, zone),
                        rolling_issues(rolling));
    for (size_t zone = 0; zone < request->n_zones; zone++)
        if (*rolling_faults(rolling, zone))
            log_notice("backtest: zone '%s': intervals left out of its history as faults, at the "
                       "last issue: %s",
                       zone_name(request, zone), rolling_faults(rolling, zone));
    if (rolling_score(rolling, request->n_zones, 0)->score.n)
        return true;
    log_error("backtest: no forecast interval has a reading to be judged by");
    return false;
}

static bool run_rolling(const struct options *options, const struct rolling_request *request,
                        struct vintages *vintages, FILE *out)
{
    struct rolling *rolling = rolling_new(request);
    bool fine = rolling && rolling_run(rolling, cores_count(),
                                       vintages->output.file ? write_vintage : NULL, vintages);
    if (!fine)
        log_error("backtest: out of memory");
    fine = fine && remark(request, rolling);
    if (fine && options->json)
        fine = print_json(out, request, rolling);
    else if (fine)
        print_table(out, request, rolling);
    rolling_free(rolling);
    return fine;
}

static bool write_all(const struct options *options, const struct rolling_request *request,
                      FILE *out)
{
    struct vintages vintages = {.dataset = request->dataset};
    if (options->forecasts && !output_open(&vintages.output, options->forecasts))
        return false;
    if (options->forecasts)
        forecast_text_vintage_header(vintages.output.file, request->n_levels, request->levels);
    bool fine = run_rolling(options, request, &vintages, out) &&
                (!options->forecasts || output_finish(&vintages.output));
    output_discard(&vintages.output);
    return fine;
}

static int run(void *context, const struct dataset *dataset, FILE *out)
{
    const struct options *options = context;
    struct rolling_request request = {
        .dataset = dataset,
        .every_s = options->every_s,
        .horizon_s = options->horizon_s,
        .weather_actual = options->weather_actual,
        .n_levels = options->n_levels,
        .levels = options->levels,
    };
    const struct dataset_series **zones = calloc(dataset->n_zones + 1, sizeof *zones);
    if (!zones)
        return COMMAND_FAILED;
    int status = COMMAND_USAGE;
    if (take_times(options, &request)) {
        take_zones(options, &request, zones);
        status = write_all(options, &request, out) ? COMMAND_DONE : COMMAND_FAILED;
    }
    free(zones);
    return status;
}

int cmd_backtest(int argc, char **argv)
{
    struct options options = {.every_s = CIVIL_DAY_S, .horizon_s = 2 * CIVIL_DAY_S};
    int status;
    (void)!take_levels(&options, "99");
    if (data_options_parse(&command, argc, argv, &options, &options.data, &status)) {
        status = COMMAND_USAGE;
        if (options.from && options.to)
            status = data_options_run(&options.data, run, &options);
        else
            fputs("phutai backtest needs --from and --to; see --help\n", stderr);
    }
    data_options_done(&options.data);
    return status;
}
