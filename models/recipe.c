// SPDX-License-Identifier: GPL-3.0-or-later
#include "recipe.h"

#include <assert.h>

static const double knots_evenly[DESIGN_KNOTS] = {0.02, 0.18, 0.34, 0.5, 0.66, 0.82, 0.98};
// Seasons are judged by their hottest and coldest hours alone.
static const double knots_at_ends[DESIGN_KNOTS] = {0.01, 0.08, 0.25, 0.5, 0.75, 0.92, 0.99};

static void add_term(struct recipe *recipe, struct basis basis, enum factor by, bool contrast)
{
    assert(recipe->n_terms < DESIGN_TERMS_MAX);
    recipe->terms[recipe->n_terms++] =
        (struct term){.basis = basis, .by = by, .contrast = contrast};
}

static void add_level(struct recipe *recipe, enum factor by, bool contrast)
{
    add_term(recipe, (struct basis){.kind = BASIS_ONE}, by, contrast);
}

static int add_input(struct recipe *recipe, enum weather_guise guise, double hours)
{
    recipe->inputs[recipe->n_inputs] = (struct weather_input){.guise = guise, .hours = hours};
    return (int)recipe->n_inputs++;
}

// The cubic of a temperature, by factor.
static void add_cubic(struct recipe *recipe, int input, enum factor by)
{
    for (int k = 1; k <= 3; k++)
        add_term(recipe, (struct basis){.kind = BASIS_POWER, .input = input, .order = k}, by,
                 by != FACTOR_ALL);
}

void recipe_vanilla(struct recipe *ret)
{
    *ret = (struct recipe){.name = "vanilla",
                           .min_days = 330,
                           .long_history = true,
                           .linear = true,
                           .unweighted = true,
                           .uncorrected = true,
                           .knot_levels = knots_evenly};
    int now = add_input(ret, WEATHER_NOW, 0);
    add_level(ret, FACTOR_ALL, false);
    add_term(ret, (struct basis){.kind = BASIS_TREND}, FACTOR_ALL, false);
    add_level(ret, FACTOR_MONTH, true);
    add_level(ret, FACTOR_WEEK_PERIOD, true);
    add_cubic(ret, now, FACTOR_ALL);
    add_cubic(ret, now, FACTOR_MONTH);
    add_cubic(ret, now, FACTOR_PERIOD);
}

// The spline of a temperature by the hour: the same degree means another load at noon and at night.
static void add_spline(struct recipe *recipe, enum weather_guise guise, double hours)
{
    int input = add_input(recipe, guise, hours);
    for (int k = 0; k < DESIGN_KNOTS - 1; k++)
        add_term(recipe, (struct basis){.kind = BASIS_SPLINE, .input = input, .order = k},
                 FACTOR_HOUR, false);
}

// The year as three harmonics by the hour. Twelve months would need as many parameters again for
// their steps, and years of history to know them.
static void add_season(struct recipe *recipe)
{
    for (int k = 1; k <= 3; k++) {
        add_term(recipe, (struct basis){.kind = BASIS_SIN, .order = k}, FACTOR_HOUR, false);
        add_term(recipe, (struct basis){.kind = BASIS_COS, .order = k}, FACTOR_HOUR, false);
    }
}

// The lunar new year by the days from it, the same at all hours; each zone has its own profile.
static void add_tet(struct recipe *recipe)
{
    for (int k = 0; k < DESIGN_TET; k++)
        add_term(recipe, (struct basis){.kind = BASIS_TET, .order = k}, FACTOR_ALL, false);
}

// What a remembered temperature does otherwise on days off: straight beyond the record, as the
// spline that it bends.
static void add_off_days(struct recipe *recipe, int input)
{
    for (int k = 0; k < DESIGN_KNOTS - 1; k += 2)
        add_term(recipe, (struct basis){.kind = BASIS_SPLINE, .input = input, .order = k},
                 FACTOR_OFF_HOUR, true);
}

static void recipe_long(struct recipe *ret, bool weather, bool tet)
{
    *ret = (struct recipe){.name = weather ? "recency" : "calendar",
                           .min_days = 330,
                           .long_history = true,
                           .knot_levels = knots_evenly};
    add_level(ret, FACTOR_ALL, false);
    add_term(ret, (struct basis){.kind = BASIS_TREND}, FACTOR_ALL, false);
    add_level(ret, FACTOR_KIND_PERIOD, false);
    add_season(ret);
    if (tet)
        add_tet(ret);
    if (weather) {
        add_spline(ret, WEATHER_NOW, 0);
        add_spline(ret, WEATHER_SMOOTH, 3);
        add_spline(ret, WEATHER_SMOOTH, 24);
    }
}

// A few weeks: the week's pattern and, with weather, a cubic of the last day's.
static void recipe_short(struct recipe *ret, bool weather)
{
    *ret = (struct recipe){
        .name = weather ? "short" : "short-calendar", .min_days = 28, .knot_levels = knots_evenly};
    add_level(ret, FACTOR_ALL, false);
    add_level(ret, FACTOR_KIND_PERIOD, false);
    if (weather) {
        add_cubic(ret, add_input(ret, WEATHER_SMOOTH, 3), FACTOR_ALL);
        add_cubic(ret, add_input(ret, WEATHER_SMOOTH, 24), FACTOR_ALL);
    }
}

bool recipe_plain(int days, bool weather, bool tet, struct recipe *ret)
{
    recipe_long(ret, weather, tet);
    if (days < ret->min_days)
        recipe_short(ret, weather);
    return days >= ret->min_days;
}

bool recipe_choose(int days, bool weather, bool tet, struct recipe *ret)
{
    bool enough = recipe_plain(days, weather, tet, ret);
    if (ret->long_history && weather) {
        add_off_days(ret, 1);
        add_off_days(ret, 2);
    }
    return enough;
}

bool recipe_season(int days, bool weather, bool tet, struct recipe *ret)
{
    bool enough = recipe_choose(days, weather, tet, ret);
    ret->outright = true;
    ret->knot_levels = knots_at_ends;
    return enough;
}

bool recipe_hindsight(int days, bool weather, bool tet, struct recipe *ret)
{
    bool enough = recipe_choose(days, weather, tet, ret);
    if (ret->long_history && weather)
        add_spline(ret, WEATHER_LAG, 1);
    return enough;
}
