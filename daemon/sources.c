// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/sources.h"

#include <stdlib.h>

#include "daemon/folder_source.h"

struct sources {
    size_t n_folders;
    struct folder_source *folders[CONFIG_NAMED_MAX];
};

static bool add_folders(struct sources *sources, const struct sources_setup *setup)
{
    const struct config *config = setup->config;
    for (size_t i = 0; i < config->n_folders; i++) {
        const struct folder_source_setup folder = {.config = config,
                                                   .folder = &config->folders[i],
                                                   .event = setup->event,
                                                   .store = setup->store,
                                                   .deposits = setup->deposits,
                                                   .metrics = setup->metrics};
        sources->folders[i] = folder_source_new(&folder);
        if (!sources->folders[i])
            return false;
        sources->n_folders++;
    }
    return true;
}

struct sources *sources_new(const struct sources_setup *setup)
{
    struct sources *sources = calloc(1, sizeof *sources);
    if (sources && add_folders(sources, setup))
        return sources;
    sources_free(sources);
    return NULL;
}

void sources_free(struct sources *sources)
{
    if (!sources)
        return;
    for (size_t i = 0; i < sources->n_folders; i++)
        folder_source_free(sources->folders[i]);
    free(sources);
}
