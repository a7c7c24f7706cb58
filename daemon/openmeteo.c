// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/openmeteo.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/check.h"
#include "daemon/http_client.h"
#include "daemon/utf8.h"
#include "models/civil.h"

static const int64_t earliest = 946684800, latest = 4102444800; // 2000 and 2100

struct arrays {
    json_t *time, *temp, *humidity; // humidity NULL where there is none
    size_t n;
};

[[gnu::format(printf, 2, 3)]] static bool refuse(char ret_error[static OPENMETEO_WORDS],
                                                 const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(ret_error, OPENMETEO_WORDS, format, args);
    va_end(args);
    return false;
}

// A text of the server's for a message, without the quotes that check_quote puts around it.
static struct check_quoted show_text(const char *text)
{
    struct check_quoted shown = check_quote(text, strlen(text));
    char *end = strrchr(shown.text, '"');
    memmove(end, end + 1, strlen(end));
    memmove(shown.text, shown.text + 1, strlen(shown.text));
    return shown;
}

// A value as it stands in the answer.
static struct check_quoted show(const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    struct check_quoted shown = show_text(text ? text : "?");
    free(text);
    return shown;
}

[[gnu::format(printf, 3, 4)]] static void set_aside(struct openmeteo *answer, size_t hour,
                                                    const char *format, ...)
{
    va_list args;
    if (!answer->refused++) {
        int n = snprintf(answer->first_refused, sizeof answer->first_refused, "hour %zu: ", hour);
        va_start(args, format);
        vsnprintf(answer->first_refused + n, sizeof answer->first_refused - (size_t)n, format,
                  args);
        va_end(args);
    }
}

static bool check_unit(const json_t *root, const char *name, const char *wanted,
                       char ret_error[static OPENMETEO_WORDS])
{
    const json_t *units = json_object_get(root, "hourly_units");
    const char *unit = json_string_value(json_object_get(units, name));
    if (!unit)
        return refuse(ret_error, "it does not say the unit of %s", name);
    return !strcmp(unit, wanted) ||
           refuse(ret_error, "%s is in %s, not in %s", name, show_text(unit).text, wanted);
}

// The array of that name; of the length of the times, where those are known.
static bool find_array(const json_t *hourly, const char *name, const json_t *time, json_t **ret,
                       char ret_error[static OPENMETEO_WORDS])
{
    *ret = json_object_get(hourly, name);
    if (!json_is_array(*ret))
        return refuse(ret_error, "hourly.%s is missing", name);
    return !time || json_array_size(*ret) == json_array_size(time) ||
           refuse(ret_error, "hourly.%s has %zu values for %zu times", name, json_array_size(*ret),
                  json_array_size(time));
}

static bool find_arrays(const json_t *root, struct arrays *ret,
                        char ret_error[static OPENMETEO_WORDS])
{
    static const char humidity[] = "relative_humidity_2m";
    const json_t *hourly = json_object_get(root, "hourly");
    const json_t *offset = json_object_get(root, "utc_offset_seconds");
    *ret = (struct arrays){.n = 0};
    if (!json_is_object(hourly))
        return refuse(ret_error, "it holds no hourly values");
    if (offset && !(json_is_integer(offset) && !json_integer_value(offset)))
        return refuse(ret_error, "its offset is %s s, not that of GMT", show(offset).text);
    if (!check_unit(root, "time", "unixtime", ret_error) ||
        !check_unit(root, "temperature_2m", "°C", ret_error) ||
        !find_array(hourly, "time", NULL, &ret->time, ret_error) ||
        !find_array(hourly, "temperature_2m", ret->time, &ret->temp, ret_error))
        return false;
    if (json_object_get(hourly, humidity) &&
        (!check_unit(root, humidity, "%", ret_error) ||
         !find_array(hourly, humidity, ret->time, &ret->humidity, ret_error)))
        return false;
    ret->n = json_array_size(ret->time);
    return ret->n <= OPENMETEO_HOURS_MAX ||
           refuse(ret_error, "%zu hours, more than %d", ret->n, OPENMETEO_HOURS_MAX);
}

// The time of an hour, which must come after the one before.
static bool read_time(struct openmeteo *answer, size_t i, const json_t *value, int64_t *ret)
{
    *ret = json_integer_value(value);
    if (!json_is_integer(value) || *ret < earliest || *ret >= latest)
        set_aside(answer, i, "%s is no time in seconds of the years 2000 to 2099",
                  show(value).text);
    else if (*ret % CIVIL_HOUR_S)
        set_aside(answer, i, "time %lld is not a whole hour", (long long)*ret);
    else if (answer->n && *ret <= answer->hours[answer->n - 1].instant)
        set_aside(answer, i, "time %lld does not come after the one before", (long long)*ret);
    else
        return true;
    return false;
}

