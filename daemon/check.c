// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/utf8.h"

// 2000-01-01T00:00Z. Seconds, milliseconds or microseconds of our days that were read in a finer
// precision all fall into 1970.
static const int64_t earliest = 946684800;

struct checks {
    const struct config *config;
    size_t n_zones;
    const char *zones[]; // sorted
};

const char *check_cause_name(enum check_cause cause)
{
    static const char *const names[] = {
        [CHECK_MALFORMED] = "malformed",
        [CHECK_MEASUREMENT] = "measurement",
        [CHECK_TAG] = "tag",
        [CHECK_ZONE] = "zone",
        [CHECK_FIELD] = "field",
        [CHECK_RANGE] = "range",
        [CHECK_FUTURE] = "future",
        [CHECK_PAST] = "past",
        [CHECK_GRID] = "grid",
        [CHECK_HUMIDITY] = "humidity",
        [CHECK_ENTRY] = "entry",
    };
    return names[cause];
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct checks *checks_new(const struct config *config)
{
    struct checks *checks = malloc(sizeof *checks + config->n_zones * sizeof checks->zones[0]);
    if (!checks)
        return NULL;
    checks->config = config;
    checks->n_zones = config->n_zones;
    for (size_t i = 0; i < config->n_zones; i++)
        checks->zones[i] = config->zones[i].id;
    qsort(checks->zones, checks->n_zones, sizeof checks->zones[0], compare_ids);
    return checks;
}

void checks_free(struct checks *checks)
{
    free(checks);
}

struct check_quoted check_quote(const char *data, size_t length)
{
    struct check_quoted quoted;
    bool cut = length > CHECK_QUOTED_MAX;
    if (cut)
        for (length = CHECK_QUOTED_MAX; length > 0 && (data[length] & 0xc0) == 0x80;)
            length--;
    bool utf8 = utf8_valid(data, length);
    char *to = quoted.text;
    *to++ = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];
        *to++ = c < ' ' || c == 0x7f || (c >= 0x80 && !utf8) ? '?' : (char)c;
    }
    strcpy(to, cut ? "\"..." : "\"");
    return quoted;
}

bool check_refuse(struct check_fault *fault, enum check_cause cause, const char *format, ...)
{
    va_list args;
    fault->cause = cause;
    va_start(args, format);
    vsnprintf(fault->reason, sizeof fault->reason, format, args);
    va_end(args);
    // Where it was cut inside of a character.
    for (size_t n = strlen(fault->reason); !utf8_valid(fault->reason, n);)
        fault->reason[--n] = '\0';
    return false;
}

bool check_zone(const struct checks *checks, const char *name, const char **ret_id,
                struct check_fault *fault)
{
    const char *const *found =
        bsearch(&name, checks->zones, checks->n_zones, sizeof checks->zones[0], compare_ids);
    if (!found)
        return check_refuse(fault, CHECK_ZONE, "unknown zone %s",
                            check_quote(name, strlen(name)).text);
    *ret_id = *found;
    return true;
}

static bool check_range(const char *what, double value, double min, double max,
                        struct check_fault *fault)
{
    char words[3][TEXT_REAL_LEN];
    if (value >= min && value <= max)
        return true;
    if (!isfinite(value))
        return check_refuse(fault, CHECK_RANGE, "%s is too large", what);
    text_write_real(value, words[0]);
    text_write_real(min, words[1]);
    text_write_real(max, words[2]);
    return check_refuse(fault, CHECK_RANGE, "%s %s is not between %s and %s", what, words[0],
                        words[1], words[2]);
}

bool check_load(const struct checks *checks, double mw, struct check_fault *fault)
{
    return check_range("load in MW", mw, checks->config->intake.load_min_mw,
                       checks->config->intake.load_max_mw, fault);
}

bool check_temperature(double temp_c, struct check_fault *fault)
{
    return check_range("temperature", temp_c, CHECK_TEMP_MIN_C, CHECK_TEMP_MAX_C, fault);
}

double check_scaled(double value, double scale)
{
    const double inverse = nearbyint(1 / scale);
    return scale < 1 && 1 / inverse == scale ? value / inverse : value * scale;
}

int64_t check_floor(int64_t instant, int64_t unit)
{
    const int64_t rest = instant % unit;
    return instant - (rest < 0 ? rest + unit : rest);
}

static bool refuse_time(struct check_fault *fault, enum check_cause cause, int64_t instant,
                        const char *why)
{
    char words[TEXT_TIME_LEN];
    text_write_time(instant, 0, words);
    return check_refuse(fault, cause, "time %s is %s", words, why);
}

bool check_instant(const struct checks *checks, int64_t now, int64_t instant,
                   struct check_fault *fault)
{
    const int64_t ahead_s = checks->config->intake.future_s;
    if (instant > now + ahead_s) {
        char why[100];
        snprintf(why, sizeof why, "more than %" PRId64 " s ahead of the clock", ahead_s);
        return refuse_time(fault, CHECK_FUTURE, instant, why);
    }
    if (instant < earliest)
        return refuse_time(fault, CHECK_PAST, instant, "before 2000: is the precision right?");
    return true;
}

bool check_interval(const struct checks *checks, int64_t now, int64_t instant, int64_t *ret_start,
                    bool *ret_moved, struct check_fault *fault)
{
    const int64_t step_s = checks->config->site.step_s;
    if (!check_instant(checks, now, instant, fault))
        return false;
    // A clock that is wrong by more than this is not one to stamp readings with.
    const int64_t tolerance_s = step_s / 60;
    const int64_t nearest = check_floor(instant + step_s / 2, step_s);
    if (llabs(instant - nearest) > tolerance_s) {
        char why[100];
        snprintf(why, sizeof why, "inside an interval of %" PRId64 " s: stamp its start", step_s);
        return refuse_time(fault, CHECK_GRID, instant, why);
    }
    *ret_start = nearest;
    *ret_moved = nearest != instant;
    return true;
}
