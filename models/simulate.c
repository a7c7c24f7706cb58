// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_roots.h>

const double simulate_zones_growth = 0.1977, simulate_province_growth = 0.1227;

gsl_rng *simulate_rng(unsigned long seed, int stream)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    // Both spread over all bits, so that neighbours have nothing in common.
    if (rng)
        gsl_rng_set(rng, ((seed * 2654435761u) ^ ((unsigned long)stream * 2246822519u)) + 1);
    return rng;
}

double simulate_next(gsl_rng *rng, double keep, double value)
{
    return keep * value + sqrt(1 - keep * keep) * gsl_ran_gaussian_ziggurat(rng, 1);
}

double simulate_curve(size_t n, const struct simulate_point points[], double x)
{
    size_t k = 0;
    while (k < n && points[k].x <= x)
        k++;
    if (k == 0 || k == n)
        return points[k ? n - 1 : 0].y;
    const struct simulate_point *a = &points[k - 1], *b = &points[k];
    return a->y + (b->y - a->y) * (x - a->x) / (b->x - a->x);
}

int64_t simulate_date(int year, int month, int day)
{
    return civil_day_from_date((struct civil_date){year, month, day});
}

// A load by half hours whose level and growth are still open: level * exp(growth * years[day]) *
// shape[i], with the sums of the shape by day.
struct part {
    double *shape, *daily, *years;
    double pace; // of its growth, beside the common one
};

// The whole simulation, from its first day on, of which the request is a window.
struct work {
    const struct simulate_request *request;
    int64_t first_day;
    size_t days, n;
    double *temp_c, *humidity_pct, *zone_heat, *home_heat;
    double *shared, *paced; // noise that all have; years since 2023 at a pace
    struct part zones[SIMULATE_OUTSIDE], homes, cooling;
    double *load[SIMULATE_ZONES]; // MW
    double *sum;                  // of the zones, MW
    double *memory;               // all of the above
};

static size_t day_index(const struct work *work, int year, int month, int day)
{
    return (size_t)(simulate_date(year, month, day) - work->first_day);
}

// Time constants of what is felt indoors, and how much each counts.
struct feeling {
    double now, hours, of_hours, days, of_days;
};

// Cooling of 10 C of felt heat above 24 C is 1; below it fades away.
static void feel(const struct work *work, const struct feeling *feeling, double ret[])
{
    const double keep_hours = exp(-0.5 / feeling->hours), keep_days = exp(-0.5 / feeling->days);
    double hours = work->temp_c[0], days = work->temp_c[0];
    for (size_t i = 0; i < work->n; i++) {
        double temp_c = work->temp_c[i];
        hours = keep_hours * hours + (1 - keep_hours) * temp_c;
        days = keep_days * days + (1 - keep_days) * temp_c;
        double moist = hours > 24 ? 0.04 * (work->humidity_pct[i] - 70) : 0;
        double felt =
            feeling->now * temp_c + feeling->of_hours * hours + feeling->of_days * days + moist;
        ret[i] = 0.2 * log1p(exp((felt - 24) / 2));
    }
}

static double hour_of(size_t i)
{
    return ((double)(i % SIMULATE_PERIODS) + 0.5) * 24 / SIMULATE_PERIODS;
}

// What nothing explains: of some hours and of some weeks, half of it common to all.
struct noise {
    gsl_rng *rng;
    double hours, weeks;
};

static double next_noise(struct noise *noise, double shared)
{
    noise->hours = simulate_next(noise->rng, 0.94, noise->hours);
    noise->weeks = simulate_next(noise->rng, 0.9985, noise->weeks);
    double white = gsl_ran_gaussian_ziggurat(noise->rng, 1);
    return 0.4 * shared + 0.6 * noise->hours + 0.65 * noise->weeks + 0.25 * white;
}

static void sum_days(const struct work *work, struct part *part)
{
    memset(part->daily, 0, work->days * sizeof *part->daily);
    for (size_t i = 0; i < work->n; i++)
        part->daily[i / SIMULATE_PERIODS] += part->shape[i];
}

