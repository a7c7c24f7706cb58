// SPDX-License-Identifier: GPL-3.0-or-later
// phutai import: tidy CSV files into the daemon's store.
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/text.h"
#include "daemon/check.h"
#include "daemon/commands.h"
#include "daemon/log.h"
#include "daemon/origin.h"
#include "daemon/progress.h"
#include "daemon/site.h"
#include "daemon/tidy.h"

static const char usage[] =
    "usage: phutai import --config FILE [--readings F]... [--weather F]... [--weather-runs F]...\n"
    "\n"
    "Puts tidy CSV files, plain or gzipped, into the store that the configuration names. It may "
    "be\n"
    "done while phutaid runs, and again: a row that is there already changes nothing, and of two\n"
    "values the later wins.\n"
    "\n"
    "  --config FILE        the configuration of the site\n"
    "  --readings FILE      time,zone,load[,meter]: mean MW over the interval that starts at "
    "`time`\n"
    "  --weather FILE       time,station,temp_c[,rh_pct]: what was observed\n"
    "  --weather-runs FILE  time,station,temp_c[,rh_pct],issued: forecasts of the weather, "
    "`issued`\n"
    "                       when they were made\n"
    "\n"
    "Where a column `origin` says `simulated`, the store is marked for good, and what comes out of "
    "it\n"
    "says so.\n"
    "\n"
    "A time without an offset is local time of the site. A bad row is named and left out, and the\n"
    "rest goes on. The numbers of rows taken and refused are told at the end.\n"
    "\n"
    "Exit status: 0 done, 1 a file could not be read to its end, the store failed, or every row\n"
    "was refused, 2 wrong usage.\n";

// How many bad rows of a file are named one by one, and rows to a transaction: enough to make its
// sync cheap, few enough to let the daemon write in between.
enum { TOLD_MAX = 10, ROWS_PER_COMMIT = 50000, UNKNOWN_MAX = 100 };

enum kind { READINGS, WEATHER, WEATHER_RUNS, KINDS };

struct file {
    const char *path;
    enum kind kind;
};

struct counts {
    size_t put[STORE_FAILED]; // STORE_NEW, STORE_SAME, STORE_CHANGED
    size_t refused;
};

struct unknown {
    char *zone;
    size_t rows;
};

struct import {
    struct site site;
    struct tidy tidy;
    struct progress progress;
    int64_t latest; // instant beyond which a reading is refused
    size_t rows;    // of all files, for the progress
    struct counts of[KINDS];

    // Of the file being read:
    const char *path;
    struct counts *counts;
    struct counts pending; // of the transaction that is open
    size_t n_pending, refused, told;
    bool failed;
    size_t n_unknown;
    struct unknown unknown[UNKNOWN_MAX];
    char *last_zone; // that was found in the registry
};

static void tell(void *context, const char *text)
{
    struct import *import = context;
    if (import->told++ < TOLD_MAX)
        log_warning("%s; left out", text);
}

// The rows that tidy.c found good can still be none of this site.
[[gnu::format(printf, 3, 4)]] static bool refuse(struct import *import, int64_t instant,
                                                 const char *format, ...)
{
    char reason[160], when[TEXT_TIME_LEN];
    va_list args;
    import->refused++;
    if (import->told++ >= TOLD_MAX)
        return true;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    text_write_time(instant, 0, when);
    log_warning("%s: %s, %s; left out", import->path, when, reason);
    return true;
}

static bool fail(struct import *import)
{
    log_error("%s; import stops, what was committed before stays", store_error(import->site.store));
    import->failed = true;
    return false;
}

static bool commit(struct import *import)
{
    if (import->tidy.simulated && import->n_pending && !store_mark_simulated(import->site.store))
        return fail(import);
    if (!store_commit(import->site.store))
        return fail(import);
    for (int i = 0; i < STORE_FAILED; i++)
        import->counts->put[i] += import->pending.put[i];
    import->pending = (struct counts){0};
    import->n_pending = 0;
    return true;
}

static bool count(struct import *import, enum store_put result)
{
    if (result == STORE_FAILED)
        return fail(import);
    import->pending.put[result]++;
    import->rows++;
    if (import->rows % 1024 == 0)
        progress_at(&import->progress, import->rows, 0);
    if (++import->n_pending < ROWS_PER_COMMIT)
        return true;
    return commit(import) && (store_begin(import->site.store) || fail(import));
}

