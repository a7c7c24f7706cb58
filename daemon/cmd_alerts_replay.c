// SPDX-License-Identifier: GPL-3.0-or-later
// phutai alerts replay: which alerts there would have been, and which of them were right.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/alert_trial_files.h"
#include "daemon/alert_trial_store.h"
#include "daemon/alert_trial_text.h"
#include "daemon/cmd_alerts.h"
#include "daemon/commands.h"
#include "daemon/data_options.h"
#include "daemon/log.h"
#include "daemon/output.h"

struct options {
    struct data_options data;
    struct alert_trial_request request; // of files
    const char *from, *to, *rule;       // of the store
    const char *days;
    bool csv, of_files, of_store; // one of the options was given that only these take
    bool seasons_given;
};

static bool complain(const char *option, const char *value, const char *expected)
{
    fprintf(stderr, "phutai alerts replay: %s '%s': %s\n", option, value, expected);
    return false;
}

static bool take_real(const char *option, const char *text, double min, double max, double *ret)
{
    double value;
    char expected[64];
    snprintf(expected, sizeof expected, "a number from %g to %g", min, max);
    if (!text_real(text, &value) || value < min || value > max)
        return complain(option, text, expected);
    *ret = value;
    return true;
}

static bool take_integer(const char *option, const char *text, int64_t max, int64_t *ret)
{
    int64_t value;
    char expected[64];
    snprintf(expected, sizeof expected, "a whole number from 0 to %lld", (long long)max);
    if (!text_integer(text, &value) || value < 0 || value > max)
        return complain(option, text, expected);
    *ret = value;
    return true;
}

static bool parse_year(const char *text, int *ret)
{
    int64_t year;
    if (strlen(text) != 4 || !text_integer(text, &year) || year < 1700 || year > 2198)
        return false;
    *ret = (int)year;
    return true;
}

static bool take_years(const char *text, struct options *options)
{
    struct alert_trial_seasons *seasons = &options->request.seasons;
    char first[8] = {0};
    const char *dash = strchr(text, '-');
    snprintf(first, sizeof first, "%.*s", dash ? (int)(dash - text) : 7, text);
    options->seasons_given = true;
    if (parse_year(first, &seasons->first_year) &&
        parse_year(dash ? dash + 1 : first, &seasons->last_year) &&
        seasons->first_year <= seasons->last_year)
        return true;
    return complain("--seasons", text, "years such as 2006-2012, or one of them");
}

static bool parse_date(const char *text, struct alert_trial_date *ret)
{
    char whole[16];
    int64_t day;
    snprintf(whole, sizeof whole, "2000-%.5s", text);
    if (!text_date(whole, &day))
        return false;
    struct civil_date date = civil_date_from_day(day);
    *ret = (struct alert_trial_date){date.month, date.day};
    return true;
}

static bool take_season(const char *text, struct alert_trial_seasons *seasons)
{
    return (strlen(text) == strlen("10-01..03-31") && !strncmp(text + 5, "..", 2) &&
            parse_date(text, &seasons->from) && parse_date(text + 7, &seasons->to)) ||
           complain("--season", text, "its first and last day, such as 10-01..03-31");
}

static bool take_hour(const char *text, struct alert_trial_request *request)
{
    int64_t hour;
    bool fine = take_integer("--issue-hour", text, 23, &hour);
    request->issue_hour = fine ? (int)hour : request->issue_hour;
    return fine;
}

static bool take_limit_years(const char *text, struct alert_trial_request *request)
{
    int64_t years;
    bool fine = take_integer("--limit-years", text, 50, &years);
    request->limit_years = fine ? (int)years : request->limit_years;
    return fine && (years || complain("--limit-years", text, "at least one"));
}

static bool take_hold(const char *text, struct config_alert *rule)
{
    return take_integer("--hold", text, 100, &rule->hold) &&
           (rule->hold || complain("--hold", text, "at least one"));
}

static bool take_seed(const char *text, struct alert_trial_request *request)
{
    int64_t seed;
    bool fine = take_integer("--seed", text, INT64_MAX, &seed);
    request->seed = fine ? (uint64_t)seed : request->seed;
    return fine;
}

static bool take_of_files(struct options *options, int option, const char *value)
{
    struct alert_trial_request *request = &options->request;
    struct config_alert *rule = &request->rule;
    options->of_files = true;
    switch (option) {
    case 'y':
        return take_years(value, options);
    case 'o':
        return take_season(value, &request->seasons);
    case 'l':
        return take_real("--limit", value, 1e-6, 1e9, &request->limit_mw);
    case 'P':
        return take_real("--limit-percentile", value, 0, 100, &request->limit_percentile);
    case 'Y':
        return take_limit_years(value, request);
    case 'e':
        return take_real("--weather-error", value, 0, 50, &request->weather_error_c);
    case 's':
        return take_seed(value, request);
    case 'i':
        return take_hour(value, request);
    case 'p':
        return take_real("--probability", value, 0.001, 0.999, &rule->probability);
    case 'c':
        return take_real("--clear-probability", value, 0.001, 0.999, &rule->clear_probability);
    default:
        return take_hold(value, rule);
    }
}

