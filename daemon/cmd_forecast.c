// SPDX-License-Identifier: GPL-3.0-or-later
// phutai forecast: from tidy CSV files to quantiles of each zone's load.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/cores.h"
#include "daemon/dataset.h"
#include "daemon/entry_list.h"
#include "daemon/forecast_text.h"
#include "daemon/output.h"
#include "daemon/site.h"
#include "models/champion.h"
#include "models/predict.h"

enum { ZONES_MAX = 256 };

struct request {
    const char *config, *readings, *weather, *holidays, *clock, *output;
    const char *issue, *until;
    const char *register_file;
    struct entry_list entries; // of it
    size_t n_zones;
    const char *zones[ZONES_MAX];
    bool weather_given, weather_is_forecast, table, explain;
    size_t n_levels;
    double levels[FORECAST_LEVELS_MAX];
};

static const char help[] =
    "usage: phutai forecast --readings FILE --issue TIME --until TIME [OPTION]...\n"
    "       phutai forecast --config FILE [--zone ZONE]... [--table] [--output FILE]\n"
    "\n"
    "The first form forecasts every interval from --issue to the one that starts at --until, from\n"
    "what was known before --issue. The second prints the newest forecasts of a daemon's store.\n"
    "Both write CSV: time,zone,mean,q0.01,...\n"
    "\n"
    "  --readings FILE      tidy CSV time,zone,load (also .gz)\n"
    "  --weather FILE       tidy CSV time,station,temp_c\n"
    "  --holidays FILE      CSV date[,name]\n"
    "  --zone ZONE          only this zone; may be repeated\n"
    "  --issue TIME         ISO 8601, e.g. 2011-01-01T00:00\n"
    "  --until TIME         start of the last interval\n"
    "  --weather-after-issue none|actual|forecast\n"
    "                       none (the default) looks at no weather at or after --issue;\n"
    "                       actual takes the file's as what will be;\n"
    "                       forecast takes it as a forecast, off by more the further ahead\n"
    "  --quantiles LIST|N   e.g. 0.05,0.5,0.95; or N for the N levels k/(N+1), as 99 (default 19)\n"
    "  --register FILE      what people know: CSV with the columns of register.csv (man\n"
    "                       phutaid.conf); its masks are not learnt from, its entries count\n"
    "  --clock CLOCK        of times without an offset: +07:00, or a POSIX TZ rule\n"
    "  --output FILE        instead of standard output\n"
    "  --explain            instead of quantiles: the parts that each mean is the sum of, MW:\n"
    "                       level,calendar,holiday,temp_now,temp_memory,correction,register\n"
    "  --table              with --config: a table by day for people, instead of CSV\n";

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

static bool parse_option(int option, const char *value, struct request *request)
{
    switch (option) {
    case 'C':
        request->config = value;
        return true;
    case 't':
        request->table = true;
        return true;
    case 'e':
        request->explain = true;
        return true;
    case 'r':
        request->readings = value;
        return true;
    case 'w':
        request->weather = value;
        return true;
    case 'h':
        request->holidays = value;
        return true;
    case 'c': {
        struct civil_clock clock;
        request->clock = value;
        if (civil_clock_parse(value, &clock))
            return true;
        fprintf(stderr, "--clock '%s': neither an offset such as +07:00 nor a POSIX TZ rule\n",
                value);
        return false;
    }
    case 'o':
        request->output = value;
        return true;
    case 'g':
        request->register_file = value;
        return true;
    case 'i':
        request->issue = value;
        return true;
    case 'u':
        request->until = value;
        return true;
    case 'z':
        if (request->n_zones == ZONES_MAX)
            return false;
        request->zones[request->n_zones++] = value;
        return true;
    case 'a':
        request->weather_is_forecast = !strcmp(value, "forecast");
        request->weather_given = request->weather_is_forecast || !strcmp(value, "actual");
        if (request->weather_given || !strcmp(value, "none"))
            return true;
        fprintf(stderr, "--weather-after-issue '%s': none, actual or forecast\n", value);
        return false;
    case 'q':
        if (parse_levels(value, request))
            return true;
        fprintf(stderr,
                "--quantiles '%s': ascending levels between 0 and 1, or how many (1 to %d)\n",
                value, FORECAST_LEVELS_MAX);
        return false;
    default:
        return false;
    }
}

// COMMAND_DONE to go on, or the status to end with; -1 after --help.
static int parse(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'C'},
        {"table", no_argument, NULL, 't'},
        {"explain", no_argument, NULL, 'e'},
        {"readings", required_argument, NULL, 'r'},
        {"weather", required_argument, NULL, 'w'},
        {"holidays", required_argument, NULL, 'h'},
        {"register", required_argument, NULL, 'g'},
        {"zone", required_argument, NULL, 'z'},
        {"issue", required_argument, NULL, 'i'},
        {"until", required_argument, NULL, 'u'},
        {"weather-after-issue", required_argument, NULL, 'a'},
        {"quantiles", required_argument, NULL, 'q'},
        {"clock", required_argument, NULL, 'c'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, '?' + 128},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?' + 128)
            return -1;
        if (!parse_option(option, optarg, request))
            return COMMAND_USAGE;
    }
    if (optind == argc && request->config && !request->readings && !request->explain &&
        !request->register_file)
        return COMMAND_DONE;
    if (optind == argc && !request->config && request->readings && request->issue &&
        request->until && !request->table)
        return COMMAND_DONE;
    fputs(request->explain
              ? "phutai forecast --explain needs --readings, --issue and --until; see --help\n"
              : "phutai forecast needs --readings, --issue and --until, or --config; see --help\n",
          stderr);
    return COMMAND_USAGE;
}

