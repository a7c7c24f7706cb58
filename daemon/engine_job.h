// SPDX-License-Identifier: GPL-3.0-or-later
// One round of forecasts: copies of everything that it needs, so that it can run on any thread
// while readings go on coming in. Made by engine.c, run anywhere, ended by engine.c.
#ifndef PHUTAI_DAEMON_ENGINE_JOB_H
#define PHUTAI_DAEMON_ENGINE_JOB_H

#include "daemon/engine.h"
#include "daemon/engine_weather.h"
#include "daemon/nodes.h"
#include "models/champion.h"
#include "models/clean_marks.h"
#include "models/day_causes.h"
#include "models/entries.h"
#include "models/forecast.h"
#include "models/paths.h"
#include "models/stations.h"

struct engine_job_points { // line protocol, see engine_points.h
    char *text;
    size_t length;
};

struct engine_job_zone {
    struct series load; // as it was read
    size_t incomplete;  // intervals left out of it, as a sum of meters lacks too much
    size_t n_entries;
    struct entry *entries;          // of the register, as of the issue
    struct champion *champion;      // lent by the engine, given back when the job ends
    struct stations_choice *choice; // so too
    struct clean_marks *marks;      // so too
    enum model_status status;
    bool done; // forecast holds one
    struct forecast forecast;
    char *snapshot; // the model as text, NULL without one
};

// What comes of a node (nodes.h), a zone or a sum of zones.
struct engine_job_node {
    bool done;                // it has a forecast: a zone its own,
    struct forecast forecast; // a sum this one
    bool has_peaks;
    struct day_peaks peaks;
    struct day_causes_growth growth;
    struct engine_job_points points, points_near;
    struct paths paths; // of a sum, while it is made
};

struct site_season;

struct engine_job {
    // The coming season, where it is due: what it is called, its days, and what came of it.
    bool season_due;
    char season_name[64];
    int64_t season_first, season_last;
    struct site_season *season; // NULL where there is none, or it could not be simulated
    int64_t issue, until;
    // Of a job whose results are kept: the system's time when it was begun, else 0; whether its
    // inputs are made up; for whom it is.
    int64_t started;
    bool simulated;
    const struct config *config;
    const struct civil_clock *clock; // the engine's, constant
    const struct calendar *calendar; // the engine's, constant
    size_t n_levels;
    const double *levels;
    size_t n_stations;
    struct series *stations;         // as observed
    struct engine_outlook *outlooks; // beside them: with the forecasts that are at hand
    size_t n_zones;
    struct engine_job_zone *zones;
    // Of a job whose results are kept (engine_nodes.h); NULL else, or without memory.
    struct nodes *names;
    struct engine_job_node *nodes; // beside names->nodes: the zones first
    bool *loaded;                  // by zone: it has readings
};

// Empty places for so many zones and stations. NULL without memory.
struct engine_job *engine_job_new(size_t n_zones, size_t n_stations);

// Frees all but the champions and choices of stations, which are the engine's.
void engine_job_free(struct engine_job *job);

#endif
