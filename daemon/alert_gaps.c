// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_gaps.h"

#include <math.h>
#include <string.h>

// What rounds to nothing: is not worth a word.
static const double least_mw = 0.05, least_share = 0.01, least_degrees = 0.5;

static const char *const names[GAPS] = {
    [GAP_NAME] = "name",
    [GAP_LEVEL] = "level",
    [GAP_FIRM] = "firm",
    [GAP_WHOLE] = "whole",
    [GAP_SHARE] = "share",
    [GAP_LIMIT] = "limit",
    [GAP_LIMIT_MW] = "limit_mw",
    [GAP_LIMIT_DAY] = "limit_day",
    [GAP_SUPPLY] = "supply",
    [GAP_LIMITS] = "limits",
    [GAP_PASS] = "pass",
    [GAP_CHANCE] = "chance",
    [GAP_SURE] = "sure",
    [GAP_DAYS] = "days",
    [GAP_DAYS_SHORT] = "days_short",
    [GAP_ONE] = "one",
    [GAP_WORST] = "worst",
    [GAP_WORST_CHANCE] = "worst_chance",
    [GAP_DAY] = "day",
    [GAP_HOURS] = "hours",
    [GAP_TIMED] = "timed",
    [GAP_PEAK] = "peak",
    [GAP_POE10] = "poe10",
    [GAP_LOAD] = "load",
    [GAP_AT] = "at",
    [GAP_ABOVE] = "above",
    [GAP_BELOW] = "below",
    [GAP_LEVEL_WITH] = "level_with",
    [GAP_VERSUS] = "versus",
    [GAP_HOT] = "hot",
    [GAP_TEMP] = "temp",
    [GAP_WARMER] = "warmer",
    [GAP_COOLER] = "cooler",
    [GAP_ANOMALY] = "anomaly",
    [GAP_HEAT] = "heat",
    [GAP_GROWTH] = "growth",
    [GAP_TIMES] = "times",
    [GAP_REGISTER] = "register",
    [GAP_CAUSES] = "causes",
    [GAP_SHIFT] = "shift",
    [GAP_SEASON] = "season",
    [GAP_SPAN] = "span",
    [GAP_LIKELY] = "likely",
    [GAP_SINCE] = "since",
    [GAP_NEVER] = "never",
    [GAP_DATED] = "dated",
    [GAP_UNDATED] = "undated",
    [GAP_AGE] = "age",
    [GAP_ALLOWED] = "allowed",
    [GAP_DETAIL] = "detail",
    [GAP_SCORE_DAYS] = "score_days",
    [GAP_ERROR] = "error",
    [GAP_BETTER] = "better",
    [GAP_COUNT] = "count",
    [GAP_ENTRIES] = "entries",
    [GAP_MORE] = "more",
    [GAP_LESS] = "less",
    [GAP_CALM] = "calm",
    [GAP_NEXT] = "next",
};

// The gap takes what was written as its value, or has none.
static void keep(struct alert_gaps *g, enum alert_gap gap, bool said)
{
    g->gaps[gap].value = said ? g->values[gap] : NULL;
}

static void hold(struct alert_gaps *g, enum alert_gap gap, bool holds)
{
    g->gaps[gap].value = holds ? "" : NULL;
}

static void keep_mw(struct alert_gaps *g, enum alert_gap gap, double mw, double least)
{
    keep(g, gap, mw >= least && alert_terms_mw(&g->tongue, mw, g->values[gap]));
}

static void keep_share(struct alert_gaps *g, enum alert_gap gap, double share)
{
    keep(g, gap, share >= least_share && alert_terms_share(&g->tongue, share, g->values[gap]));
}

// The first that has all it needs.
static void choose(struct alert_gaps *g, enum alert_gap gap, size_t n, const char *const patterns[])
{
    bool said = false;
    for (size_t k = 0; k < n && patterns[k] && !said; k++)
        said = prose_fill(patterns[k], GAPS, g->gaps, sizeof g->values[gap], g->values[gap]);
    keep(g, gap, said);
}

