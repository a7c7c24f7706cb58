// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alertmanager.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/backoff.h"
#include "daemon/alertmanager_silences.h"
#include "daemon/credentials.h"
#include "daemon/standing.h"
#include "daemon/verdict.h"

enum {
    ALERTS_AT_ONCE = 200,
    URL_MAX = 8192,
    BODY_MAX = 16 << 20,
    ANSWER_MAX = 32 << 20, // it keeps silences that are over for some days
    RETRY_FIRST_MS = 1000,
    PAUSE_MAX_S = 300,
};
static const uint64_t us_per_ms = 1000, us_per_s = 1000000;

struct alertmanager {
    struct alertmanager_setup setup;
    struct standing *standing;
    sd_event_source *timer; // enabled: the turn to come, or a pause after a failure
    struct http_exchange *exchange;
    int tries;   // turns that failed, since the last that did not
    bool kicked; // during a turn
    // Of the turn: arrays, NULL between turns.
    json_t *alerts, *ends,
        *wanted; // to be posted; of these, perhaps; silences that should be there
    struct alertmanager_silences silences;
    size_t ended, posted, told;      // of these, done
    bool failed;                     // the store, or memory
    char refusal[VERDICT_WORDS_LEN]; // of the last request that was refused
};

static int64_t wall(const struct alertmanager *manager)
{
    uint64_t us = 0;
    sd_event_now(manager->setup.event, CLOCK_REALTIME, &us);
    return (int64_t)(us / us_per_s);
}

static struct alertmanager_turn turn_of(const struct alertmanager *manager)
{
    return (struct alertmanager_turn){manager->setup.config, wall(manager),
                                      manager->setup.target->every_s};
}

static void arm(struct alertmanager *manager, uint64_t us)
{
    sd_event_source_set_time_relative(manager->timer, us);
    sd_event_source_set_enabled(manager->timer, SD_EVENT_ONESHOT);
}

static void forget_turn(struct alertmanager *manager)
{
    json_t **const arrays[] = {&manager->alerts, &manager->ends, &manager->wanted,
                               &manager->silences.ended, &manager->silences.posted};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        json_decref(*arrays[i]);
        *arrays[i] = NULL;
    }
}

static bool new_turn(struct alertmanager *manager)
{
    manager->kicked = manager->failed = false;
    *manager->refusal = '\0';
    manager->ended = manager->posted = manager->told = 0;
    manager->alerts = json_array();
    manager->ends = json_array();
    manager->wanted = json_array();
    manager->silences = (struct alertmanager_silences){json_array(), json_array()};
    return manager->alerts && manager->ends && manager->wanted && manager->silences.ended &&
           manager->silences.posted;
}

// At most two turns: what is posted lasts for some more.
static uint64_t pause_us(const struct alertmanager *manager, int64_t retry_after_s)
{
    const int64_t first_ms = manager->setup.retry_first_ms,
                  every_s = manager->setup.target->every_s;
    const int64_t most_s = 2 * every_s < PAUSE_MAX_S ? 2 * every_s : PAUSE_MAX_S;
    const int64_t ms =
        backoff_asked_ms(first_ms ? first_ms : RETRY_FIRST_MS, 1000 * most_s, manager->tries,
                         retry_after_s < PAUSE_MAX_S ? retry_after_s : PAUSE_MAX_S);
    return us_per_ms * (uint64_t)ms;
}

// The turn is given up; it is made again, from what is so then.
static void fail(struct alertmanager *manager, const char *words, int64_t retry_after_s)
{
    forget_turn(manager);
    standing_trouble(manager->standing, wall(manager),
                     "%s: what fires is posted again when it is back", words);
    arm(manager, pause_us(manager, retry_after_s));
    manager->tries++;
}

static void finish(struct alertmanager *manager)
{
    forget_turn(manager);
    manager->tries = 0;
    if (*manager->refusal)
        standing_trouble(manager->standing, wall(manager), "%s: it is asked again at the next turn",
                         manager->refusal);
    else
        standing_good(manager->standing, wall(manager));
    arm(manager, manager->kicked ? 0 : us_per_s * (uint64_t)manager->setup.target->every_s);
}

enum method { GET, POST, DELETE };

