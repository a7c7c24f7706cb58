// SPDX-License-Identifier: GPL-3.0-or-later
#include "recipe.h"

#include <assert.h>

static void add_term(struct recipe *recipe, struct basis basis, enum factor by, bool contrast)
{
    assert(recipe->n_terms < DESIGN_TERMS_MAX);
    recipe->terms[recipe->n_terms++] =
        (struct term){.basis = basis, .by = by, .contrast = contrast};
}

static void add_level(struct recipe *recipe, enum factor by)
{
    add_term(recipe, (struct basis){.kind = BASIS_ONE}, by, by != FACTOR_ALL);
}

static int add_input(struct recipe *recipe, enum weather_guise guise, double hours)
{
    recipe->inputs[recipe->n_inputs] = (struct weather_input){.guise = guise, .hours = hours};
    return (int)recipe->n_inputs++;
}

// The polynomial of a temperature, by factor.
static void add_powers(struct recipe *recipe, int input, int order, enum factor by)
{
    for (int k = 1; k <= order; k++)
        add_term(recipe, (struct basis){.kind = BASIS_POWER, .input = input, .order = k}, by,
                 by != FACTOR_ALL);
}

// Hong's f(T): a cubic, alone and by month and by time of day.
static void add_temperature(struct recipe *recipe, int input)
{
    add_powers(recipe, input, 3, FACTOR_ALL);
    add_powers(recipe, input, 3, FACTOR_MONTH);
    add_powers(recipe, input, 3, FACTOR_PERIOD);
}

// What every year-long model shares: level, trend, month, time of the week.
static void add_calendar_year(struct recipe *recipe)
{
    add_level(recipe, FACTOR_ALL);
    add_term(recipe, (struct basis){.kind = BASIS_TREND}, FACTOR_ALL, false);
    add_level(recipe, FACTOR_MONTH);
    add_level(recipe, FACTOR_WEEK_PERIOD);
}

void recipe_vanilla(struct recipe *ret)
{
    *ret = (struct recipe){.name = "vanilla", .min_days = 330};
    add_calendar_year(ret);
    add_temperature(ret, add_input(ret, WEATHER_NOW, 0));
}

// Vanilla with the memory of buildings: the last hours, the last day, the last days.
static void recipe_recency(struct recipe *ret)
{
    recipe_vanilla(ret);
    ret->name = "recency";
    add_level(ret, FACTOR_CLASS_PERIOD);
    add_temperature(ret, add_input(ret, WEATHER_SMOOTH, 3));
    add_temperature(ret, add_input(ret, WEATHER_SMOOTH, 24));
    add_temperature(ret, add_input(ret, WEATHER_SMOOTH, 120));
}

static void recipe_calendar_year(struct recipe *ret)
{
    *ret = (struct recipe){.name = "calendar", .min_days = 330};
    add_calendar_year(ret);
    add_level(ret, FACTOR_CLASS_PERIOD);
}

// A few weeks: the week's pattern and, with weather, a parabola of it.
static void recipe_short(struct recipe *ret, bool weather)
{
    *ret = (struct recipe){.name = weather ? "short" : "short-calendar", .min_days = 28};
    add_level(ret, FACTOR_ALL);
    add_level(ret, FACTOR_WEEK_PERIOD);
    add_level(ret, FACTOR_DAY_CLASS);
    if (weather) {
        add_powers(ret, add_input(ret, WEATHER_NOW, 0), 2, FACTOR_ALL);
        add_powers(ret, add_input(ret, WEATHER_SMOOTH, 24), 2, FACTOR_ALL);
    }
}

bool recipe_choose(int days, bool weather, struct recipe *ret)
{
    if (weather)
        recipe_recency(ret);
    else
        recipe_calendar_year(ret);
    if (days < ret->min_days)
        recipe_short(ret, weather);
    return days >= ret->min_days;
}
