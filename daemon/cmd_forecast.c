// SPDX-License-Identifier: GPL-3.0-or-later
// phutai forecast: from tidy CSV files to quantiles of each zone's load.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/data_options.h"
#include "daemon/entry_list.h"
#include "daemon/forecast_text.h"
#include "daemon/origin.h"
#include "daemon/output.h"
#include "daemon/site.h"
#include "daemon/zone_history.h"
#include "models/champion.h"
#include "models/predict.h"

struct request {
    struct data_options data;
    const char *issue, *until, *register_file;
    struct entry_list entries; // of it
    bool weather_given, weather_is_forecast, table, explain;
    size_t n_levels;
    double levels[FORECAST_LEVELS_MAX];
};

static bool parse_levels(const char *text, struct request *request)
{
    int64_t count;
    if (text_integer(text, &count)) {
        if (count < 1 || count > FORECAST_LEVELS_MAX)
            return false;
        request->n_levels = (size_t)count;
        for (size_t k = 0; k < request->n_levels; k++)
            request->levels[k] = (double)(k + 1) / (double)(count + 1);
        return true;
    }
    char copy[4096], *rest = copy, *item;
    if (strlen(text) >= sizeof copy)
        return false;
    strcpy(copy, text);
    request->n_levels = 0;
    while ((item = strsep(&rest, ","))) {
        double *level = &request->levels[request->n_levels];
        if (request->n_levels == FORECAST_LEVELS_MAX || !text_real(item, level) || *level <= 0 ||
            *level >= 1 || (request->n_levels && *level <= level[-1]))
            return false;
        request->n_levels++;
    }
    return true;
}

static bool take_weather(struct request *request, const char *value)
{
    request->weather_is_forecast = !strcmp(value, "forecast");
    request->weather_given = request->weather_is_forecast || !strcmp(value, "actual");
    if (request->weather_given || !strcmp(value, "none"))
        return true;
    fprintf(stderr, "--weather-after-issue '%s': none, actual or forecast\n", value);
    return false;
}

static bool take_levels(struct request *request, const char *value)
{
    if (parse_levels(value, request))
        return true;
    fprintf(stderr, "--quantiles '%s': ascending levels between 0 and 1, or how many (1 to %d)\n",
            value, FORECAST_LEVELS_MAX);
    return false;
}

static bool take(void *context, int option, const char *value)
{
    struct request *request = context;
    switch (option) {
    case 't':
        return request->table = true;
    case 'e':
        return request->explain = true;
    case 'i':
        request->issue = value;
        return true;
    case 'u':
        request->until = value;
        return true;
    case 'g':
        request->register_file = value;
        return true;
    case 'a':
        return take_weather(request, value);
    default:
        return take_levels(request, value);
    }
}

static const struct option own[] = {
    {"table", no_argument, NULL, 't'},
    {"explain", no_argument, NULL, 'e'},
    {"issue", required_argument, NULL, 'i'},
    {"until", required_argument, NULL, 'u'},
    {"register", required_argument, NULL, 'g'},
    {"weather-after-issue", required_argument, NULL, 'a'},
    {"quantiles", required_argument, NULL, 'q'},
    {NULL, 0, NULL, 0},
};

static const struct data_options_command command = {
    .name = "phutai forecast",
    .takes = DATA_OPTIONS_OUTPUT | DATA_OPTIONS_CHANGES | DATA_OPTIONS_CONFIG,
    .head =
        "usage: phutai forecast --readings FILE --issue TIME --until TIME [OPTION]...\n"
        "       phutai forecast --config FILE [--zone ZONE]... [--table] [--output FILE]\n"
        "\n"
        "The first form forecasts every interval from --issue to the one that starts at --until, "
        "from\n"
        "what was known before --issue. The second prints the newest forecasts of a daemon's "
        "store.\n"
        "Both write CSV: time,zone,mean,q0.01,... Readings that look like faults are left out of "
        "the\n"
        "history, and their number told; phutai clean lists them.\n"
        "\n",
    .help =
        {"  --issue TIME         ISO 8601, e.g. 2011-01-01T00:00\n"
         "  --until TIME         start of the last interval\n"
         "  --weather-after-issue none|actual|forecast\n"
         "                       none (the default) looks at no weather at or after --issue;\n"
         "                       actual takes the file's as what will be;\n"
         "                       forecast takes it as a forecast, off by more the further "
         "ahead\n"
         "  --quantiles LIST|N   e.g. 0.05,0.5,0.95; or N for the N levels k/(N+1), as 99 "
         "(default 19)\n"
         "  --register FILE      what people know: CSV with the columns of register.csv (man\n"
         "                       phutaid.conf); its masks are not learnt from, its entries count\n"
         "  --explain            instead of quantiles: the parts that each mean is the sum of, "
         "MW:\n"
         "                       level,calendar,holiday,temp_now,temp_memory,correction,register\n"
         "  --table              with --config: a table by day for people, instead of CSV\n"},
    .own = own,
    .take = take,
};

