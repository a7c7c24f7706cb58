// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/service.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/origin.h"
#include "daemon/service_internal.h"

enum {
    TICK_US = 1000000,
    IDLE_S = 60,
    REQUEST_S = 120,
    // A round takes seconds. One that takes this long will not end.
    ROUND_MAX_S = 900,
    // systemd kills after 90 s.
    STOP_US = 30000000,
    // While another process goes on writing, its work is taken over this often at the latest.
    SETTLE_S = 30,
};

int64_t service_now(const struct service *service)
{
    uint64_t us = 0;
    sd_event_now(service->event, CLOCK_REALTIME, &us);
    return (int64_t)(us / 1000000);
}

static uint64_t mono_us(const struct service *service)
{
    uint64_t us = 0;
    sd_event_now(service->event, CLOCK_MONOTONIC, &us);
    return us;
}

static void free_parts(struct service_parts *parts)
{
    service_free_links(parts);
    receiver_free(parts->receiver);
    deposits_free(parts->deposits);
    engine_free(parts->engine);
    config_free(parts->config);
    *parts = (struct service_parts){0};
}

// Everything that a configuration decides, without what begins to work at once.
static bool make_parts(struct service *service, struct config *config, struct service_parts *ret,
                       char error[static 256])
{
    *ret = (struct service_parts){.config = config};
    ret->engine = engine_new(config, service->store, error);
    if (!ret->engine)
        return false;
    const struct deposits_setup deposits = {
        .store = service->store, .engine = ret->engine, .metrics = &service->metrics};
    ret->deposits = deposits_new(&deposits);
    if (!ret->deposits) {
        snprintf(error, 256, "out of memory");
        return false;
    }
    const struct receiver_setup setup = {.event = service->event,
                                         .config = config,
                                         .deposits = ret->deposits,
                                         .metrics = &service->metrics};
    ret->receiver = receiver_new(&setup, error);
    return ret->receiver;
}

static void note_differs(const char *key, const char *old, const char *new)
{
    if (strcmp(old, new))
        log_warning("reload: %s is now '%s': that needs a restart, '%s' stays in use", key, new,
                    old);
}

static void apply_fresh(struct service *service)
{
    struct service_parts fresh, old = service->parts;
    struct config *config = service->fresh;
    char error[256];
    service->fresh = NULL;
    // Into the store that the new engine is filled from.
    receiver_finish(old.receiver);
    if (!make_parts(service, config, &fresh, error)) {
        log_error("reload: %s: the old configuration stays in use", error);
        free_parts(&fresh);
        return;
    }
    note_differs("[store] path", old.config->store.path, config->store.path);
    note_differs("[intake] listen", old.config->intake.listen, config->intake.listen);
    service->parts = fresh;
    free_parts(&old);
    if (!service_make_links(service, &service->parts))
        log_error("reload: out of memory: some sources and databases are left out until the next");
    service_arm_heartbeat(service);
    http_server_set_body_bytes(service->server, config->intake.body_bytes);
    access_set_open(service->access, config->page.open);
    log_notice("reload: the new configuration is in use");
}

void service_reload(struct service *service, struct config *config)
{
    config_free(service->fresh);
    service->fresh = config;
    // The round that is out works on what the old configuration made.
    if (!worker_busy(service->worker))
        apply_fresh(service);
}

static void note_round(struct service *service, bool kept)
{
    if (kept) {
        service->metrics.forecast_runs++;
        service->metrics.forecast_run_s = (double)(mono_us(service) - service->round_us) / 1e6;
        if (*service->trouble)
            log_notice("forecasts are kept again");
        *service->trouble = '\0';
        return;
    }
    service->metrics.forecast_failures++;
    service->metrics.store_failures++;
    if (!*service->trouble)
        log_error("forecasts cannot be kept, they are made again later: %s",
                  store_error(service->store));
    snprintf(service->trouble, sizeof service->trouble, "%s", store_error(service->store));
}

static void end_loop(struct service *service)
{
    sd_event_exit(service->event, 0);
}

static void on_round_done(void *context, void *work)
{
    struct service *service = context;
    note_round(service, engine_finish_job(service->parts.engine, work));
    service_look_at_alerts(service); // wakes the sinks too
    if (service->fresh)
        apply_fresh(service);
    if (service->stopping)
        end_loop(service);
}

static void run_round(void *work)
{
    engine_job_run(work);
}

