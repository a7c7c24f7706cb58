// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/weather_source.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/backoff.h"
#include "daemon/deposit.h"
#include "daemon/log.h"
#include "daemon/openmeteo.h"
#include "daemon/secret.h"
#include "daemon/standing.h"
#include "models/civil.h"

enum {
    TIMEOUT_S = 60,
    ANSWER_MAX = 8 << 20,
    URL_MAX = 8192,
    PIECE_DAYS = 365, // of the archive at once
    LAG_DAYS = 7,     // that the archive is behind
    PAST_DAYS_MAX = 92,
    BETWEEN_PIECES_MS = 1000,
    WORDS_LEN = 320,
};
static const uint64_t MS = 1000, never = UINT64_MAX; // in microseconds

enum task { FORECAST, ARCHIVE, TASKS };

struct weather_source {
    struct weather_source_setup setup;
    sd_event_source *timer;
    struct http_exchange *exchange;
    enum task asked;              // of the exchange
    int64_t asked_from, asked_to; // days of GMT: its first day, and of an archive its last
    uint64_t due[TASKS];          // monotonic us
    int tries[TASKS];             // that failed, since the last that did not
    int64_t run;                  // instant of the newest run
    char told[OPENMETEO_WORDS];   // of values set aside, the last time
};

static int64_t wall(const struct weather_source *source)
{
    uint64_t us = 0;
    sd_event_now(source->setup.event, CLOCK_REALTIME, &us);
    return (int64_t)(us / 1000000);
}

static uint64_t mono_us(const struct weather_source *source)
{
    uint64_t us = 0;
    sd_event_now(source->setup.event, CLOCK_MONOTONIC, &us);
    return us;
}

static const char *name_of(const struct weather_source *source)
{
    return source->setup.config->name;
}

// Sets the timer for what is due first, unless an answer is waited for.
static void arm(struct weather_source *source)
{
    const uint64_t *due = source->due;
    const uint64_t next = due[FORECAST] < due[ARCHIVE] ? due[FORECAST] : due[ARCHIVE];
    if (source->exchange || next == never)
        return;
    sd_event_source_set_time(source->timer, next);
    sd_event_source_set_enabled(source->timer, SD_EVENT_ONESHOT);
}

static void put_off(struct weather_source *source, enum task task, uint64_t us)
{
    source->due[task] = mono_us(source) + us;
}

static void retry(struct weather_source *source, enum task task, int64_t retry_after_s)
{
    const int64_t ms =
        backoff_asked_ms(source->setup.retry_first_ms, 1000 * source->setup.config->every_s,
                         source->tries[task]++, retry_after_s);
    put_off(source, task, MS * (uint64_t)ms);
}

[[gnu::format(printf, 3, 4)]] static void tell_trouble(struct weather_source *source,
                                                       enum task task, const char *format, ...)
{
    char words[WORDS_LEN];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    standing_trouble(source->setup.standing, wall(source), "%s: %s: asked again later",
                     task == FORECAST ? "forecast" : "archive", words);
}

static void fail(struct weather_source *source, const char *words)
{
    tell_trouble(source, source->asked, "%s", words);
    retry(source, source->asked, 0);
}

static void succeed(struct weather_source *source)
{
    source->tries[source->asked] = 0;
    // While the other of the two fails, that is what there is to tell.
    if (!source->tries[FORECAST] && !source->tries[ARCHIVE])
        standing_good(source->setup.standing, wall(source));
}

// Days of GMT from that of the position to today.
static int64_t days_behind(const struct weather_source *source)
{
    return civil_day(wall(source)) - civil_day(standing_position(source->setup.standing));
}

static bool archive_is_needed(const struct weather_source *source)
{
    return days_behind(source) > PAST_DAYS_MAX;
}

// How far the observations reach, where the store does not remember it.
static bool find_position(struct weather_source *source)
{
    const struct config_weather *config = source->setup.config;
    const int64_t now = wall(source);
    int64_t newest, position = standing_position(source->setup.standing);
    if (position && position <= now)
        return true;
    if (!store_newest_weather(source->setup.store, config->name, &newest))
        return false;
    if (newest && newest <= now)
        standing_set_position(source->setup.standing, newest);
    else
        standing_set_position(source->setup.standing, now - config->history_s);
    return true;
}

