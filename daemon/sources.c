// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/sources.h"

#include <stdlib.h>

#include "daemon/pull_source.h"

enum { RETRY_FIRST_MS = 1000 };

struct sources {
    struct sources_setup setup;
    size_t n_pulls;
    struct pull_source *pulls[CONFIG_NAMED_MAX];
};

static bool make_pulls(struct sources *sources)
{
    const struct sources_setup *setup = &sources->setup;
    for (size_t i = 0; i < setup->config->n_pulls; i++) {
        const struct pull_source_setup pull = {.config = setup->config,
                                               .pull = &setup->config->pulls[i],
                                               .event = setup->event,
                                               .client = setup->client,
                                               .store = setup->store,
                                               .deposits = setup->deposits,
                                               .metrics = setup->metrics,
                                               .retry_first_ms = RETRY_FIRST_MS};
        sources->pulls[i] = pull_source_new(&pull);
        if (!sources->pulls[i])
            return false;
        sources->n_pulls++;
    }
    return true;
}

struct sources *sources_new(const struct sources_setup *setup)
{
    struct sources *sources = calloc(1, sizeof *sources);
    if (!sources)
        return NULL;
    sources->setup = *setup;
    if (make_pulls(sources))
        return sources;
    sources_free(sources);
    return NULL;
}

void sources_free(struct sources *sources)
{
    if (!sources)
        return;
    for (size_t i = 0; i < sources->n_pulls; i++)
        pull_source_free(sources->pulls[i]);
    free(sources);
}
