// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/sources.h"

#include <stdlib.h>

struct sources {
    struct sources_setup setup;
};

struct sources *sources_new(const struct sources_setup *setup)
{
    struct sources *sources = calloc(1, sizeof *sources);
    if (sources)
        sources->setup = *setup;
    return sources;
}

void sources_free(struct sources *sources)
{
    free(sources);
}
