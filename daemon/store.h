// SPDX-License-Identifier: GPL-3.0-or-later
// The embedded store: one SQLite file in WAL mode. What a commit said is there after kill -9 of the
// process and, with synchronous=FULL, after a loss of power.
//
// One thread an open store; another thread or process opens its own. A function that is called for
// each row must not use the store that it walks; its texts are valid during the call. Names are
// UTF-8 and are ordered by their bytes.
#ifndef PHUTAI_DAEMON_STORE_H
#define PHUTAI_DAEMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/forecast.h"

struct store; // its outbox: daemon/store_outbox.h

enum store_mode { STORE_WRITE, STORE_READ };

// Opens the file, making it and its tables in STORE_WRITE. NULL on failure, with the reason and the
// path in ret_error. A file of a later version of phutai, or of another program, is refused and not
// touched. Waits up to 10 s for a lock, here and in store_begin.
struct store *store_open(const char *path, enum store_mode mode, char ret_error[static 256]);
void store_close(struct store *store); // takes NULL; rolls back an open transaction

// Words for the last failure on this store.
const char *store_error(const struct store *store);

// Every writer below works inside a transaction of the caller's: begin, put..., commit. `commit` is
// durable when it says true. After false of any of them, roll back: nothing of the transaction
// stays, and the store is as good as before, also when what failed was a full disk.
[[nodiscard]] bool store_begin(struct store *store);
[[nodiscard]] bool store_commit(struct store *store);
void store_rollback(struct store *store);

enum store_put { STORE_NEW, STORE_SAME, STORE_CHANGED, STORE_FAILED };

// A reading of one meter of a zone ("" for the zone itself): instant of the interval's start, MW.
// The later value wins; one that is there already writes nothing. `mw` and `temp_c` are finite.
// About 3 us; many at once are faster.
enum store_put store_put_reading(struct store *store, const char *zone, const char *meter,
                                 int64_t instant, double mw);
enum store_put store_put_weather(struct store *store, const char *station, int64_t instant,
                                 double temp_c, double humidity_pct); // humidity NaN if none

struct store_reading {
    const char *zone, *meter;
    int64_t instant;
    double mw;
};
struct store_weather {
    const char *station;
    int64_t instant;
    double temp_c, humidity_pct;
};

// The same for many, as if they were put one after the other in the order given: what each was is
// given back in that order. About 1 us a row.
[[nodiscard]] bool store_put_readings(struct store *store, size_t n,
                                      const struct store_reading readings[],
                                      enum store_put ret_put[]);
[[nodiscard]] bool store_put_weathers(struct store *store, size_t n,
                                      const struct store_weather weathers[],
                                      enum store_put ret_put[]);

typedef bool store_reading_fn(void *context, const struct store_reading *reading);
typedef bool store_weather_fn(void *context, const struct store_weather *weather);

// In order of zone and time (station, time), from <= instant < to; the meters of one interval
// follow each other in no order to rely on. `zone` NULL: all. False on a failure of the store; a
// callback that says false ends the walk with true. About 0.3 us a row.
[[nodiscard]] bool store_each_reading(struct store *store, const char *zone, int64_t from,
                                      int64_t to, store_reading_fn *fn, void *context);
[[nodiscard]] bool store_each_weather(struct store *store, int64_t from, int64_t to,
                                      store_weather_fn *fn, void *context);

// Whether any meter of a zone, other than the zone itself, has a reading with from <= instant < to.
// At once where it has, about 0.05 us a row where not.
[[nodiscard]] bool store_has_meters(struct store *store, const char *zone, int64_t from, int64_t to,
                                    bool *ret_has);

// The newest observation of a station; *ret_instant 0 where there is none.
[[nodiscard]] bool store_newest_weather(struct store *store, const char *station,
                                        int64_t *ret_instant);

// Runs: forecasts of the weather, each kept with its issue time, hour by hour.
struct store_weather_ahead {
    const char *station;
    int64_t issue, instant;
    double temp_c, humidity_pct; // humidity NaN where there is none
};
// Of the same station, issue and instant the later value wins. About 6 us.
enum store_put store_put_weather_ahead(struct store *store, const struct store_weather_ahead *row);
typedef bool store_weather_ahead_fn(void *context, const struct store_weather_ahead *row);
// The newest run of a station with issue <= `issue_max`, in order of time; *ret_issue 0 where there
// is none. `fn` may be NULL, where the issue alone is asked for.
[[nodiscard]] bool store_newest_weather_run(struct store *store, const char *station,
                                            int64_t issue_max, store_weather_ahead_fn *fn,
                                            void *context, int64_t *ret_issue);
// Runs with from <= issue < to, in order of station, issue and time.
[[nodiscard]] bool store_each_weather_ahead(struct store *store, int64_t from, int64_t to,
                                            store_weather_ahead_fn *fn, void *context);
// Of the runs issued before `before`, keeps the last of each civil day (offset_s east of UTC) and
// station.
[[nodiscard]] bool store_thin_weather_runs(struct store *store, int64_t before, int32_t offset_s);

// Rows of both. O(n) over the file's pages, some 20 ms a million.
[[nodiscard]] bool store_count(struct store *store, int64_t *ret_readings, int64_t *ret_weather);

