// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a sink, told once when it begins, when it changes its kind and when it is
// over: in the log, and in the store for other processes to see. And what the outbox dropped
// meanwhile.
#ifndef PHUTAI_DAEMON_OUTAGE_H
#define PHUTAI_DAEMON_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store.h"

enum outage_kind { OUTAGE_NONE, OUTAGE_AWAY, OUTAGE_FAULT, OUTAGE_OPERATOR, OUTAGE_STORE };

enum { OUTAGE_TITLE_LEN = 224 };

struct outage {
    struct store *store;
    const char *sink;
    char title[OUTAGE_TITLE_LEN]; // "influxdb 'NAME'", or "webhook 'NAME'" of the sink
                                  // "webhook:NAME"
    enum outage_kind kind;
    int64_t since;
    bool noted;            // stands in the store
    bool dropping;         // told that batches were dropped, and not yet that it is over
    int64_t dropped;       // batches, as last seen
    int64_t dropped_until; // of them, those told
};

// Both must outlive it. Reads what has been dropped so far.
void outage_init(struct outage *outage, struct store *store, const char *sink);

void outage_enter(struct outage *outage, enum outage_kind kind, int64_t now, const char *words);
void outage_leave(struct outage *outage, int64_t now);

// Looks whether the outbox has dropped batches, and says so once until `outage_drained`.
void outage_look(struct outage *outage);
// Nothing waits any more.
void outage_drained(struct outage *outage);

#endif
