// SPDX-License-Identifier: GPL-3.0-or-later
// The coming season of many zones, worked out on all cores: each zone's outlook, then the paths of
// all zones together.
#ifndef PHUTAI_DAEMON_SEASONS_H
#define PHUTAI_DAEMON_SEASONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/season.h"

struct seasons_zone {
    const char *id;
    const struct series *load; // whole: what lies before the issue is used alone, and of the season
                               // before it as what happened
    const struct series *past; // what happened, where the load was changed to learn from; or NULL
    const struct series *temp; // on the step of the load; NULL or empty without weather
    const struct ramp *ramp;   // of a zone without history, which then has no outlook; else NULL
    size_t kin;                // zone whose shape it then has, SIZE_MAX for none
    double growth;
};

struct seasons_request {
    size_t n_zones;
    const struct seasons_zone *zones;
    const struct civil_clock *clock;
    const struct calendar *calendar;
    int64_t issue, begin, until; // instants; the season is [begin, until)
    int64_t weather_until;       // as of struct model_data
    bool weather_is_forecast;
    double warmer_c;
    size_t n_sums, n_entries, n_supplies;
    const struct season_sum *sums; // the last one is the whole
    const struct entry *entries;   // in the order of entry_compare
    const struct supply *supplies; // in the order of supply_compare
    size_t n_paths;
    uint64_t seed;
};

struct seasons {
    size_t n_zones;
    struct outlook *outlooks; // one a zone, empty where `status` is not MODEL_OK
    enum model_status *status;
    struct season_zone *zones; // what the season was made of
    double *past;
    struct season *season; // finished
    double fit_s, paths_s; // time that the outlooks and the paths took
};

// Fits and simulates, with a progress line. False without memory, or for a season too long. The
// same request gives the same bits, whatever the number of cores.
[[nodiscard]] bool seasons_run(const struct seasons_request *request, struct seasons *ret);
void seasons_done(struct seasons *seasons);

#endif
