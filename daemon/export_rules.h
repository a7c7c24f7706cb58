// SPDX-License-Identifier: GPL-3.0-or-later
// How the files of one folder are read: what the configuration says, made ready.
#ifndef PHUTAI_DAEMON_EXPORT_RULES_H
#define PHUTAI_DAEMON_EXPORT_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "config/stamp.h"
#include "daemon/check.h"
#include "daemon/export_names.h"
#include "models/civil.h"

struct export_rules {
    const struct config *config;
    const struct config_folder *folder;
    struct civil_clock clock;
    struct checks *checks;
    struct export_names *names;
};

// NULL without memory, and for a clock that cannot be read. Keeps both, which must outlive it.
struct export_rules *export_rules_new(const struct config *config,
                                      const struct config_folder *folder);
void export_rules_free(struct export_rules *rules); // takes NULL

// How long a row stands for.
int64_t export_rules_interval(const struct export_rules *rules);

// The time that a row states, `hour` empty where it is not apart.
enum stamp_status export_rules_stamp(const struct export_rules *rules, const char *time,
                                     const char *hour, struct stamp *ret);

// The instant of a stamp. `last` is that of the row before of the same series, INT64_MIN for none:
// of a local time that comes twice, the second one is meant where the first has passed. False with
// the fault where the site's clock skips that time.
[[nodiscard]] bool export_rules_instant(const struct export_rules *rules, const struct stamp *stamp,
                                        int64_t last, int64_t *ret, struct check_fault *fault);

#endif
