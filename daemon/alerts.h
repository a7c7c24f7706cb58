// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at the rules of a site, keeps what they say in the store and passes on what is to be told:
// all in one transaction, so that a state is never without its notice, nor a notice without its
// state. Everything is read from the store, so that the same store says the same, in a running
// daemon, after a kill, or on replay.
#ifndef PHUTAI_DAEMON_ALERTS_H
#define PHUTAI_DAEMON_ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store.h"
#include "models/civil.h"

// What only a running daemon knows of a zone.
struct alerts_zone {
    int64_t newest;   // end of the newest reading, instant; 0 where there is none
    int64_t load_end; // of the newest interval whose load is known, or 0
    double load_mw;   // in it
};

struct alerts_present {
    int64_t now;          // instant
    int64_t started;      // by the system's clock: of the batches that are put into outboxes
    int64_t forecast_due; // when the next round of forecasts is, 0 where unknown
    const struct alerts_zone *zones; // beside config->zones
    int64_t newest_weather;          // end of the newest observation, 0 where none
};

// What stands before an Alertmanager's name in the subject of its alerts, "alertmanager NAME"; of a
// webhook that is WEBHOOK_SINK, of a database nothing.
#define ALERTS_MANAGER "alertmanager "

struct alerts_site {
    const struct config *config;
    struct store *store;
    const struct civil_clock *clock;
};

// A look at every rule, in a transaction of its own. *ret_told says how many notices were put into
// outboxes or the journal. False where the store failed: nothing was changed, the next look tries
// again.
[[nodiscard]] bool alerts_look(const struct alerts_site *site, const struct alerts_present *present,
                               size_t *ret_told);

// A person takes an alert in hand, or gives it back. Each in a transaction of its own.
struct alerts_person {
    const char *by, *note;
    int64_t now, started, until; // INT64_MAX: until it is over
};
enum alerts_done { ALERTS_DONE, ALERTS_NONE_SUCH, ALERTS_FAILED };
enum alerts_done alerts_acknowledge(const struct alerts_site *site, const char *rule,
                                    const char *subject, const struct alerts_person *person);
enum alerts_done alerts_unacknowledge(const struct alerts_site *site, const char *rule,
                                      const char *subject, const struct alerts_person *person);

#endif