static int on_due(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    struct service *service = context;
    if (service->stopping || worker_busy(service->worker))
        return 0;
    struct engine_job *job = engine_start_job(service->parts.engine, service_now(service));
    if (!job)
        return 0;
    service->round_us = mono_us(service);
    worker_start(service->worker, job);
    return 0;
}

static int on_rearm(sd_event_source *source, void *context)
{
    (void)source;
    struct service *service = context;
    int64_t due = engine_next_due(service->parts.engine, service_now(service));
    if (due == INT64_MAX || service->stopping || worker_busy(service->worker)) {
        sd_event_source_set_enabled(service->due, SD_EVENT_OFF);
        return 0;
    }
    sd_event_source_set_time(service->due, 1000000 * (uint64_t)due);
    sd_event_source_set_enabled(service->due, SD_EVENT_ONESHOT);
    return 0;
}

static bool load_store(struct service *service)
{
    struct metrics *metrics = &service->metrics;
    return store_count(service->store, &metrics->stored_readings, &metrics->stored_weather);
}

// Another process has written, and has been quiet since the last look, or has gone on for long.
static void take_over_writes(struct service *service)
{
    int64_t version = store_version(service->store), now = service_now(service);
    bool settled = version == service->seen_version;
    service->seen_version = version;
    if (version == service->version || version < 0 || worker_busy(service->worker)) {
        service->version_since = now;
        return;
    }
    if (!settled && now - service->version_since < SETTLE_S)
        return;
    service->version = version;
    service->metrics.reloads++;
    if (!engine_reload(service->parts.engine) || !load_store(service))
        log_error("another process wrote to the store, but it cannot be read: %s",
                  store_error(service->store));
    for (size_t i = 0; i < service->parts.n_sinks; i++)
        sink_wake(service->parts.sinks[i]);
    for (size_t i = 0; i < service->parts.n_alertmanagers; i++)
        alertmanager_kick(service->parts.alertmanagers[i]);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *context)
{
    (void)usec;
    struct service *service = context;
    take_over_writes(service);
    service_look_at_readings(service);
    sd_event_source_set_time_relative(source, TICK_US);
    return 0;
}

static int on_give_up(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    log_warning("a forecast was being made and did not end in time: it is given up");
    end_loop(context);
    return 0;
}

static bool add_timers(struct service *service)
{
    enum { ACCURACY_US = 10000 };
    sd_event *event = service->event;
    return sd_event_add_time(event, &service->due, CLOCK_REALTIME, 0, ACCURACY_US, on_due,
                             service) >= 0 &&
           sd_event_add_post(event, &service->rearm, on_rearm, service) >= 0 &&
           sd_event_add_time_relative(event, &service->tick, CLOCK_MONOTONIC, TICK_US, ACCURACY_US,
                                      on_tick, service) >= 0 &&
           sd_event_source_set_enabled(service->tick, SD_EVENT_ON) >= 0 &&
           sd_event_add_time_relative(event, &service->give_up, CLOCK_MONOTONIC, STOP_US,
                                      ACCURACY_US, on_give_up, service) >= 0 &&
           sd_event_source_set_enabled(service->give_up, SD_EVENT_OFF) >= 0;
}

static bool add_workers(struct service *service)
{
    service->access = access_new(service->store);
    if (service->access)
        access_set_open(service->access, service->parts.config->page.open);
    service->client = http_client_new(service->event);
    service->worker = worker_new(service->event, run_round, on_round_done, service);
    return service->access && service->client && service->worker;
}

static bool open_store(struct service *service, const struct config *config, char error[static 256])
{
    service->store = store_open(config->store.path, STORE_WRITE, error);
    if (!service->store)
        return false;
    bool simulated;
    if (store_simulated(service->store, &simulated) && simulated)
        log_warning("store '%s': " ORIGIN_WORDS, config->store.path);
    // Before the load, so that what is written meanwhile is seen as new.
    service->version = service->seen_version = store_version(service->store);
    if (load_store(service))
        return true;
    snprintf(error, 256, "%s", store_error(service->store));
    return false;
}

static bool start(struct service *service, struct config *config, char error[static 256])
{
    service->parts.config = config;
    if (!open_store(service, config, error) || !make_parts(service, config, &service->parts, error))
        return false;
    const struct http_server_config http = {.listen = config->intake.listen,
                                            .body_bytes = config->intake.body_bytes,
                                            .idle_s = IDLE_S,
                                            .request_s = REQUEST_S,
                                            .n_routes = service_n_routes,
                                            .routes = service_routes,
                                            .context = service};
    service->server = http_server_new(service->event, &http, error);
    if (!service->server)
        return false;
    snprintf(error, 256, "out of memory");
    return add_workers(service) && add_timers(service) && service_add_heartbeat(service) &&
           service_add_alerts(service) && service_make_links(service, &service->parts);
}