// The request makes sense as a whole; tells where it does not.
static bool check(const struct request *request)
{
    if (request->data.config && !request->explain && !request->register_file)
        return true;
    if (!request->data.config && request->issue && request->until && !request->table)
        return true;
    fputs(request->explain
              ? "phutai forecast --explain needs --readings, --issue and --until; see --help\n"
              : "phutai forecast needs --readings, --issue and --until, or --config; see --help\n",
          stderr);
    return false;
}

struct task {
    const char *zone;
    struct model_data data;
    const struct model *model; // NULL: by the baseline
    int64_t until;
};

// The zone's rows: of quantiles, or of parts.
static bool write_zone(const struct dataset *dataset, const struct request *request,
                       const struct task *task, FILE *out)
{
    const struct model_data *data = &task->data;
    bool with_offset = dataset->offset_s != TEXT_NO_OFFSET, fine;
    struct forecast forecast;
    if (!request->explain) {
        fine = predict(task->model, data, data->issue, task->until, request->n_levels,
                       request->levels, &forecast);
        if (fine)
            forecast_text_rows(out, task->zone, &dataset->clock, with_offset, &forecast);
    } else {
        size_t n = (size_t)((task->until - data->issue) / data->load->step_s);
        double(*parts)[EXPLAIN_PARTS] = malloc((n + 1) * sizeof *parts);
        fine = parts &&
               predict_explained(task->model, data, data->issue, task->until, &forecast, parts);
        if (fine)
            forecast_text_explain_rows(out, task->zone, &dataset->clock, with_offset, &forecast,
                                       parts);
        free(parts);
    }
    if (fine)
        forecast_done(&forecast);
    return fine;
}

static void tell_faults(const char *zone, const struct clean_marks *marks)
{
    char text[CLEAN_MARKS_TEXT_LEN];
    if (clean_marks_text(marks, text))
        fprintf(stderr, "zone '%s': intervals left out as faults: %s; see phutai clean\n", zone,
                text);
}

static enum model_status fit(struct champion *champion, const char *zone,
                             const struct model_data *data)
{
    enum model_status status = champion_fit(champion, data);
    if (status != MODEL_OK)
        fprintf(stderr, "zone '%s': %s; forecast by last week's same hour\n", zone,
                status == MODEL_TOO_FEW ? "too little history for a regression"
                                        : "the regression could not be solved");
    return status;
}

// Fits and writes one zone, whose readings the register has been applied to.
static bool fit_zone(const struct dataset *dataset, const struct request *request,
                     const struct dataset_series *zone, int64_t issue, struct task *task, FILE *out)
{
    struct zone_history history = {0};
    struct model_data data = task->data; // its entries
    struct champion *champion = champion_new(zone->series.step_s);
    bool fine =
        champion && zone_history_at(&history, dataset, zone, issue,
                                    request->weather_given ? task->until : issue, &task->data);
    task->data.weather_is_forecast = request->weather_is_forecast;
    task->data.n_entries = data.n_entries;
    task->data.entries = data.entries;
    if (fine) {
        tell_faults(zone->id, &history.marks);
        if (fit(champion, zone->id, &task->data) == MODEL_OK)
            task->model = champion_model(champion);
        fine = write_zone(dataset, request, task, out);
    }
    champion_free(champion);
    zone_history_done(&history);
    return fine;
}

static bool forecast_zone(const struct dataset *dataset, const struct request *request,
                          const struct dataset_series *zone, FILE *out)
{
    struct dataset_series known = *zone;
    struct entry *entries = NULL;
    struct task task = {.zone = zone->id};
    int64_t issue;
    if (!dataset_time(dataset, request->issue, &issue) ||
        !dataset_time(dataset, request->until, &task.until) ||
        !series_copy(&zone->series, &known.series))
        return false;
    task.until += known.series.step_s;
    bool fine = entry_list_of_zone(&request->entries, (size_t)(zone - dataset->zones), issue,
                                   &task.data.n_entries, &entries);
    if (fine) {
        task.data.entries = entries;
        entries_prepare(task.data.n_entries, entries, &dataset->clock, issue, &known.series);
        fine = fit_zone(dataset, request, &known, issue, &task, out);
    }
    free(entries);
    series_done(&known.series);
    return fine;
}

// The times of the request make sense on this data's grid.
static bool check_times(const struct dataset *dataset, const struct request *request)
{
    int64_t issue, until;
    if (!data_options_time(dataset, "--issue", request->issue, &issue) ||
        !data_options_time(dataset, "--until", request->until, &until))
        return false;
    if (until < issue)
        fprintf(stderr, "--until '%s': before --issue\n", request->until);
    return until >= issue;
}

