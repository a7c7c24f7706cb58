// SPDX-License-Identifier: GPL-3.0-or-later
// What the keys of a rule of alerts must be together.
#ifndef PHUTAI_CONFIG_RULES_H
#define PHUTAI_CONFIG_RULES_H

#include <stdbool.h>

#include "config.h"

// Where rules stand in the INI file. `line_of` gives the line at which a key of a rule was set, 0
// where it was not; of the key NULL, that of the rule's section.
struct rules_place {
    const char *path;
    unsigned long (*line_of)(void *context, const struct config_alert *rule, const char *key);
    void *context;
};

// Checks all rules against each other's keys and the site's zones, which have been read. Adds every
// fault to `errors`; true where there was none.
[[nodiscard]] bool rules_check(const struct config *config, const struct rules_place *place,
                               struct config_errors *errors);

#endif
