// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/score_text.h"

#include <math.h>

const char score_text_help[] =
    "  MAPE      mean of |error| / actual, over actual values above 0\n"
    "  nMAE      mean |error| over mean actual\n"
    "  RMSE      root of the mean squared error, in the unit of the files\n"
    "  pinball   mean over intervals and quantiles of the pinball loss, same unit\n"
    "  in 50 %   share of actual values between q0.25 and q0.75; 90 %: q0.05 to q0.95;\n"
    "            98 %: q0.01 to q0.99\n"
    "  peak      mean of |largest mean - largest actual| / largest actual of each whole day\n"
    "  hour      days whose peak was forecast within one hour of its time / whole days\n";

static double share(size_t part, size_t whole)
{
    return whole ? 100 * (double)part / (double)whole : (double)NAN;
}

struct pair {
    const struct score *score;
    const struct peak_score *peaks;
};

// The columns of the table and members of the JSON, in order. What is not known is NaN.
struct column {
    const char *title, *name;
    int decimals;
    double (*value)(const struct pair *score);
};

static double get_mape(const struct pair *s)
{
    return score_mape(s->score);
}

static double get_nmae(const struct pair *s)
{
    return score_nmae(s->score);
}

static double get_rmse(const struct pair *s)
{
    return score_rmse(s->score);
}

static double get_pinball(const struct pair *s)
{
    return score_mean_pinball(s->score);
}

static double get_cover50(const struct pair *s)
{
    return share(s->score->covered50, s->score->n_cover50);
}

static double get_cover90(const struct pair *s)
{
    return share(s->score->covered90, s->score->n_cover90);
}

static double get_cover98(const struct pair *s)
{
    return share(s->score->covered98, s->score->n_cover98);
}

static double get_peak(const struct pair *s)
{
    return s->peaks->days ? s->peaks->abs_percent / (double)s->peaks->days : (double)NAN;
}

static const struct column columns[] = {
    {"MAPE %", "mape", 2, get_mape},
    {"nMAE %", "nmae", 2, get_nmae},
    {"RMSE", "rmse", 3, get_rmse},
    {"pinball", "pinball", 4, get_pinball},
    {"in 50 %", "coverage50", 1, get_cover50},
    {"in 90 %", "coverage90", 1, get_cover90},
    {"in 98 %", "coverage98", 1, get_cover98},
    {"peak %", "peak_error", 2, get_peak},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

int score_text_width(const char *name)
{
    int width = 0;
    for (; *name; name++)
        width += ((unsigned char)*name & 0xc0) != 0x80;
    return width;
}

void score_text_name(FILE *out, const char *name, int width)
{
    fprintf(out, "%s%*s", name, width - score_text_width(name), "");
}

void score_text_titles(FILE *out)
{
    for (size_t i = 0; i < COLUMNS; i++)
        fprintf(out, " %10s", columns[i].title);
    fprintf(out, "  hour/days");
}

void score_text_number(FILE *out, double value, int decimals)
{
    if (isnan(value))
        fprintf(out, " %10s", "-");
    else
        fprintf(out, " %10.*f", decimals, value);
}

void score_text_values(FILE *out, const struct score *score, const struct peak_score *peaks)
{
    const struct pair pair = {score, peaks};
    for (size_t i = 0; i < COLUMNS; i++)
        score_text_number(out, columns[i].value(&pair), columns[i].decimals);
    fprintf(out, " %5zu/%zu", peaks->hour_hit, peaks->days);
}

json_t *score_text_json(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

void score_text_members(json_t *object, const struct score *score, const struct peak_score *peaks)
{
    const struct pair pair = {score, peaks};
    for (size_t i = 0; i < COLUMNS; i++)
        json_object_set_new(object, columns[i].name, score_text_json(columns[i].value(&pair)));
    json_object_set_new(object, "peak_hours", json_integer((json_int_t)peaks->hour_hit));
    json_object_set_new(object, "peak_days", json_integer((json_int_t)peaks->days));
}
