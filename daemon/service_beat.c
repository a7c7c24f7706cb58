// SPDX-License-Identifier: GPL-3.0-or-later
// The service's signs of life: every so often, a batch of them for each sink.
#include "daemon/heartbeat.h"
#include "daemon/log.h"
#include "daemon/service_internal.h"
#include "daemon/store_outbox.h"

enum { BEAT_BYTES_MAX = 4096 };

static int64_t every_s(const struct service *service)
{
    return service->parts.config->heartbeat.every_s;
}

static int64_t age(int64_t now, int64_t instant)
{
    if (!instant)
        return HEARTBEAT_NEVER;
    return now > instant ? now - instant : 0;
}

static struct heartbeat look(const struct service *service, int64_t now)
{
    const struct engine *engine = service->parts.engine;
    // Where recorded data are played, "now" is what they say.
    bool played = service->parts.config->forecast.clock == CONFIG_CLOCK_READINGS;
    int64_t clock = played ? engine_now(engine, now) : now;
    struct heartbeat heartbeat = {
        .now = now,
        .uptime_s = now - service->metrics.started,
        .forecast_s = age(clock, service_newest_issue(service)),
        .readings_s = HEARTBEAT_NEVER,
        .readings_max_s = HEARTBEAT_NEVER,
        .weather_s = age(clock, engine_newest_weather(engine)),
    };
    for (size_t i = 0; i < engine_zones(engine); i++) {
        int64_t age_s = age(clock, engine_zone(engine, i).newest_reading);
        if (age_s == HEARTBEAT_NEVER)
            continue;
        if (heartbeat.readings_s == HEARTBEAT_NEVER || age_s < heartbeat.readings_s)
            heartbeat.readings_s = age_s;
        if (age_s > heartbeat.readings_max_s)
            heartbeat.readings_max_s = age_s;
    }
    return heartbeat;
}

static bool push_all(struct service *service, int64_t now, const struct buffer *body)
{
    const struct config *config = service->parts.config;
    for (size_t i = 0; i < config->n_sinks; i++) {
        const struct config_sink *sink = &config->sinks[i];
        if (!store_outbox_push(service->store, sink->name, now, body->data, body->length) ||
            !store_outbox_bound(service->store, sink->name, now, sink->outbox_bytes,
                                sink->outbox_age_s))
            return false;
    }
    return store_commit(service->store);
}

// One that cannot be kept is missing: that is what it is there to show.
static void beat(struct service *service, int64_t now)
{
    struct buffer body;
    struct heartbeat heartbeat = look(service, now);
    buffer_init(&body, BEAT_BYTES_MAX);
    heartbeat_points(&body, &heartbeat);
    bool kept = !body.failed && store_begin(service->store);
    if (kept && !push_all(service, now, &body)) {
        store_rollback(service->store);
        kept = false;
    }
    buffer_done(&body);
    service->metrics.store_failures += !kept;
    for (size_t i = 0; kept && i < service->parts.n_sinks; i++)
        sink_kick(service->parts.sinks[i]);
}

void service_arm_heartbeat(struct service *service)
{
    if (!every_s(service) || !service->parts.config->n_sinks) {
        sd_event_source_set_enabled(service->beat, SD_EVENT_OFF);
        return;
    }
    int64_t next = heartbeat_next(service_now(service), every_s(service));
    sd_event_source_set_time(service->beat, 1000000 * (uint64_t)next);
    sd_event_source_set_enabled(service->beat, SD_EVENT_ONESHOT);
}

static int on_beat(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    struct service *service = context;
    int64_t now = service_now(service);
    if (!service->stopping)
        beat(service, now - now % every_s(service));
    service_arm_heartbeat(service);
    return 0;
}

bool service_add_heartbeat(struct service *service)
{
    enum { ACCURACY_US = 10000 };
    if (sd_event_add_time(service->event, &service->beat, CLOCK_REALTIME, 0, ACCURACY_US, on_beat,
                          service) < 0)
        return false;
    service_arm_heartbeat(service);
    return true;
}
