// SPDX-License-Identifier: GPL-3.0-or-later
#include "baseline.h"

#include <math.h>
#include <stdbool.h>

enum { DAY_S = 86400, WEEKS = 8, DAYS = 14, MEAN_DAYS = 28 };

// How many whole `period_s` before `target` the first interval lies that ends by `issue`.
static int64_t periods_back(const struct series *load, int64_t issue, int64_t target,
                            int32_t period_s)
{
    int64_t ahead_s = target + load->step_s - issue;
    int64_t back = ahead_s > 0 ? (ahead_s + period_s - 1) / period_s : 0;
    return back < 1 ? 1 : back;
}

static bool some_period_back(const struct series *load, int64_t issue, int64_t target,
                             int32_t period_s, int tries, double *ret)
{
    int64_t back = periods_back(load, issue, target, period_s);
    *ret = NAN;
    for (int i = 0; i < tries && isnan(*ret); i++)
        *ret = series_usable_at(load, target - (back + i) * period_s);
    return !isnan(*ret);
}

// Mean of the last usable values, however long ago they came.
static double mean_before(const struct series *load, int64_t issue)
{
    double sum = 0, n = 0, enough = (double)MEAN_DAYS * DAY_S / load->step_s;
    int64_t end = load->n ? series_index(load, issue - load->step_s) + 1 : 0;
    for (int64_t i = end < (int64_t)load->n ? end : (int64_t)load->n; i > 0 && n < enough; i--) {
        if (!series_usable(load, (size_t)i - 1))
            continue;
        sum += load->value[i - 1];
        n++;
    }
    return sum / (n > 0 ? n : (double)NAN);
}

double baseline_mean(const struct series *load, int64_t issue, int64_t target)
{
    double value = 0;
    if (some_period_back(load, issue, target, BASELINE_WEEK_S, WEEKS, &value) ||
        some_period_back(load, issue, target, DAY_S, DAYS, &value))
        return value;
    return mean_before(load, issue);
}

size_t baseline_errors(const struct series *load, int64_t issue, int64_t target, int days,
                       size_t max, double errors[])
{
    if (load->n == 0)
        return 0;
    int64_t lead_s = periods_back(load, issue, target, BASELINE_WEEK_S) * BASELINE_WEEK_S;
    int64_t oldest = issue - (int64_t)days * DAY_S;
    oldest = oldest > load->start ? oldest : load->start;
    int64_t end = series_end(load);
    // The latest interval of the grid that ends by `issue`.
    int64_t last = series_index(load, (issue < end ? issue : end) - load->step_s);
    size_t n = 0;
    for (int64_t i = last; i >= 0 && n < max; i--) {
        int64_t instant = series_instant(load, (size_t)i);
        if (instant < oldest)
            break;
        double said = baseline_mean(load, instant + load->step_s - lead_s, instant);
        if (series_usable(load, (size_t)i) && !isnan(said))
            errors[n++] = load->value[i] - said;
    }
    return n;
}

// The error of the interval `day` days before the target; NaN where it is not known at the issue.
static double error_before(const struct series *load, int64_t issue, int64_t target, size_t day)
{
    int64_t instant = target - (int64_t)day * DAY_S;
    if (load->n == 0 || instant + load->step_s > issue)
        return NAN;
    double was = series_usable_at(load, instant);
    if (isnan(was))
        return NAN;
    int64_t lead_s = periods_back(load, issue, target, BASELINE_WEEK_S) * BASELINE_WEEK_S;
    return was - baseline_mean(load, instant + load->step_s - lead_s, instant);
}

void baseline_errors_since(const struct series *load, int64_t issue, int64_t target, size_t days,
                           size_t n, const size_t day[], double errors[])
{
    double error[BASELINE_DAYS_MAX];
    size_t known = 0;
    for (size_t d = 0; d < days; d++) {
        error[d] = error_before(load, issue, target, d + 1);
        known += isnan(error[d]) ? 0 : 1;
    }
    for (size_t k = 0; k < n; k++) {
        size_t d = day[k] - 1;
        while (known > 1 && isnan(error[d]))
            d = (d + 1) % days;
        errors[k] = known > 1 ? error[d] : (double)NAN;
    }
}
