// SPDX-License-Identifier: GPL-3.0-or-later
// phutai doctor: looks at everything that phutaid needs, and says in one line each what is fine and
// what is not.
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>

#include "config/config.h"
#include "config/text.h"
#include "daemon/cmd_doctor.h"
#include "daemon/commands.h"
#include "daemon/doctor_meters.h"
#include "daemon/origin.h"
#include "daemon/store.h"
#include "daemon/tokens.h"
#include "models/civil.h"

static const char help[] =
    "usage: phutai doctor --config FILE\n"
    "\n"
    "Looks at the configuration, the clock, the store, the newest readings and forecasts, the "
    "disk,\n"
    "the databases that forecasts go to and what waits for them, their certificates, and the "
    "files\n"
    "of secrets. One line for each:\n"
    "\n"
    "  ok|warn|FAIL what: words\n"
    "\n"
    "Exit status: 0 nothing fails, 1 something does, 2 wrong usage.\n";

enum { STALE_STEPS = 3 };

void cmd_doctor_say(struct doctor *doctor, enum doctor_grade grade, const char *what,
                    const char *format, ...)
{
    static const char *const words[] = {
        [DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "FAIL"};
    va_list args;
    printf("%-4s %s: ", words[grade], what);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    // Checks of the network may wait; what is known by then is worth seeing.
    fflush(stdout);
    doctor->failures += grade == DOCTOR_FAIL;
}

struct doctor_span cmd_doctor_span(int64_t s)
{
    struct doctor_span span;
    const char *sign = s < 0 ? "-" : "";
    s = s < 0 ? -s : s;
    if (s < 120)
        snprintf(span.text, sizeof span.text, "%s%" PRId64 " s", sign, s);
    else if (s < 7200)
        snprintf(span.text, sizeof span.text, "%s%" PRId64 " min", sign, s / 60);
    else if (s < 2 * CIVIL_DAY_S)
        snprintf(span.text, sizeof span.text, "%s%" PRId64 " h", sign, s / CIVIL_HOUR_S);
    else
        snprintf(span.text, sizeof span.text, "%s%" PRId64 " days", sign, s / CIVIL_DAY_S);
    return span;
}

static struct config *check_config(struct doctor *doctor, const char *path)
{
    struct config_errors errors;
    struct config *config = config_read(path, &errors);
    for (size_t i = 0; i < errors.n; i++)
        cmd_doctor_say(doctor, DOCTOR_FAIL, "config", "%s", errors.text[i]);
    config_errors_done(&errors);
    if (config && !civil_clock_parse(config->site.clock, &doctor->clock)) {
        cmd_doctor_say(doctor, DOCTOR_FAIL, "config", "%s: [site] clock = \"%s\" is no clock", path,
                       config->site.clock);
        config_free(config);
        return NULL;
    }
    if (config)
        cmd_doctor_say(doctor, DOCTOR_OK, "config", "%s: %zu zones, %zu databases", path,
                       config->n_zones, config->n_sinks);
    return config;
}

// 2024-03-12, the day that this work begins: no clock that is right is before it.
static const int64_t earliest = 1710201600;

static void check_clock(struct doctor *doctor)
{
    char text[TEXT_TIME_LEN];
    int32_t offset_s = civil_offset(&doctor->clock, doctor->now);
    text_write_time(doctor->now + offset_s, offset_s, text);
    struct timex timex = {0};
    int state = adjtimex(&timex);
    if (doctor->now < earliest)
        cmd_doctor_say(doctor, DOCTOR_FAIL, "clock", "it is not %s: set the system's clock", text);
    else if (state == TIME_ERROR || (timex.status & STA_UNSYNC))
        cmd_doctor_say(doctor, DOCTOR_WARN, "clock",
                       "%s, but nothing keeps the system's clock right (NTP)", text);
    else
        cmd_doctor_say(doctor, DOCTOR_OK, "clock", "%s", text);
}

static void check_origin(struct doctor *doctor)
{
    bool simulated;
    if (!store_simulated(doctor->store, &simulated))
        cmd_doctor_say(doctor, DOCTOR_FAIL, "origin", "%s", store_error(doctor->store));
    else if (simulated)
        cmd_doctor_say(doctor, DOCTOR_WARN, "origin", "what the store holds is " ORIGIN_WORDS);
}

static void check_store(struct doctor *doctor)
{
    const char *path = doctor->config->store.path;
    char error[256];
    struct stat status;
    if (stat(path, &status) && errno == ENOENT) {
        cmd_doctor_say(doctor, DOCTOR_WARN, "store",
                       "%s is not there yet: phutaid makes it when it first starts", path);
        return;
    }
    doctor->store = store_open(path, STORE_WRITE, error);
    int64_t readings = 0, weather = 0;
    if (!doctor->store) {
        cmd_doctor_say(doctor, DOCTOR_FAIL, "store", "%s", error);
    } else if (!store_begin(doctor->store) || !store_count(doctor->store, &readings, &weather)) {
        cmd_doctor_say(doctor, DOCTOR_FAIL, "store", "%s", store_error(doctor->store));
    } else {
        store_rollback(doctor->store);
        cmd_doctor_say(doctor, DOCTOR_OK, "store",
                       "%s: %" PRId64 " readings, %" PRId64 " observations of the weather, %lld MB",
                       path, readings, weather, (long long)status.st_size / 1000000);
        check_origin(doctor);
    }
}

static bool note_newest(void *context, const struct store_reading *reading)
{
    int64_t *newest = context;
    if (reading->instant > *newest)
        *newest = reading->instant;
    return true;
}

// The start of the newest interval, INT64_MIN where there is none. Looks back further and further,
// as readings are usually fresh.
static bool find_newest(struct doctor *doctor, const char *zone, int64_t *ret)
{
    const int64_t since[] = {doctor->now - CIVIL_DAY_S, doctor->now - 60 * CIVIL_DAY_S, INT64_MIN};
    *ret = INT64_MIN;
    for (size_t i = 0; i < sizeof since / sizeof *since && *ret == INT64_MIN; i++)
        if (!store_each_reading(doctor->store, zone, since[i], INT64_MAX, note_newest, ret))
            return false;
    return true;
}

static bool replayed(const struct doctor *doctor)
{
    return doctor->config->forecast.clock == CONFIG_CLOCK_READINGS;
}

static void check_zone(struct doctor *doctor, const char *zone)
{
    char what[128];
    int64_t newest, step_s = doctor->config->site.step_s;
    snprintf(what, sizeof what, "zone '%s'", zone);
    if (!find_newest(doctor, zone, &newest)) {
        cmd_doctor_say(doctor, DOCTOR_FAIL, what, "%s", store_error(doctor->store));
        return;
    }
    if (newest == INT64_MIN) {
        cmd_doctor_say(doctor, DOCTOR_WARN, what, "no reading yet");
        return;
    }
    int64_t age_s = doctor->now - newest - step_s;
    bool stale = age_s > STALE_STEPS * step_s && !replayed(doctor);
    cmd_doctor_say(doctor, stale ? DOCTOR_WARN : DOCTOR_OK, what, "newest reading ended %s ago%s",
                   cmd_doctor_span(age_s).text, stale ? ": ask its meters" : "");
}

static void warn_of_zone(void *context, const char *zone, const char *words)
{
    char what[160];
    snprintf(what, sizeof what, "zone '%s'", zone);
    cmd_doctor_say(context, DOCTOR_WARN, what, "%s", words);
}

static void check_meters(struct doctor *doctor)
{
    const struct doctor_meters look = {.config = doctor->config,
                                       .store = doctor->store,
                                       .clock = &doctor->clock,
                                       .now = doctor->now,
                                       .warn = warn_of_zone,
                                       .context = doctor};
    if (!doctor_meters_look(&look))
        cmd_doctor_say(doctor, DOCTOR_FAIL, "meters", "%s", store_error(doctor->store));
}

static void check_forecast(struct doctor *doctor)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < doctor->config->n_zones; i++) {
        struct forecast forecast;
        bool found = false;
        if (!store_get_forecast(doctor->store, doctor->config->zones[i].id, INT64_MAX, &forecast,
                                &found)) {
            cmd_doctor_say(doctor, DOCTOR_FAIL, "forecast", "%s", store_error(doctor->store));
            return;
        }
        if (!found)
            continue;
        newest = forecast.issue > newest ? forecast.issue : newest;
        forecast_done(&forecast);
    }
    if (newest == INT64_MIN) {
        cmd_doctor_say(doctor, DOCTOR_WARN, "forecast", "none yet");
        return;
    }
    int64_t age_s = doctor->now - newest;
    bool stale = age_s > 2 * doctor->config->forecast.every_s && !replayed(doctor);
    cmd_doctor_say(doctor, stale ? DOCTOR_WARN : DOCTOR_OK, "forecast", "newest issued %s ago%s",
                   cmd_doctor_span(age_s).text, stale ? ": does phutaid run?" : "");
}

