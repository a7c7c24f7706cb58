// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "daemon/alert_json.h"

static const struct civil_clock clock_of_site = {.offset_s = 25200};

// 2024-06-04T13:00+07:00 and 2024-06-05.
static const int64_t now = 1717480800, day = 19879;

static const struct store_alert firing = {
    .rule = "peak",
    .subject = "yen-lu",
    .alert = {.level = ALERT_EMERGENCY, .since = 1717477200, .told = ALERT_EMERGENCY},
    .value = 0.9,
    .limit = 23.85,
    .title_vi = "Khẩn cấp: Yên Lư",
    .text_vi = "Ye\u0302n Lu\u031b vượt \"23,85\" MW\nngày mai",
    .title_en = "Emergency: Yên Lư",
    .text_en = "Yên Lư passes 23.85 MW",
    .ack_by = "",
    .ack_note = "",
};

static struct alert_json_group group_of(size_t n, const struct alert_json_notice notices[])
{
    return (struct alert_json_group){.site = "Bắc Giang",
                                     .link = "https://g.example/",
                                     .clock = &clock_of_site,
                                     .now = now,
                                     .substation = "Quang Châu",
                                     .day = day,
                                     .n = n,
                                     .notices = notices};
}

// The value at a path of keys and indices, "alerts.0.rule".
static json_t *find(json_t *at, const char *path)
{
    char copy[128], *next = copy;
    strcpy(copy, path);
    for (char *step; (step = strsep(&next, "."));)
        at = json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
                               : json_object_get(at, step);
    return at;
}

static void expect(json_t *json, const char *path, const char *wanted)
{
    const char *text = json_string_value(find(json, path));
    if (!text || strcmp(text, wanted))
        fail_msg("%s: %s instead of %s", path, text ? text : "none", wanted);
}

static json_t *read_line(const struct alert_json_group *group)
{
    char *line = alert_json(group);
    assert_non_null(line);
    assert_null(strpbrk(line, "\n\r"));
    json_t *json = json_loads(line, 0, NULL);
    assert_non_null(json);
    free(line);
    return json;
}

static void tells_all_that_is_known(void **state)
{
    (void)state;
    const struct alert_json_notice notice = {&firing, "Yên Lư", NOTICE_WORSE};
    struct alert_json_group group = group_of(1, &notice);
    group.simulated = true;
    json_t *json = read_line(&group);
    assert_int_equal(json_integer_value(find(json, "version")), 1);
    assert_int_equal(strlen(json_string_value(find(json, "id"))), 16);
    expect(json, "site", "Bắc Giang");
    expect(json, "link", "https://g.example/");
    expect(json, "time", "2024-06-04T13:00:00+07:00");
    assert_true(json_is_true(find(json, "simulated")));
    expect(json, "substation", "Quang Châu");
    expect(json, "day", "2024-06-05");
    assert_int_equal(json_array_size(find(json, "alerts")), 1);
    expect(json, "alerts.0.rule", "peak");
    expect(json, "alerts.0.zone", "yen-lu");
    expect(json, "alerts.0.zone_name", "Yên Lư");
    expect(json, "alerts.0.notice", "worse");
    expect(json, "alerts.0.level", "emergency");
    expect(json, "alerts.0.state", "firing");
    expect(json, "alerts.0.since", "2024-06-04T12:00:00+07:00");
    assert_true(json_real_value(find(json, "alerts.0.value")) == 0.9);
    assert_true(json_real_value(find(json, "alerts.0.limit")) == 23.85);
    expect(json, "alerts.0.title.vi", "Khẩn cấp: Yên Lư");
    expect(json, "alerts.0.title.en", "Emergency: Yên Lư");
    expect(json, "alerts.0.text.vi", "Yên Lư vượt \"23,85\" MW ngày mai");
    expect(json, "alerts.0.text.en", "Yên Lư passes 23.85 MW");
    assert_null(find(json, "alerts.0.acknowledged"));
    json_decref(json);
}

static void leaves_out_what_is_not_known(void **state)
{
    (void)state;
    struct store_alert alert = firing;
    alert.alert = (struct alert){.level = ALERT_NONE};
    alert.ended = ALERT_WATCH;
    alert.value = NAN;
    alert.limit = INFINITY;
    const struct alert_json_notice notice = {&alert, NULL, NOTICE_RESOLVED};
    struct alert_json_group group = group_of(1, &notice);
    group.substation = "";
    group.day = CONFIG_NO_DAY;
    group.link = NULL;
    json_t *json = read_line(&group);
    assert_true(json_is_false(find(json, "simulated")));
    static const char *const absent[] = {
        "substation",     "day",           "link", "alerts.0.zone_name", "alerts.0.since",
        "alerts.0.value", "alerts.0.limit"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (find(json, absent[i]))
            fail_msg("%s is there", absent[i]);
    expect(json, "alerts.0.notice", "resolved");
    expect(json, "alerts.0.state", "resolved");
    expect(json, "alerts.0.level", "watch");
    json_decref(json);
}

static void says_who_has_it_in_hand(void **state)
{
    (void)state;
    struct store_alert alert = firing, other = firing;
    alert.alert.acked = ALERT_EMERGENCY;
    alert.alert.acked_until = now + 1;
    alert.ack_by = "An";
    alert.ack_note = "đã điều 3 MW \xff";
    other.alert.acked = ALERT_EMERGENCY;
    other.alert.acked_until = INT64_MAX;
    const struct alert_json_notice notices[] = {{&alert, "", NOTICE_FIRED},
                                                {&other, "", NOTICE_FIRED}};
    const struct alert_json_group group = group_of(2, notices);
    json_t *json = read_line(&group);
    expect(json, "alerts.0.state", "acknowledged");
    expect(json, "alerts.0.acknowledged.by", "An");
    expect(json, "alerts.0.acknowledged.note", "đã điều 3 MW ?");
    expect(json, "alerts.0.acknowledged.until", "2024-06-04T13:00:01+07:00");
    assert_non_null(find(json, "alerts.1.acknowledged.by"));
    assert_null(find(json, "alerts.1.acknowledged.until"));
    json_decref(json);
}

static void expect_id(const struct alert_json_group *group, const char *other, bool same)
{
    json_t *json = read_line(group);
    assert_true(!strcmp(json_string_value(find(json, "id")), other) == same);
    json_decref(json);
}

static void has_an_id_of_what_it_tells(void **state)
{
    (void)state;
    const struct alert_json_notice notice = {&firing, "Yên Lư", NOTICE_WORSE};
    struct alert_json_notice changed = notice;
    struct alert_json_group group = group_of(1, &notice);
    json_t *json = read_line(&group);
    const char *id = json_string_value(find(json, "id"));
    assert_string_equal(id, "ede3239d346f66fb"); // kept by receivers: it does not change
    expect_id(&group, id, true);
    group.now++;
    expect_id(&group, id, false);
    group = group_of(1, &changed);
    expect_id(&group, id, true);
    changed.notice = NOTICE_REMINDER;
    expect_id(&group, id, false);
    group = group_of(1, &notice);
    group.day++;
    expect_id(&group, id, false);
    group = group_of(1, &notice);
    group.substation = "";
    expect_id(&group, id, false);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_all_that_is_known),
        cmocka_unit_test(leaves_out_what_is_not_known),
        cmocka_unit_test(says_who_has_it_in_hand),
        cmocka_unit_test(has_an_id_of_what_it_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
