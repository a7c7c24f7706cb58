// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "daemon/alert_terms.h"

// Sydney, where clocks change: 2024-04-07T03:00 and 2024-10-06T02:00.
static const struct civil_clock sydney = {.offset_s = 10 * 3600,
                                          .daylight = true,
                                          .dst_offset_s = 11 * 3600,
                                          .start = {10, 1, 0, 7200},
                                          .end = {4, 1, 0, 10800}};
static const int64_t now = 1717545600; // 2024-06-05T00:00Z
static const struct alert_tongue vi = {CONFIG_VIETNAMESE, &sydney, 1717545600};
static const struct alert_tongue en = {CONFIG_ENGLISH, &sydney, 1717545600};

typedef bool say_number(const struct alert_tongue *, double, char *);

static void says(say_number *say, double number, const char *in_vi, const char *in_en)
{
    char text[ALERT_TERM_LEN];
    assert_int_equal(say(&vi, number, text), *in_vi != '\0');
    assert_string_equal(text, in_vi);
    assert_int_equal(say(&en, number, text), *in_en != '\0');
    assert_string_equal(text, in_en);
}

static void says_numbers(void **state)
{
    (void)state;
    says(alert_terms_mw, 12.5, "12,5 MW", "12.5 MW");
    says(alert_terms_mw, 12.04, "12 MW", "12 MW");
    says(alert_terms_mw, 99.94, "99,9 MW", "99.9 MW");
    says(alert_terms_mw, 99.96, "100 MW", "100 MW");
    says(alert_terms_mw, 1166.4, "1166 MW", "1166 MW");
    says(alert_terms_mw, -0.0, "0 MW", "0 MW");
    says(alert_terms_mw, -1, "", "");
    says(alert_terms_mw, NAN, "", "");
    says(alert_terms_mw, INFINITY, "", "");
    says(alert_terms_mw, 1e300, "", "");
    says(alert_terms_chance, 0.8, "80 %", "80 %");
    says(alert_terms_chance, 0.0099, "dưới 1 %", "less than 1 %");
    says(alert_terms_chance, 0.01, "1 %", "1 %");
    says(alert_terms_chance, 0.9949, "99 %", "99 %");
    says(alert_terms_chance, 1, "trên 99 %", "more than 99 %");
    says(alert_terms_chance, 1.01, "", "");
    says(alert_terms_chance, NAN, "", "");
    says(alert_terms_share, 1.5, "150 %", "150 %");
    says(alert_terms_per_cent, 97.5, "97,5 %", "97.5 %");
    says(alert_terms_degrees, -0.04, "0 °C", "0 °C");
    says(alert_terms_degrees, 38.25, "38,2 °C", "38.2 °C");
}

static void says_days_as(size_t n, const int64_t after[], const char *in_vi, const char *in_en)
{
    int64_t days[20];
    char text[ALERT_TERM_LEN];
    for (size_t k = 0; k < n; k++)
        days[k] = civil_day(now) + after[k];
    assert_true(alert_terms_days(&vi, n, days, text));
    assert_string_equal(text, in_vi);
    assert_true(alert_terms_days(&en, n, days, text));
    assert_string_equal(text, in_en);
}

static void says_days(void **state)
{
    (void)state;
    char text[ALERT_TERM_LEN];
    int64_t many[16];
    says_days_as(1, (int64_t[]){4}, "Chủ nhật 09/06", "Sun 9 June");
    says_days_as(2, (int64_t[]){2, 1}, "thứ Năm 06/06 và thứ Sáu 07/06",
                 "Thu 6 June and Fri 7 June");
    says_days_as(3, (int64_t[]){0, 1, 2}, "từ thứ Tư đến thứ Sáu 05–07/06",
                 "5–7 June (Wed to Fri)");
    says_days_as(3, (int64_t[]){0, 1, 6}, "thứ Tư 05/06, thứ Năm 06/06 và thứ Ba 11/06",
                 "Wed 5 June, Thu 6 June and Tue 11 June");
    says_days_as(3, (int64_t[]){24, 25, 26}, "từ thứ Bảy đến thứ Hai 29/06–01/07",
                 "29 June – 1 July (Sat to Mon)");
    says_days_as(5, (int64_t[]){0, 1, 2, 3, 5}, "các ngày 05–08/06 và 10/06",
                 "5–8 June and 10 June");
    says_days_as(1, (int64_t[]){-400}, "thứ Ba 02/05/2023", "Tue 2 May 2023");
    for (int k = 0; k < 16; k++)
        many[k] = civil_day(now) + 2 * k;
    assert_true(alert_terms_days_short(&vi, 16, many, text));
    assert_string_equal(text, "16 ngày từ 05/06 đến 05/07");
    assert_true(alert_terms_span(&en, 16, many, text));
    assert_string_equal(text, "5 June – 5 July");
    assert_false(alert_terms_days(&vi, 0, NULL, text));
    assert_false(alert_terms_days(&vi, 1, (int64_t[]){CONFIG_NO_DAY}, text));
    assert_false(alert_terms_date(&vi, CONFIG_NO_DAY, text));
}

static void says_times(void **state)
{
    (void)state;
    char text[ALERT_TERM_LEN];
    assert_true(alert_terms_instant(&vi, now + 1800, text)); // winter
    assert_string_equal(text, "10 giờ 30 ngày 05/06");
    assert_true(alert_terms_instant(&en, now - 130 * CIVIL_DAY_S, text)); // summer
    assert_string_equal(text, "11:00 on 27 January");
    assert_false(alert_terms_instant(&en, INT64_MIN, text));
    assert_true(alert_terms_hours(&vi, 13, 16, text));
    assert_string_equal(text, "13–16 giờ");
    assert_true(alert_terms_hours(&en, 21, 24, text));
    assert_string_equal(text, "21:00–24:00");
    assert_false(alert_terms_hours(&en, 0, 24, text));
    assert_false(alert_terms_hours(&en, 5, 5, text));
    assert_false(alert_terms_hours(&en, -1, 5, text));
    says(alert_terms_age, 3 * 3600 + 1859, "3 giờ 30 phút", "3 h 30 min");
    says(alert_terms_age, 86400 + 60, "1 ngày", "1 day");
    says(alert_terms_age, 2 * 86400 + 5 * 3600, "2 ngày 5 giờ", "2 days 5 h");
    says(alert_terms_age, 59, "59 giây", "59 s");
    says(alert_terms_age, -1, "", "");
    assert_true(alert_terms_season(&vi, "2024-summer", text));
    assert_string_equal(text, "mùa hè 2024");
    assert_true(alert_terms_season(&en, "2024-hot", text));
    assert_string_equal(text, "the season 2024-hot");
    assert_false(alert_terms_season(&en, "", text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_numbers),
        cmocka_unit_test(says_days),
        cmocka_unit_test(says_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