// Puts the hours of an answer into the store: those before `now` as observed, the others as the run
// made now. False where the store does not take them.
static bool put_hours(struct weather_source *source, const struct openmeteo *answer, int64_t now)
{
    struct deposit *deposit = deposit_begin(source->setup.deposits);
    bool fine = deposit;
    for (size_t i = 0; fine && i < answer->n; i++) {
        const struct openmeteo_hour *hour = &answer->hours[i];
        const struct store_weather observed = {name_of(source), hour->instant, hour->temp_c,
                                               hour->humidity_pct};
        const struct store_weather_ahead ahead = {name_of(source), now, hour->instant, hour->temp_c,
                                                  hour->humidity_pct};
        fine = hour->instant < now ? deposit_weather(deposit, &observed)
                                   : deposit_weather_ahead(deposit, &ahead);
    }
    return deposit && deposit_end(deposit);
}

static void tell_set_aside(struct weather_source *source, const struct openmeteo *answer)
{
    if (*answer->first_refused && strcmp(answer->first_refused, source->told) != 0)
        log_warning("weather '%s': %zu values of an answer are set aside, the rest is taken; the "
                    "first: %s",
                    name_of(source), answer->refused, answer->first_refused);
    snprintf(source->told, sizeof source->told, "%s", answer->first_refused);
}

// The newest hour of an answer before `now`, 0 where there is none.
static int64_t newest_observed(const struct openmeteo *answer, int64_t now)
{
    size_t n = answer->n;
    while (n && answer->hours[n - 1].instant >= now)
        n--;
    return n ? answer->hours[n - 1].instant : 0;
}

static void take_forecast(struct weather_source *source, const struct openmeteo *answer,
                          int64_t now)
{
    const int64_t observed = newest_observed(answer, now);
    const int64_t position = standing_position(source->setup.standing);
    if (civil_day(position) >= source->asked_from && observed > position)
        standing_set_position(source->setup.standing, observed);
    if (!answer->n || answer->hours[answer->n - 1].instant < now) {
        fail(source, "the answer holds no hour that is to come");
        return;
    }
    source->run = now;
    succeed(source);
    put_off(source, FORECAST, 1000 * MS * (uint64_t)source->setup.config->every_s);
    if (source->due[ARCHIVE] == never && archive_is_needed(source))
        put_off(source, ARCHIVE, 0);
}

static void take_archive(struct weather_source *source, const struct openmeteo *answer)
{
    char first[TEXT_TIME_LEN], last[TEXT_TIME_LEN];
    if (!answer->n) {
        fail(source, "the answer holds no hour that can be used");
        return;
    }
    text_write_time(source->asked_from * CIVIL_DAY_S, TEXT_NO_OFFSET, first);
    text_write_time(source->asked_to * CIVIL_DAY_S, TEXT_NO_OFFSET, last);
    log_notice("weather '%s': %zu hours from the archive, from %.10s to %.10s", name_of(source),
               answer->n, first, last);
    standing_set_position(source->setup.standing, (source->asked_to + 1) * CIVIL_DAY_S);
    succeed(source);
    source->due[ARCHIVE] = never;
    if (archive_is_needed(source))
        put_off(source, ARCHIVE, MS * BETWEEN_PIECES_MS);
}

static void take_body(struct weather_source *source, const struct http_answer *answer)
{
    struct openmeteo hours;
    char words[OPENMETEO_WORDS];
    const int64_t now = wall(source);
    if (answer->cut) {
        fail(source, "the answer is too large");
        return;
    }
    if (!openmeteo_parse(answer->body, strlen(answer->body), &hours, words)) {
        fail(source, words);
        return;
    }
    tell_set_aside(source, &hours);
    if (!put_hours(source, &hours, now))
        fail(source, "the store does not take the answer");
    else if (source->asked == FORECAST)
        take_forecast(source, &hours, now);
    else
        take_archive(source, &hours);
    openmeteo_done(&hours);
}

// An answer that is none of the weather's.
static void take_refusal(struct weather_source *source, const struct http_answer *answer)
{
    char reason[OPENMETEO_WORDS];
    openmeteo_reason(answer->body, strlen(answer->body), reason);
    tell_trouble(source, source->asked, "HTTP %d%s%s", answer->status, *reason ? ": " : "", reason);
    if (answer->status == 429 || answer->status >= 500) {
        retry(source, source->asked, answer->retry_after_s);
        return;
    }
    // What was asked for is wrong, and will be so the next time.
    source->tries[source->asked]++;
    put_off(source, source->asked,
            MS * (uint64_t)backoff_chance(1000 * source->setup.config->every_s));
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct weather_source *source = context;
    source->exchange = NULL;
    if (answer->failure != HTTP_ANSWERED)
        fail(source, answer->error);
    else if (answer->status == 200)
        take_body(source, answer);
    else
        take_refusal(source, answer);
    arm(source);
}

