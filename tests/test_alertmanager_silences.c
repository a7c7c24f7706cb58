// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/alertmanager_silences.h"
#include "tests/manager_bench.h"

// 2024-06-04T06:00:00Z, a turn each minute.
static const int64_t now = 1717480800;

struct desk { // what is wanted, and what comes of it
    struct manager_bench *bench;
    struct alertmanager_turn turn;
    json_t *wanted;
    struct alertmanager_silences silences;
};

static int enter(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (manager_bench_enter((void **)&desk->bench))
        return -1;
    *desk = (struct desk){
        desk->bench, {desk->bench->config, now, 60}, json_array(), {json_array(), json_array()}};
    *state = desk;
    return 0;
}

static int leave(void **state)
{
    struct desk *desk = *state;
    void *bench = desk->bench;
    json_decref(desk->wanted);
    json_decref(desk->silences.ended);
    json_decref(desk->silences.posted);
    free(desk);
    return manager_bench_leave(&bench);
}

static struct store_alert acknowledged(int64_t until)
{
    struct store_alert alert = manager_bench_alert(ALERT_EMERGENCY);
    alert.alert.acked = ALERT_EMERGENCY;
    alert.alert.acked_until = until;
    alert.ack_by = "An";
    alert.ack_note = "đã điều 3 MW";
    return alert;
}

static void want(struct desk *desk, const struct store_alert *alert)
{
    assert_true(alertmanager_silences_want(&desk->turn, alert, desk->wanted));
}

static void compare(struct desk *desk, const char *answer)
{
    json_array_clear(desk->silences.ended);
    json_array_clear(desk->silences.posted);
    assert_true(alertmanager_silences_compare(&desk->turn, desk->wanted, answer, &desk->silences));
}

static void expect_sizes(const struct desk *desk, size_t ended, size_t posted)
{
    assert_int_equal(json_array_size(desk->silences.ended), ended);
    assert_int_equal(json_array_size(desk->silences.posted), posted);
}

// One silence as the server tells of it.
struct told {
    const char *id, *creator, *state, *site, *severity, *end, *comment;
};
static const struct told known = {"s1",
                                  "phutai",
                                  "active",
                                  "Bắc Giang",
                                  "emergency",
                                  "2024-06-04T07:00:00.000Z",
                                  "acknowledged: An: đã điều 3 MW"};

static const char *tell(size_t n, const struct told told[])
{
    static char text[8192];
    size_t at = (size_t)snprintf(text, sizeof text, "[");
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(
            text + at, sizeof text - at,
            "%s{\"id\":\"%s\",\"createdBy\":\"%s\",\"status\":{\"state\":\"%s\"},\"comment\":\"%"
            "s\","
            "\"startsAt\":\"2024-06-04T05:00:00.123Z\",\"endsAt\":\"%s\",\"matchers\":["
            "{\"name\":\"zone\",\"value\":\"yen-lu\",\"isRegex\":false,\"isEqual\":true},"
            "{\"name\":\"alertname\",\"value\":\"peak\",\"isRegex\":false,\"isEqual\":true},"
            "{\"name\":\"severity\",\"value\":\"%s\",\"isRegex\":false},"
            "{\"name\":\"site\",\"value\":\"%s\",\"isRegex\":false,\"isEqual\":true}]}",
            i ? "," : "", told[i].id, told[i].creator, told[i].state, told[i].comment, told[i].end,
            told[i].severity, told[i].site);
    snprintf(text + at, sizeof text - at, "]");
    return text;
}