void alert_gaps_name(struct alert_gaps *g, const struct alert_facts *f, size_t characters)
{
    static const char *const kinds[][3] = {{"Khu công nghiệp ", "KCN ", ""},
                                           {"Cụm công nghiệp ", "CCN ", ""}};
    char whole[ALERT_TERM_LEN] = "", *value = g->values[GAP_NAME];
    const char *name = whole, *kind = "";
    if (!prose_quote(f->name, ALERT_TERM_LEN / 4, sizeof whole, whole) &&
        !prose_quote(f->subject, ALERT_TERM_LEN / 4, sizeof whole, whole))
        name = "?";
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (!strncmp(name, kinds[k][0], strlen(kinds[k][0]))) {
            name += strlen(kinds[k][0]);
            kind = kinds[k][1 + (g->tongue.language == CONFIG_ENGLISH)];
            break;
        }
    memcpy(value, kind, strlen(kind) + 1);
    size_t length = strlen(kind);
    if (!prose_quote(name, characters - length, sizeof g->values[GAP_NAME] - length,
                     value + length))
        memcpy(value + length, "?", sizeof "?");
    keep(g, GAP_NAME, true);
}

static double where(bool holds, double value)
{
    return holds ? value : (double)NAN;
}

static bool is_of_mw(enum config_alert_on on)
{
    return on == CONFIG_ALERT_PEAK || on == CONFIG_ALERT_SEASON || on == CONFIG_ALERT_LOAD;
}

static bool is_of_age(enum config_alert_on on)
{
    return on == CONFIG_ALERT_READINGS || on == CONFIG_ALERT_WEATHER || on == CONFIG_ALERT_SINK;
}

static void fill_limit(struct alert_gaps *g, const struct alert_facts *f)
{
    bool whole = fabs(f->per_cent - 100) < 0.05;
    hold(g, GAP_FIRM, !f->limit_given);
    hold(g, GAP_WHOLE, whole);
    keep(g, GAP_SHARE,
         !whole && f->per_cent > 0 &&
             alert_terms_per_cent(&g->tongue, f->per_cent, g->values[GAP_SHARE]));
    keep_mw(g, GAP_LIMIT, where(is_of_mw(f->on), f->limit), least_mw);
    keep_mw(g, GAP_LIMIT_MW, f->limit_mw, least_mw);
    keep(g, GAP_LIMIT_DAY,
         f->limit_day != CONFIG_NO_DAY &&
             alert_terms_date(&g->tongue, f->limit_day, g->values[GAP_LIMIT_DAY]));
    // A zone without a substation is fed, by the registry, from what has its own id.
    keep(g, GAP_SUPPLY,
         strcmp(f->substation, f->subject) != 0 &&
             prose_quote(f->substation, 60, ALERT_TERM_LEN, g->values[GAP_SUPPLY]));
    choose(g, GAP_LIMITS, ALERT_PATTERNS_CHOICES, g->patterns->limits);
    choose(g, GAP_PASS, ALERT_PATTERNS_CHOICES, g->patterns->pass);
}

static void fill_load(struct alert_gaps *g, const struct alert_facts *f)
{
    double load = where(f->on == CONFIG_ALERT_LOAD, f->value);
    double most = f->on == CONFIG_ALERT_SEASON ? f->poe10_mw : f->peak_mw;
    double more = (f->on == CONFIG_ALERT_LOAD ? load : most) - where(f->limit > 0, f->limit);
    keep_mw(g, GAP_LOAD, load, 0);
    keep_mw(g, GAP_PEAK, f->peak_mw, 0);
    keep_mw(g, GAP_POE10, f->poe10_mw, 0);
    keep_mw(g, GAP_ABOVE, more, least_mw);
    keep_mw(g, GAP_BELOW, -more, least_mw);
    hold(g, GAP_LEVEL_WITH, fabs(more) < least_mw);
    choose(g, GAP_VERSUS, ALERT_PATTERNS_CHOICES, g->patterns->versus);
    keep_mw(g, GAP_SHIFT, f->over_mw, least_mw);
}

static void fill_chance(struct alert_gaps *g, const struct alert_facts *f)
{
    static const double sure = 0.95;
    bool is_chance = f->on == CONFIG_ALERT_PEAK || f->on == CONFIG_ALERT_SEASON;
    double p = where(is_chance, f->value);
    keep(g, GAP_CHANCE, alert_terms_chance(&g->tongue, p, g->values[GAP_CHANCE]));
    hold(g, GAP_SURE, p >= sure);
}

