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
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>

#include <curl/curl.h>

#include "config/config.h"
#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/doctor_meters.h"
#include "daemon/influx.h"
#include "daemon/origin.h"
#include "daemon/secret.h"
#include "daemon/store.h"
#include "daemon/tokens.h"
#include "models/civil.h"

static const char help[] =
    "usage: phutai doctor --config FILE\n"
    "\n"
    "Looks at the configuration, the clock, the store, the newest readings and forecasts, the "
    "disk,\n"
    "the databases that forecasts go to, and the files of secrets. One line for each:\n"
    "\n"
    "  ok|warn|FAIL what: words\n"
    "\n"
    "Exit status: 0 nothing fails, 1 something does, 2 wrong usage.\n";

enum grade { OK, WARN, FAIL };

enum {
    PING_TIMEOUT_S = 5,
    STALE_STEPS = 3,
    MIN_FREE_MB = 100,
    LOW_FREE_MB = 1000,
    WAITING_MAX_S = 3600,
};

struct doctor {
    const struct config *config;
    struct civil_clock clock;
    struct store *store;
    int64_t now;
    int failures;
};

[[gnu::format(printf, 4, 5)]] static void say(struct doctor *doctor, enum grade grade,
                                              const char *what, const char *format, ...)
{
    static const char *const words[] = {[OK] = "ok", [WARN] = "warn", [FAIL] = "FAIL"};
    va_list args;
    printf("%-4s %s: ", words[grade], what);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    // Checks of the network may wait; what is known by then is worth seeing.
    fflush(stdout);
    doctor->failures += grade == FAIL;
}

struct span { // of time, in words
    char text[48];
};

static struct span span(int64_t s)
{
    struct span span;
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
        say(doctor, FAIL, "config", "%s", errors.text[i]);
    config_errors_done(&errors);
    if (config && !civil_clock_parse(config->site.clock, &doctor->clock)) {
        say(doctor, FAIL, "config", "%s: [site] clock = \"%s\" is no clock", path,
            config->site.clock);
        config_free(config);
        return NULL;
    }
    if (config)
        say(doctor, OK, "config", "%s: %zu zones, %zu databases", path, config->n_zones,
            config->n_sinks);
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
        say(doctor, FAIL, "clock", "it is not %s: set the system's clock", text);
    else if (state == TIME_ERROR || (timex.status & STA_UNSYNC))
        say(doctor, WARN, "clock", "%s, but nothing keeps the system's clock right (NTP)", text);
    else
        say(doctor, OK, "clock", "%s", text);
}

static void check_disk(struct doctor *doctor)
{
    const char *path = doctor->config->store.path;
    char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[slash == folder] = '\0';
    struct statvfs disk;
    if (!folder || statvfs(slash ? folder : ".", &disk)) {
        say(doctor, FAIL, "disk", "the folder of %s: %s", path, strerror(errno));
        free(folder);
        return;
    }
    uint64_t free_mb = (uint64_t)disk.f_bavail * disk.f_frsize / 1000000;
    enum grade grade = free_mb < MIN_FREE_MB ? FAIL : free_mb < LOW_FREE_MB ? WARN : OK;
    say(doctor, grade, "disk", "%" PRIu64 " MB free where the store is", free_mb);
    free(folder);
}

static void check_origin(struct doctor *doctor)
{
    bool simulated;
    if (!store_simulated(doctor->store, &simulated))
        say(doctor, FAIL, "origin", "%s", store_error(doctor->store));
    else if (simulated)
        say(doctor, WARN, "origin", "what the store holds is " ORIGIN_WORDS);
}

static void check_store(struct doctor *doctor)
{
    const char *path = doctor->config->store.path;
    char error[256];
    struct stat status;
    if (stat(path, &status) && errno == ENOENT) {
        say(doctor, WARN, "store", "%s is not there yet: phutaid makes it when it first starts",
            path);
        return;
    }
    doctor->store = store_open(path, STORE_WRITE, error);
    int64_t readings = 0, weather = 0;
    if (!doctor->store) {
        say(doctor, FAIL, "store", "%s", error);
    } else if (!store_begin(doctor->store) || !store_count(doctor->store, &readings, &weather)) {
        say(doctor, FAIL, "store", "%s", store_error(doctor->store));
    } else {
        store_rollback(doctor->store);
        say(doctor, OK, "store",
            "%s: %" PRId64 " readings, %" PRId64 " observations of the weather, %lld MB", path,
            readings, weather, (long long)status.st_size / 1000000);
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
        say(doctor, FAIL, what, "%s", store_error(doctor->store));
        return;
    }
    if (newest == INT64_MIN) {
        say(doctor, WARN, what, "no reading yet");
        return;
    }
    int64_t age_s = doctor->now - newest - step_s;
    bool stale = age_s > STALE_STEPS * step_s && !replayed(doctor);
    say(doctor, stale ? WARN : OK, what, "newest reading ended %s ago%s", span(age_s).text,
        stale ? ": ask its meters" : "");
}

static void warn_of_zone(void *context, const char *zone, const char *words)
{
    char what[160];
    snprintf(what, sizeof what, "zone '%s'", zone);
    say(context, WARN, what, "%s", words);
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
        say(doctor, FAIL, "meters", "%s", store_error(doctor->store));
}