static void makes_one_of_exactly_one_alert(void **state)
{
    struct desk *desk = *state;
    const struct store_alert alert = acknowledged(now + 3600);
    want(desk, &alert);
    compare(desk, "[]");
    expect_sizes(desk, 0, 1);
    json_t *posted = desk->silences.posted;
    assert_null(manager_bench_find(posted, "0.id"));
    manager_bench_expect(posted, "0.createdBy", "phutai");
    manager_bench_expect(posted, "0.comment", "acknowledged: An: đã điều 3 MW");
    manager_bench_expect(posted, "0.startsAt", "2024-06-04T05:50:00Z");
    manager_bench_expect(posted, "0.endsAt", "2024-06-04T07:00:00Z");
    static const char *const matchers[][2] = {{"alertname", "peak"},
                                              {"severity", "emergency"},
                                              {"site", "Bắc Giang"},
                                              {"zone", "yen-lu"}};
    assert_int_equal(json_array_size(manager_bench_find(posted, "0.matchers")), 4);
    for (size_t i = 0; i < 4; i++) {
        json_t *matcher = json_array_get(manager_bench_find(posted, "0.matchers"), i);
        manager_bench_expect(matcher, "name", matchers[i][0]);
        manager_bench_expect(matcher, "value", matchers[i][1]);
        assert_true(json_is_false(json_object_get(matcher, "isRegex")));
        assert_true(json_is_true(json_object_get(matcher, "isEqual")));
    }
}

static void wants_none_of_what_is_told_aloud(void **state)
{
    struct desk *desk = *state;
    const struct store_alert loud = manager_bench_alert(ALERT_EXTREME);
    struct store_alert untold = acknowledged(INT64_MAX);
    untold.alert.told = ALERT_NONE;
    untold.quiet = true;
    want(desk, &loud);
    want(desk, &untold);
    assert_int_equal(json_array_size(desk->wanted), 0);
}

static void lasts_as_long_as_it_is_wanted(void **state)
{
    struct desk *desk = *state;
    struct store_alert alert = acknowledged(INT64_MAX);
    want(desk, &alert);
    alert = manager_bench_alert(ALERT_WATCH);
    alert.quiet = true;
    want(desk, &alert);
    alert = acknowledged(now - 10); // by a clock that is not the system's
    alert.subject = "other";
    want(desk, &alert);
    alert = acknowledged(now + 10); // goes on as it is quiet
    alert.subject = "third";
    alert.quiet = true;
    want(desk, &alert);
    compare(desk, "[]");
    expect_sizes(desk, 0, 4);
    manager_bench_expect(desk->silences.posted, "0.endsAt", "2025-06-05T06:00:00Z");
    manager_bench_expect(desk->silences.posted, "1.endsAt", "2024-06-04T06:10:00Z");
    manager_bench_expect(desk->silences.posted, "1.comment", "muted or inhibited");
    manager_bench_expect(desk->silences.posted, "2.endsAt", "2024-06-04T06:10:00Z");
    manager_bench_expect(desk->silences.posted, "3.endsAt", "2024-06-04T06:10:00Z");
}

static void leaves_one_that_will_do(void **state)
{
    struct desk *desk = *state;
    const struct store_alert alert = acknowledged(now + 3600);
    want(desk, &alert);
    compare(desk, tell(1, &known));
    expect_sizes(desk, 0, 0);
}

static void changes_one_that_will_not(void **state)
{
    struct desk *desk = *state;
    struct store_alert alert = acknowledged(now + 3600);
    struct told told = known;
    want(desk, &alert);
    told.end = "2024-06-04T06:59:59.000Z";
    compare(desk, tell(1, &told));
    expect_sizes(desk, 0, 1);
    manager_bench_expect(desk->silences.posted, "0.id", "s1");
    manager_bench_expect(desk->silences.posted, "0.startsAt", "2024-06-04T05:00:00.123Z");
    manager_bench_expect(desk->silences.posted, "0.endsAt", "2024-06-04T07:00:00Z");
    told = known;
    told.comment = "acknowledged: Bình";
    compare(desk, tell(1, &told));
    expect_sizes(desk, 0, 1);
}

