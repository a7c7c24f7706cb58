// SPDX-License-Identifier: GPL-3.0-or-later
#include "stations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weather.h"

enum {
    EVERY = 3, // hours of the day that are looked at
    MAX_GAP_S = 3 * CIVIL_HOUR_S,
};

static const double overlap_min = 0.5;

// What a station is judged with: the recipe's own memory.
static const struct weather_input inputs[] = {
    {.guise = WEATHER_NOW},
    {.guise = WEATHER_SMOOTH, .hours = 3},
    {.guise = WEATHER_SMOOTH, .hours = 24},
};
enum { N_INPUTS = sizeof inputs / sizeof *inputs };

// The errors of one temperature; NaN where it overlaps too little.
static bool judge(struct heldout *heldout, const struct series *temp, double *ret)
{
    size_t all[N_INPUTS];
    for (size_t k = 0; k < N_INPUTS; k++)
        all[k] = k;
    if (!heldout_sum(heldout, temp, N_INPUTS, inputs))
        return false;
    *ret = heldout_overlap(heldout) < overlap_min ? (double)NAN
                                                  : heldout_error(heldout, N_INPUTS, all);
    return true;
}

// The best first; those without an error last, in their order.
static int compare_places(const void *a, const void *b)
{
    const struct stations_place *x = a, *y = b;
    double left = isnan(x->error) ? HUGE_VAL : x->error;
    double right = isnan(y->error) ? HUGE_VAL : y->error;
    if (left != right)
        return left < right ? -1 : 1;
    return x->station < y->station ? -1 : x->station > y->station;
}

static bool rank_all(struct heldout *heldout, int64_t issue, size_t n,
                     const struct series *const stations[], struct stations_place ret[])
{
    bool fine = true;
    for (size_t s = 0; fine && s < n; s++) {
        struct series temp;
        fine = stations_mean(1, &ret[s], stations, heldout_step(heldout), issue, &temp);
        if (!fine)
            break;
        fine = judge(heldout, &temp, &ret[s].error);
        series_done(&temp);
    }
    if (fine)
        qsort(ret, n, sizeof *ret, compare_places);
    return fine;
}

static size_t count_ranked(size_t n, const struct stations_place ranking[])
{
    size_t ranked = 0;
    while (ranked < n && !isnan(ranking[ranked].error))
        ranked++;
    return ranked;
}

// Judges the means of the best 1, 2, 3 ... stations.
static bool judge_means(struct heldout *heldout, int64_t issue,
                        const struct series *const stations[], size_t ranked,
                        struct stations_place ranking[])
{
    bool fine = true;
    ranking[0].together = ranking[0].error;
    for (size_t k = 2; fine && k <= ranked && k <= STATIONS_MEAN_MAX; k++) {
        struct series temp;
        fine = stations_mean(k, ranking, stations, heldout_step(heldout), issue, &temp);
        if (!fine)
            break;
        fine = judge(heldout, &temp, &ranking[k - 1].together);
        series_done(&temp);
    }
    return fine;
}

static size_t best_mean(size_t n, const struct stations_place ranking[])
{
    size_t best = 0;
    for (size_t k = 1; k < n; k++)
        if (ranking[k].together < ranking[best].together)
            best = k;
    return best + 1;
}

// The first instant of the month that an issue lies in.
static int64_t month_begin(const struct civil_clock *clock, int64_t issue)
{
    int64_t day = civil_day(civil_local(clock, issue));
    return civil_instant(clock, (day - civil_date_from_day(day).day + 1) * CIVIL_DAY_S);
}

bool stations_choose(const struct heldout_data *data, size_t n,
                     const struct series *const stations[], struct stations_place ret[],
                     size_t *ret_chosen)
{
    for (size_t s = 0; s < n; s++)
        ret[s] = (struct stations_place){.station = s, .error = NAN, .together = NAN};
    *ret_chosen = n;
    if (n < 2)
        return true;
    struct heldout_data whole = *data;
    whole.issue = month_begin(data->clock, data->issue);
    struct heldout *heldout = heldout_new(&whole, EVERY);
    bool fine = heldout;
    if (fine && heldout_days(heldout) >= STATIONS_DAYS_MIN) {
        fine = rank_all(heldout, whole.issue, n, stations, ret);
        size_t ranked = fine ? count_ranked(n, ret) : 0;
        if (ranked) {
            fine = judge_means(heldout, whole.issue, stations, ranked, ret);
            *ret_chosen = best_mean(ranked, ret);
        }
    }
    heldout_free(heldout);
    return fine;
}

bool stations_mean(size_t chosen, const struct stations_place ranking[],
                   const struct series *const stations[], int32_t step_s, int64_t until,
                   struct series *ret)
{
    struct series *known = calloc(chosen + 1, sizeof *known), together;
    const struct series **list = calloc(chosen + 1, sizeof *list);
    bool fine = known && list;
    for (size_t k = 0; fine && k < chosen; k++) {
        known[k] = series_before(stations[ranking[k].station], until);
        list[k] = &known[k];
    }
    fine = fine && weather_combine(chosen, list, &together);
    free(list);
    free(known);
    if (!fine)
        return false;
    fine = series_resample(&together, step_s, MAX_GAP_S, ret);
    series_done(&together);
    return fine;
}

void stations_choice_done(struct stations_choice *choice)
{
    free(choice->ranking);
    *choice = (struct stations_choice){0};
}

static bool choose_anew(struct stations_choice *choice, const struct heldout_data *data, size_t n,
                        const struct series *const stations[])
{
    struct stations_place *ranking = calloc(n + 1, sizeof *ranking);
    size_t chosen;
    if (!ranking || !stations_choose(data, n, stations, ranking, &chosen)) {
        free(ranking);
        return false;
    }
    stations_choice_done(choice);
    *choice = (struct stations_choice){.n = n, .chosen = chosen, .ranking = ranking};
    return true;
}

bool stations_temperature(struct stations_choice *choice, const struct heldout_data *data, size_t n,
                          const struct series *const stations[], int64_t until, struct series *ret)
{
    int64_t month = month_begin(data->clock, data->issue);
    bool stands = choice->ranking && choice->month == month && choice->n == n &&
                  choice->load_start == data->load->start;
    if (!stands && !choose_anew(choice, data, n, stations))
        return false;
    choice->month = month;
    choice->load_start = data->load->start;
    return stations_mean(choice->chosen, choice->ranking, stations, data->load->step_s, until, ret);
}