// Notes a zone that the registry does not have; beyond UNKNOWN_MAX of them they are named by row.
static bool refuse_zone(struct import *import, const char *zone, int64_t instant)
{
    size_t i = 0;
    while (i < import->n_unknown && strcmp(import->unknown[i].zone, zone) != 0)
        i++;
    if (i == UNKNOWN_MAX)
        return refuse(import, instant, "unknown zone '%.48s'", zone);
    if (i == import->n_unknown) {
        import->unknown[i] = (struct unknown){.zone = strdup(zone)};
        if (!import->unknown[i].zone)
            return refuse(import, instant, "unknown zone '%.48s'", zone);
        import->n_unknown++;
    }
    import->unknown[i].rows++;
    import->refused++;
    return true;
}

static bool is_known(struct import *import, const char *zone)
{
    const struct config *config = import->site.config;
    if (import->last_zone && !strcmp(import->last_zone, zone))
        return true;
    const size_t found = config_zone_find(config, zone);
    if (found == SIZE_MAX)
        return false;
    import->last_zone = config->zones[found].id;
    return true;
}

// A stamp that misses the start of an interval by a sixtieth of it, as of a meter with a clock of
// its own, means that start. What is further inside is a sample, and no sample is an interval's
// mean.
static bool move_onto_grid(int64_t step_s, int64_t *instant)
{
    const int64_t rest = ((*instant % step_s) + step_s) % step_s;
    const int64_t nearest = *instant - rest + (rest > step_s / 2 ? step_s : 0);
    if (llabs(*instant - nearest) > step_s / 60)
        return false;
    *instant = nearest;
    return true;
}

static bool take_reading(void *context, const char *zone, const char *meter, int64_t instant,
                         double load)
{
    struct import *import = context;
    const struct config *config = import->site.config;
    if (!is_known(import, zone))
        return refuse_zone(import, zone, instant);
    if (load < config->intake.load_min_mw || load > config->intake.load_max_mw)
        return refuse(import, instant, "load %g MW of zone '%.48s' is not between %g and %g", load,
                      zone, config->intake.load_min_mw, config->intake.load_max_mw);
    if (instant > import->latest)
        return refuse(import, instant, "zone '%.48s': in the future", zone);
    if (!move_onto_grid(config->site.step_s, &instant))
        return refuse(import, instant, "zone '%.48s': inside an interval of %lld min", zone,
                      (long long)config->site.step_s / 60);
    return count(import, store_put_reading(import->site.store, zone, meter, instant, load));
}

static bool take_weather(void *context, const char *station, int64_t instant, double temp_c,
                         double humidity_pct)
{
    struct import *import = context;
    if (temp_c < CHECK_TEMP_MIN_C || temp_c > CHECK_TEMP_MAX_C)
        return refuse(import, instant, "temperature %g of station '%.48s' is not between %d and %d",
                      temp_c, station, CHECK_TEMP_MIN_C, CHECK_TEMP_MAX_C);
    if (instant > import->latest)
        return refuse(import, instant, "station '%.48s': in the future", station);
    return count(import,
                 store_put_weather(import->site.store, station, instant, temp_c, humidity_pct));
}

static bool take_weather_run(void *context, const char *station, int64_t issued, int64_t instant,
                             double temp_c, double humidity_pct)
{
    enum { LONGEST_S = 366 * CIVIL_DAY_S };
    struct import *import = context;
    const struct store_weather_ahead row = {station, issued, instant, temp_c, humidity_pct};
    if (temp_c < CHECK_TEMP_MIN_C || temp_c > CHECK_TEMP_MAX_C)
        return refuse(import, instant, "temperature %g of station '%.48s' is not between %d and %d",
                      temp_c, station, CHECK_TEMP_MIN_C, CHECK_TEMP_MAX_C);
    if (issued > import->latest)
        return refuse(import, instant, "station '%.48s': issued in the future", station);
    if (instant < issued)
        return refuse(import, instant, "station '%.48s': no forecast, it was issued later",
                      station);
    if (instant - issued > LONGEST_S)
        return refuse(import, instant, "station '%.48s': issued more than a year before", station);
    return count(import, store_put_weather_ahead(import->site.store, &row));
}