// As many days as were missed, and at least those that are put right each time.
static int past_days(const struct weather_source *source)
{
    const int64_t missed = days_behind(source), least = source->setup.config->past_days;
    const int64_t days = missed > least ? missed : least;
    return (int)(days < PAST_DAYS_MAX ? days : PAST_DAYS_MAX);
}

static void put_url(struct weather_source *source, const char *apikey, struct buffer *url)
{
    const struct config_weather *config = source->setup.config;
    const struct openmeteo_place place = {config->latitude, config->longitude, apikey};
    const int64_t today = civil_day(wall(source));
    if (source->asked == FORECAST) {
        const int days = past_days(source);
        source->asked_from = today - days;
        openmeteo_forecast_url(url, config->url, &place, (int)config->forecast_days, days);
        return;
    }
    source->asked_from = civil_day(standing_position(source->setup.standing));
    source->asked_to = source->asked_from + PIECE_DAYS - 1;
    if (source->asked_to > today - LAG_DAYS)
        source->asked_to = today - LAG_DAYS;
    openmeteo_archive_url(url, config->archive_url, &place, source->asked_from, source->asked_to);
}

static bool send_request(struct weather_source *source, const struct buffer *url)
{
    const struct http_call call = {.url = url->data,
                                   .timeout_s = TIMEOUT_S,
                                   .answer_max = ANSWER_MAX,
                                   .answer = on_answer,
                                   .context = source};
    source->exchange = url->failed ? NULL : http_client_get(source->setup.client, &call);
    return source->exchange;
}

static void ask(struct weather_source *source, enum task task)
{
    const char *file = source->setup.config->apikey_file;
    char key[SECRET_MAX] = "", error[256];
    struct buffer url;
    source->asked = task;
    source->due[task] = never; // the answer sets it
    if (!find_position(source)) {
        fail(source, store_error(source->setup.store));
    } else if (file && !secret_read(file, key, error)) {
        fail(source, error);
    } else {
        buffer_init(&url, URL_MAX);
        put_url(source, file ? key : NULL, &url);
        if (!send_request(source, &url))
            fail(source, "the request cannot be made: a URL that is none, or no memory");
        buffer_done(&url);
    }
    secret_wipe(key);
}

static int on_timer(sd_event_source *timer, uint64_t usec, void *context)
{
    (void)timer, (void)usec;
    struct weather_source *source = context;
    const uint64_t now = mono_us(source);
    if (source->due[FORECAST] <= now)
        ask(source, FORECAST);
    else if (source->due[ARCHIVE] <= now)
        ask(source, ARCHIVE);
    arm(source);
    return 0;
}

// When the next forecast is due after a restart, so that many restarts are not many requests.
static uint64_t first_due(struct weather_source *source)
{
    const int64_t now = wall(source), every = source->setup.config->every_s;
    // Where it cannot be read the source asks at once.
    if (!store_newest_weather_run(source->setup.store, name_of(source), INT64_MAX, NULL, NULL,
                                  &source->run))
        source->run = 0;
    const int64_t wait = source->run && source->run <= now ? source->run + every - now : 0;
    return mono_us(source) + (wait > 0 ? 1000 * MS * (uint64_t)wait : 0);
}

struct weather_source *weather_source_new(const struct weather_source_setup *setup)
{
    enum { ACCURACY_US = 10000 };
    struct weather_source *source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    source->setup = *setup;
    source->due[FORECAST] = first_due(source);
    source->due[ARCHIVE] = never;
    if (find_position(source) && archive_is_needed(source))
        source->due[ARCHIVE] = mono_us(source);
    if (sd_event_add_time(setup->event, &source->timer, CLOCK_MONOTONIC, 0, ACCURACY_US, on_timer,
                          source) < 0) {
        weather_source_free(source);
        return NULL;
    }
    arm(source);
    return source;
}

void weather_source_free(struct weather_source *source)
{
    if (!source)
        return;
    if (source->exchange)
        http_client_cancel(source->exchange);
    sd_event_source_disable_unref(source->timer);
    free(source);
}

int64_t weather_source_run(const struct weather_source *source)
{
    return source->run;
}
