// SPDX-License-Identifier: GPL-3.0-or-later
// The service's looks at its rules: each minute, and after whatever changes what they look at.
#include <inttypes.h>
#include <stdlib.h>

#include "daemon/alertmanager.h"
#include "daemon/alerts.h"
#include "daemon/log.h"
#include "daemon/service_internal.h"

enum { LOOK_US = 60000000, ACCURACY_US = 100000 };

void service_describe_zones(const struct service *service, struct alerts_zone ret[])
{
    const struct engine *engine = service->parts.engine;
    for (size_t k = 0; k < engine_zones(engine); k++) {
        ret[k] = (struct alerts_zone){.newest = engine_zone(engine, k).newest_reading};
        if (ret[k].newest)
            (void)!engine_newest_load(engine, k, &ret[k].load_end, &ret[k].load_mw);
    }
}

int64_t service_present(const struct service *service)
{
    const int64_t now = service_now(service);
    const bool played = service->parts.config->forecast.clock == CONFIG_CLOCK_READINGS;
    return played ? engine_now(service->parts.engine, now) : now;
}

static bool look(struct service *service, const struct alerts_zone zones[], size_t *ret_told)
{
    const struct engine *engine = service->parts.engine;
    const struct config *config = service->parts.config;
    const int64_t started = service_now(service), issue = service_newest_issue(service);
    const struct alerts_present present = {
        .now = service_present(service),
        .started = started,
        // (While a round is out that is its own time, which is over: then none is told.)
        .forecast_due = issue ? engine_round_after(engine, issue) : 0,
        .zones = zones,
        .newest_weather = engine_newest_weather(engine),
    };
    const struct alerts_site site = {
        .config = config, .store = service->store, .clock = engine_clock(engine)};
    // Recorded data have no time before the first reading.
    return !present.now || alerts_look(&site, &present, ret_told);
}

void service_look_at_alerts(struct service *service)
{
    size_t told = 0;
    struct service_parts *parts = &service->parts;
    struct alerts_zone *zones = calloc(engine_zones(parts->engine) + 1, sizeof *zones);
    if (zones)
        service_describe_zones(service, zones);
    const bool fine = zones && look(service, zones, &told);
    free(zones);
    service->metrics.store_failures += !fine;
    service->metrics.notices += (int64_t)told;
    if (!fine && !service->alerts_troubled)
        log_error("alerts cannot be looked at, trying again in a minute: %s",
                  store_error(service->store));
    if (fine && service->alerts_troubled)
        log_notice("alerts are looked at again");
    service->alerts_troubled = !fine;
    for (size_t i = 0; i < parts->n_sinks; i++)
        sink_kick(parts->sinks[i]);
    for (size_t i = 0; i < parts->n_alertmanagers; i++)
        alertmanager_kick(parts->alertmanagers[i]);
}

// A measured load counts at once. Of many readings that come in a row it is looked at each second.
void service_look_at_readings(struct service *service)
{
    int64_t newest = 0;
    for (size_t k = 0; k < engine_zones(service->parts.engine); k++)
        newest += engine_zone(service->parts.engine, k).newest_reading;
    if (newest == service->looked_newest)
        return;
    service->looked_newest = newest;
    service_look_at_alerts(service);
}

static int on_look(sd_event_source *source, uint64_t usec, void *context)
{
    (void)usec;
    struct service *service = context;
    if (!service->stopping)
        service_look_at_alerts(service);
    sd_event_source_set_time_relative(source, LOOK_US);
    return 0;
}

bool service_add_alerts(struct service *service)
{
    return sd_event_add_time_relative(service->event, &service->look, CLOCK_MONOTONIC, 0,
                                      ACCURACY_US, on_look, service) >= 0 &&
           sd_event_source_set_enabled(service->look, SD_EVENT_ON) >= 0;
}