struct service *service_new(sd_event *event, struct config *config, char ret_error[static 256])
{
    struct service *service = calloc(1, sizeof *service);
    if (!service) {
        config_free(config);
        snprintf(ret_error, 256, "out of memory");
        return NULL;
    }
    service->event = sd_event_ref(event);
    service->metrics.started = service->version_since = service_now(service);
    if (start(service, config, ret_error))
        return service;
    bool tidy = service_free(service);
    assert(tidy); // nothing was given to the thread yet
    (void)tidy;
    return NULL;
}

bool service_free(struct service *service)
{
    if (!service)
        return true;
    if (service->parts.receiver)
        receiver_finish(service->parts.receiver);
    http_server_free(service->server);
    service->server = NULL;
    service_free_links(&service->parts);
    sd_event_source_disable_unref(service->due);
    sd_event_source_disable_unref(service->rearm);
    sd_event_source_disable_unref(service->tick);
    sd_event_source_disable_unref(service->give_up);
    sd_event_source_disable_unref(service->beat);
    sd_event_source_disable_unref(service->look);
    if (!worker_free(service->worker))
        return false;
    http_client_free(service->client);
    free_parts(&service->parts);
    access_free(service->access);
    config_free(service->fresh);
    store_close(service->store);
    sd_event_unref(service->event);
    free(service);
    return true;
}

unsigned service_port(const struct service *service)
{
    return http_server_port(service->server);
}

void service_stop(struct service *service)
{
    if (service->stopping)
        return;
    service->stopping = true;
    http_server_stop_listening(service->server);
    if (!worker_busy(service->worker)) {
        end_loop(service);
        return;
    }
    sd_event_source_set_time_relative(service->give_up, STOP_US);
    sd_event_source_set_enabled(service->give_up, SD_EVENT_ONESHOT);
}

int64_t service_newest_issue(const struct service *service)
{
    int64_t newest = 0;
    for (size_t i = 0; i < engine_zones(service->parts.engine); i++)
        if (engine_zone(service->parts.engine, i).issue > newest)
            newest = engine_zone(service->parts.engine, i).issue;
    return newest;
}

void service_outbox(const struct service *service, struct metrics_sink ret[METRICS_SINKS_MAX])
{
    for (size_t i = 0; i < service->parts.n_sinks; i++) {
        const struct sink *sink = service->parts.sinks[i];
        ret[i] = (struct metrics_sink){.name = sink_name(sink), .counts = sink_counts(sink)};
        // Where it cannot be read the page shows zeros; that the store fails is shown elsewhere.
        (void)!store_outbox_state(service->store, sink_name(sink), &ret[i].outbox, NULL);
    }
}

static int64_t waiting_batches(const struct service *service)
{
    struct metrics_sink sinks[METRICS_SINKS_MAX];
    int64_t batches = 0;
    service_outbox(service, sinks);
    for (size_t i = 0; i < service->parts.n_sinks; i++)
        batches += sinks[i].outbox.batches;
    return batches;
}

void service_status(const struct service *service, char ret[static SERVICE_STATUS_LEN])
{
    int64_t issue = service_newest_issue(service), now = service_now(service);
    char age[64] = "no forecast yet";
    if (issue)
        snprintf(age, sizeof age, "last forecast %" PRId64 " min ago",
                 (engine_now(service->parts.engine, now) - issue) / 60);
    int n = snprintf(ret, SERVICE_STATUS_LEN,
                     "%zu zones, %" PRId64 " readings, %s, %" PRId64 " batches wait",
                     engine_zones(service->parts.engine), service->metrics.stored_readings, age,
                     waiting_batches(service));
    const char *trouble = service_trouble(service);
    if (trouble && n > 0 && n < SERVICE_STATUS_LEN)
        snprintf(ret + n, SERVICE_STATUS_LEN - (size_t)n, "; unwell: %s", trouble);
}

const char *service_trouble(const struct service *service)
{
    if (*deposits_trouble(service->parts.deposits))
        return deposits_trouble(service->parts.deposits);
    if (*service->trouble)
        return service->trouble;
    if (!service_makes_progress(service))
        return "a forecast has been under way for too long";
    if (store_version(service->store) < 0)
        return store_error(service->store);
    return NULL;
}

bool service_makes_progress(const struct service *service)
{
    return worker_busy_us(service->worker) < ROUND_MAX_S * 1000000ULL;
}
