// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_rule.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double poe10 = 0.9, median = 0.5;

static bool has(const struct config_alert *rule, enum alert_level level)
{
    return level > ALERT_NONE && rule->per_cent[level - 1] > 0;
}

// NONE where the rule has no level.
static enum alert_level lowest(const struct config_alert *rule)
{
    for (enum alert_level level = ALERT_WATCH; level < ALERT_LEVELS; level++)
        if (has(rule, level))
            return level;
    return ALERT_NONE;
}

static double begins_at(const struct config_alert *rule, enum alert_level level, double whole)
{
    return whole * rule->per_cent[level - 1] / 100;
}

static void know_nothing(struct alert_facts *facts)
{
    facts->known = false;
    facts->call = facts->keep = ALERT_NONE;
    facts->value = facts->limit = facts->limit_mw = facts->per_cent = NAN;
    facts->n_days = 0;
    facts->hour_from = facts->hour_to = -1;
    facts->peak_mw = facts->over_mw = facts->poe10_mw = NAN;
    facts->cause =
        (struct day_cause){.temp_c = NAN, .usual_c = NAN, .heat_mw = NAN, .register_mw = NAN};
}

// Which levels' conditions hold, by level.
struct conditions {
    bool call[ALERT_LEVELS], keep[ALERT_LEVELS];
};

// From the conditions to the levels; the level that the facts speak of. NONE where the rule has no
// level: then nothing is known.
static enum alert_level settle(const struct config_alert *rule, const struct conditions *conditions,
                               struct alert_facts *facts)
{
    for (enum alert_level level = ALERT_WATCH; level < ALERT_LEVELS; level++) {
        if (has(rule, level) && conditions->call[level])
            facts->call = facts->keep = level;
        else if (has(rule, level) && conditions->keep[level])
            facts->keep = level;
    }
    const enum alert_level of = facts->call   ? facts->call
                                : facts->keep ? facts->keep
                                              : lowest(rule);
    facts->known = of != ALERT_NONE;
    facts->per_cent = of ? rule->per_cent[of - 1] : (double)NAN;
    return of;
}

// The same where the conditions are chances; false where none is known.
static bool settle_chances(const struct config_alert *rule, const double p[static ALERT_LEVELS],
                           struct alert_facts *facts, enum alert_level *ret)
{
    struct conditions conditions = {0};
    for (enum alert_level level = ALERT_WATCH; level < ALERT_LEVELS; level++) {
        conditions.call[level] = p[level] >= rule->probability;
        conditions.keep[level] = p[level] >= rule->clear_probability;
    }
    *ret = lowest(rule);
    if (*ret == ALERT_NONE || isnan(p[*ret]))
        return false;
    *ret = settle(rule, &conditions, facts);
    facts->value = p[*ret];
    return true;
}

static void hold_against(const struct config_alert *rule, enum alert_level level, double limit_mw,
                         struct alert_facts *facts)
{
    facts->limit_mw = limit_mw;
    facts->limit = begins_at(rule, level, limit_mw);
}

static void describe_peak(const float peak[static DAY_PEAKS_LEVELS], struct alert_facts *facts)
{
    facts->peak_mw = day_peaks_at(peak, median);
    facts->poe10_mw = day_peaks_at(peak, poe10);
    facts->over_mw = fmax(0, facts->poe10_mw - facts->limit);
}

// The days [from, to) of some peaks that a rule looks at.
struct outlook {
    const struct config_alert *rule;
    const struct day_peaks *peaks;
    const struct alert_limits *limits;
    size_t from, to;
};

static struct outlook look_ahead(const struct config_alert *rule, const struct day_peaks *peaks,
                                 const struct alert_limits *limits, const struct civil_clock *clock,
                                 int64_t now)
{
    struct outlook o = {.rule = rule, .peaks = peaks, .limits = limits};
    while (o.from < peaks->n &&
           civil_instant(clock, (peaks->days[o.from].day + 1) * CIVIL_DAY_S) <= now)
        o.from++;
    o.to = o.from;
    while (o.to < peaks->n &&
           civil_instant(clock, peaks->days[o.to].day * CIVIL_DAY_S) < now + rule->within_s)
        o.to++;
    return o;
}

static double limit_of(const struct outlook *o, size_t i)
{
    const int64_t k = o->peaks->days[i].day - o->limits->first;
    return k >= 0 && (size_t)k < o->limits->n ? o->limits->mw[k] : (double)NAN;
}

static double day_chance(const struct outlook *o, size_t i, enum alert_level level)
{
    return day_peaks_over(o->peaks->days[i].peak, begins_at(o->rule, level, limit_of(o, i)));
}

// Of the days from the first one on that have its limit, together. The highest peak since the issue
// may be of a day that is over or without a limit: what it passed by then is taken away, and the
// rest is no more than the chance of the days that are left.
static double together(const struct outlook *o, enum alert_level level)
{
    size_t first = o->from, last;
    while (first < o->to && isnan(limit_of(o, first)))
        first++;
    if (first == o->to)
        return NAN;
    last = first;
    while (last + 1 < o->to && limit_of(o, last + 1) == limit_of(o, first))
        last++;
    const double limit = begins_at(o->rule, level, limit_of(o, first));
    const double before = first > 0 ? day_peaks_over(o->peaks->days[first - 1].top, limit) : 0;
    return day_peaks_over(o->peaks->days[last].top, limit) - before;
}

static double chance(const struct outlook *o, enum alert_level level)
{
    double p = together(o, level);
    for (size_t i = o->from; i < o->to; i++)
        p = fmax(p, day_chance(o, i, level)); // of a number and NaN it is the number
    return p;
}

