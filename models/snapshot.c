// SPDX-License-Identifier: GPL-3.0-or-later
#include "snapshot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, LINE_MAX_LEN = 128, HEAD_LINES = 16 };

static const char *const guise_names[] = {
    [WEATHER_NOW] = "now",
    [WEATHER_LAG] = "lag",
    [WEATHER_MEAN] = "mean",
    [WEATHER_SMOOTH] = "smooth",
};
enum { GUISES = sizeof guise_names / sizeof *guise_names };

// Seventeen significant digits bring every double back bit for bit.
[[gnu::format(printf, 2, 3)]] static void append(char **at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *at += vsnprintf(*at, LINE_MAX_LEN, format, arguments);
    va_end(arguments);
}

char *snapshot_write(const struct model *model, int64_t issue)
{
    const struct design *design = model_design(model);
    const struct recipe *recipe = model_recipe(model);
    size_t columns = design_columns(design);
    char *text = malloc((columns + HEAD_LINES) * LINE_MAX_LEN), *at = text;
    char name[DESIGN_NAME_LEN];
    if (!text)
        return NULL;
    append(&at, "phutai-model %d\nrecipe %s\nissue %lld\n", VERSION, recipe->name,
           (long long)issue);
    append(&at, "step %d\n", CIVIL_DAY_S / design_periods(design));
    append(&at, "rows %.17g\ntrend_end %.17g\n", model_rows(model), model_trend_end(model));
    for (size_t k = 0; k < recipe->n_inputs; k++)
        append(&at, "input %s %.17g\n", guise_names[recipe->inputs[k].guise],
               recipe->inputs[k].hours);
    for (size_t c = 0; c < columns; c++) {
        design_column_name(design, c, name);
        append(&at, "column %.17g %s\n", model_coefficients(model)[c], name);
    }
    append(&at, "end\n");
    return text;
}

// A snapshot being read: lines are taken from `at` one by one.
struct reading {
    const char *at;
    size_t line;
    char text[LINE_MAX_LEN];
    struct snapshot out;
    size_t capacity;
    bool nomem;
};

static bool next_line(struct reading *reading)
{
    size_t length = strcspn(reading->at, "\n");
    reading->line++;
    if (reading->at[length] != '\n' || length >= sizeof reading->text)
        return false;
    memcpy(reading->text, reading->at, length);
    reading->text[length] = '\0';
    reading->at += length + 1;
    return true;
}

static bool read_head(struct reading *reading)
{
    struct snapshot *out = &reading->out;
    long long issue;
    int version, end = 0;
    bool fine = next_line(reading) &&
                sscanf(reading->text, "phutai-model %d%n", &version, &end) == 1 &&
                version == VERSION && !reading->text[end];
    fine = fine && next_line(reading) && sscanf(reading->text, "recipe %31s", out->recipe) == 1;
    fine = fine && next_line(reading) && sscanf(reading->text, "issue %lld", &issue) == 1;
    fine = fine && next_line(reading) && sscanf(reading->text, "step %d", &out->step_s) == 1;
    fine = fine && next_line(reading) && sscanf(reading->text, "rows %lf", &out->rows) == 1;
    fine =
        fine && next_line(reading) && sscanf(reading->text, "trend_end %lf", &out->trend_end) == 1;
    if (fine)
        out->issue = issue;
    return fine;
}

static bool read_input(struct reading *reading)
{
    struct snapshot *out = &reading->out;
    char guise[16];
    double hours;
    if (sscanf(reading->text, "input %15s %lf", guise, &hours) != 2 ||
        out->n_inputs == DESIGN_INPUTS_MAX)
        return false;
    for (int g = 0; g < GUISES; g++)
        if (!strcmp(guise, guise_names[g])) {
            out->inputs[out->n_inputs++] =
                (struct weather_input){.guise = (enum weather_guise)g, .hours = hours};
            return true;
        }
    return false;
}

static bool grow(struct reading *reading)
{
    struct snapshot *out = &reading->out;
    if (out->n_columns < reading->capacity)
        return true;
    size_t capacity = reading->capacity ? 2 * reading->capacity : 512;
    void *values = realloc(out->coefficients, capacity * sizeof *out->coefficients);
    out->coefficients = values ? values : out->coefficients;
    void *names = values ? realloc(out->names, capacity * sizeof *out->names) : NULL;
    out->names = names ? names : out->names;
    reading->capacity = names ? capacity : reading->capacity;
    reading->nomem = !names;
    return names;
}

static bool read_column(struct reading *reading)
{
    struct snapshot *out = &reading->out;
    double value;
    int name = 0;
    if (sscanf(reading->text, "column %lf %n", &value, &name) != 1 || !name ||
        strlen(reading->text + name) >= DESIGN_NAME_LEN || !grow(reading))
        return false;
    strcpy(out->names[out->n_columns], reading->text + name);
    out->coefficients[out->n_columns++] = value;
    return true;
}

static bool read_body(struct reading *reading)
{
    while (next_line(reading)) {
        if (!strcmp(reading->text, "end"))
            return !*reading->at;
        if (!(strncmp(reading->text, "input ", 6) ? read_column(reading) : read_input(reading)))
            return false;
    }
    return false;
}

bool snapshot_read(const char *text, struct snapshot *ret, size_t *ret_line)
{
    struct reading reading = {.at = text};
    if (read_head(&reading) && read_body(&reading)) {
        *ret = reading.out;
        return true;
    }
    *ret_line = reading.nomem ? 0 : reading.line;
    snapshot_done(&reading.out);
    return false;
}

void snapshot_done(struct snapshot *snapshot)
{
    free(snapshot->coefficients);
    free(snapshot->names);
    snapshot->coefficients = NULL;
    snapshot->names = NULL;
}