static bool shape_zone(struct work *work, size_t zone)
{
    const struct simulate_zone *assumed = &simulate_zones[zone];
    struct noise noise = {.rng = simulate_rng(work->request->seed, SIMULATE_OF_ZONE + (int)zone)};
    double overtime = 0, level = 0;
    if (!noise.rng)
        return false;
    for (size_t i = 0; i < work->n; i++) {
        int64_t day = work->first_day + (int64_t)(i / SIMULATE_PERIODS);
        if (i % SIMULATE_PERIODS == 0) {
            overtime = gsl_ran_gaussian_ziggurat(noise.rng, 0.06);
            level = assumed->mw_per_ha * simulate_lines(zone, day) *
                    simulate_land_ha(zone, &work->request->land[zone], day);
        }
        double off = assumed->noise * next_noise(&noise, work->shared[i]);
        double worked = simulate_work(zone, work->request->calendar, day, hour_of(i), overtime);
        double cooled = 1 + assumed->cooling * work->zone_heat[i];
        work->zones[zone].shape[i] = level * worked * cooled * exp(off);
    }
    gsl_rng_free(noise.rng);
    work->zones[zone].pace = assumed->growth;
    sum_days(work, &work->zones[zone]);
    return true;
}

static bool shape_outside(struct work *work)
{
    static const double spread = 0.018;
    struct noise noise = {
        .rng = simulate_rng(work->request->seed, SIMULATE_OF_ZONE + SIMULATE_OUTSIDE)};
    if (!noise.rng)
        return false;
    for (size_t i = 0; i < work->n; i++) {
        int64_t day = work->first_day + (int64_t)(i / SIMULATE_PERIODS);
        double off = exp(spread * next_noise(&noise, work->shared[i])), hour = hour_of(i);
        double cold = fmax(0, 16 - work->temp_c[i]),
               level = simulate_outside(work->request->calendar, day, hour);
        work->homes.shape[i] = off * level * (1 + 0.012 * cold);
        work->cooling.shape[i] =
            off * fmin(1, level + 0.2) * simulate_outside_cooling(hour) * work->home_heat[i];
    }
    gsl_rng_free(noise.rng);
    work->homes.pace = work->cooling.pace = 1;
    sum_days(work, &work->homes);
    sum_days(work, &work->cooling);
    return true;
}

// Years since 2023 began; those from 2024 on count for more or less.
static void set_pace(const struct work *work, double later, double ret[])
{
    for (size_t d = 0; d < work->days; d++) {
        double years = (double)(work->first_day + (int64_t)d - simulate_date(2023, 1, 1)) / 365.25;
        ret[d] = years > 1 ? 1 + later * (years - 1) : years;
    }
}

// Energy of a year in units of the shape; the growth is open.
static double energy(const struct work *work, const struct part *part, double growth, int year)
{
    double sum = 0;
    size_t end = day_index(work, year + 1, 1, 1);
    for (size_t d = day_index(work, year, 1, 1); d < end; d++)
        sum += part->daily[d] * exp(growth * part->pace * part->years[d]);
    return sum * SIMULATE_STEP_S / CIVIL_HOUR_S / 1000;
}

// False where the function does not change its sign between the two.
static bool find_root(gsl_function *function, double low, double high, double *ret)
{
    enum { STEPS = 100 };
    // (Written so that a NaN at either end is no bracket.)
    if (!(GSL_FN_EVAL(function, low) * GSL_FN_EVAL(function, high) < 0))
        return false;
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    int status = solver ? gsl_root_fsolver_set(solver, function, low, high) : GSL_ENOMEM;
    for (int k = 0; k < STEPS && status == GSL_SUCCESS; k++) {
        status = gsl_root_fsolver_iterate(solver);
        *ret = solver ? gsl_root_fsolver_root(solver) : 0;
        if (status == GSL_SUCCESS &&
            gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
                                   gsl_root_fsolver_x_upper(solver), 1e-9, 0) == GSL_SUCCESS)
            break;
    }
    if (solver)
        gsl_root_fsolver_free(solver);
    return status == GSL_SUCCESS;
}

// Parts that grow together, `weight` of each, and the ratio of 2023 to 2022 that they are to have.
struct together {
    const struct work *work;
    size_t n;
    const struct part *parts;
    const double *weights; // NULL: 1
    double ratio;
};

static double energy_together(const struct together *together, double growth, int year)
{
    double sum = 0;
    for (size_t k = 0; k < together->n; k++)
        sum += (together->weights ? together->weights[k] : 1) *
               energy(together->work, &together->parts[k], growth, year);
    return sum;
}

