// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/export_number.h"

// NaN: not a number.
static void assert_reads(const char *text, double point, double comma)
{
    double value = (double)NAN;
    if (export_number_read(text, CONFIG_DECIMAL_POINT, &value) ? value != point : !isnan(point))
        fail_msg("'%s' with the point: %g", text, value);
    value = (double)NAN;
    if (export_number_read(text, CONFIG_DECIMAL_COMMA, &value) ? value != comma : !isnan(comma))
        fail_msg("'%s' with the comma: %g", text, value);
}

static void reads_both_conventions(void **state)
{
    (void)state;
    const double none = (double)NAN;
    assert_reads("0", 0, 0);
    assert_reads("-12", -12, -12);
    assert_reads("12.5", 12.5, none);
    assert_reads("12,5", none, 12.5);
    assert_reads(",5", none, 0.5);
    assert_reads("1.234", 1.234, 1234);
    assert_reads("1,234", 1234, 1.234);
    assert_reads("0.234", 0.234, none);
    assert_reads("1234.567", 1234.567, none);
    assert_reads("1.234.567", none, 1234567);
    assert_reads("1.234,5", none, 1234.5);
    assert_reads("1,234.5", 1234.5, none);
    assert_reads("12,34.5", none, none);
    assert_reads("1 234 567,25", none, 1234567.25);
    assert_reads("1\xc2\xa0"
                 "234.25",
                 1234.25, none);
    assert_reads("1\xe2\x80\xaf"
                 "234",
                 1234, 1234);
    assert_reads("1 234.567", 1234.567, none);
    assert_reads("1 23", none, none);
    assert_reads("1,5e3", none, 1500);
    assert_reads("2.5E-1", 0.25, none);
    assert_reads("", none, none);
    assert_reads("-", none, none);
    assert_reads("1e", none, none);
    assert_reads("12 MW", none, none);
    assert_reads("nan", none, none);
    assert_reads("0x10", none, none);
    assert_reads("1..5", none, none);
    assert_reads("1.234.56", none, none);
}

static void tells_what_numbers_tell(void **state)
{
    (void)state;
    struct export_signs signs = {0};
    export_number_look("1500", 2, &signs);
    export_number_look("x", 3, &signs);
    assert_int_equal(signs.point + signs.comma + signs.either, 0);
    export_number_look("1.500", 4, &signs);
    export_number_look("2,500", 5, &signs);
    export_number_look("2,5", 6, &signs);
    export_number_look("2.5", 7, &signs);
    export_number_look("2.75", 8, &signs);
    assert_int_equal(signs.either, 4);
    assert_int_equal(signs.comma, 6);
    assert_int_equal(signs.point, 7);
}

static void energy_and_power_are_one(void **state)
{
    (void)state;
    assert_true(export_megawatts(23850, CONFIG_UNIT_KW, 1800) == 23.85);
    assert_true(export_megawatts(23.85, CONFIG_UNIT_MW, 300) == 23.85);
    assert_true(export_megawatts(11925, CONFIG_UNIT_KWH, 1800) == 23.85);
    assert_true(export_megawatts(23.85, CONFIG_UNIT_MWH, 3600) == 23.85);
    assert_true(export_megawatts(1.25, CONFIG_UNIT_MWH, 900) == 5);
    assert_int_equal(export_unit("KWH"), CONFIG_UNIT_KWH);
    assert_int_equal(export_unit("kVA"), CONFIG_UNIT_AUTO);
    assert_int_equal(export_unit(""), CONFIG_UNIT_AUTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_conventions),
        cmocka_unit_test(tells_what_numbers_tell),
        cmocka_unit_test(energy_and_power_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
