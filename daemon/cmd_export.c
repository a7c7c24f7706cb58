// SPDX-License-Identifier: GPL-3.0-or-later
// phutai export: what the daemon's store holds, as tidy CSV.
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/csv_field.h"
#include "daemon/kept_text.h"
#include "daemon/log.h"
#include "daemon/metering.h"
#include "daemon/origin.h"
#include "daemon/output.h"
#include "daemon/site.h"
#include "daemon/store_peaks.h"

static const char usage[] =
    "usage: phutai export --config FILE --what WHAT [--zone ID] [--from TIME] [--to TIME]\n"
    "                     [--meters] [--output FILE]\n"
    "\n"
    "Takes out of the store that the configuration names, while phutaid runs or not, one WHAT:\n"
    "\n"
    "  readings    time,zone,load            by zone and time; the meters of a zone are summed,\n"
    "                                        incomplete sums are left out\n"
    "              time,zone,meter,load      with --meters: every meter for itself\n"
    "  incomplete  time,zone,load,meters,missing_pct,missing: the sums in which more is missing\n"
    "              than [intake] missing_pct allows, of how many meters they are, how much of the\n"
    "              zone's usual load is missing, and the meters that are\n"
    "  weather     time,station,temp_c,rh_pct\n"
    "  weather_runs  time,station,temp_c,rh_pct,issued: every forecast of the weather kept, by\n"
    "              station, issue and time\n"
    "              these with a column `origin` more where the store holds simulated data\n"
    "  forecasts   issue,time,zone,mean,q... by zone, issue and time: every vintage kept, with a\n"
    "              column for each quantile that any of them has\n"
    "              (sums of zones, such as --zone total, on request)\n"
    "  seasons     issue,season,scenario,zone,poe,peak,limit_mw,p_over,peak_hour: how high the\n"
    "              load will go, as it was told each time\n"
    "  peaks       "
    "issued,zone,day,hour_from,hour_to,q50,q90,q99,temp_c,heat_mw,register_mw,growth:\n"
    "              how high each coming day will go, of zones and sums of zones, as it was told "
    "each\n"
    "              time: quantiles of its peak, the hours that four in five of the odds lie in, "
    "its\n"
    "              highest temperature, what heat and the register add, growth in a year\n"
    "  model       the state of the model of one zone, as text\n"
    "\n"
    "  --config FILE  the configuration of the site\n"
    "  --zone ID      this zone only\n"
    "  --from TIME    nothing before; of forecasts and runs, nothing issued before\n"
    "  --to TIME      nothing at or after\n"
    "  --output FILE  write there instead of to standard output\n"
    "\n"
    "TIME is such as 2024-05-01 or 2024-05-01T13:30+07:00, without an offset local time of the\n"
    "site. Times are written with the site's offset.\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

enum what { READINGS, INCOMPLETE, WEATHER, WEATHER_RUNS, FORECASTS, MODEL, SEASONS, PEAKS };

struct options {
    const char *config, *zone, *from, *to, *output;
    enum what what;
    bool meters;
};

struct export
{
    const struct options *options;
    struct site site;
    FILE *out;
    int64_t from, to;
    size_t rows;
    size_t incomplete; // sums of meters in which more is missing than may be
    // The levels of all vintages, ascending.
    size_t n_levels;
    double levels[FORECAST_LEVELS_MAX];
    bool too_many_levels;
};

static void put_time(struct export *export, int64_t instant)
{
    char text[TEXT_TIME_LEN];
    const int32_t offset_s = civil_offset(&export->site.clock, instant);
    text_write_time(instant + offset_s, offset_s, text);
    fputs(text, export->out);
}

// After a comma; a value that is not there leaves the field empty.
static void put_real(struct export *export, double value)
{
    char text[TEXT_REAL_LEN] = "";
    if (isfinite(value))
        text_write_real(value, text);
    fprintf(export->out, ",%s", text);
}

// After a comma.
static void put_name(struct export *export, const char *name)
{
    fputc(',', export->out);
    csv_field_text(export->out, name);
}

