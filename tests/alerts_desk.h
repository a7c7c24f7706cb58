// SPDX-License-Identifier: GPL-3.0-or-later
// A site of three zones whose rules are looked at over a real store, for tests of what they raise
// and who is told.
#ifndef PHUTAI_TESTS_ALERTS_DESK_H
#define PHUTAI_TESTS_ALERTS_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/alerts.h"
#include "daemon/store_alerts.h"

enum { HOUR = 3600, DAY = 86400, DESK_ZONES = 3 };
static const int64_t t0 = 1717434000; // 2024-06-04T00:00+07:00
static const int64_t day0 = 19878;    // the same as a civil day

struct desk {
    void *folder;
    struct config *config;
    struct store *store;
    struct alerts_zone zones[DESK_ZONES];
    int64_t now;
};

// The fixture: *state is a struct desk at t0, all of whose zones have just been read.
int desk_set_up(void **state);
int desk_tear_down(void **state);

// Zones "a" with its expansion "a-mr", and "b"; 30 MW each, "a" and "b" of one substation, or with
// no capacity. A database "main", a webhook "officer", and the rules.
struct config *desk_config(const char *rules, bool capacities);
void desk_configure(struct desk *desk, const char *rules);

// A forecast of now: every day of the node peaks at `mw`, give or take nothing.
void desk_forecast(struct desk *desk, const char *node, double mw);

// Three seasons of five peak at `mw`, the others far below.
void desk_season(struct desk *desk, const char *node, double mw, double limit_mw);

struct alerts_site desk_site(const struct desk *desk);

// How many notices a look makes.
size_t desk_look(struct desk *desk);

// An hour later, the next forecast of a node and a look.
size_t desk_next(struct desk *desk, const char *node, double mw);

enum alert_level desk_level(struct desk *desk, const char *rule, const char *subject);

// The newest batch that waits for a sink, in a static text; "" for none. Takes all out.
const char *desk_take(struct desk *desk, const char *sink);
int64_t desk_waiting(struct desk *desk, const char *sink);

#endif
