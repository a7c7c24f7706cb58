// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/prose.h"

// Further from today than this, a day is told with its year; and a short list has less characters.
enum { YEARLESS_DAYS = 180, SHORT_CHARACTERS = 40, DAY_LEN = 64 };

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

static bool is_vietnamese(const struct alert_tongue *tongue)
{
    return tongue->language == CONFIG_VIETNAMESE;
}

static bool is_told(int64_t day)
{
    return day >= civil_day(TEXT_TIME_MIN) && day <= civil_day(TEXT_TIME_MAX);
}

static bool is_far(const struct alert_tongue *tongue, int64_t day)
{
    int64_t today = civil_day(tongue->now);
    return day < today - YEARLESS_DAYS || day > today + YEARLESS_DAYS;
}

static void write_date(const struct alert_tongue *tongue, int64_t day, bool with_year,
                       char ret[static DAY_LEN])
{
    struct civil_date date = civil_date_from_day(day);
    char year[16] = "";
    if (with_year)
        snprintf(year, sizeof year, is_vietnamese(tongue) ? "/%d" : " %d", date.year);
    if (is_vietnamese(tongue))
        snprintf(ret, DAY_LEN, "%02d/%02d%s", date.day, date.month, year);
    else
        snprintf(ret, DAY_LEN, "%d %s%s", date.day, months[date.month - 1], year);
}

static const char *weekday_of(const struct alert_tongue *tongue, int64_t day)
{
    static const char *const names[2][7] = {
        {"thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"},
        {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}};
    return names[!is_vietnamese(tongue)][civil_weekday(day)];
}

static bool is_month_shared(int64_t from, int64_t to)
{
    struct civil_date a = civil_date_from_day(from), b = civil_date_from_day(to);
    return a.year == b.year && a.month == b.month;
}

// "05–07/06", "30/05–02/06".
static void write_run(const struct alert_tongue *tongue, int64_t from, int64_t to,
                      char ret[static DAY_LEN * 2])
{
    char first[DAY_LEN], last[DAY_LEN];
    bool far = is_far(tongue, from) || is_far(tongue, to);
    write_date(tongue, to, far, last);
    write_date(tongue, from, far, first);
    if (from == to)
        snprintf(ret, DAY_LEN * 2, "%s", last);
    else if (is_month_shared(from, to))
        snprintf(ret, DAY_LEN * 2, is_vietnamese(tongue) ? "%02d–%s" : "%d–%s",
                 civil_date_from_day(from).day, last);
    else
        snprintf(ret, DAY_LEN * 2, is_vietnamese(tongue) ? "%s–%s" : "%s – %s", first, last);
}