// The head of readings and weather: made-up ones carry their mark along.
static void put_head(struct export *export, const char *columns)
{
    fprintf(export->out, "%s%s\n", columns, export->site.simulated ? "," ORIGIN_COLUMN : "");
}

static void end_row(struct export *export)
{
    fputs(export->site.simulated ? "," ORIGIN_SIMULATED "\n" : "\n", export->out);
}

static bool has_room(struct export *export)
{
    export->rows++;
    return !ferror(export->out);
}

static bool put_meter(void *context, const struct store_reading *reading)
{
    struct export *export = context;
    put_time(export, reading->instant);
    put_name(export, reading->zone);
    put_name(export, reading->meter);
    put_real(export, reading->mw);
    end_row(export);
    return has_room(export);
}

static bool put_complete(void *context, const struct metering_interval *interval)
{
    struct export *export = context;
    if (interval->state == METERING_INCOMPLETE) {
        export->incomplete++;
        return true;
    }
    put_time(export, interval->instant);
    put_name(export, interval->zone);
    put_real(export, interval->mw);
    end_row(export);
    return has_room(export);
}

static bool put_incomplete(void *context, const struct metering_interval *interval)
{
    struct export *export = context;
    if (interval->state != METERING_INCOMPLETE)
        return true;
    put_time(export, interval->instant);
    put_name(export, interval->zone);
    put_real(export, interval->mw);
    fprintf(export->out, ",%zu,%.1f", interval->present, interval->missing_pct);
    put_name(export, interval->names);
    end_row(export);
    return has_room(export);
}

static bool export_meters(struct export *export)
{
    put_head(export, "time,zone,meter,load");
    return store_each_reading(export->site.store, export->options->zone, export->from, export->to,
                              put_meter, export);
}

static bool export_sums(struct export *export, metering_interval_fn *put)
{
    struct metering *metering = metering_new(export->site.store, export->options->zone,
                                             export->site.config->intake.missing_pct);
    const bool good = metering && metering_each(metering, export->from, export->to, put, export);
    metering_free(metering);
    return good;
}

static bool export_readings(struct export *export)
{
    if (export->options->meters)
        return export_meters(export);
    put_head(export, "time,zone,load");
    const bool good = export_sums(export, put_complete);
    if (export->incomplete)
        log_warning("export: %zu intervals left out in which a meter of the zone is missing: "
                    "--what incomplete lists them, --meters gives what is there",
                    export->incomplete);
    return good;
}

static bool export_incomplete(struct export *export)
{
    put_head(export, "time,zone,load,meters,missing_pct,missing");
    return export_sums(export, put_incomplete);
}

static bool put_weather(void *context, const struct store_weather *weather)
{
    struct export *export = context;
    put_time(export, weather->instant);
    put_name(export, weather->station);
    put_real(export, weather->temp_c);
    put_real(export, weather->humidity_pct);
    end_row(export);
    return has_room(export);
}

static bool export_weather(struct export *export)
{
    put_head(export, "time,station,temp_c,rh_pct");
    return store_each_weather(export->site.store, export->from, export->to, put_weather, export);
}

static bool put_weather_ahead(void *context, const struct store_weather_ahead *row)
{
    struct export *export = context;
    put_time(export, row->instant);
    put_name(export, row->station);
    put_real(export, row->temp_c);
    put_real(export, row->humidity_pct);
    fputc(',', export->out);
    put_time(export, row->issue);
    end_row(export);
    return has_room(export);
}

static bool export_weather_runs(struct export *export)
{
    put_head(export, "time,station,temp_c,rh_pct,issued");
    return store_each_weather_ahead(export->site.store, export->from, export->to, put_weather_ahead,
                                    export);
}

// Where `level` stands among the levels met, or would stand.
static size_t find_level(const struct export *export, double level)
{
    size_t i = 0;
    while (i < export->n_levels && export->levels[i] < level)
        i++;
    return i;
}

// Sums are given on request only, so that what is exported can be scored against readings.
static bool is_wanted(const struct export *export, const struct forecast *forecast)
{
    return export->options->zone || strcmp(forecast->model, "sum");
}