// Marks the store for good: it holds readings or weather that were made up. What is forecast from
// them must say so. Inside a transaction, as the other writers.
[[nodiscard]] bool store_mark_simulated(struct store *store);
[[nodiscard]] bool store_simulated(struct store *store, bool *ret_simulated);

// A number that changes whenever another connection has written (PRAGMA data_version); -1 on
// failure.
int64_t store_version(struct store *store);

// Vintages: a forecast is kept with its issue time; the same zone and issue is replaced.
[[nodiscard]] bool store_put_forecast(struct store *store, const char *zone,
                                      const struct forecast *forecast);
// The newest forecast of a zone with issue <= `issue_max`. *ret_found false where there is none.
// The caller ends it with forecast_done.
[[nodiscard]] bool store_get_forecast(struct store *store, const char *zone, int64_t issue_max,
                                      struct forecast *ret, bool *ret_found);
typedef bool store_forecast_fn(void *context, const char *zone, const struct forecast *forecast);
// Vintages with from <= issue < to, in order of zone and issue. `zone` NULL: all.
[[nodiscard]] bool store_each_forecast(struct store *store, const char *zone, int64_t from,
                                       int64_t to, store_forecast_fn *fn, void *context);
// Of the vintages issued before `before`, keeps the last of each civil day (offset_s east of UTC)
// and zone.
[[nodiscard]] bool store_thin_forecasts(struct store *store, int64_t before, int32_t offset_s);

// The register: what people know. Nothing of it is ever deleted or changed but that an entry is
// ended, once.
struct store_entry {
    int64_t id;
    const char *zone, *kind; // as in register.csv (config/register.h)
    double mw, factor;       // NaN where not given
    double probability;
    int64_t from, to; // instants; INT64_MAX: none, and so is `expires`
    int64_t ramp_s;
    const char *hours, *into; // windows of the day as text, or ""
    const char *author, *note;
    int64_t expires;
    int64_t entered_at;
    int64_t ended_at;     // the instant from which it no longer counts; INT64_MAX while open
    const char *ended_by; // "" while open
    int64_t end_entered_at;
};
// Keeps an entry; its id and its end are not looked at. An open entry that says the same, author
// and note too, stands already: SAME. *ret_id is its id, or the new one.
enum store_put store_put_entry(struct store *store, const struct store_entry *entry,
                               int64_t *ret_id);
enum store_end { STORE_ENDED, STORE_END_UNKNOWN, STORE_END_ALREADY, STORE_END_FAILED };
enum store_end store_end_entry(struct store *store, int64_t id, int64_t ended_at, const char *by,
                               int64_t now);
typedef bool store_entry_fn(void *context, const struct store_entry *entry);
// In the order of their ids, the ended ones too.
[[nodiscard]] bool store_each_entry(struct store *store, store_entry_fn *fn, void *context);

// What entries added to forecasts, kept with each vintage by store_put_forecast; entries by their
// keys (entries.h). Reads that of a forecast into it; none where there was none.
[[nodiscard]] bool store_get_effects(struct store *store, const char *zone,
                                     struct forecast *forecast);
typedef bool store_effect_fn(void *context, int64_t issue, size_t n, const double mw[]);
// That of one entry in every vintage of the zone, in order of issue.
[[nodiscard]] bool store_each_effect(struct store *store, const char *zone, uint64_t entry,
                                     store_effect_fn *fn, void *context);

// How high a zone or a sum of zones will go in a season, as it was told at an issue.
enum { STORE_SEASON_LEVELS = 99 };
struct store_season {
    int64_t issue;
    const char *season, *scenario, *zone;
    double peak_mw[STORE_SEASON_LEVELS]; // passed with probability 0.99, 0.98 ... 0.01
    double limit_mw, p_over;             // NaN where no capacity is known
    int peak_hour;
};
// The same issue, season, scenario and zone is replaced.
[[nodiscard]] bool store_put_season(struct store *store, const struct store_season *season);
typedef bool store_season_fn(void *context, const struct store_season *season);
// In order of issue, season, scenario and zone.
[[nodiscard]] bool store_each_season(struct store *store, store_season_fn *fn, void *context);
// Those of the newest issue <= `issue_max`, in order of season, scenario and zone.
[[nodiscard]] bool store_newest_seasons(struct store *store, int64_t issue_max, store_season_fn *fn,
                                        void *context);

// How a source of readings or weather is doing (standing.h).
struct store_source {
    const char *name;      // kind and name, "mqtt grid"
    int64_t good;          // when it last worked, instant, 0: never
    const char *trouble;   // why it does not, "" while it does
    int64_t trouble_since; // 0 while it works
    int64_t position;      // how far it has come, in whatever it counts
};
[[nodiscard]] bool store_put_source(struct store *store,
                                    const struct store_source *source); // own transaction
typedef bool store_source_fn(void *context, const struct store_source *source);
// In order of their names, those that are no longer configured too.
[[nodiscard]] bool store_each_source(struct store *store, store_source_fn *fn, void *context);

// A model's state as text, newest per zone.
[[nodiscard]] bool store_put_model(struct store *store, const char *zone, int64_t issue,
                                   const char *text);
// Caller frees; NULL where there is none.
char *store_get_model(struct store *store, const char *zone, int64_t *ret_issue);

#endif