static void check_tokens(struct doctor *doctor)
{
    const char *path = doctor->config->intake.token_file;
    char error[256];
    struct stat status;
    if (!path)
        return;
    struct tokens *tokens = tokens_read(path, error);
    if (!tokens)
        cmd_doctor_say(doctor, DOCTOR_FAIL, "tokens", "%s", error);
    else if (!stat(path, &status) && status.st_mode & (S_IWOTH | S_IWGRP))
        cmd_doctor_say(doctor, DOCTOR_FAIL, "tokens",
                       "%s can be changed by others: chmod 640 or 600", path);
    else
        cmd_doctor_say(doctor, DOCTOR_OK, "tokens", "%s", path);
    tokens_free(tokens);
}

static void check_daemon(struct doctor *doctor)
{
    const char *listen = doctor->config->intake.listen;
    char url[512];
    struct doctor_answer answer;
    size_t length = strlen(listen);
    if (length >= 2 && !strcmp(listen + length - 2, ":0"))
        return; // a port that only its log tells
    snprintf(url, sizeof url, "http://%.400s/healthz", listen);
    cmd_doctor_get(url, &answer);
    if (!answer.status)
        cmd_doctor_say(doctor, DOCTOR_WARN, "phutaid", "does not answer at %s: %s", listen,
                       answer.error);
    else
        cmd_doctor_say(
            doctor, answer.status == 200 ? DOCTOR_OK : DOCTOR_FAIL, "phutaid", "%s at %s",
            answer.status == 200 ? "runs and is well" : "is not well, see /healthz", listen);
    buffer_done(&answer.body);
}

static void check_all(struct doctor *doctor)
{
    check_clock(doctor);
    cmd_doctor_disk(doctor);
    cmd_doctor_folder(doctor);
    check_store(doctor);
    check_daemon(doctor);
    if (doctor->store) {
        for (size_t i = 0; i < doctor->config->n_zones; i++)
            check_zone(doctor, doctor->config->zones[i].id);
        check_meters(doctor);
        check_forecast(doctor);
    }
    check_tokens(doctor);
    cmd_doctor_sources(doctor);
    cmd_doctor_sinks(doctor);
}

int cmd_doctor(int argc, char **argv)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *path = NULL;
    for (int option; (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            path = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return COMMAND_DONE;
        default:
            return COMMAND_USAGE;
        }
    if (!path || optind != argc) {
        fputs(help, stderr);
        return COMMAND_USAGE;
    }
    struct doctor doctor = {.now = time(NULL)};
    struct config *config = check_config(&doctor, path);
    doctor.config = config;
    if (config)
        check_all(&doctor);
    store_close(doctor.store);
    config_free(config);
    return doctor.failures ? COMMAND_FAILED : COMMAND_DONE;
}