static bool collect_levels(void *context, const char *zone, const struct forecast *forecast)
{
    struct export *export = context;
    (void)zone;
    for (size_t k = 0; is_wanted(export, forecast) && k < forecast->n_levels; k++) {
        const size_t i = find_level(export, forecast->level[k]);
        if (i < export->n_levels && export->levels[i] == forecast->level[k])
            continue;
        export->too_many_levels |= export->n_levels == FORECAST_LEVELS_MAX;
        if (export->too_many_levels)
            return false;
        memmove(export->levels + i + 1, export->levels + i,
                (export->n_levels - i) * sizeof *export->levels);
        export->levels[i] = forecast->level[k];
        export->n_levels++;
    }
    return true;
}

static void put_quantiles(struct export *export, const struct forecast *forecast, size_t i)
{
    size_t k = 0;
    for (size_t column = 0; column < export->n_levels; column++)
        if (k < forecast->n_levels && forecast->level[k] == export->levels[column])
            put_real(export, forecast_quantiles(forecast, i)[k++]);
        else
            fputc(',', export->out);
}

static bool put_forecast(void *context, const char *zone, const struct forecast *forecast)
{
    struct export *export = context;
    for (size_t i = 0; is_wanted(export, forecast) && i < forecast->n; i++) {
        put_time(export, forecast->issue);
        fputc(',', export->out);
        put_time(export, forecast_instant(forecast, i));
        put_name(export, zone);
        put_real(export, forecast->mean[i]);
        put_quantiles(export, forecast, i);
        fputc('\n', export->out);
        export->rows++;
    }
    return !ferror(export->out);
}

// The columns must be known before the first row, so the vintages are walked twice.
static bool export_forecasts(struct export *export)
{
    const char *zone = export->options->zone;
    if (!store_each_forecast(export->site.store, zone, export->from, export->to, collect_levels,
                             export))
        return false;
    if (export->too_many_levels) {
        log_error("export: the forecasts have more than %d quantiles in all; ask for fewer days",
                  FORECAST_LEVELS_MAX);
        return false;
    }
    fputs("issue,time,zone,mean", export->out);
    for (size_t k = 0; k < export->n_levels; k++) {
        char level[TEXT_REAL_LEN];
        text_write_real(export->levels[k], level);
        fprintf(export->out, ",q%s", level);
    }
    fputc('\n', export->out);
    return store_each_forecast(export->site.store, zone, export->from, export->to, put_forecast,
                               export);
}

static bool export_model(struct export *export)
{
    int64_t issue;
    char *text = store_get_model(export->site.store, export->options->zone, &issue);
    if (!text) {
        log_error("export: no model of zone '%s'", export->options->zone);
        return false;
    }
    fputs(text, export->out);
    free(text);
    export->rows++;
    return true;
}

static bool put_season(void *context, const struct store_season *season)
{
    struct export *export = context;
    const char *zone = export->options->zone;
    if ((!zone || !strcmp(zone, season->zone)) && season->issue >= export->from &&
        season->issue < export->to)
        export->rows += kept_text_season(export->out, &export->site.clock, season);
    return true;
}

static bool export_seasons(struct export *export)
{
    fprintf(export->out, "%s\n", kept_text_season_head);
    return store_each_season(export->site.store, put_season, export);
}

static bool put_peaks(void *context, const char *node, const struct day_peaks *peaks)
{
    struct export *export = context;
    export->rows += kept_text_peaks(export->out, &export->site.clock, node, peaks);
    return !ferror(export->out);
}

static bool export_peaks(struct export *export)
{
    fprintf(export->out, "%s\n", kept_text_peaks_head);
    return store_each_peaks(export->site.store, export->options->zone, export->from, export->to,
                            put_peaks, export);
}

static bool export_all(struct export *export)
{
    static bool (*const exporters[])(struct export *) = {
        [READINGS] = export_readings,   [INCOMPLETE] = export_incomplete,
        [WEATHER] = export_weather,     [WEATHER_RUNS] = export_weather_runs,
        [FORECASTS] = export_forecasts, [MODEL] = export_model,
        [SEASONS] = export_seasons,     [PEAKS] = export_peaks,
    };
    if (exporters[export->options->what](export))
        return true;
    if (*store_error(export->site.store))
        log_error("%s", store_error(export->site.store));
    return false;
}

