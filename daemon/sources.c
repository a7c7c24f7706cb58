// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/sources.h"

#include <stdlib.h>

#include "daemon/folder_source.h"
#include "daemon/mqtt_source.h"
#include "daemon/pull_source.h"
#include "daemon/standing.h"
#include "daemon/weather_source.h"

enum { WEATHER_RETRY_MS = 30000, PULL_RETRY_MS = 1000 };

struct sources {
    struct sources_setup setup;
    size_t n_standings;
    struct standing *standings[METRICS_SOURCES_MAX]; // of each source
    struct mqtt_source *mqtts[CONFIG_NAMED_MAX];
    struct folder_source *folders[CONFIG_NAMED_MAX];
    struct pull_source *pulls[CONFIG_NAMED_MAX];
    struct weather_source *weather[CONFIG_NAMED_MAX];
};

// NULL without memory.
static struct standing *add_standing(struct sources *sources, const char *kind, const char *name)
{
    struct standing *standing = standing_new(sources->setup.store, kind, name);
    if (standing)
        sources->standings[sources->n_standings++] = standing;
    return standing;
}

static bool add_mqtts(struct sources *sources)
{
    const struct config *config = sources->setup.config;
    for (size_t i = 0; i < config->n_mqtts; i++) {
        struct standing *standing = add_standing(sources, "mqtt", config->mqtts[i].name);
        if (standing)
            sources->mqtts[i] = mqtt_source_new(&sources->setup, &config->mqtts[i], standing);
        if (!sources->mqtts[i])
            return false;
    }
    return true;
}

static bool add_folders(struct sources *sources)
{
    const struct config *config = sources->setup.config;
    for (size_t i = 0; i < config->n_folders; i++) {
        struct standing *standing = add_standing(sources, "folder", config->folders[i].name);
        if (standing)
            sources->folders[i] = folder_source_new(&sources->setup, &config->folders[i], standing);
        if (!sources->folders[i])
            return false;
    }
    return true;
}

static bool add_pulls(struct sources *sources)
{
    const struct sources_setup *setup = &sources->setup;
    for (size_t i = 0; i < setup->config->n_pulls; i++) {
        const struct pull_source_setup pull = {
            .config = setup->config,
            .pull = &setup->config->pulls[i],
            .event = setup->event,
            .client = setup->client,
            .standing = add_standing(sources, "pull", setup->config->pulls[i].name),
            .deposits = setup->deposits,
            .metrics = setup->metrics,
            .retry_first_ms = PULL_RETRY_MS};
        if (pull.standing)
            sources->pulls[i] = pull_source_new(&pull);
        if (!sources->pulls[i])
            return false;
    }
    return true;
}

static bool add_weather(struct sources *sources)
{
    const struct config *config = sources->setup.config;
    for (size_t i = 0; i < config->n_weather; i++) {
        struct standing *standing = add_standing(sources, "weather", config->weather[i].name);
        const struct weather_source_setup setup = {.event = sources->setup.event,
                                                   .client = sources->setup.client,
                                                   .store = sources->setup.store,
                                                   .deposits = sources->setup.deposits,
                                                   .config = &config->weather[i],
                                                   .standing = standing,
                                                   .retry_first_ms = WEATHER_RETRY_MS};
        if (standing)
            sources->weather[i] = weather_source_new(&setup);
        if (!sources->weather[i])
            return false;
    }
    return true;
}

struct sources *sources_new(const struct sources_setup *setup)
{
    struct sources *sources = calloc(1, sizeof *sources);
    if (!sources)
        return NULL;
    sources->setup = *setup;
    if (add_mqtts(sources) && add_folders(sources) && add_pulls(sources) && add_weather(sources))
        return sources;
    sources_free(sources);
    return NULL;
}

void sources_free(struct sources *sources)
{
    if (!sources)
        return;
    for (size_t i = 0; i < CONFIG_NAMED_MAX; i++) {
        mqtt_source_free(sources->mqtts[i]);
        folder_source_free(sources->folders[i]);
        pull_source_free(sources->pulls[i]);
        weather_source_free(sources->weather[i]);
    }
    for (size_t i = 0; i < sources->n_standings; i++)
        standing_free(sources->standings[i]);
    free(sources);
}

size_t sources_count(const struct sources *sources)
{
    return sources ? sources->n_standings : 0;
}

struct store_source sources_state(const struct sources *sources, size_t source)
{
    return standing_state(sources->standings[source]);
}

int64_t sources_weather_run(const struct sources *sources, size_t weather)
{
    return sources ? weather_source_run(sources->weather[weather]) : 0;
}