// The likeliest day, where there are several.
static void fill_worst(struct alert_gaps *g, const struct alert_facts *f, bool several)
{
    double p = NAN;
    for (size_t k = 0; k < f->n_days && k < ALERT_FACTS_DAYS; k++)
        if (f->days[k].day == f->day)
            p = f->days[k].p;
    bool worst =
        several && f->day > 0 && alert_terms_days(&g->tongue, 1, &f->day, g->values[GAP_WORST]);
    keep(g, GAP_WORST, worst);
    hold(g, GAP_ONE, !worst);
    keep(g, GAP_WORST_CHANCE, alert_terms_chance(&g->tongue, p, g->values[GAP_WORST_CHANCE]));
}

static void fill_days(struct alert_gaps *g, const struct alert_facts *f)
{
    int64_t days[ALERT_FACTS_DAYS];
    size_t n = 0;
    bool several = false, season = f->on == CONFIG_ALERT_SEASON;
    for (size_t k = 0; k < f->n_days && k < ALERT_FACTS_DAYS; k++)
        if (f->days[k].day > 0)
            days[n++] = f->days[k].day;
    for (size_t k = 1; k < n; k++)
        several = several || days[k] != days[0];
    keep(g, GAP_SPAN, alert_terms_span(&g->tongue, n, days, g->values[GAP_SPAN]));
    if (!n && f->day > 0)
        days[n++] = f->day;
    keep(g, GAP_DAYS, alert_terms_days(&g->tongue, n, days, g->values[GAP_DAYS]));
    keep(g, GAP_DAYS_SHORT, alert_terms_days_short(&g->tongue, n, days, g->values[GAP_DAYS_SHORT]));
    fill_worst(g, f, several);
    keep(g, GAP_DAY,
         f->day > 0 && (season ? alert_terms_span : alert_terms_days)(&g->tongue, 1, &f->day,
                                                                      g->values[GAP_DAY]));
    keep(g, GAP_HOURS,
         alert_terms_hours(&g->tongue, f->hour_from, f->hour_to, g->values[GAP_HOURS]));
    choose(g, GAP_LIKELY, ALERT_PATTERNS_CHOICES, g->patterns->likely);
    hold(g, GAP_TIMED, g->gaps[GAP_HOURS].value && g->gaps[GAP_DAYS].value);
    bool named = alert_terms_season(&g->tongue, f->season, g->values[GAP_SEASON]);
    g->gaps[GAP_SEASON].value = named ? g->values[GAP_SEASON] : g->patterns->coming_season;
}

static const char *heat_word(const struct alert_patterns *patterns, double temp_c)
{
    static const double from_c[] = {35, 37, 39};
    size_t k = 0;
    while (k < 3 && temp_c >= from_c[k])
        k++;
    return patterns->heat[k];
}

// Weather is a cause where it adds to the load or, where that is not known, where it is hotter than
// usual or, where that is not known, hot.
static void fill_heat(struct alert_gaps *g, const struct day_cause *cause)
{
    static const double coldest_c = -60, hottest_c = 60, hot_c = 35;
    bool known = cause->temp_c > coldest_c && cause->temp_c < hottest_c;
    double temp_c = where(known, cause->temp_c), warmer = temp_c - cause->usual_c;
    bool hot = isnan(warmer) ? temp_c >= hot_c : warmer >= least_degrees;
    bool adds = isnan(cause->heat_mw) ? hot : cause->heat_mw >= least_mw;
    g->gaps[GAP_HOT].value = adds ? heat_word(g->patterns, temp_c) : NULL;
    keep(g, GAP_TEMP, alert_terms_degrees(&g->tongue, temp_c, g->values[GAP_TEMP]));
    keep(g, GAP_WARMER,
         warmer >= least_degrees && alert_terms_degrees(&g->tongue, warmer, g->values[GAP_WARMER]));
    keep(g, GAP_COOLER,
         warmer <= -least_degrees &&
             alert_terms_degrees(&g->tongue, -warmer, g->values[GAP_COOLER]));
    choose(g, GAP_ANOMALY, ALERT_PATTERNS_CHOICES, g->patterns->anomaly);
    keep_mw(g, GAP_HEAT, cause->heat_mw, least_mw);
}

