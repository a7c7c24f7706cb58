// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_number.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "config/text.h"

enum { NUMBER_MAX = 64, GROUP = 3, SECONDS_PER_HOUR = 3600 };

// A number on its way from text to the form that text_real reads.
struct copy {
    const char *from;
    size_t n;
    char to[NUMBER_MAX];
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void put(struct copy *copy, char c)
{
    if (copy->n + 1 < NUMBER_MAX)
        copy->to[copy->n++] = c;
}

static size_t put_digits(struct copy *copy)
{
    size_t n = 0;
    for (; is_digit(*copy->from); n++)
        put(copy, *copy->from++);
    return n;
}

// Length of the sign between thousands: the one given, or a blank (also the no-break ones).
static size_t group_sign(const char *text, char sign)
{
    static const char *const blanks[] = {" ", "\xc2\xa0", "\xe2\x80\xaf"};
    if (*text == sign)
        return 1;
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (!strncmp(text, blanks[i], strlen(blanks[i])))
            return strlen(blanks[i]);
    return 0;
}

// All groups have the same sign before them. False where one has not three digits.
static bool put_groups(struct copy *copy, char sign)
{
    const char *first = copy->from;
    const size_t length = group_sign(first, sign);
    while (length > 0 && !strncmp(copy->from, first, length)) {
        copy->from += length;
        if (put_digits(copy) != GROUP)
            return false;
    }
    return true;
}

static bool put_whole(struct copy *copy, char sign)
{
    const char *first = copy->from;
    const size_t n = put_digits(copy);
    // 0.234 and 1234.567 have no thousands before that sign.
    if (n > 0 && n <= GROUP && *first != '0')
        return put_groups(copy, sign);
    return true;
}

bool export_number_read(const char *text, enum config_decimal decimal, double *ret)
{
    assert(decimal != CONFIG_DECIMAL_AUTO);
    const char point = decimal == CONFIG_DECIMAL_COMMA ? ',' : '.';
    struct copy copy = {.from = text};
    if (*copy.from == '-' || *copy.from == '+')
        put(&copy, *copy.from++);
    if (strlen(text) >= NUMBER_MAX || !put_whole(&copy, point == ',' ? '.' : ','))
        return false;
    if (*copy.from == point) {
        copy.from++;
        put(&copy, '.');
        put_digits(&copy);
    }
    // The rest can only be an exponent.
    if (*copy.from && *copy.from != 'e' && *copy.from != 'E')
        return false;
    while (*copy.from)
        put(&copy, *copy.from++);
    copy.to[copy.n] = '\0';
    return text_real(copy.to, ret);
}

void export_number_look(const char *text, unsigned long line, struct export_signs *signs)
{
    double point, comma;
    const bool as_point = export_number_read(text, CONFIG_DECIMAL_POINT, &point);
    const bool as_comma = export_number_read(text, CONFIG_DECIMAL_COMMA, &comma);
    unsigned long *found = NULL;
    if (as_point && as_comma && point != comma)
        found = &signs->either;
    else if (as_point && !as_comma)
        found = &signs->point;
    else if (as_comma && !as_point)
        found = &signs->comma;
    if (found && !*found)
        *found = line;
}

static const char *const unit_names[] = {
    [CONFIG_UNIT_AUTO] = "",   [CONFIG_UNIT_MW] = "MW",   [CONFIG_UNIT_KW] = "kW",
    [CONFIG_UNIT_MWH] = "MWh", [CONFIG_UNIT_KWH] = "kWh",
};

enum config_unit export_unit(const char *text)
{
    for (enum config_unit unit = CONFIG_UNIT_MW; unit <= CONFIG_UNIT_KWH; unit++)
        if (!strcasecmp(text, unit_names[unit]))
            return unit;
    return CONFIG_UNIT_AUTO;
}

const char *export_unit_name(enum config_unit unit)
{
    return unit_names[unit];
}

double export_megawatts(double value, enum config_unit unit, int64_t interval_s)
{
    assert(unit != CONFIG_UNIT_AUTO);
    const bool energy = unit == CONFIG_UNIT_MWH || unit == CONFIG_UNIT_KWH;
    const bool kilo = unit == CONFIG_UNIT_KW || unit == CONFIG_UNIT_KWH;
    // Each step is exact or rounds once: 23850 kW is what 23.85 MW is.
    if (energy)
        value = value * SECONDS_PER_HOUR / (double)interval_s;
    return kilo ? value / 1000 : value;
}