static double ratio_error(double growth, void *context)
{
    const struct together *together = context;
    return energy_together(together, growth, 2023) / energy_together(together, growth, 2022) -
           together->ratio;
}

// The growth and the level that give `gwh` in 2023.
static bool scale(struct together *together, double gwh, double *ret_growth, double *ret_level)
{
    gsl_function function = {ratio_error, together};
    if (!find_root(&function, -1, 1, ret_growth))
        return false;
    *ret_level = gwh / energy_together(together, *ret_growth, 2023);
    return isfinite(*ret_level) && *ret_level > 0;
}

// Level and growth common to all zones, such that their sum is as published.
static bool scale_zones(struct work *work)
{
    struct together zones = {work, SIMULATE_OUTSIDE, work->zones, NULL, 1 + simulate_zones_growth};
    double growth, level;
    if (!scale(&zones, SIMULATE_ZONES_2023_GWH, &growth, &level))
        return false;
    memset(work->sum, 0, work->n * sizeof *work->sum);
    for (size_t z = 0; z < SIMULATE_OUTSIDE; z++)
        for (size_t i = 0; i < work->n; i++) {
            const struct part *part = &work->zones[z];
            double years = part->years[i / SIMULATE_PERIODS];
            double mw = part->shape[i] * level * exp(growth * part->pace * years);
            work->load[z][i] = round(1000 * mw) / 1000;
            work->sum[i] += work->load[z][i];
        }
    return true;
}

// The rest of the province, for a share of cooling; and its highest half hour of 2024, with the
// zones, less what it is to be.
struct outside {
    struct work *work;
    bool solved;
};

static bool fill_outside(struct work *work, double cooling, size_t from, size_t to)
{
    const struct part parts[] = {work->homes, work->cooling};
    const double weights[] = {1, cooling};
    double before = SIMULATE_PROVINCE_2023_GWH / (1 + simulate_province_growth) -
                    SIMULATE_ZONES_2023_GWH / (1 + simulate_zones_growth);
    double gwh = SIMULATE_PROVINCE_2023_GWH - SIMULATE_ZONES_2023_GWH, growth, level;
    struct together together = {work, 2, parts, weights, gwh / before};
    if (!scale(&together, gwh, &growth, &level))
        return false;
    for (size_t d = from; d < to; d++) {
        double factor = level * exp(growth * work->homes.years[d]);
        for (size_t i = d * SIMULATE_PERIODS; i < (d + 1) * SIMULATE_PERIODS; i++) {
            double mw = factor * (work->homes.shape[i] + cooling * work->cooling.shape[i]);
            work->load[SIMULATE_OUTSIDE][i] = round(1000 * mw) / 1000;
        }
    }
    return true;
}

static double peak_error(double cooling, void *context)
{
    struct outside *outside = context;
    const struct work *work = outside->work;
    size_t from = day_index(work, 2024, 1, 1), to = day_index(work, 2024, 10, 1);
    double peak = 0;
    outside->solved = fill_outside(outside->work, cooling, from, to) && outside->solved;
    for (size_t i = from * SIMULATE_PERIODS; i < to * SIMULATE_PERIODS; i++)
        peak = fmax(peak, work->sum[i] + work->load[SIMULATE_OUTSIDE][i]);
    return peak - SIMULATE_PEAK_2024_MW;
}

static bool scale_outside(struct work *work)
{
    enum { COOLING_MAX = 20 };
    struct outside outside = {work, true};
    gsl_function function = {peak_error, &outside};
    double cooling;
    return find_root(&function, 0, COOLING_MAX, &cooling) && outside.solved &&
           fill_outside(work, cooling, 0, work->days);
}

static double *take(double **free_from, size_t n)
{
    double *taken = *free_from;
    *free_from += n;
    return taken;
}

static void take_part(struct part *part, double **from, size_t n, size_t days, double *years)
{
    part->shape = take(from, n);
    part->daily = take(from, days);
    part->years = years;
}