static void fill_causes(struct alert_gaps *g, const struct alert_facts *f)
{
    char *causes = g->values[GAP_CAUSES], cause[ALERT_TERM_LEN];
    fill_heat(g, &f->cause);
    keep_share(g, GAP_GROWTH, where(f->growth < 1, f->growth));
    keep(g, GAP_TIMES,
         f->growth >= 1 && alert_terms_number(&g->tongue, 1 + f->growth, g->values[GAP_TIMES]));
    keep_mw(g, GAP_REGISTER, f->cause.register_mw, least_mw);
    causes[0] = '\0';
    for (size_t k = 0; k < ALERT_PATTERNS_CHOICES && g->patterns->causes[k]; k++)
        if (prose_fill(g->patterns->causes[k], GAPS, g->gaps, sizeof cause, cause) &&
            !prose_add("; ", cause, ALERT_TERM_LEN, causes))
            break;
    keep(g, GAP_CAUSES, *causes);
}

static void fill_age(struct alert_gaps *g, const struct alert_facts *f, bool known)
{
    double age = where(is_of_age(f->on), f->value), allowed = where(is_of_age(f->on), f->limit);
    bool dated = f->since > 0;
    keep(g, GAP_AGE, age > 0 && alert_terms_age(&g->tongue, age, g->values[GAP_AGE]));
    keep(g, GAP_ALLOWED,
         allowed > 0 && alert_terms_age(&g->tongue, allowed, g->values[GAP_ALLOWED]));
    keep(g, GAP_SINCE, dated && alert_terms_instant(&g->tongue, f->since, g->values[GAP_SINCE]));
    keep(g, GAP_AT, dated && alert_terms_instant(&g->tongue, f->since, g->values[GAP_AT]));
    hold(g, GAP_NEVER, known && f->since == 0);
    hold(g, GAP_DATED, !g->gaps[GAP_NEVER].value);
    hold(g, GAP_UNDATED, !g->gaps[GAP_NEVER].value && !g->gaps[GAP_SINCE].value);
    keep(g, GAP_DETAIL,
         prose_quote(f->detail, ALERT_DETAIL_LEN, ALERT_TERM_LEN, g->values[GAP_DETAIL]));
}

static void fill_skill(struct alert_gaps *g, const struct alert_facts *f)
{
    double skill = where(f->on == CONFIG_ALERT_SKILL, f->value);
    keep(g, GAP_SCORE_DAYS,
         alert_terms_day_count(&g->tongue, f->score_days, g->values[GAP_SCORE_DAYS]));
    keep_share(g, GAP_ERROR, -skill);
    keep_share(g, GAP_BETTER, where(skill <= 1, skill));
}

static void fill_register(struct alert_gaps *g, const struct alert_facts *f)
{
    double count = where(f->on == CONFIG_ALERT_REGISTER, round(f->value));
    bool counted = count >= 1 && alert_terms_number(&g->tongue, count, g->values[GAP_COUNT]);
    keep(g, GAP_COUNT, counted);
    keep(g, GAP_ENTRIES,
         counted && prose_fill(g->patterns->entries[count > 1], GAPS, g->gaps, ALERT_TERM_LEN,
                               g->values[GAP_ENTRIES]));
    keep_mw(g, GAP_MORE, f->entry_mw, least_mw);
    keep_mw(g, GAP_LESS, -f->entry_mw, least_mw);
}

void alert_gaps_fill(const struct alert_facts *facts, enum alert_level level,
                     const struct alert_tongue *tongue, struct alert_gaps *ret)
{
    ret->patterns = tongue->language == CONFIG_VIETNAMESE ? &alert_patterns_vi : &alert_patterns_en;
    ret->tongue = *tongue;
    for (size_t k = 0; k < GAPS; k++)
        ret->gaps[k] = (struct prose_gap){.name = names[k]};
    ret->gaps[GAP_LEVEL].value = ret->patterns->levels[level];
    hold(ret, GAP_CALM, facts->known && facts->call == ALERT_NONE);
    alert_gaps_name(ret, facts, 60);
    fill_limit(ret, facts);
    fill_load(ret, facts);
    fill_chance(ret, facts);
    fill_days(ret, facts);
    fill_causes(ret, facts);
    fill_age(ret, facts, facts->known);
    fill_skill(ret, facts);
    fill_register(ret, facts);
    keep(ret, GAP_NEXT,
         facts->next > tongue->now &&
             alert_terms_instant(tongue, facts->next, ret->values[GAP_NEXT]));
}
