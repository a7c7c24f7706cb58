// SPDX-License-Identifier: GPL-3.0-or-later
#include "levels.h"

#include <math.h>

enum { YEAR_MONTHS = 12 };

// Mean loads of civil months, the first one that has a reading at 0; NaN where less than half of a
// month is known.
struct months {
    size_t n;
    int first; // year * 12 + month - 1
    double mean[LEVELS_MONTHS_MAX];
};

static int month_of(const struct civil_clock *clock, int64_t instant)
{
    struct civil_date date = civil_date_from_day(civil_day(civil_local(clock, instant)));
    return date.year * YEAR_MONTHS + date.month - 1;
}

static int64_t first_day(int month)
{
    return civil_day_from_date(
        (struct civil_date){month / YEAR_MONTHS, month % YEAR_MONTHS + 1, 1});
}

static void read_months(const struct series *load, const struct civil_clock *clock, int64_t issue,
                        struct months *ret)
{
    size_t known = 0;
    double sum = 0;
    int month = 0;
    ret->n = 0;
    for (size_t i = 0; i <= load->n; i++) {
        int64_t instant = series_instant(load, i);
        bool over = i == load->n || instant >= issue;
        int now = over ? month + 1 : month_of(clock, instant);
        if (i == 0)
            ret->first = month = now;
        if (now != month && ret->n < LEVELS_MONTHS_MAX) {
            double days = (double)(first_day(month + 1) - first_day(month));
            bool whole = 2 * (double)known * load->step_s >= days * CIVIL_DAY_S;
            ret->mean[ret->n++] = whole ? sum / (double)known : (double)NAN;
            sum = 0;
            known = 0;
            month = now;
        }
        if (over)
            break;
        if (series_usable(load, i)) {
            sum += load->value[i];
            known++;
        }
    }
}

// Mean of the twelve months around one, half of the outermost each; NaN where one is unknown.
static double year_around(const struct months *m, size_t at)
{
    enum { HALF = YEAR_MONTHS / 2 };
    if (at < HALF || at + HALF >= m->n)
        return NAN;
    double sum = (m->mean[at - HALF] + m->mean[at + HALF]) / 2;
    for (size_t k = at - HALF + 1; k < at + HALF; k++)
        sum += m->mean[k];
    return sum / YEAR_MONTHS;
}

void levels_index(const struct series *load, const struct civil_clock *clock, int64_t issue,
                  double ret[static 12])
{
    struct months m;
    double sum[YEAR_MONTHS] = {0}, whole = 0;
    int count[YEAR_MONTHS] = {0};
    read_months(load, clock, issue, &m);
    for (size_t k = 0; k < m.n; k++) {
        double ratio = m.mean[k] / year_around(&m, k);
        int month = (m.first + (int)k) % YEAR_MONTHS;
        if (isfinite(ratio)) {
            sum[month] += ratio;
            count[month]++;
        }
    }
    bool all = true;
    for (int k = 0; k < YEAR_MONTHS; k++) {
        all = all && count[k];
        ret[k] = count[k] ? sum[k] / count[k] : 1;
        whole += ret[k] / YEAR_MONTHS;
    }
    for (int k = 0; k < YEAR_MONTHS; k++)
        ret[k] = all && whole > 0 ? ret[k] / whole : 1;
}

size_t levels_read(const struct series *load, const struct civil_clock *clock, int64_t issue,
                   const double index[static 12], struct ramp_reading ret[static LEVELS_MONTHS_MAX])
{
    struct months m;
    size_t n = 0;
    read_months(load, clock, issue, &m);
    for (size_t k = 0; k < m.n; k++) {
        int month = m.first + (int)k;
        if (isnan(m.mean[k]))
            continue;
        ret[n++] = (struct ramp_reading){
            .day = (first_day(month) + first_day(month + 1)) / 2,
            .mw = m.mean[k] / index[month % YEAR_MONTHS],
        };
    }
    return n;
}
