// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "daemon/alert_points.h"

static const struct store_alert_event event = {
    .time = 1717480800,
    .rule = "peak",
    .subject = "yen-lu",
    .what = "worse",
    .level = ALERT_EMERGENCY,
    .value = 0.9,
    .limit = 23.85,
    .text_vi = "Ye\u0302n Lư vượt\n\"23,85\" MW",
    .text_en = "Yên Lư passes 23.85 MW",
    .by = "",
    .note = "",
};

static void expect(const struct alert_points_change *change, const char *line)
{
    struct buffer out;
    buffer_init(&out, 4096);
    buffer_text(&out, "");
    alert_points_put(&out, change);
    assert_string_equal(out.data, line);
    buffer_done(&out);
}

static void writes_a_change(void **state)
{
    (void)state;
    struct alert_points_change change = {
        .event = &event, .state = ALERT_FIRING, .language = CONFIG_VIETNAMESE};
    expect(&change, "alert,level=emergency,rule=peak,zone=yen-lu limit=23.85,"
                    "state=\"firing\",text=\"Yên Lư vượt \\\"23,85\\\" MW\",value=0.9 "
                    "1717480800000000000\n");
    change.language = CONFIG_ENGLISH;
    change.simulated = true;
    expect(&change, "alert,level=emergency,origin=simulated,rule=peak,zone=yen-lu "
                    "limit=23.85,state=\"firing\",text=\"Yên Lư passes 23.85 "
                    "MW\",value=0.9 1717480800000000000\n");
}

static void a_level_that_is_left_ends(void **state)
{
    (void)state;
    const struct alert_points_change change = {
        .event = &event, .state = ALERT_FIRING, .left = ALERT_WATCH, .language = CONFIG_ENGLISH};
    expect(&change, "alert,level=watch,rule=peak,zone=yen-lu limit=23.85,state=\"worse\","
                    "text=\"Yên Lư passes 23.85 MW\",value=0.9 1717480800000000000\n"
                    "alert,level=emergency,rule=peak,zone=yen-lu limit=23.85,state=\"firing\","
                    "text=\"Yên Lư passes 23.85 MW\",value=0.9 1717480800000000000\n");
}

static void leaves_out_what_is_not_known(void **state)
{
    (void)state;
    struct store_alert_event bare = event;
    bare.what = "acknowledged";
    bare.value = bare.limit = NAN;
    bare.text_vi = NULL;
    bare.text_en = "";
    struct alert_points_change change = {
        .event = &bare, .state = ALERT_ACKNOWLEDGED, .language = CONFIG_VIETNAMESE};
    static const char line[] = "alert,level=emergency,rule=peak,zone=yen-lu "
                               "state=\"acknowledged\" "
                               "1717480800000000000\n";
    expect(&change, line);
    change.language = CONFIG_ENGLISH;
    expect(&change, line);
}

static void ends_under_its_last_level(void **state)
{
    (void)state;
    struct store_alert_event over = event;
    over.what = "resolved";
    const struct alert_points_change change = {
        .event = &over, .state = ALERT_QUIET, .language = CONFIG_ENGLISH};
    expect(&change, "alert,level=emergency,rule=peak,zone=yen-lu limit=23.85,"
                    "state=\"resolved\",text=\"Yên Lư passes 23.85 MW\",value=0.9 "
                    "1717480800000000000\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_change),
        cmocka_unit_test(a_level_that_is_left_ends),
        cmocka_unit_test(leaves_out_what_is_not_known),
        cmocka_unit_test(ends_under_its_last_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
