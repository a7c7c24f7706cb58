// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of the signs of life.
#include "keys.h"

#include "config.h"

const struct key keys_heartbeat[] = {
    {.section = "heartbeat",
     .name = "every",
     .type = KEY_DURATION,
     .fallback = "1min",
     .least = "0s",
     .most = "1h",
     .offset = offsetof(struct config, heartbeat.every_s),
     .help = "How often, on the whole minute for 1min. 0s sends none."},
    {.name = NULL},
};