static struct http_exchange *start(struct alertmanager *manager, enum method method,
                                   const struct http_call *call, const json_t *json)
{
    struct buffer body;
    if (method == GET)
        return http_client_get(manager->setup.client, call);
    if (method == DELETE)
        return http_client_delete(manager->setup.client, call);
    char *text = json_dumps(json, JSON_COMPACT);
    buffer_init(&body, BODY_MAX);
    buffer_text(&body, text ? text : "");
    free(text);
    if (!text || body.failed) {
        buffer_done(&body);
        return NULL;
    }
    return http_client_post(manager->setup.client, call, &body);
}

static void put_url(const struct alertmanager *manager, struct buffer *url, const char *path,
                    const char *last)
{
    const char *base = manager->setup.target->url;
    size_t length = strlen(base);
    while (length && base[length - 1] == '/')
        length--;
    buffer_append(url, base, length);
    buffer_text(url, path);
    http_escape(url, last);
}

// `last` is appended to the path, escaped.
static void send_request(struct alertmanager *manager, enum method method, const char *path,
                         const char *last, const json_t *json, http_answer_fn *answer)
{
    const struct config_alertmanager *target = manager->setup.target;
    const struct credentials_config secrets = {"Bearer", target->token_file, target->username,
                                               target->password_file};
    struct credentials credentials = {0};
    char error[256] = "cannot ask: out of memory, or no address";
    struct buffer url;
    buffer_init(&url, URL_MAX);
    put_url(manager, &url, path, last);
    if (!url.failed && credentials_read(&secrets, &credentials, error)) {
        struct http_call call = {
            .url = url.data,
            .headers = {method == POST ? "Content-Type: application/json" : NULL},
            .timeout_s = target->timeout_s,
            .answer_max = ANSWER_MAX,
            .answer = answer,
            .context = manager};
        credentials_add(&credentials, &call);
        manager->exchange = start(manager, method, &call, json);
    }
    credentials_wipe(&credentials);
    buffer_done(&url);
    if (!manager->exchange)
        fail(manager, error, 0);
}

static void send_next(struct alertmanager *manager);

// Errors that are over by themselves. Others are of what was asked, and do not keep back the rest.
static bool is_passing(int status)
{
    return status >= 500 || status == 408 || status == 425 || status == 429;
}

static void on_done(void *context, const struct http_answer *answer)
{
    struct alertmanager *manager = context;
    const struct alertmanager_silences *silences = &manager->silences;
    const bool ends = manager->ended < json_array_size(silences->ended);
    char words[VERDICT_WORDS_LEN];
    manager->exchange = NULL;
    verdict_words(answer, words);
    if (answer->failure != HTTP_ANSWERED || is_passing(answer->status)) {
        fail(manager, words, answer->retry_after_s);
        return;
    }
    // A silence that is not there need not be ended.
    if (answer->status >= 300 && !(ends && answer->status == 404))
        snprintf(manager->refusal, sizeof manager->refusal, "%s", words);
    if (ends)
        manager->ended++;
    else if (manager->posted < json_array_size(silences->posted))
        manager->posted++;
    else
        manager->told += ALERTS_AT_ONCE;
    send_next(manager);
}

static void send_alerts(struct alertmanager *manager)
{
    json_t *some = json_array();
    bool fine = some;
    for (size_t i = manager->told; fine && i < manager->told + ALERTS_AT_ONCE; i++)
        if (i < json_array_size(manager->alerts))
            fine = !json_array_append(some, json_array_get(manager->alerts, i));
    if (fine)
        send_request(manager, POST, "/api/v2/alerts", "", some, on_done);
    else
        fail(manager, "out of memory", 0);
    json_decref(some);
}

// Silences that are over first, so that what is posted next is heard of; new ones before the alerts
// that they are of.
static void send_next(struct alertmanager *manager)
{
    const struct alertmanager_silences *silences = &manager->silences;
    if (manager->ended < json_array_size(silences->ended))
        send_request(manager, DELETE, "/api/v2/silence/",
                     json_string_value(json_array_get(silences->ended, manager->ended)), NULL,
                     on_done);
    else if (manager->posted < json_array_size(silences->posted))
        send_request(manager, POST, "/api/v2/silences", "",
                     json_array_get(silences->posted, manager->posted), on_done);
    else if (manager->told < json_array_size(manager->alerts))
        send_alerts(manager);
    else
        finish(manager);
}