static bool read_file(struct import *import, const struct file *file)
{
    struct tidy *tidy = &import->tidy;
    switch (file->kind) {
    case READINGS:
        return tidy_read_meters(tidy, file->path, take_reading, import);
    case WEATHER:
        return tidy_read_weather(tidy, file->path, take_weather, import);
    case WEATHER_RUNS:
        return tidy_read_weather_runs(tidy, file->path, take_weather_run, import);
    case KINDS:
        break;
    }
    return false;
}

static void sum_up_file(struct import *import)
{
    for (size_t i = 0; i < import->n_unknown; i++) {
        log_warning("%s: zone '%s' is not in the registry; %zu rows left out", import->path,
                    import->unknown[i].zone, import->unknown[i].rows);
        free(import->unknown[i].zone);
    }
    if (import->told > TOLD_MAX)
        log_warning("%s: %zu more such rows", import->path, import->told - TOLD_MAX);
    import->counts->refused += import->refused + import->tidy.refused;
    import->n_unknown = import->refused = import->told = 0;
}

static bool import_file(struct import *import, const struct file *file)
{
    import->path = file->path;
    import->counts = &import->of[file->kind];
    if (!store_begin(import->site.store))
        return fail(import);
    const bool whole = read_file(import, file);
    // The rows before the fault of a file are good.
    if (import->failed || !commit(import))
        store_rollback(import->site.store);
    progress_end(&import->progress);
    if (import->tidy.simulated)
        log_warning("%s: " ORIGIN_WORDS "; the store is marked so", file->path);
    if (!whole)
        log_error("%s", import->tidy.error);
    sum_up_file(import);
    return whole && !import->failed;
}

static void print_counts(const char *what, const struct counts *counts)
{
    const size_t *put = counts->put;
    if (put[STORE_NEW] + put[STORE_SAME] + put[STORE_CHANGED] + counts->refused)
        fprintf(stderr, "%zu %s new, %zu same, %zu changed, %zu refused\n", put[STORE_NEW], what,
                put[STORE_SAME], put[STORE_CHANGED], counts->refused);
}

static bool all_refused(const struct counts *counts)
{
    return counts->refused &&
           !(counts->put[STORE_NEW] + counts->put[STORE_SAME] + counts->put[STORE_CHANGED]);
}

static int run(const char *config, size_t n_files, const struct file files[])
{
    struct import import = {.rows = 0};
    bool good = site_open(&import.site, config, STORE_WRITE);
    if (!good) {
        site_close(&import.site);
        return COMMAND_FAILED;
    }
    import.tidy = (struct tidy){.clock = &import.site.clock, .bad = tell, .bad_context = &import};
    import.latest = (int64_t)time(NULL) + import.site.config->intake.future_s;
    for (size_t i = 0; i < n_files && !import.failed; i++) {
        progress_start(&import.progress, files[i].path);
        good = import_file(&import, &files[i]) && good;
    }
    site_close(&import.site);
    static const char *const names[] = {"readings", "observations", "hours of weather forecasts"};
    for (int kind = 0; kind < KINDS; kind++) {
        print_counts(names[kind], &import.of[kind]);
        good = good && !all_refused(&import.of[kind]);
    }
    return good ? COMMAND_DONE : COMMAND_FAILED;
}

static int complain(const char *what)
{
    fprintf(stderr, "phutai import: %s\n\n%s", what, usage);
    return COMMAND_USAGE;
}

static int run_options(int argc, char **argv, struct file files[])
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'},  {"readings", required_argument, NULL, 'r'},
        {"weather", required_argument, NULL, 'w'}, {"weather-runs", required_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    const char *config = NULL;
    size_t n_files = 0;
    for (int c; (c = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        if (c == 'c')
            config = optarg;
        else if (c == 'r' || c == 'w' || c == 'a')
            files[n_files++] = (struct file){optarg, c == 'r'   ? READINGS
                                                     : c == 'w' ? WEATHER
                                                                : WEATHER_RUNS};
        else {
            fputs(usage, c == 'h' ? stdout : stderr);
            return c == 'h' ? COMMAND_DONE : COMMAND_USAGE;
        }
    }
    if (optind < argc)
        return complain("all files are named by an option");
    if (!config)
        return complain("--config is missing");
    if (!n_files)
        return complain("nothing to import");
    return run(config, n_files, files);
}

int cmd_import(int argc, char **argv)
{
    struct file *files = calloc((size_t)argc, sizeof *files);
    if (!files) {
        log_error("out of memory");
        return COMMAND_FAILED;
    }
    const int status = run_options(argc, argv, files);
    free(files);
    return status;
}