static bool wanted(const struct request *request, const char *id)
{
    for (size_t k = 0; k < request->n_zones; k++)
        if (!strcmp(request->zones[k], id))
            return true;
    return !request->n_zones;
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

// Fits and writes one zone, once its task has readings and entries.
static bool fit_zone(const struct dataset *dataset, const struct request *request, const char *zone,
                     struct task *task, FILE *out)
{
    struct stations_choice choice = {0};
    struct series temp;
    struct model_data *data = &task->data;
    bool fine =
        dataset_temperature(dataset, data->load, data->issue, data->weather_until, &choice, &temp);
    stations_choice_done(&choice);
    if (!fine)
        return false;
    data->temp = temp.n ? &temp : NULL;
    struct champion *champion = champion_new(data->load->step_s);
    enum model_status status = champion ? champion_fit(champion, data) : MODEL_NOMEM;
    if (status != MODEL_OK)
        fprintf(stderr, "zone '%s': %s; forecast by last week's same hour\n", zone,
                status == MODEL_TOO_FEW ? "too little history for a regression"
                                        : "the regression could not be solved");
    task->model = champion ? champion_model(champion) : NULL;
    fine = write_zone(dataset, request, task, out);
    champion_free(champion);
    series_done(&temp);
    return fine;
}

static bool forecast_zone(const struct dataset *dataset, const struct request *request,
                          const struct dataset_series *zone, FILE *out)
{
    struct series load;
    struct entry *entries = NULL;
    struct task task = {
        .zone = zone->id,
        .data =
            {
                .load = &load,
                .calendar = dataset->calendar,
                .clock = &dataset->clock,
                .weather_is_forecast = request->weather_is_forecast,
            },
    };
    struct model_data *data = &task.data;
    if (!dataset_time(dataset, request->issue, &data->issue) ||
        !dataset_time(dataset, request->until, &task.until) || !series_copy(&zone->series, &load))
        return false;
    task.until += load.step_s;
    data->weather_until = request->weather_given ? task.until : data->issue;
    bool fine = entry_list_of_zone(&request->entries, (size_t)(zone - dataset->zones), data->issue,
                                   &data->n_entries, &entries);
    if (fine) {
        data->entries = entries;
        entries_prepare(data->n_entries, entries, data->clock, data->issue, &load);
        fine = fit_zone(dataset, request, zone->id, &task, out);
    }
    free(entries);
    series_done(&load);
    return fine;
}

// The times of the request make sense on this data's grid.
static bool check_times(const struct dataset *dataset, const struct request *request)
{
    int64_t issue, until;
    int32_t step = dataset->zones[0].series.step_s;
    if (!dataset_time(dataset, request->issue, &issue)) {
        fprintf(stderr, "--issue '%s': not a time such as 2011-01-01T00:00\n", request->issue);
        return false;
    }
    if (!dataset_time(dataset, request->until, &until)) {
        fprintf(stderr, "--until '%s': not a time such as 2011-01-31T23:00\n", request->until);
        return false;
    }
    if (issue % step || until % step || until < issue) {
        fprintf(stderr, "--issue and --until must lie on the step of %d s, --until not before\n",
                step);
        return false;
    }
    return true;
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
    bool fine = out && (!wanted(written->request, zone->id) ||
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

static bool known_zones(const struct request *request, const struct dataset *dataset)
{
    for (size_t k = 0; k < request->n_zones; k++)
        if (!dataset_zone(dataset, request->zones[k])) {
            fprintf(stderr, "--zone '%s': not in %s\n", request->zones[k], request->readings);
            return false;
        }
    return true;
}

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

// From files: reads them, fits, forecasts.
static int run_files(struct request *request, FILE *out)
{
    struct dataset dataset;
    if (!dataset_read(request->readings, request->weather, request->holidays, request->clock,
                      &dataset))
        return COMMAND_FAILED;
    int status = COMMAND_USAGE;
    if (check_times(&dataset, request) && known_zones(request, &dataset))
        status = read_register(request, &dataset) && forecast_zones(request, &dataset, out)
                     ? COMMAND_DONE
                     : COMMAND_FAILED;
    entry_list_done(&request->entries);
    dataset_done(&dataset);
    return status;
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
        if (!wanted(request, id))
            continue;
        if (!store_get_forecast(site->store, id, INT64_MAX, &forecast, &found)) {
            fprintf(stderr, "%s: %s\n", site->config->store.path, store_error(site->store));
            return COMMAND_FAILED;
        }
        if (!found) {
            fprintf(stderr, "zone '%s': no forecast yet\n", id);
            continue;
        }
        if (!any && !request->table)
            forecast_text_header(out, forecast.n_levels, forecast.level);
        any = true;
        write_stored(request, site, k, &forecast, out);
        forecast_done(&forecast);
    }
    return any ? COMMAND_DONE : COMMAND_FAILED;
}

// From the daemon's store: what it has forecast.
static int run_store(const struct request *request, FILE *out)
{
    struct site site;
    int status = COMMAND_FAILED;
    if (site_open(&site, request->config, STORE_READ))
        status = print_stored(request, &site, out);
    site_close(&site);
    return status;
}

int cmd_forecast(int argc, char **argv)
{
    struct request request = {0};
    struct output output;
    parse_levels("19", &request);
    int status = parse(argc, argv, &request);
    if (status == -1)
        fputs(help, stdout);
    if (status)
        return status == -1 ? COMMAND_DONE : status;
    if (!output_open(&output, request.output))
        return COMMAND_FAILED;
    gsl_set_error_handler_off();
    status = request.config ? run_store(&request, output.file) : run_files(&request, output.file);
    if (status)
        output_discard(&output);
    else if (!output_finish(&output))
        status = COMMAND_FAILED;
    return status;
}
