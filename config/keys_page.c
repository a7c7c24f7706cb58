// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of the planner's page.
#include "keys.h"

#include "config.h"

const struct key keys_page[] = {
    {.section = "page",
     .name = "open",
     .type = KEY_YES_NO,
     .fallback = "yes",
     .offset = offsetof(struct config, page.open),
     .help = "Whether who asks from the machine itself may look without a token. Who asks through "
             "a proxy on it does so from the address that the proxy gives (X-Forwarded-For)."},
    {.name = NULL},
};