// A quiet alert's silence is not made anew each turn, and not let run out.
static void renews_before_it_runs_out(void **state)
{
    struct desk *desk = *state;
    struct store_alert alert = manager_bench_alert(ALERT_EMERGENCY);
    struct told told = known;
    alert.quiet = true;
    told.comment = "muted or inhibited";
    want(desk, &alert);
    told.end = "2024-06-04T06:07:00Z";
    compare(desk, tell(1, &told));
    expect_sizes(desk, 0, 0);
    told.end = "2024-06-04T06:06:59Z";
    compare(desk, tell(1, &told));
    expect_sizes(desk, 0, 1);
    told.end = "2024-06-04T08:00:00Z"; // of an acknowledgement that is gone
    compare(desk, tell(1, &told));
    expect_sizes(desk, 0, 1);
}

static void ends_those_that_are_not_wanted(void **state)
{
    struct desk *desk = *state;
    struct told told[] = {known, known, known, known};
    told[1].id = "s2";
    told[1].state = "pending";
    told[1].severity = "watch"; // the level before
    told[2].id = "s3";          // the same again
    told[3].id = "s4";
    told[3].state = "expired";
    compare(desk, tell(4, told));
    expect_sizes(desk, 3, 0);
    const struct store_alert alert = acknowledged(now + 3600);
    want(desk, &alert);
    compare(desk, tell(4, told));
    expect_sizes(desk, 2, 0);
    manager_bench_expect(desk->silences.ended, "0", "s2");
    manager_bench_expect(desk->silences.ended, "1", "s3");
}

static void leaves_those_of_others_alone(void **state)
{
    struct desk *desk = *state;
    struct told told[] = {known, known};
    told[0].creator = "An";
    told[1].site = "Hà Nội";
    compare(desk, tell(2, told));
    expect_sizes(desk, 0, 0);
    compare(desk, "[{\"id\":\"a\",\"createdBy\":\"phutai\",\"matchers\":[{\"name\":\"site\","
                  "\"value\":\"Bắc Giang\",\"isRegex\":true}]},"
                  "{\"id\":\"b\",\"createdBy\":\"phutai\",\"matchers\":[{\"name\":\"site\","
                  "\"value\":\"Bắc Giang\",\"isRegex\":false,\"isEqual\":false}]}]");
    expect_sizes(desk, 0, 0);
    const struct store_alert alert = acknowledged(now + 3600); // theirs is not ours
    want(desk, &alert);
    compare(desk, tell(2, told));
    expect_sizes(desk, 0, 1);
}

static void refuses_what_is_no_list(void **state)
{
    struct desk *desk = *state;
    // An id must be a text.
    static const char odd[] =
        "[{\"id\":7,\"createdBy\":\"phutai\",\"matchers\":[{\"name\":\"site\",\"value\":\"Bắc "
        "Giang\",\"isRegex\":false}]}]";
    static const char *const answers[] = {"", "{}", "null", "<html>", "[{\"id\":", odd};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (alertmanager_silences_compare(&desk->turn, desk->wanted, answers[i], &desk->silences))
            fail_msg("%s", answers[i]);
    compare(desk, "[null,7,\"x\",{},{\"matchers\":7},{\"createdBy\":\"phutai\",\"matchers\":[7]}]");
    expect_sizes(desk, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(makes_one_of_exactly_one_alert, enter, leave),
        cmocka_unit_test_setup_teardown(wants_none_of_what_is_told_aloud, enter, leave),
        cmocka_unit_test_setup_teardown(lasts_as_long_as_it_is_wanted, enter, leave),
        cmocka_unit_test_setup_teardown(leaves_one_that_will_do, enter, leave),
        cmocka_unit_test_setup_teardown(changes_one_that_will_not, enter, leave),
        cmocka_unit_test_setup_teardown(renews_before_it_runs_out, enter, leave),
        cmocka_unit_test_setup_teardown(ends_those_that_are_not_wanted, enter, leave),
        cmocka_unit_test_setup_teardown(leaves_those_of_others_alone, enter, leave),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_list, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
