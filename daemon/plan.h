// SPDX-License-Identifier: GPL-3.0-or-later
// The supply plan of a season: what its spreadsheet, page and tables say, gathered once.
#ifndef PHUTAI_DAEMON_PLAN_H
#define PHUTAI_DAEMON_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/site_season.h"
#include "models/options.h"

enum { PLAN_POE = 99, PLAN_SCENARIOS_MAX = 8, PLAN_WEEKS_MAX = 60 };

struct plan_month {
    double poe50[PEAKS_PARTS], poe10[PEAKS_PARTS]; // MW, noon and evening
    double energy_mwh;                             // mean of the paths
};

// What a neighbour could carry for a while.
struct plan_transfer {
    bool possible;
    size_t node;
    double spare_mw; // its capacity less its own POE10
};

// The next stage of what feeds a zone.
struct plan_stage {
    bool known;
    int64_t day;
    double more_mw; // than stands on the first day that is likely to pass
};

struct plan_node {
    const struct site_node *node;
    const struct peaks *peaks;
    double poe[PLAN_POE]; // peak passed with probability 0.99 ... 0.01
    double noon50, noon10, evening50, evening10, energy_mwh;
    double share, coincidence; // of the whole's peak; own load then over its own peak
    struct peaks_odds odds;
    struct plan_month months[PEAKS_MONTHS_MAX];
    struct options options;
    struct plan_transfer transfer;
    struct plan_stage stage;
};

struct plan_scenario {
    const struct site_scenario *scenario;
    double *poe50, *poe10, *p_over; // by node
};

struct plan {
    const struct config *config;
    const struct civil_clock *clock;
    const char *season;
    int64_t issue;
    bool simulated;
    double customer_mw;
    const struct peaks_calendar *calendar;
    size_t n_nodes;
    struct plan_node *nodes;
    size_t *ranking; // nodes by risk, the greatest first: chance to pass, then POE10 over capacity
    size_t n_scenarios;
    struct plan_scenario scenarios[PLAN_SCENARIOS_MAX];
};

double plan_poe(const struct plan_node *node,
                int per_cent); // the peak passed by 1 in 100 / per_cent

// Gathers what the season of the base scenario says; it and the strings must outlive the plan.
// False without memory.
[[nodiscard]] bool plan_init(struct plan *ret, const struct config *config,
                             const struct civil_clock *clock, const struct site_season *season,
                             const char *name);
// Notes what another scenario's season comes to. False without memory.
[[nodiscard]] bool plan_add_scenario(struct plan *plan, const struct site_scenario *scenario,
                                     const struct site_season *season);
void plan_done(struct plan *plan);

// Mean load of the working days of a week of the season, by interval of the day: the typical day.
// False where the week has no whole working day. *ret_monday is the civil day of its Monday.
[[nodiscard]] bool plan_typical_day(const struct plan_node *node, size_t week, int64_t *ret_monday,
                                    double ret[]);

// Writers, each a whole file at `path`. False with the reason logged.
enum plan_language { PLAN_VI, PLAN_EN };
[[nodiscard]] bool plan_write_csv(const struct plan *plan, const char *path);
[[nodiscard]] bool plan_write_days_csv(const struct plan *plan, const char *path);
[[nodiscard]] bool plan_write_json(const struct plan *plan, const char *path);
[[nodiscard]] bool plan_write_xlsx(const struct plan *plan, enum plan_language language,
                                   const char *path);
[[nodiscard]] bool plan_write_html(const struct plan *plan, enum plan_language language,
                                   const char *path);

#endif
