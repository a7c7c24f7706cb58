// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_terms.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "daemon/prose.h"

static bool is_vietnamese(const struct alert_tongue *tongue)
{
    return tongue->language == CONFIG_VIETNAMESE;
}

static bool say_nothing(char *ret)
{
    ret[0] = '\0';
    return false;
}

// One decimal where there is one, with the language's point.
static void write_number(const struct alert_tongue *tongue, double number, int decimals,
                         char ret[static 32])
{
    snprintf(ret, 32, "%.*f", decimals, number);
    char *point = strchr(ret, '.');
    if (point && !strcmp(point, ".0"))
        *point = '\0';
    else if (point && is_vietnamese(tongue))
        *point = ',';
    if (!strcmp(ret, "-0"))
        memmove(ret, ret + 1, 2);
}

static bool say_number(const struct alert_tongue *tongue, double number, int decimals,
                       const char *unit, char ret[static ALERT_TERM_LEN])
{
    // No country has a load of ten million MW; and what has so many digits is a fault.
    static const double most = 1e7;
    char digits[32];
    if (!isfinite(number) || fabs(number) >= most)
        return say_nothing(ret);
    write_number(tongue, number, decimals, digits);
    snprintf(ret, ALERT_TERM_LEN, "%s%s", digits, unit);
    return true;
}

bool alert_terms_mw(const struct alert_tongue *tongue, double mw, char ret[static ALERT_TERM_LEN])
{
    static const double last_with_decimal = 99.95;
    if (mw < 0)
        return say_nothing(ret);
    return say_number(tongue, mw, mw < last_with_decimal, " MW", ret);
}

bool alert_terms_share(const struct alert_tongue *tongue, double share,
                       char ret[static ALERT_TERM_LEN])
{
    if (share < 0)
        return say_nothing(ret);
    if (share < 0.01) {
        strcpy(ret, is_vietnamese(tongue) ? "dưới 1 %" : "less than 1 %");
        return true;
    }
    return say_number(tongue, 100 * share, 0, " %", ret);
}

bool alert_terms_chance(const struct alert_tongue *tongue, double p,
                        char ret[static ALERT_TERM_LEN])
{
    if (!(p >= 0 && p <= 1))
        return say_nothing(ret);
    if (p < 0.995)
        return alert_terms_share(tongue, p, ret);
    strcpy(ret, is_vietnamese(tongue) ? "trên 99 %" : "more than 99 %");
    return true;
}

bool alert_terms_per_cent(const struct alert_tongue *tongue, double per_cent,
                          char ret[static ALERT_TERM_LEN])
{
    return say_number(tongue, per_cent, 1, " %", ret);
}

bool alert_terms_number(const struct alert_tongue *tongue, double number,
                        char ret[static ALERT_TERM_LEN])
{
    return say_number(tongue, number, 1, "", ret);
}

bool alert_terms_degrees(const struct alert_tongue *tongue, double c,
                         char ret[static ALERT_TERM_LEN])
{
    return say_number(tongue, c, 1, " °C", ret);
}

bool alert_terms_hours(const struct alert_tongue *tongue, int from, int to,
                       char ret[static ALERT_TERM_LEN])
{
    if (from < 0 || from >= to || to > 24 || to - from == 24)
        return say_nothing(ret);
    snprintf(ret, ALERT_TERM_LEN, is_vietnamese(tongue) ? "%d–%d giờ" : "%d:00–%d:00", from, to);
    return true;
}

bool alert_terms_age(const struct alert_tongue *tongue, double seconds,
                     char ret[static ALERT_TERM_LEN])
{
    static const struct {
        long long s;
        const char *words[2], *one[2];
    } units[] = {{CIVIL_DAY_S, {"ngày", "days"}, {"ngày", "day"}},
                 {CIVIL_HOUR_S, {"giờ", "h"}, {"giờ", "h"}},
                 {60, {"phút", "min"}, {"phút", "min"}},
                 {1, {"giây", "s"}, {"giây", "s"}}};
    enum { UNITS = sizeof units / sizeof *units };
    if (!(seconds >= 0 && seconds < 1e10))
        return say_nothing(ret);
    long long left = (long long)seconds;
    size_t k = 0;
    while (k + 1 < UNITS && left < units[k].s)
        k++;
    ret[0] = '\0';
    for (size_t last = k + 1; k < UNITS && k <= last; k++) {
        char part[64];
        long long count = left / units[k].s;
        left %= units[k].s;
        if (!count && (*ret || k + 1 < UNITS))
            continue;
        const char *const *words = count == 1 ? units[k].one : units[k].words;
        snprintf(part, sizeof part, "%lld %s", count, words[!is_vietnamese(tongue)]);
        if (!prose_add(" ", part, ALERT_TERM_LEN, ret))
            break;
    }
    return true;
}

bool alert_terms_day_count(const struct alert_tongue *tongue, int64_t days,
                           char ret[static ALERT_TERM_LEN])
{
    if (days <= 0 || days > 100000)
        return say_nothing(ret);
    return alert_terms_age(tongue, (double)(days * CIVIL_DAY_S), ret);
}

bool alert_terms_season(const struct alert_tongue *tongue, const char *season,
                        char ret[static ALERT_TERM_LEN])
{
    static const char *const known[][3] = {
        {"summer", "mùa hè", "the summer of"},   {"winter", "mùa đông", "the winter of"},
        {"spring", "mùa xuân", "the spring of"}, {"autumn", "mùa thu", "the autumn of"},
        {"dry", "mùa khô", "the dry season of"}, {"rainy", "mùa mưa", "the rainy season of"},
    };
    char name[ALERT_TERM_LEN];
    if (!prose_quote(season, 60, sizeof name, name))
        return say_nothing(ret);
    bool dated = strspn(name, "0123456789") == 4 && name[4] == '-';
    for (size_t k = 0; dated && k < sizeof known / sizeof *known; k++)
        if (!strcmp(name + 5, known[k][0])) {
            snprintf(ret, ALERT_TERM_LEN, "%s %.4s", known[k][1 + !is_vietnamese(tongue)], name);
            return true;
        }
    snprintf(ret, ALERT_TERM_LEN, is_vietnamese(tongue) ? "mùa %s" : "the season %s", name);
    return true;
}