static bool begin(struct work *work)
{
    const size_t parts = SIMULATE_ZONES + 1;
    const double zones_later = 0.6, outside_later = 1.4;
    size_t n = work->n, days = work->days;
    work->memory =
        malloc(((parts + SIMULATE_ZONES + 6) * n + (parts + 2) * days) * sizeof *work->memory);
    if (!work->memory)
        return false;
    double *from = work->memory;
    double **arrays[] = {&work->temp_c,    &work->humidity_pct, &work->zone_heat,
                         &work->home_heat, &work->shared,       &work->sum};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        *arrays[k] = take(&from, n);
    double *zone_years = take(&from, days), *outside_years = take(&from, days);
    for (size_t z = 0; z < SIMULATE_OUTSIDE; z++)
        take_part(&work->zones[z], &from, n, days, zone_years);
    take_part(&work->homes, &from, n, days, outside_years);
    take_part(&work->cooling, &from, n, days, outside_years);
    for (size_t z = 0; z < SIMULATE_ZONES; z++)
        work->load[z] = take(&from, n);
    set_pace(work, zones_later, zone_years);
    set_pace(work, outside_later, outside_years);
    return true;
}

static bool draw_shared(struct work *work)
{
    struct noise noise = {.rng = simulate_rng(work->request->seed, SIMULATE_SHARED)};
    for (size_t i = 0; noise.rng && i < work->n; i++) {
        noise.hours = simulate_next(noise.rng, 0.97, noise.hours);
        noise.weeks = simulate_next(noise.rng, 0.998, noise.weeks);
        work->shared[i] = 0.7 * noise.hours + 0.7 * noise.weeks;
    }
    bool fine = noise.rng;
    gsl_rng_free(noise.rng);
    return fine;
}

static bool run(struct work *work)
{
    // Factories feel the weather of now and of the shift; homes also that of the days before.
    static const struct feeling zones = {0.5, 4, 0.3, 24, 0.2}, homes = {0.3, 5, 0.3, 36, 0.4};
    if (!begin(work) || !draw_shared(work) ||
        !simulate_weather(work->request->seed, work->first_day, work->days, work->temp_c,
                          work->humidity_pct))
        return false;
    feel(work, &zones, work->zone_heat);
    feel(work, &homes, work->home_heat);
    for (size_t z = 0; z < SIMULATE_OUTSIDE; z++)
        if (!shape_zone(work, z))
            return false;
    return shape_outside(work) && scale_zones(work) && scale_outside(work);
}

// Copies the window of the request.
static bool cut(const struct work *work, struct simulation *ret)
{
    const struct simulate_request *request = work->request;
    int64_t first = work->first_day * CIVIL_DAY_S - SIMULATE_OFFSET_S;
    size_t from = (size_t)((request->from - first) / SIMULATE_STEP_S);
    size_t n = (size_t)((request->to - request->from) / SIMULATE_STEP_S);
    double *memory = malloc((SIMULATE_ZONES + 2) * n * sizeof *memory);
    if (!memory)
        return false;
    *ret = (struct simulation){.start = request->from, .n = n};
    ret->temp_c = take(&memory, n);
    ret->humidity_pct = take(&memory, n);
    for (size_t i = 0; i < n; i++) {
        ret->temp_c[i] = round(10 * work->temp_c[from + i]) / 10;
        ret->humidity_pct[i] = round(work->humidity_pct[from + i]);
    }
    for (size_t z = 0; z < SIMULATE_ZONES; z++) {
        ret->load[z] = take(&memory, n);
        for (size_t i = 0; i < n; i++) {
            double mw = work->load[z][from + i];
            ret->load[z][i] = mw > 0 ? mw : (double)NAN;
        }
    }
    return true;
}

bool simulate(const struct simulate_request *request, struct simulation *ret)
{
    struct work work = {.request = request, .first_day = simulate_date(SIMULATE_FROM_YEAR, 1, 1)};
    // Always as far as what is published, which sets the levels.
    int64_t published = simulate_date(2024, 10, 1);
    int64_t wanted = civil_day(request->to + SIMULATE_OFFSET_S - 1) + 1;
    work.days = (size_t)((wanted > published ? wanted : published) - work.first_day);
    work.n = work.days * SIMULATE_PERIODS;
    *ret = (struct simulation){0};
    bool fine = run(&work) && cut(&work, ret);
    free(work.memory);
    return fine;
}

void simulate_done(struct simulation *simulation)
{
    free(simulation->temp_c);
    *simulation = (struct simulation){0};
}
