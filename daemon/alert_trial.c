// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_trial.h"

#include <math.h>
#include <stdlib.h>

#include "daemon/alert_rule.h"
#include "models/past_peaks.h"

static const int64_t apart_s = (int64_t)6 * CIVIL_HOUR_S;

bool alert_trial_init(struct alert_trial *ret, const struct civil_clock *clock,
                      const struct config_alert *rule, int64_t first, size_t n)
{
    struct alert_trial_day *days = calloc(n + 1, sizeof *days);
    if (!days)
        return false;
    for (size_t k = 0; k < n; k++)
        days[k] = (struct alert_trial_day){
            .day = first + (int64_t)k,
            .season = civil_date_from_day(first + (int64_t)k).year,
            .whole_mw = NAN,
            .limit_mw = NAN,
            .chance = NAN,
            .median_mw = NAN,
            .peak_mw = NAN,
            .over = INT64_MAX,
            .usual = NAN,
        };
    *ret = (struct alert_trial){.clock = clock, .rule = *rule, .n = n, .days = days};
    return true;
}

// Per cent of the limit at which the lowest level begins.
static double lowest_per_cent(const struct config_alert *rule)
{
    for (int level = 0; level < CONFIG_ALERT_LEVELS; level++)
        if (rule->per_cent[level] > 0)
            return rule->per_cent[level];
    return NAN;
}

void alert_trial_set(struct alert_trial *trial, size_t k, int season, double whole_mw)
{
    struct alert_trial_day *day = &trial->days[k];
    day->season = season;
    day->whole_mw = whole_mw;
    day->limit_mw = whole_mw * lowest_per_cent(&trial->rule) / 100;
}

void alert_trial_done(struct alert_trial *trial)
{
    free(trial->days);
    trial->days = NULL;
    trial->n = 0;
}

void alert_trial_begin_anew(struct alert_trial *trial)
{
    trial->alert = (struct alert){0};
}

static int64_t begin_of(const struct alert_trial *trial, int64_t day)
{
    return civil_instant(trial->clock, day * CIVIL_DAY_S);
}

static struct alert_trial_day *day_of(const struct alert_trial *trial, int64_t day)
{
    int64_t k = trial->n ? day - trial->days[0].day : -1;
    return k >= 0 && k < (int64_t)trial->n ? &trial->days[k] : NULL;
}

// What the rule says of the whole forecast, and the state of the alert after it.
static bool look(struct alert_trial *trial, const struct day_peaks *peaks)
{
    struct alert_facts facts = {0};
    double *mw = malloc((trial->n + 1) * sizeof *mw);
    if (!mw)
        return false;
    for (size_t k = 0; k < trial->n; k++)
        mw[k] = trial->days[k].whole_mw;
    const bool apart = peaks->issue - trial->alert.looked > apart_s;
    if (apart) {
        trial->alert.flips = 0;
        trial->alert.flapping = false;
    }
    const struct alert_limits limits = {trial->n ? trial->days[0].day : 0, trial->n, mw};
    alert_rule_peak(&trial->rule, peaks, &limits, trial->clock, peaks->issue, &facts);
    const struct config_alert *rule = &trial->rule;
    struct alert_damping damping = {.hold = 1, .hold_clear = 1};
    if (!apart || trial->all_looks)
        damping = (struct alert_damping){rule->hold, rule->hold_clear, rule->change_s, 0};
    const struct alert_look now = {peaks->issue, facts.known, facts.call, facts.keep};
    (void)alert_look(&trial->alert, &damping, &now);
    free(mw);
    return true;
}

// What was said of one day at a look. An alert that stood before goes on as it is.
static void say(struct alert_trial *trial, struct alert_trial_day *day, const struct day_peak *peak,
                double likeliest, int64_t now)
{
    bool about = day->chance >= likeliest || day->chance >= trial->rule.clear_probability;
    bool stands = trial->alert.level != ALERT_NONE && about &&
                  begin_of(trial, day->day) < now + trial->rule.within_s;
    if (stands && !day->warned) {
        day->raised = now;
        day->raised_chance = day->chance;
    }
    day->warned = stands;
    day->median_mw = day_peaks_at(peak->peak, 0.5);
}

