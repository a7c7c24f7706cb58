// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/known.h"

#include <math.h>

static const double days_per_month = 365.25 / 12;

void known_supplies(const struct config *config, struct supply ret[])
{
    for (size_t i = 0; i < config->n_capacities; i++) {
        const struct config_capacity *capacity = &config->capacities[i];
        ret[i] = (struct supply){.id = capacity->id,
                                 .zone = capacity->zone,
                                 .source = capacity->feed,
                                 .from_day = capacity->from_day,
                                 .firm_mw = capacity->firm_mw,
                                 .slip_per_month = capacity->slip_per_month};
    }
}

static int64_t day_of(int64_t day)
{
    return day == CONFIG_NO_DAY ? RAMP_UNKNOWN : day;
}

struct ramp_zone known_zone(const struct config_zone *zone)
{
    const double leased_pct = isnan(zone->leased_pct) ? zone->fill_pct : zone->leased_pct;
    return (struct ramp_zone){.area_ha = zone->area_ha,
                              .leased = leased_pct / 100,
                              .leased_day = day_of(zone->leased_day),
                              .opens_day = day_of(zone->opens_day),
                              .opens_sd_days = zone->opens_sd_months * days_per_month,
                              .energised_day = day_of(zone->energised_day)};
}