// What each zone writes, until all have written.
struct written {
    const struct request *request;
    const struct dataset *dataset;
    struct {
        char *text;
        size_t size;
        bool fine;
    } * zones;
};

static void write_apart(void *context, size_t index)
{
    struct written *written = context;
    const struct dataset_series *zone = &written->dataset->zones[index];
    FILE *out = open_memstream(&written->zones[index].text, &written->zones[index].size);
    bool fine = out && (!data_options_wants(&written->request->data, zone->id) ||
                        forecast_zone(written->dataset, written->request, zone, out));
    if (out && fclose(out))
        fine = false;
    written->zones[index].fine = fine;
}

static bool forecast_zones(const struct request *request, const struct dataset *dataset, FILE *out)
{
    struct written written = {.request = request, .dataset = dataset};
    written.zones = calloc(dataset->n_zones, sizeof *written.zones);
    bool fine = written.zones;
    if (request->explain)
        forecast_text_explain_header(out);
    else
        forecast_text_header(out, request->n_levels, request->levels);
    if (fine)
        cores_each(dataset->n_zones, write_apart, &written);
    for (size_t k = 0; written.zones && k < dataset->n_zones; k++) {
        fine = fine && written.zones[k].fine;
        if (fine)
            fwrite(written.zones[k].text, 1, written.zones[k].size, out);
        free(written.zones[k].text);
    }
    free(written.zones);
    if (!fine)
        fputs("phutai forecast: out of memory\n", stderr);
    return fine;
}

// From files: reads them, fits, forecasts.
static bool read_register(struct request *request, const struct dataset *dataset)
{
    const char **zones = calloc(dataset->n_zones + 1, sizeof *zones);
    for (size_t k = 0; zones && k < dataset->n_zones; k++)
        zones[k] = dataset->zones[k].id;
    bool fine = zones && (!request->register_file ||
                          entry_list_read_file(request->register_file, &dataset->clock,
                                               dataset->n_zones, zones, &request->entries));
    free(zones);
    return fine;
}

static int run_files(void *context, const struct dataset *dataset, FILE *out)
{
    struct request *request = context;
    if (!check_times(dataset, request))
        return COMMAND_USAGE;
    bool fine = read_register(request, dataset) && forecast_zones(request, dataset, out);
    entry_list_done(&request->entries);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

static void write_stored(const struct request *request, const struct site *site, size_t zone,
                         const struct forecast *forecast, FILE *out)
{
    const struct config_zone *known = &site->config->zones[zone];
    int64_t day = civil_day(civil_local(&site->clock, forecast->issue));
    if (request->table)
        forecast_text_table(out, known->name, &site->clock, config_firm_mw(site->config, zone, day),
                            forecast);
    else
        forecast_text_rows(out, known->id, &site->clock, true, forecast);
}

// The newest forecast of each wanted zone in the store.
static int print_stored(const struct request *request, const struct site *site, FILE *out)
{
    bool any = false;
    for (size_t k = 0; k < site->config->n_zones; k++) {
        struct forecast forecast;
        bool found;
        const char *id = site->config->zones[k].id;
        if (!data_options_wants(&request->data, id))
            continue;
        if (!store_get_forecast(site->store, id, INT64_MAX, &forecast, &found)) {
            fprintf(stderr, "%s: %s\n", site->config->store.path, store_error(site->store));
            return COMMAND_FAILED;
        }
        if (!found) {
            fprintf(stderr, "zone '%s': no forecast yet\n", id);
            continue;
        }
        if (!any && request->table && site->simulated)
            fputs(ORIGIN_WORDS "\n\n", out);
        if (!any && !request->table)
            forecast_text_header(out, forecast.n_levels, forecast.level);
        any = true;
        write_stored(request, site, k, &forecast, out);
        forecast_done(&forecast);
    }
    return any ? COMMAND_DONE : COMMAND_FAILED;
}

// From the daemon's store: what it has forecast.
static int run_store(const struct request *request)
{
    struct site site;
    struct output output;
    int status = COMMAND_FAILED;
    if (!output_open(&output, request->data.output))
        return COMMAND_FAILED;
    if (site_open(&site, request->data.config, STORE_READ))
        status = print_stored(request, &site, output.file);
    site_close(&site);
    if (status)
        output_discard(&output);
    else if (!output_finish(&output))
        status = COMMAND_FAILED;
    return status;
}

int cmd_forecast(int argc, char **argv)
{
    struct request request = {0};
    int status;
    parse_levels("19", &request);
    if (data_options_parse(&command, argc, argv, &request, &request.data, &status)) {
        status = COMMAND_USAGE;
        if (check(&request))
            status = request.data.config ? run_store(&request)
                                         : data_options_run(&request.data, run_files, &request);
    }
    data_options_done(&request.data);
    return status;
}