// The first of the likeliest; one of them is known.
static size_t likeliest(const struct outlook *o, enum alert_level level)
{
    size_t best = o->to;
    for (size_t i = o->from; i < o->to; i++) {
        const double p = day_chance(o, i, level);
        if (!isnan(p) && (best == o->to || p > day_chance(o, best, level)))
            best = i;
    }
    return best;
}

// In order of time; where there is no room the least likely gives way, the latest of them first.
static void add_day(struct alert_facts *facts, struct alert_day day)
{
    if (facts->n_days == ALERT_FACTS_DAYS) {
        size_t least = 0;
        for (size_t k = 1; k < facts->n_days; k++)
            if (facts->days[k].p <= facts->days[least].p)
                least = k;
        if (day.p <= facts->days[least].p)
            return;
        facts->n_days--;
        memmove(&facts->days[least], &facts->days[least + 1],
                (facts->n_days - least) * sizeof *facts->days);
    }
    facts->days[facts->n_days++] = day;
}

static void list_days(const struct outlook *o, enum alert_level level, size_t best,
                      struct alert_facts *facts)
{
    const double from = fmin(facts->value / 2, o->rule->clear_probability);
    for (size_t i = o->from; i < o->to; i++) {
        const double p = day_chance(o, i, level);
        if (p >= from || i == best)
            add_day(facts, (struct alert_day){.day = o->peaks->days[i].day, .p = p});
    }
}

void alert_rule_peak(const struct config_alert *rule, const struct day_peaks *peaks,
                     const struct alert_limits *limits, const struct civil_clock *clock,
                     int64_t now, struct alert_facts *facts)
{
    know_nothing(facts);
    facts->day = CONFIG_NO_DAY;
    facts->growth = NAN;
    const struct outlook o = look_ahead(rule, peaks, limits, clock, now);
    double p[ALERT_LEVELS] = {0};
    for (enum alert_level level = ALERT_WATCH; level < ALERT_LEVELS; level++)
        p[level] = chance(&o, level);
    enum alert_level of;
    if (!settle_chances(rule, p, facts, &of))
        return;
    const size_t best = likeliest(&o, of);
    const struct day_peak *day = &peaks->days[best];
    hold_against(rule, of, limit_of(&o, best), facts);
    list_days(&o, of, best, facts);
    facts->day = day->day;
    facts->hour_from = day->hour_from;
    facts->hour_to = day->hour_to;
    facts->cause = day->cause;
    facts->growth = peaks->growth;
    describe_peak(day->peak, facts);
}

void alert_rule_season(const struct config_alert *rule, const struct store_season *season,
                       double limit_mw, struct alert_facts *facts)
{
    // What is passed with probability 0.99 is the quantile at 0.01: the same ladder as a day's.
    static_assert((int)DAY_PEAKS_LEVELS == (int)STORE_SEASON_LEVELS);
    float peak[DAY_PEAKS_LEVELS];
    know_nothing(facts);
    snprintf(facts->season, sizeof facts->season, "%s", season->season);
    for (int k = 0; k < DAY_PEAKS_LEVELS; k++)
        peak[k] = (float)season->peak_mw[k];
    double p[ALERT_LEVELS] = {0};
    for (enum alert_level level = ALERT_WATCH; level < ALERT_LEVELS; level++)
        p[level] = day_peaks_over(peak, begins_at(rule, level, limit_mw));
    enum alert_level of;
    if (!settle_chances(rule, p, facts, &of))
        return;
    hold_against(rule, of, limit_mw, facts);
    describe_peak(peak, facts);
    if (season->peak_hour >= 0) {
        facts->hour_from = season->peak_hour;
        facts->hour_to = season->peak_hour + 1;
    }
}

void alert_rule_load(const struct config_alert *rule, double mw, double limit_mw,
                     struct alert_facts *facts)
{
    struct conditions conditions = {0};
    know_nothing(facts);
    if (isnan(mw) || isnan(limit_mw))
        return;
    for (enum alert_level level = ALERT_WATCH; level < ALERT_LEVELS; level++) {
        const double limit = begins_at(rule, level, limit_mw);
        conditions.call[level] = mw > limit;
        conditions.keep[level] = mw > limit * rule->clear_per_cent / 100;
    }
    const enum alert_level of = settle(rule, &conditions, facts);
    if (of == ALERT_NONE)
        return;
    facts->value = mw;
    hold_against(rule, of, limit_mw, facts);
}

// Yes or no: it has one level, and nothing to take a share of.
static void answer(const struct config_alert *rule, double value, bool calls,
                   struct alert_facts *facts)
{
    know_nothing(facts);
    if (isnan(value) || lowest(rule) == ALERT_NONE)
        return;
    facts->known = true;
    facts->call = facts->keep = calls ? lowest(rule) : ALERT_NONE;
    facts->value = value;
    facts->limit = 0;
}

void alert_rule_age(const struct config_alert *rule, int64_t age_s, struct alert_facts *facts)
{
    answer(rule, (double)age_s, age_s >= rule->age_s, facts);
    if (facts->known)
        facts->limit = (double)rule->age_s;
}

void alert_rule_skill(const struct config_alert *rule, double skill, struct alert_facts *facts)
{
    answer(rule, skill, skill < 0, facts);
}

void alert_rule_register(const struct config_alert *rule, size_t entries, struct alert_facts *facts)
{
    answer(rule, (double)entries, entries > 0, facts);
}
