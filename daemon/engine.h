// SPDX-License-Identifier: GPL-3.0-or-later
// The engine: a function of (now, what came in) that says what to do next. It holds the series of
// every zone and station, decides when a forecast is due, and hands out the work as a job that can
// run on another thread. It reads no clock: the caller says what time it is.
//
// What it takes, it takes after the store has it; on a start it fills itself from the store.
#ifndef PHUTAI_DAEMON_ENGINE_H
#define PHUTAI_DAEMON_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store.h"
#include "models/civil.h"

struct engine;
struct engine_job; // the forecasts of all zones for one issue time: copies of its inputs, results

// NULL, with the reason, where the configuration has a clock that cannot be read, the store fails
// or memory is short. Keeps `config` and `store`, which must outlive it.
struct engine *engine_new(const struct config *config, struct store *store,
                          char ret_error[static 256]);
void engine_free(struct engine *engine);

// Reads again everything from the store: after another process has written to it.
[[nodiscard]] bool engine_reload(struct engine *engine);

// A reading or an observation of the weather that the store now holds.
void engine_take_reading(struct engine *engine, const struct store_reading *reading);
void engine_take_weather(struct engine *engine, const struct store_weather *weather);

// The clock on the wall of its zones; as long as the engine.
const struct civil_clock *engine_clock(const struct engine *engine);

// The time that forecasts are made at: the system's, or with `clock = readings` the end of the
// newest reading.
int64_t engine_now(const struct engine *engine, int64_t system_now);

// The time of the round after one, by the clock that forecasts are made at.
int64_t engine_round_after(const struct engine *engine, int64_t issue);

// When the next forecast is due, in system time; INT64_MAX while nothing can be (no reading yet, or
// a job is out).
int64_t engine_next_due(const struct engine *engine, int64_t system_now);

// Copies of all that a forecast at `issue` is made of: readings, weather, register; for work beside
// the rounds. NULL without memory, or where the store fails. End it with engine_job_free().
struct engine_job *engine_gather(const struct engine *engine, int64_t issue);

// The job that is due at `system_now`, or NULL. At most one is out at a time.
struct engine_job *engine_start_job(struct engine *engine, int64_t system_now);

// Fits and forecasts: long, touches nothing but the job, so any thread may run it. Once.
void engine_job_run(struct engine_job *job);

// Puts the job's vintages, models and the batches for every sink into the store, in one transaction
// of its own, and frees the job. False where the store failed: nothing of it was kept, the engine
// makes the job again at once or, after repeated failures, later.
[[nodiscard]] bool engine_finish_job(struct engine *engine, struct engine_job *job);

struct engine_zone_state {
    const char *id;
    int64_t newest_reading; // end of the newest interval, 0 where none
    int64_t issue;          // of the newest forecast, 0 where none
    const char *model;      // that made it, "" where none
    double fit_rows;
    size_t incomplete;    // sums of its meters that the newest forecast did not learn from, as too
                          // much was missing in them
    size_t silent_meters; // missing now, for less than a week
};
size_t engine_zones(const struct engine *engine);
// The end of the newest interval that there is weather for, at any station; 0 where there is none.
int64_t engine_newest_weather(const struct engine *engine);
// The newest load of a zone that is known, of the last few intervals: its mean MW, and where the
// interval ends. False where there is none. O(readings) where the zone is a sum of meters.
bool engine_newest_load(const struct engine *engine, size_t zone, int64_t *ret_end, double *ret_mw);
struct engine_zone_state engine_zone(const struct engine *engine, size_t zone);

#endif