static void check_forecast(struct doctor *doctor)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < doctor->config->n_zones; i++) {
        struct forecast forecast;
        bool found = false;
        if (!store_get_forecast(doctor->store, doctor->config->zones[i].id, INT64_MAX, &forecast,
                                &found)) {
            say(doctor, FAIL, "forecast", "%s", store_error(doctor->store));
            return;
        }
        if (!found)
            continue;
        newest = forecast.issue > newest ? forecast.issue : newest;
        forecast_done(&forecast);
    }
    if (newest == INT64_MIN) {
        say(doctor, WARN, "forecast", "none yet");
        return;
    }
    int64_t age_s = doctor->now - newest;
    bool stale = age_s > 2 * doctor->config->forecast.every_s && !replayed(doctor);
    say(doctor, stale ? WARN : OK, "forecast", "newest issued %s ago%s", span(age_s).text,
        stale ? ": does phutaid run?" : "");
}

static size_t drop_answer(char *data, size_t one, size_t n, void *context)
{
    (void)data, (void)context;
    return one * n;
}

// Status of a GET; 0 with words where there is no answer.
static long get(const char *url, char error[static CURL_ERROR_SIZE])
{
    long status = 0;
    CURL *easy = curl_easy_init();
    snprintf(error, CURL_ERROR_SIZE, "out of memory");
    if (!easy)
        return 0;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)PING_TIMEOUT_S);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_answer);
    CURLcode code = curl_easy_perform(easy);
    if (code == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    else if (!*error)
        snprintf(error, CURL_ERROR_SIZE, "%s", curl_easy_strerror(code));
    curl_easy_cleanup(easy);
    return status;
}

static void check_server(struct doctor *doctor, const char *what, const struct config_sink *sink)
{
    struct buffer url;
    char error[CURL_ERROR_SIZE];
    buffer_init(&url, 4096);
    influx_ping_url(sink, &url);
    long status = url.failed ? 0 : get(url.data, error);
    // Some want a token even for this: an answer it is all the same.
    if (!status)
        say(doctor, FAIL, what, "%s does not answer: %s", sink->url, error);
    else
        say(doctor, status >= 500 ? WARN : OK, what, "%s answers (HTTP %ld)", sink->url, status);
    buffer_done(&url);
}

static void check_outbox(struct doctor *doctor, const char *what, const struct config_sink *sink)
{
    struct store_outbox_state state;
    if (!store_outbox_state(doctor->store, sink->name, &state)) {
        say(doctor, FAIL, what, "%s", store_error(doctor->store));
        return;
    }
    if (state.rejected)
        say(doctor, WARN, what, "%" PRId64 " batches were refused by the server and set aside",
            state.rejected);
    if (!state.batches) {
        say(doctor, OK, what, "nothing waits");
        return;
    }
    int64_t age_s = doctor->now - state.oldest;
    bool late = age_s > WAITING_MAX_S && !replayed(doctor);
    say(doctor, late ? WARN : OK, what,
        "%" PRId64 " batches of %" PRId64 " kB wait, the oldest for %s", state.batches,
        state.bytes / 1000, span(age_s).text);
}

// Whether anybody but the owner and, for reading, the group gets at a file.
static void check_secret_mode(struct doctor *doctor, const char *path)
{
    struct stat status;
    if (stat(path, &status))
        return; // told by whoever reads it
    if (status.st_mode & (S_IROTH | S_IWOTH | S_IWGRP))
        say(doctor, FAIL, "secret", "%s can be %s by others: chmod 640 or 600", path,
            status.st_mode & (S_IWOTH | S_IWGRP) ? "changed" : "read");
    else
        say(doctor, OK, "secret", "%s", path);
}

static void check_secret(struct doctor *doctor, const char *path)
{
    char secret[SECRET_MAX], error[256];
    if (!path)
        return;
    if (secret_read(path, secret, error))
        check_secret_mode(doctor, path);
    else
        say(doctor, FAIL, "secret", "%s", error);
    secret_wipe(secret);
}

static void check_sink(struct doctor *doctor, const struct config_sink *sink)
{
    char what[128];
    snprintf(what, sizeof what, "influxdb '%s'", sink->name);
    if (doctor->store)
        check_outbox(doctor, what, sink);
    check_server(doctor, what, sink);
    check_secret(doctor, sink->password_file);
    check_secret(doctor, sink->token_file);
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
        say(doctor, FAIL, "tokens", "%s", error);
    else if (!stat(path, &status) && status.st_mode & (S_IWOTH | S_IWGRP))
        say(doctor, FAIL, "tokens", "%s can be changed by others: chmod 640 or 600", path);
    else
        say(doctor, OK, "tokens", "%s", path);
    tokens_free(tokens);
}

static void check_daemon(struct doctor *doctor)
{
    const char *listen = doctor->config->intake.listen;
    char url[512], error[CURL_ERROR_SIZE];
    size_t length = strlen(listen);
    if (length >= 2 && !strcmp(listen + length - 2, ":0"))
        return; // a port that only its log tells
    snprintf(url, sizeof url, "http://%.400s/healthz", listen);
    long status = get(url, error);
    if (!status)
        say(doctor, WARN, "phutaid", "does not answer at %s: %s", listen, error);
    else
        say(doctor, status == 200 ? OK : FAIL, "phutaid", "%s at %s",
            status == 200 ? "runs and is well" : "is not well, see /healthz", listen);
}

static void check_all(struct doctor *doctor)
{
    check_clock(doctor);
    check_disk(doctor);
    check_store(doctor);
    check_daemon(doctor);
    if (doctor->store) {
        for (size_t i = 0; i < doctor->config->n_zones; i++)
            check_zone(doctor, doctor->config->zones[i].id);
        check_meters(doctor);
        check_forecast(doctor);
    }
    check_tokens(doctor);
    for (size_t i = 0; i < doctor->config->n_sinks; i++)
        check_sink(doctor, &doctor->config->sinks[i]);
    for (size_t i = 0; i < doctor->config->n_pulls; i++) {
        check_secret(doctor, doctor->config->pulls[i].password_file);
        check_secret(doctor, doctor->config->pulls[i].token_file);
    }
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
