// SPDX-License-Identifier: GPL-3.0-or-later
// phutai simulate: made-up readings and weather of Bắc Giang as tidy CSV, every row marked.
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>
#include <zlib.h>

#include "config/config.h"
#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/log.h"
#include "daemon/origin.h"
#include "daemon/output.h"
#include "models/civil.h"
#include "models/simulate.h"

static const char usage[] =
    "usage: phutai simulate --config FILE --from TIME --to TIME [--seed N]\n"
    "                       [--readings FILE] [--weather FILE]\n"
    "\n"
    "Makes up half-hourly readings of the zones of Bắc Giang, of the rest of the province (zone\n"
    "ngoai-kcn) and of one weather station, bac-giang: there is no public load series of Vietnam.\n"
    "Energy of the zones and of the province in 2022 and 2023 and the highest load of 2024 are as\n"
    "published, whatever the seed; the rest is assumed, as config/bac-giang/README.md tells. "
    "Every\n"
    "row says `simulated` in the column `origin`, and what is made from it says so too.\n"
    "\n"
    "  --config FILE    a site with the zones of Bắc Giang: their land and the calendar are used\n"
    "  --from TIME      first half hour, such as 2020-01-01; not before that day\n"
    "  --to TIME        last half hour; a day alone means all of it; at most 2027-12-31\n"
    "  --seed N         other chance, from 0 to 4294967295 (default 1); the same seed, the same "
    "data\n"
    "  --readings FILE  time,zone,load,origin; one of the two at least; gzipped where the name "
    "ends\n"
    "                   in .gz; - is standard output\n"
    "  --weather FILE   time,station,temp_c,rh_pct,origin\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

static const char station[] = "bac-giang";

struct options {
    const char *config, *from, *to, *seed, *readings, *weather;
};

// A CSV file being written, gzipped or not.
struct sheet {
    struct output output;
    gzFile file;
    bool good;
};

static bool ends_in_gz(const char *path)
{
    const size_t length = strlen(path);
    return length > 3 && !strcmp(path + length - 3, ".gz");
}

static bool sheet_open(struct sheet *sheet, const char *path)
{
    if (!output_open(&sheet->output, path))
        return false;
    // 'T' writes the text as it is.
    const int fd = dup(fileno(sheet->output.file));
    sheet->file = fd < 0 ? NULL : gzdopen(fd, ends_in_gz(path) ? "wb3" : "wbT");
    sheet->good = sheet->file;
    if (!sheet->good) {
        if (fd >= 0)
            close(fd);
        log_error("output '%s': out of memory", path);
        output_discard(&sheet->output);
    }
    return sheet->good;
}

static void put(struct sheet *sheet, const char *text)
{
    const unsigned length = (unsigned)strlen(text);
    sheet->good = sheet->good && gzwrite(sheet->file, text, length) == (int)length;
}

static bool sheet_close(struct sheet *sheet, const char *path)
{
    const bool written = gzclose(sheet->file) == Z_OK && sheet->good;
    if (written)
        return output_finish(&sheet->output);
    log_error("output '%s': not all of it could be written", path);
    output_discard(&sheet->output);
    return false;
}

static void write_time(const struct simulation *simulation, size_t i,
                       char ret[static TEXT_TIME_LEN])
{
    int64_t instant = simulation->start + (int64_t)i * SIMULATE_STEP_S;
    text_write_time(instant + SIMULATE_OFFSET_S, SIMULATE_OFFSET_S, ret);
}

static bool write_readings(const struct simulation *simulation, const char *path)
{
    struct sheet sheet;
    char time[TEXT_TIME_LEN], row[160];
    if (!sheet_open(&sheet, path))
        return false;
    put(&sheet, "time,zone,load," ORIGIN_COLUMN "\n");
    for (size_t z = 0; z < SIMULATE_ZONES; z++)
        for (size_t i = 0; sheet.good && i < simulation->n; i++) {
            if (isnan(simulation->load[z][i]))
                continue;
            write_time(simulation, i, time);
            snprintf(row, sizeof row, "%s,%s,%.3f," ORIGIN_SIMULATED "\n", time,
                     simulate_zone_id(z), simulation->load[z][i]);
            put(&sheet, row);
        }
    return sheet_close(&sheet, path);
}

static bool write_weather(const struct simulation *simulation, const char *path)
{
    struct sheet sheet;
    char time[TEXT_TIME_LEN], row[160];
    if (!sheet_open(&sheet, path))
        return false;
    put(&sheet, "time,station,temp_c,rh_pct," ORIGIN_COLUMN "\n");
    for (size_t i = 0; sheet.good && i < simulation->n; i++) {
        write_time(simulation, i, time);
        snprintf(row, sizeof row, "%s,%s,%.1f,%.0f," ORIGIN_SIMULATED "\n", time, station,
                 simulation->temp_c[i], simulation->humidity_pct[i]);
        put(&sheet, row);
    }
    return sheet_close(&sheet, path);
}

static bool complain(const char *what, const char *value, const char *expected)
{
    fprintf(stderr, "phutai simulate: %s '%s': %s\n", what, value, expected);
    return false;
}

static int64_t midnight(int year)
{
    return civil_day_from_date((struct civil_date){year, 1, 1}) * CIVIL_DAY_S - SIMULATE_OFFSET_S;
}

