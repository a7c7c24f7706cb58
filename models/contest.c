// SPDX-License-Identifier: GPL-3.0-or-later
#include "contest.h"

#include <math.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "score.h"

enum { LEVELS = 5, OLDER_MIN = 30, JUDGED_MIN = 200 };

static const double levels[LEVELS] = {0.05, 0.25, 0.5, 0.75, 0.95};

// The quantiles of the older errors of a lead; zeros where there are few.
static void older_quantiles(size_t n_leads, const double errors[], size_t lead,
                            double ret[static LEVELS])
{
    double older[CONTEST_DAYS];
    size_t n = 0;
    for (size_t day = CONTEST_JUDGED_DAYS; day < CONTEST_DAYS; day++)
        if (!isnan(errors[day * n_leads + lead]))
            older[n++] = errors[day * n_leads + lead];
    gsl_sort(older, 1, n);
    for (int k = 0; k < LEVELS; k++)
        ret[k] = n < OLDER_MIN ? 0 : gsl_stats_quantile_from_sorted_data(older, 1, n, levels[k]);
}

double contest_pinball(size_t n_leads, const double errors[])
{
    double sum = 0, quantiles[LEVELS];
    size_t judged = 0;
    for (size_t lead = 0; lead < n_leads; lead++) {
        older_quantiles(n_leads, errors, lead, quantiles);
        for (size_t day = 0; day < CONTEST_JUDGED_DAYS; day++) {
            double error = errors[day * n_leads + lead];
            if (isnan(error))
                continue;
            for (int k = 0; k < LEVELS; k++)
                sum += score_pinball(levels[k], quantiles[k], error) / LEVELS;
            judged++;
        }
    }
    // A daily series has two leads: then sixty days of one are enough.
    size_t enough = n_leads * CONTEST_JUDGED_DAYS / 2;
    return judged >= (enough < JUDGED_MIN ? enough : JUDGED_MIN) && judged ? sum / (double)judged
                                                                           : (double)NAN;
}
