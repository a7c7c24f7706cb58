// SPDX-License-Identifier: GPL-3.0-or-later
// How every source brings in what it has: readings, weather and entries of the register go into the
// store in one transaction, and once they are durable the engine is told and they are counted.
//
// A deposit is short-lived, on the loop: nothing else may use the store between its first put and
// its end. Readings and observations of the weather go into the store at the end, forecasts of it
// and entries as they are put. Of some 20,000 rows it takes 50 ms; a source with more makes
// several, and lets the loop turn in between.
#ifndef PHUTAI_DAEMON_DEPOSIT_H
#define PHUTAI_DAEMON_DEPOSIT_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/engine.h"
#include "daemon/metrics.h"
#include "daemon/store.h"

struct deposits; // one for all sources

struct deposits_setup { // all must outlive it
    struct store *store;
    struct engine *engine;
    struct metrics *metrics;
};

// NULL without memory.
struct deposits *deposits_new(const struct deposits_setup *setup);
void deposits_free(struct deposits *deposits); // takes NULL

// Why the last deposit failed, "" where it did not. Logged when it begins and when it is over.
const char *deposits_trouble(const struct deposits *deposits);

struct deposit;

// NULL without memory.
struct deposit *deposit_begin(struct deposits *deposits);

// Puts one (store_reading_fn, store_weather_fn, store_weather_ahead_fn, store_entry_fn; `deposit`
// is a struct deposit). They have been checked (check.h). Texts of readings and weather must stay
// valid until the deposit's end. False where memory is short or the store fails: deposit_end will
// say so too.
bool deposit_reading(void *deposit, const struct store_reading *reading);
bool deposit_weather(void *deposit, const struct store_weather *weather);
bool deposit_weather_ahead(void *deposit, const struct store_weather_ahead *row);
bool deposit_entry(void *deposit, const struct store_entry *entry);

// What is put says of itself that it was made up: the store is marked, if anything is put.
void deposit_simulated(struct deposit *deposit);

// Whether one was not put, so that deposit_end will fail.
bool deposit_has_failed(const struct deposit *deposit);

// Frees the deposit. True: all of it is durable. False: nothing of it is in the store, and
// deposits_trouble says why; the same may be tried again later.
[[nodiscard]] bool deposit_end(struct deposit *deposit);

// Frees the deposit, and nothing of it is in the store.
void deposit_discard(struct deposit *deposit);

#endif