// The instant of a time by the clock of Vietnam, or by its own offset.
static bool read_time(const char *what, const char *text, int64_t *ret)
{
    int64_t local_s;
    int32_t offset_s;
    if (!text_time(text, &local_s, &offset_s))
        return complain(what, text, "not a time such as 2024-03-15T00:00");
    *ret = local_s - (offset_s == TEXT_NO_OFFSET ? SIMULATE_OFFSET_S : offset_s);
    if (*ret % SIMULATE_STEP_S)
        return complain(what, text, "not on the half hour");
    if (*ret < midnight(SIMULATE_FROM_YEAR) || *ret >= midnight(SIMULATE_TO_YEAR))
        return complain(what, text, "not from 2020-01-01 to 2027-12-31");
    return true;
}

static bool read_request(const struct options *options, struct simulate_request *ret)
{
    int64_t day, seed = 1;
    if (!read_time("--from", options->from, &ret->from) ||
        !read_time("--to", options->to, &ret->to))
        return false;
    ret->to += text_date(options->to, &day) ? CIVIL_DAY_S : SIMULATE_STEP_S;
    if (ret->to <= ret->from)
        return complain("--to", options->to, "before --from");
    if (options->readings && options->weather && !strcmp(options->readings, options->weather))
        return complain("--weather", options->weather, "twice the same file");
    if (options->seed && (!text_integer(options->seed, &seed) || seed < 0 || seed > UINT32_MAX))
        return complain("--seed", options->seed, "not a whole number from 0 to 4294967295");
    ret->seed = (unsigned long)seed;
    return true;
}

static bool take_land(const struct config *config, const char *path, struct simulate_request *ret)
{
    struct civil_clock clock;
    if (!civil_clock_parse(config->site.clock, &clock) || clock.daylight ||
        clock.offset_s != SIMULATE_OFFSET_S || config->site.step_s != SIMULATE_STEP_S) {
        log_error("%s: clock %s, step %lld min: what is simulated is Bắc Giang, +07:00 and 30 min",
                  path, config->site.clock, (long long)config->site.step_s / 60);
        return false;
    }
    for (size_t z = 0; z < SIMULATE_ZONES; z++) {
        const size_t known = config_zone_find(config, simulate_zone_id(z));
        if (known == SIZE_MAX) {
            log_error("%s: no zone '%s': what is simulated is Bắc Giang, all of it", path,
                      simulate_zone_id(z));
            return false;
        }
        if (z < SIMULATE_OUTSIDE)
            ret->land[z] =
                (struct simulate_land){config->zones[known].area_ha, config->zones[known].fill_pct};
    }
    return true;
}

static struct calendar *take_calendar(const struct config *config)
{
    static const enum calendar_kind kinds[] = {[CONFIG_DAY_HOLIDAY] = CALENDAR_HOLIDAY,
                                               [CONFIG_DAY_WORKING] = CALENDAR_WORKING,
                                               [CONFIG_DAY_TET] = CALENDAR_TET};
    struct calendar *calendar = calendar_new();
    for (size_t i = 0; calendar && i < config->n_days; i++)
        if (!calendar_add(calendar, config->days[i].day, kinds[config->days[i].kind])) {
            calendar_free(calendar);
            return NULL;
        }
    return calendar;
}

static bool simulate_all(const struct options *options, const struct config *config,
                         struct simulate_request *request)
{
    struct simulation simulation;
    struct calendar *calendar = take_calendar(config);
    request->calendar = calendar;
    bool good = calendar && simulate(request, &simulation);
    calendar_free(calendar);
    if (!good) {
        log_error("%s: with the land of these zones the published energy and peak cannot be met, "
                  "or memory is short",
                  options->config);
        return false;
    }
    good = (!options->readings || write_readings(&simulation, options->readings)) &&
           (!options->weather || write_weather(&simulation, options->weather));
    if (good)
        fprintf(stderr, ORIGIN_WORDS ": %zu half hours, seed %lu\n", simulation.n, request->seed);
    simulate_done(&simulation);
    return good;
}

static int run(const struct options *options)
{
    struct config_errors errors;
    struct simulate_request request = {.seed = 1};
    if (!read_request(options, &request))
        return COMMAND_USAGE;
    struct config *config = config_read(options->config, &errors);
    for (size_t i = 0; i < errors.n; i++)
        log_error("%s", errors.text[i]);
    config_errors_done(&errors);
    const bool good = config && take_land(config, options->config, &request) &&
                      simulate_all(options, config, &request);
    config_free(config);
    return good ? COMMAND_DONE : COMMAND_FAILED;
}

static bool take_option(int option, const char *value, struct options *options)
{
    const char **const places[] = {
        ['c'] = &options->config, ['f'] = &options->from,     ['t'] = &options->to,
        ['s'] = &options->seed,   ['r'] = &options->readings, ['w'] = &options->weather};
    const size_t n = sizeof places / sizeof *places;
    if (option < 0 || (size_t)option >= n || !places[option])
        return false;
    *places[option] = value;
    return true;
}

int cmd_simulate(int argc, char **argv)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'},   {"from", required_argument, NULL, 'f'},
        {"to", required_argument, NULL, 't'},       {"seed", required_argument, NULL, 's'},
        {"readings", required_argument, NULL, 'r'}, {"weather", required_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0}};
    struct options options = {.config = NULL};
    for (int c; (c = getopt_long(argc, argv, "h", known, NULL)) != -1;)
        if (!take_option(c, optarg, &options)) {
            fputs(usage, c == 'h' ? stdout : stderr);
            return c == 'h' ? COMMAND_DONE : COMMAND_USAGE;
        }
    if (optind < argc)
        complain("argument", argv[optind], "all is said by options");
    if (optind < argc || !options.config || !options.from || !options.to ||
        (!options.readings && !options.weather)) {
        fprintf(stderr,
                "phutai simulate needs --config, --from, --to, and --readings or --weather\n\n%s",
                usage);
        return COMMAND_USAGE;
    }
    gsl_set_error_handler_off();
    return run(&options);
}