static int compare_days(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Those that can be told, in order, each once.
static size_t sort_days(size_t n, const int64_t days[], int64_t ret[static ALERT_TERM_DAYS])
{
    size_t told = 0, single = 0;
    for (size_t k = 0; k < n && told < ALERT_TERM_DAYS; k++)
        if (is_told(days[k]))
            ret[told++] = days[k];
    qsort(ret, told, sizeof *ret, compare_days);
    for (size_t k = 0; k < told; k++)
        if (!single || ret[k] != ret[single - 1])
            ret[single++] = ret[k];
    return single;
}

static size_t end_of_run(size_t n, const int64_t days[], size_t from)
{
    size_t to = from;
    while (to + 1 < n && days[to + 1] == days[to] + 1)
        to++;
    return to;
}

// Each of the runs, of one day each where they are told with weekdays.
static bool list_runs(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                      bool weekdays, char ret[static ALERT_TERM_LEN])
{
    bool fits = true;
    for (size_t from = 0, to; from < n; from = to + 1) {
        char run[DAY_LEN * 2], part[DAY_LEN * 3];
        to = weekdays ? from : end_of_run(n, days, from);
        write_run(tongue, days[from], days[to], run);
        snprintf(part, sizeof part, "%s%s%s", weekdays ? weekday_of(tongue, days[from]) : "",
                 weekdays ? " " : "", run);
        const char *last = is_vietnamese(tongue) ? " và " : " and ";
        fits = fits && prose_add(to + 1 < n ? ", " : last, part, ALERT_TERM_LEN, ret);
    }
    return fits;
}

static bool list_days(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                      char ret[static ALERT_TERM_LEN])
{
    char run[DAY_LEN * 2];
    ret[0] = '\0';
    if (n == 3 && days[2] == days[0] + 2) {
        write_run(tongue, days[0], days[2], run);
        const char *first = weekday_of(tongue, days[0]), *last = weekday_of(tongue, days[2]);
        if (is_vietnamese(tongue))
            snprintf(ret, ALERT_TERM_LEN, "từ %s đến %s %s", first, last, run);
        else
            snprintf(ret, ALERT_TERM_LEN, "%s (%s to %s)", run, first, last);
        return true;
    }
    if (n > 3 && is_vietnamese(tongue))
        strcpy(ret, "các ngày ");
    size_t before = strlen(ret);
    char list[ALERT_TERM_LEN] = "";
    if (!list_runs(tongue, n, days, n <= 3, list) || before + strlen(list) >= ALERT_TERM_LEN)
        return false;
    strcpy(ret + before, list);
    return true;
}

static void count_days(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                       char ret[static ALERT_TERM_LEN])
{
    char first[DAY_LEN], last[DAY_LEN];
    bool far = is_far(tongue, days[0]) || is_far(tongue, days[n - 1]);
    write_date(tongue, days[0], far, first);
    write_date(tongue, days[n - 1], far, last);
    snprintf(ret, ALERT_TERM_LEN,
             is_vietnamese(tongue) ? "%zu ngày từ %s đến %s" : "%zu days from %s to %s", n, first,
             last);
}

bool alert_terms_days(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                      char ret[static ALERT_TERM_LEN])
{
    int64_t sorted[ALERT_TERM_DAYS];
    ret[0] = '\0';
    n = sort_days(n, days, sorted);
    if (n && !list_days(tongue, n, sorted, ret))
        count_days(tongue, n, sorted, ret);
    return n > 0;
}

bool alert_terms_days_short(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                            char ret[static ALERT_TERM_LEN])
{
    int64_t sorted[ALERT_TERM_DAYS];
    ret[0] = '\0';
    n = sort_days(n, days, sorted);
    if (n && (!list_days(tongue, n, sorted, ret) || prose_characters(ret) > SHORT_CHARACTERS))
        count_days(tongue, n, sorted, ret);
    return n > 0;
}

bool alert_terms_span(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                      char ret[static ALERT_TERM_LEN])
{
    int64_t sorted[ALERT_TERM_DAYS];
    ret[0] = '\0';
    n = sort_days(n, days, sorted);
    if (n)
        write_run(tongue, sorted[0], sorted[n - 1], ret);
    return n > 0;
}

bool alert_terms_date(const struct alert_tongue *tongue, int64_t day,
                      char ret[static ALERT_TERM_LEN])
{
    ret[0] = '\0';
    if (is_told(day))
        write_date(tongue, day, true, ret);
    return is_told(day);
}

bool alert_terms_instant(const struct alert_tongue *tongue, int64_t instant,
                         char ret[static ALERT_TERM_LEN])
{
    char date[DAY_LEN], minutes[8] = "";
    ret[0] = '\0';
    if (instant < TEXT_TIME_MIN + CIVIL_DAY_S || instant > TEXT_TIME_MAX - CIVIL_DAY_S)
        return false;
    int64_t local_s = civil_local(tongue->clock, instant);
    int minute = civil_second_of_day(local_s) / 60;
    write_date(tongue, civil_day(local_s), is_far(tongue, civil_day(local_s)), date);
    if (minute % 60)
        snprintf(minutes, sizeof minutes, " %02d", minute % 60);
    if (is_vietnamese(tongue))
        snprintf(ret, ALERT_TERM_LEN, "%d giờ%s ngày %s", minute / 60, minutes, date);
    else
        snprintf(ret, ALERT_TERM_LEN, "%d:%02d on %s", minute / 60, minute % 60, date);
    return true;
}