static const int64_t earliest = TEXT_TIME_MIN + CIVIL_DAY_S, latest = TEXT_TIME_MAX - CIVIL_DAY_S;

static bool read_limit(const struct export *export, const char *name, const char *text,
                       int64_t *limit)
{
    int64_t instant;
    if (!text)
        return true;
    if (!site_time(&export->site, text, &instant)) {
        log_error("export: --%s '%s' is not a time such as 2024-05-01T13:30", name, text);
        return false;
    }
    // Within the years that can be written, whatever the offset.
    *limit = instant < earliest ? earliest : instant > latest ? latest : instant;
    return true;
}

// A name that is misspelt must not pass for a zone without readings.
static bool check_zone(const struct export *export)
{
    const char *zone = export->options->zone;
    if (export->rows || !zone || config_zone_find(export->site.config, zone) != SIZE_MAX)
        return true;
    log_error("export: zone '%s' is neither in the registry nor in the store", zone);
    return false;
}

static int run(const struct options *options)
{
    struct output output;
    struct export export = {
        .options = options, .from = TEXT_TIME_MIN + CIVIL_DAY_S, .to = TEXT_TIME_MAX - CIVIL_DAY_S};
    bool good = site_open(&export.site, options->config, STORE_READ) &&
                read_limit(&export, "from", options->from, &export.from) &&
                read_limit(&export, "to", options->to, &export.to) &&
                output_open(&output, options->output);
    if (good) {
        export.out = output.file;
        good = export_all(&export) && check_zone(&export);
        if (good)
            good = output_finish(&output);
        else
            output_discard(&output);
    }
    site_close(&export.site);
    return good ? COMMAND_DONE : COMMAND_FAILED;
}

static bool read_what(const char *text, enum what *ret)
{
    static const char *const names[] = {"readings",  "incomplete", "weather", "weather_runs",
                                        "forecasts", "model",      "seasons", "peaks"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(text, names[i])) {
            *ret = (enum what)i;
            return true;
        }
    return false;
}

static int complain(const char *what)
{
    fprintf(stderr, "phutai export: %s\n\n%s", what, usage);
    return COMMAND_USAGE;
}

static int check_and_run(struct options *options, const char *what, const char *stray)
{
    if (stray)
        return complain("all is said by options");
    if (!options->config)
        return complain("--config is missing");
    if (!what || !read_what(what, &options->what))
        return complain("--what is missing, or none of these");
    if (options->what == MODEL && !options->zone)
        return complain("a model is of one --zone");
    if ((options->what == WEATHER || options->what == WEATHER_RUNS) && options->zone)
        return complain("weather is of stations, not of a zone");
    return run(options);
}

int cmd_export(int argc, char **argv)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"what", required_argument, NULL, 'w'},
                                          {"zone", required_argument, NULL, 'z'},
                                          {"from", required_argument, NULL, 'f'},
                                          {"to", required_argument, NULL, 't'},
                                          {"meters", no_argument, NULL, 'm'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct options options = {.config = NULL};
    const char *what = NULL;
    for (int c; (c = getopt_long(argc, argv, "o:h", known, NULL)) != -1;) {
        switch (c) {
        case 'c':
            options.config = optarg;
            break;
        case 'w':
            what = optarg;
            break;
        case 'z':
            options.zone = optarg;
            break;
        case 'f':
            options.from = optarg;
            break;
        case 't':
            options.to = optarg;
            break;
        case 'm':
            options.meters = true;
            break;
        case 'o':
            options.output = optarg;
            break;
        default:
            fputs(usage, c == 'h' ? stdout : stderr);
            return c == 'h' ? COMMAND_DONE : COMMAND_USAGE;
        }
    }
    return check_and_run(&options, what, optind < argc ? argv[optind] : NULL);
}
