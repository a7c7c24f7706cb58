// SPDX-License-Identifier: GPL-3.0-or-later
// A site of one zone, "town", with a real store and an engine on a fake clock.
#ifndef PHUTAI_TESTS_ENGINE_SITE_H
#define PHUTAI_TESTS_ENGINE_SITE_H

#include "config/config.h"
#include "daemon/engine.h"
#include "daemon/store.h"
#include "models/score.h"
#include "tests/town.h"

struct engine_site {
    char folder[64], path[96];
    char id[8], name[8], clock[8], sink_name[8];
    struct config_zone zone;
    struct config config;
    struct store *store;
    struct engine *engine;
};

// In a folder of its own, with a sink "main". Every function ends the test where it fails.
struct engine_site *engine_site_new(int64_t step_s, int64_t every_s);
void engine_site_free(struct engine_site *site);
void engine_site_open(struct engine_site *site); // the store and the engine, again
void engine_site_close(struct engine_site *site);

// Into the store and the engine, within the caller's transaction.
void engine_site_give(struct engine_site *site, const char *meter, int64_t instant, double mw);
// One day of the town, counted from its start, with its weather, in a transaction.
void engine_site_give_day(struct engine_site *site, const struct town *town, int day);

// The round that is due, whole. False where none is.
bool engine_site_run_due(struct engine_site *site, int64_t now);

// Scores the newest forecast by the town.
void engine_site_judge(struct engine_site *site, const struct town *town, struct score *score);

#endif
