// SPDX-License-Identifier: GPL-3.0-or-later
// The topics of an [mqtt NAME] section: first the rows of its topic_map (a CSV file with the
// columns topic, zone, meter, station and scale), then the patterns of its key `topics`.
#ifndef PHUTAI_CONFIG_TOPICS_H
#define PHUTAI_CONFIG_TOPICS_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "config_errors.h"

// Fills mqtt->topics. The zones of `config` have been read. False with every fault added; `place`
// is where the section begins.
[[nodiscard]] bool topics_read(const struct config *config, struct config_mqtt *mqtt,
                               struct config_place place, struct config_errors *errors);
void topics_free(struct config *config);

// What the levels of a topic's name say; each a part of the name, NULL where the pattern asks for
// none.
struct topics_part {
    const char *text;
    size_t length;
};
struct topics_names {
    struct topics_part zone, meter, station;
};

// True where the name of a topic matches; an empty level matches nothing but itself.
[[nodiscard]] bool topics_match(const char *pattern, const char *name, struct topics_names *ret);

// What to subscribe to for a pattern: its {zone} and the like as +. `ret` holds strlen(pattern)
// + 1.
void topics_filter(const char *pattern, char *ret);

#endif