bool alert_trial_look(struct alert_trial *trial, const struct day_peaks *peaks)
{
    double likeliest = 0;
    int64_t now = peaks->issue;
    if (!look(trial, peaks))
        return false;
    for (size_t k = 0; k < peaks->n; k++) {
        struct alert_trial_day *day = day_of(trial, peaks->days[k].day);
        int64_t begin = begin_of(trial, peaks->days[k].day);
        if (!day || begin < now)
            continue;
        day->chance = day_peaks_over(peaks->days[k].peak, day->limit_mw);
        if (begin < now + trial->rule.within_s && day->chance > likeliest)
            likeliest = day->chance;
    }
    for (size_t k = 0; k < peaks->n; k++) {
        struct alert_trial_day *day = day_of(trial, peaks->days[k].day);
        if (day && begin_of(trial, day->day) >= now)
            say(trial, day, &peaks->days[k], likeliest, now);
    }
    return true;
}

bool alert_trial_judge(struct alert_trial *trial, const struct series *load)
{
    enum { YEAR_DAYS = 366 };
    size_t before = (size_t)(ALERT_TRIAL_USUAL_YEARS + 1) * YEAR_DAYS, n = before + trial->n;
    int64_t first = (trial->n ? trial->days[0].day : 0) - (int64_t)before;
    double *peaks = malloc(n * sizeof *peaks);
    if (!peaks)
        return false;
    past_peaks_fill(load, trial->clock, first, n, peaks);
    for (size_t k = 0; k < trial->n; k++) {
        struct alert_trial_day *day = &trial->days[k];
        day->peak_mw = peaks[before + k];
        day->over = past_peaks_over(load, trial->clock, day->day, day->limit_mw);
        day->usual =
            past_peaks_usual(first, n, peaks, day->day, ALERT_TRIAL_USUAL_YEARS, day->limit_mw);
        day->persistent = peaks[before + k - 1] > day->limit_mw ? 1 : 0;
    }
    free(peaks);
    return true;
}

bool alert_trial_counts(const struct alert_trial_day *day)
{
    return !isnan(day->limit_mw) && !isnan(day->chance) && !isnan(day->peak_mw);
}

enum verdict alert_trial_verdict(const struct alert_trial_day *day)
{
    return verdicts_of(day->warned, day->over != INT64_MAX);
}

double alert_trial_lead_h(const struct alert_trial_day *day)
{
    if (alert_trial_verdict(day) != VERDICT_RIGHT)
        return NAN;
    return (double)(day->over - day->raised) / CIVIL_HOUR_S;
}

static void add_rival(struct alert_trial_duel *duel, double theirs, double ours, bool came)
{
    if (isnan(theirs))
        return;
    verdicts_add_chance(&duel->theirs, theirs, came);
    verdicts_add_chance(&duel->ours, ours, came);
}

static void add_day(struct alert_trial_sum *sum, const struct alert_trial_day *day)
{
    enum verdict verdict = alert_trial_verdict(day);
    bool came = verdict == VERDICT_RIGHT || verdict == VERDICT_MISSED;
    sum->days++;
    sum->over += came ? 1 : 0;
    sum->alerts += day->warned ? 1 : 0;
    sum->verdicts.count[verdict]++;
    verdicts_add_chance(&sum->brier, day->chance, came);
    verdicts_add_tenth(sum->tenths, day->chance, came);
    add_rival(&sum->usual, day->usual, day->chance, came);
    add_rival(&sum->persistent, day->persistent, day->chance, came);
}

bool alert_trial_sum(const struct alert_trial *trial, int season, struct alert_trial_sum *ret)
{
    struct alert_trial_sum sum = {0};
    size_t n = 0;
    double *leads = malloc((trial->n + 1) * sizeof *leads);
    if (!leads)
        return false;
    for (size_t k = 0; k < trial->n; k++) {
        const struct alert_trial_day *day = &trial->days[k];
        if (!alert_trial_counts(day) || (season != ALERT_TRIAL_ALL && day->season != season))
            continue;
        add_day(&sum, day);
        if (alert_trial_verdict(day) == VERDICT_RIGHT)
            leads[n++] = alert_trial_lead_h(day);
    }
    sum.mean_lead_h = verdicts_mean(n, leads);
    sum.median_lead_h = verdicts_median(n, leads);
    free(leads);
    *ret = sum;
    return true;
}