// Of this site.
static void ask_for_list(struct alertmanager *manager, const char *path, http_answer_fn *answer)
{
    struct buffer filter;
    buffer_init(&filter, URL_MAX);
    buffer_text(&filter, "site=\"");
    for (const char *c = manager->setup.config->site.name; *c; c++) {
        if (*c == '"' || *c == '\\')
            buffer_text(&filter, "\\");
        buffer_append(&filter, c, 1);
    }
    buffer_text(&filter, "\"");
    send_request(manager, GET, path, filter.failed ? "" : filter.data, NULL, answer);
    buffer_done(&filter);
}

// False, and the turn has failed, where there is no whole answer.
static bool take_list(struct alertmanager *manager, const struct http_answer *answer)
{
    char words[VERDICT_WORDS_LEN];
    const bool whole = answer->failure == HTTP_ANSWERED && answer->status == 200 && !answer->cut;
    manager->exchange = NULL;
    verdict_words(answer, words);
    if (!whole)
        fail(manager, answer->cut ? "it answers more than can be read" : words,
             answer->retry_after_s);
    return whole;
}

static void on_alerts(void *context, const struct http_answer *answer)
{
    struct alertmanager *manager = context;
    if (!take_list(manager, answer))
        return;
    if (alertmanager_post_ends(manager->ends, answer->body, manager->alerts))
        send_next(manager);
    else
        fail(manager, "what answers gives no list of alerts", 0);
}

static void on_silences(void *context, const struct http_answer *answer)
{
    struct alertmanager *manager = context;
    const struct alertmanager_turn turn = turn_of(manager);
    if (!take_list(manager, answer))
        return;
    if (!alertmanager_silences_compare(&turn, manager->wanted, answer->body, &manager->silences))
        fail(manager, "what answers gives no list of silences", 0);
    else if (json_array_size(manager->ends))
        ask_for_list(manager, "/api/v2/alerts?filter=", on_alerts);
    else
        send_next(manager);
}

static bool take_alert(void *context, const struct store_alert *alert)
{
    struct alertmanager *manager = context;
    const struct alertmanager_turn turn = turn_of(manager);
    manager->failed = !alertmanager_post_alert(&turn, alert, manager->alerts) ||
                      !alertmanager_post_end(&turn, alert, manager->ends) ||
                      !alertmanager_silences_want(&turn, alert, manager->wanted);
    return !manager->failed;
}

static bool take_alive(struct alertmanager *manager)
{
    const struct alertmanager_turn turn = turn_of(manager);
    return alertmanager_post_alive(&turn, manager->setup.alive_until(manager->setup.context),
                                   manager->alerts);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    struct alertmanager *manager = context;
    assert(!manager->exchange); // the timer is not set while one is under way
    if (!new_turn(manager))
        fail(manager, "out of memory", 0);
    else if (!store_each_alert(manager->setup.store, NULL, NULL, take_alert, manager))
        fail(manager, store_error(manager->setup.store), 0);
    else if (manager->failed || !take_alive(manager))
        fail(manager, "out of memory", 0);
    else
        ask_for_list(manager, "/api/v2/silences?filter=", on_silences);
    return 0;
}

struct alertmanager *alertmanager_new(const struct alertmanager_setup *setup)
{
    enum { ACCURACY_US = 1000 };
    struct alertmanager *manager = calloc(1, sizeof *manager);
    if (!manager)
        return NULL;
    manager->setup = *setup;
    manager->standing = standing_new(setup->store, "alertmanager", setup->target->name);
    if (!manager->standing ||
        sd_event_add_time_relative(setup->event, &manager->timer, CLOCK_MONOTONIC, 0, ACCURACY_US,
                                   on_timer, manager) < 0) {
        alertmanager_free(manager);
        return NULL;
    }
    return manager;
}

void alertmanager_free(struct alertmanager *manager)
{
    if (!manager)
        return;
    http_client_cancel(manager->exchange);
    sd_event_source_disable_unref(manager->timer);
    standing_free(manager->standing);
    forget_turn(manager);
    free(manager);
}

void alertmanager_kick(struct alertmanager *manager)
{
    manager->kicked = true;
    if (!manager->exchange && !manager->tries)
        arm(manager, 0);
}