static bool take(void *context, int option, const char *value)
{
    struct options *options = context;
    switch (option) {
    case 'C':
        return options->csv = true;
    case 'D':
        options->days = value;
        return true;
    case 'f':
    case 't':
    case 'r':
        options->of_store = true;
        *(option == 'f' ? &options->from : option == 't' ? &options->to : &options->rule) = value;
        return true;
    default:
        return take_of_files(options, option, value);
    }
}

static const struct option own[] = {
    {"seasons", required_argument, NULL, 'y'},
    {"season", required_argument, NULL, 'o'},
    {"limit", required_argument, NULL, 'l'},
    {"limit-percentile", required_argument, NULL, 'P'},
    {"limit-years", required_argument, NULL, 'Y'},
    {"weather-error", required_argument, NULL, 'e'},
    {"seed", required_argument, NULL, 's'},
    {"issue-hour", required_argument, NULL, 'i'},
    {"probability", required_argument, NULL, 'p'},
    {"clear-probability", required_argument, NULL, 'c'},
    {"hold", required_argument, NULL, 'h'},
    {"from", required_argument, NULL, 'f'},
    {"to", required_argument, NULL, 't'},
    {"rule", required_argument, NULL, 'r'},
    {"days", required_argument, NULL, 'D'},
    {"csv", no_argument, NULL, 'C'},
    {NULL, 0, NULL, 0},
};

static const struct data_options_command command = {
    .name = "phutai alerts replay",
    .takes = DATA_OPTIONS_OUTPUT | DATA_OPTIONS_CONFIG | DATA_OPTIONS_CHANGES,
    .head =
        "usage: phutai alerts replay --readings FILE --weather FILE --zone ZONE --seasons YEARS "
        "[OPTION]...\n"
        "       phutai alerts replay --config FILE [--from TIME] [--to TIME] [--rule RULE] "
        "[OPTION]...\n"
        "\n"
        "Which day-ahead alerts there would have been, which were right, false or missed, and "
        "how good\n"
        "the chances behind them were. From files: every day of past seasons is forecast on "
        "the day before\n"
        "it, from what was known then and the temperature that came with an error, as of a "
        "weather\n"
        "forecast. From the store of a daemon: today's rules on peaks run over the forecasts "
        "that were\n"
        "made, against today's limits. Nothing is written to the store.\n"
        "\n",
    .help =
        {
            "  --seasons YEARS      which seasons, by the years of their first days: 2006-2012\n"
            "  --season DAYS        first and last day of each (default 04-01..09-30)\n"
            "  --limit MW           what must not be passed; without it:\n"
            "  --limit-percentile P the P-th percentile (default 97) of the daily peaks of\n"
            "  --limit-years N      the N seasons before (default 5)\n"
            "  --weather-error C    standard deviation of the error of the weather forecast "
            "(default 1.5):\n"
            "                       e(t + step) = r e(t) + sqrt(1 - r^2) C z, r = exp(-step / 24 "
            "h)\n"
            "  --seed N             of the error (default 1)\n"
            "  --issue-hour H       of the day before, at which a day is forecast (default 12)\n"
            "  --probability P      an alert begins at this chance (default 0.25)\n"
            "  --clear-probability P  it ends below this one (default: that of --probability)\n"
            "  --hold N             days in a row that must call for it (default 1)\n",
            "  --from TIME          issues from then on (default: all)\n"
            "  --to TIME            issues before that\n"
            "  --rule RULE          of the configuration (default: all that look at peaks)\n",
            "  --days FILE          writes every day there: its chance, alert and outcome\n"
            "  --csv                the table as CSV, without the list of alerts\n"
            "\n",
            alert_trial_text_help,
        },
    .own = own,
    .take = take,
};

// Where trials are told: the table, and the days.
struct telling {
    FILE *out;
    struct output days;
    bool csv;
};

static bool begin_telling(const struct options *options, FILE *out, struct telling *ret)
{
    *ret = (struct telling){.out = out, .csv = options->csv};
    if (options->days && !output_open(&ret->days, options->days))
        return false;
    if (options->days)
        alert_trial_text_days_header(ret->days.file);
    if (options->csv)
        alert_trial_text_csv_header(out);
    return true;
}