// A number in a range. Null is nothing; anything else is set aside.
static bool read_value(struct openmeteo *answer, size_t i, const char *what, const json_t *value,
                       double least, double most, double *ret)
{
    if (!value || json_is_null(value))
        return false;
    *ret = json_number_value(value);
    if (json_is_number(value) && *ret >= least && *ret <= most)
        return true;
    set_aside(answer, i, "%s %s is not a number from %g to %g", what, show(value).text, least,
              most);
    return false;
}

static void read_hours(const struct arrays *arrays, struct openmeteo *answer)
{
    for (size_t i = 0; i < arrays->n; i++) {
        struct openmeteo_hour hour;
        if (!read_time(answer, i, json_array_get(arrays->time, i), &hour.instant) ||
            !read_value(answer, i, "temperature", json_array_get(arrays->temp, i), CHECK_TEMP_MIN_C,
                        CHECK_TEMP_MAX_C, &hour.temp_c))
            continue;
        if (!read_value(answer, i, "humidity", json_array_get(arrays->humidity, i), 0, 100,
                        &hour.humidity_pct))
            hour.humidity_pct = NAN;
        answer->hours[answer->n++] = hour;
    }
}

// The server's words, cut to fit into a message and made harmless.
static void put_reason(const char *reason, char ret[static OPENMETEO_WORDS])
{
    enum { LONGEST = 200 };
    size_t n = strnlen(reason, LONGEST);
    for (size_t i = 0; i < n; i++)
        ret[i] = (unsigned char)reason[i] < ' ' || reason[i] == 0x7f ? ' ' : reason[i];
    while (n && !utf8_valid(ret, n))
        n--;
    ret[n] = '\0';
}

static void read_reason(const json_t *root, char ret[static OPENMETEO_WORDS])
{
    const char *reason = json_string_value(json_object_get(root, "reason"));
    *ret = '\0';
    if (json_is_true(json_object_get(root, "error")))
        put_reason(reason && *reason ? reason : "without a reason", ret);
}

void openmeteo_reason(const char *text, size_t length, char ret[static OPENMETEO_WORDS])
{
    json_t *root = json_loadb(text, length, 0, NULL);
    read_reason(root, ret);
    json_decref(root);
}

// What is told of one place: the answer, or the only member of a list.
static bool read_place(const json_t *root, struct openmeteo *ret,
                       char ret_error[static OPENMETEO_WORDS])
{
    struct arrays arrays;
    char reason[OPENMETEO_WORDS];
    if (json_is_array(root) && json_array_size(root) != 1)
        return refuse(ret_error, "it is of %zu places, asked for was one", json_array_size(root));
    if (json_is_array(root))
        root = json_array_get(root, 0);
    read_reason(root, reason);
    if (*reason)
        return refuse(ret_error, "the server says: %s", reason);
    if (!find_arrays(root, &arrays, ret_error))
        return false;
    struct openmeteo answer = {.hours = calloc(arrays.n + 1, sizeof *answer.hours)};
    if (!answer.hours)
        return refuse(ret_error, "out of memory");
    read_hours(&arrays, &answer);
    *ret = answer;
    return true;
}

bool openmeteo_parse(const char *text, size_t length, struct openmeteo *ret,
                     char ret_error[static OPENMETEO_WORDS])
{
    json_error_t fault;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault);
    if (!root)
        return refuse(ret_error, "not JSON: line %d, column %d: %s", fault.line, fault.column,
                      show_text(fault.text).text);
    const bool good = read_place(root, ret, ret_error);
    json_decref(root);
    return good;
}

void openmeteo_done(struct openmeteo *answer)
{
    free(answer->hours);
    *answer = (struct openmeteo){0};
}

// What every request asks for.
static void put_place(struct buffer *out, const char *url, const struct openmeteo_place *place)
{
    char latitude[TEXT_REAL_LEN], longitude[TEXT_REAL_LEN];
    text_write_real(place->latitude, latitude);
    text_write_real(place->longitude, longitude);
    buffer_printf(out,
                  "%s?latitude=%s&longitude=%s&hourly=temperature_2m,relative_humidity_2m"
                  "&timezone=GMT&timeformat=unixtime",
                  url, latitude, longitude);
}

static void put_key(struct buffer *out, const struct openmeteo_place *place)
{
    if (!place->apikey)
        return;
    buffer_text(out, "&apikey=");
    http_escape(out, place->apikey);
}

void openmeteo_forecast_url(struct buffer *out, const char *url,
                            const struct openmeteo_place *place, int forecast_days, int past_days)
{
    put_place(out, url, place);
    buffer_printf(out, "&forecast_days=%d&past_days=%d", forecast_days, past_days);
    put_key(out, place);
}

void openmeteo_archive_url(struct buffer *out, const char *url, const struct openmeteo_place *place,
                           int64_t first_day, int64_t last_day)
{
    const struct civil_date first = civil_date_from_day(first_day);
    const struct civil_date last = civil_date_from_day(last_day);
    put_place(out, url, place);
    buffer_printf(out, "&start_date=%04d-%02d-%02d&end_date=%04d-%02d-%02d", first.year,
                  first.month, first.day, last.year, last.month, last.day);
    put_key(out, place);
}