static bool tell(void *context, const struct alert_trial *trial, const char *zone)
{
    struct telling *telling = context;
    if (telling->days.file)
        alert_trial_text_days(telling->days.file, trial, zone);
    return telling->csv ? alert_trial_text_csv(telling->out, trial, zone)
                        : alert_trial_text_table(telling->out, trial, zone);
}

static bool end_telling(struct telling *telling, bool fine)
{
    fine = fine && (!telling->days.file || output_finish(&telling->days));
    output_discard(&telling->days);
    return fine;
}

static bool any_counts(const struct alert_trial *trial)
{
    for (size_t k = 0; k < trial->n; k++)
        if (alert_trial_counts(&trial->days[k]))
            return true;
    log_error("alerts replay: no day of these seasons has a limit, a forecast and readings");
    return false;
}

// Limits of fewer seasons than were asked for are told.
static void remark(const struct alert_trial_request *request)
{
    for (int year = request->seasons.first_year; year <= request->seasons.last_year; year++) {
        int seasons;
        double limit = alert_trial_limit(request, year, &seasons);
        if (!isnan(limit) && seasons < request->limit_years)
            log_notice("alerts replay: season %d: its limit is of %d season%s before it, for want "
                       "of readings of more",
                       year, seasons, seasons == 1 ? "" : "s");
    }
}

static int run(void *context, const struct dataset *dataset, FILE *out)
{
    struct options *options = context;
    struct alert_trial_request *request = &options->request;
    struct alert_trial trial;
    struct telling telling;
    request->dataset = dataset;
    for (size_t k = 0; k < dataset->n_zones; k++)
        if (data_options_wants(&options->data, dataset->zones[k].id))
            request->zone = &dataset->zones[k];
    if (isnan(request->limit_mw))
        remark(request);
    if (!alert_trial_run_files(request, &trial)) {
        log_error("alerts replay: out of memory");
        return COMMAND_FAILED;
    }
    bool fine = any_counts(&trial) && begin_telling(options, out, &telling) &&
                end_telling(&telling, tell(&telling, &trial, request->zone->id));
    alert_trial_done(&trial);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

static bool usage_fits(const struct options *options)
{
    const struct data_options *data = &options->data;
    const char *wrong = NULL;
    if (data->config && (options->of_files || data->weather || data->holidays || data->n_zones ||
                         data->clock || data->changes))
        wrong = "with --config only --from, --to, --rule, --days, --csv and --output are taken";
    else if (data->readings && options->of_store)
        wrong = "--from, --to and --rule go with --config";
    else if (data->readings && (data->n_zones != 1 || !options->seasons_given))
        wrong = "with --readings one --zone and --seasons are needed";
    else if (options->request.rule.clear_probability > options->request.rule.probability)
        wrong = "--clear-probability is above --probability";
    if (wrong)
        fprintf(stderr, "phutai alerts replay: %s; see --help\n", wrong);
    return !wrong;
}

static int run_store(const struct options *options)
{
    struct output output;
    struct telling telling;
    const struct alert_trial_store_request request = {
        .config = options->data.config,
        .from = options->from,
        .to = options->to,
        .rule = options->rule,
        .tell = tell,
        .context = &telling,
    };
    if (!output_open(&output, options->data.output))
        return COMMAND_FAILED;
    bool fine = begin_telling(options, output.file, &telling);
    int status = fine ? alert_trial_run_store(&request) : COMMAND_FAILED;
    fine = fine && end_telling(&telling, status == COMMAND_DONE);
    fine = fine && output_finish(&output);
    output_discard(&output);
    return fine || status != COMMAND_DONE ? status : COMMAND_FAILED;
}

int cmd_alerts_replay(int argc, char **argv)
{
    struct options options = {
        .request =
            {
                .seasons = {.from = {4, 1}, .to = {9, 30}},
                .limit_mw = NAN,
                .limit_percentile = 97,
                .limit_years = 5,
                .issue_hour = 12,
                .weather_error_c = 1.5,
                .seed = 1,
                .rule =
                    {
                        .name = (char[]){"day-ahead"},
                        .on = CONFIG_ALERT_PEAK,
                        .per_cent = {100},
                        .limit_mw = NAN,
                        .probability = 0.25,
                        .clear_probability = NAN,
                        .within_s = (int64_t)2 * CIVIL_DAY_S,
                        .hold = 1,
                        .hold_clear = 1,
                    },
            },
    };
    int status;
    if (data_options_parse(&command, argc, argv, &options, &options.data, &status)) {
        if (isnan(options.request.rule.clear_probability))
            options.request.rule.clear_probability = options.request.rule.probability;
        if (!usage_fits(&options))
            status = COMMAND_USAGE;
        else
            status = options.data.config ? run_store(&options)
                                         : data_options_run(&options.data, run, &options);
    }
    data_options_done(&options.data);
    return status;
}
