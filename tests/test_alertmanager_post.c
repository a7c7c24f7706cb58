// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "daemon/alertmanager_post.h"
#include "tests/manager_bench.h"

// 2024-06-04T06:00:00Z, a turn each minute.
static const int64_t now = 1717480800;

static struct alertmanager_turn turn_of(const struct manager_bench *bench)
{
    return (struct alertmanager_turn){bench->config, now, 60};
}

static struct store_alert alert_of(enum alert_level told)
{
    struct store_alert alert = manager_bench_alert(told);
    alert.alert.since = told ? now - 90 : 0;
    alert.alert.told_at = now - 30;
    return alert;
}

typedef bool post_fn(const struct alertmanager_turn *turn, const struct store_alert *alert,
                     json_t *alerts);

static json_t *post(struct manager_bench *bench, post_fn *fn, const struct store_alert *alert)
{
    const struct alertmanager_turn turn = turn_of(bench);
    json_t *alerts = json_array();
    assert_true(fn(&turn, alert, alerts));
    return alerts;
}

static void expect_sizes(struct manager_bench *bench, const struct store_alert *alert,
                         size_t n_alerts, size_t n_ends)
{
    json_t *alerts = post(bench, alertmanager_post_alert, alert);
    json_t *ends = post(bench, alertmanager_post_end, alert);
    assert_int_equal(json_array_size(alerts), n_alerts);
    assert_int_equal(json_array_size(ends), n_ends);
    json_decref(alerts);
    json_decref(ends);
}

static void posts_what_was_told(void **state)
{
    const struct store_alert alert = alert_of(ALERT_EMERGENCY);
    json_t *alerts = post(*state, alertmanager_post_alert, &alert);
    assert_int_equal(json_array_size(alerts), 1);
    assert_int_equal(json_object_size(manager_bench_find(alerts, "0.labels")), 6);
    manager_bench_expect(alerts, "0.labels.alertname", "peak");
    manager_bench_expect(alerts, "0.labels.severity", "emergency");
    manager_bench_expect(alerts, "0.labels.site", "Bắc Giang");
    manager_bench_expect(alerts, "0.labels.zone", "yen-lu");
    manager_bench_expect(alerts, "0.labels.substation", "Quang Châu");
    manager_bench_expect(alerts, "0.labels.day", "2024-06-05");
    manager_bench_expect(alerts, "0.annotations.title", "Khẩn cấp: Yên Lư");
    manager_bench_expect(alerts, "0.annotations.text", "Yên Lư vượt 23,85 MW");
    manager_bench_expect(alerts, "0.annotations.title_vi", "Khẩn cấp: Yên Lư");
    manager_bench_expect(alerts, "0.annotations.text_vi", "Yên Lư vượt 23,85 MW");
    manager_bench_expect(alerts, "0.annotations.title_en", "Emergency: Yên Lư");
    manager_bench_expect(alerts, "0.annotations.text_en", "Yên Lư passes 23.85 MW");
    manager_bench_expect(alerts, "0.annotations.zone_name", "Yên Lư");
    manager_bench_expect(alerts, "0.startsAt", "2024-06-04T05:58:30Z");
    manager_bench_expect(alerts, "0.endsAt", "2024-06-04T06:05:00Z");
    manager_bench_expect(alerts, "0.generatorURL", "http://phutai.example/");
    json_decref(alerts);
}

static void leaves_out_what_is_not_known(void **state)
{
    struct manager_bench *bench = *state;
    struct store_alert alert = alert_of(ALERT_WATCH);
    alert.subject = "grid";
    alert.group = "";
    alert.day = CONFIG_NO_DAY;
    alert.title_vi = alert.text_vi = "";
    char *link = bench->config->alerts.link;
    bench->config->alerts.link = NULL;
    bench->config->alerts.language = CONFIG_ENGLISH;
    json_t *alerts = post(bench, alertmanager_post_alert, &alert);
    bench->config->alerts.link = link;
    assert_int_equal(json_object_size(manager_bench_find(alerts, "0.labels")), 4);
    assert_int_equal(json_object_size(manager_bench_find(alerts, "0.annotations")), 4);
    manager_bench_expect(alerts, "0.annotations.title", "Emergency: Yên Lư");
    assert_null(manager_bench_find(alerts, "0.generatorURL"));
    json_decref(alerts);
}

static void says_when_it_ended(void **state)
{
    struct store_alert alert = alert_of(ALERT_NONE);
    expect_sizes(*state, &alert, 0, 0); // nobody was told
    alert.ended = ALERT_EMERGENCY;
    alert.ended_at = now - 30;
    expect_sizes(*state, &alert, 0, 1);
    json_t *ends = post(*state, alertmanager_post_end, &alert);
    manager_bench_expect(ends, "0.labels.severity", "emergency");
    assert_null(manager_bench_find(ends, "0.annotations.replaced_by"));
    manager_bench_expect(ends, "0.startsAt", "2024-06-04T05:59:30Z");
    manager_bench_expect(ends, "0.endsAt", "2024-06-04T05:59:30Z");
    json_decref(ends);
    alert.ended_at = now + 10; // on another clock
    ends = post(*state, alertmanager_post_end, &alert);
    manager_bench_expect(ends, "0.endsAt", "2024-06-04T06:00:00Z");
    json_decref(ends);
}

static void ends_one_level_where_another_began(void **state)
{
    struct store_alert alert = alert_of(ALERT_EXTREME);
    alert.ended = ALERT_EMERGENCY;
    alert.ended_at = now - 30;
    expect_sizes(*state, &alert, 1, 1);
    json_t *ends = post(*state, alertmanager_post_end, &alert);
    manager_bench_expect(ends, "0.annotations.replaced_by", "extreme");
    json_decref(ends);
    alert.ended = ALERT_EXTREME; // and has begun again since
    expect_sizes(*state, &alert, 1, 0);
}

static void posts_the_ends_of_what_is_there(void **state)
{
    struct store_alert alert = alert_of(ALERT_NONE), other;
    alert.ended = ALERT_EMERGENCY;
    alert.ended_at = now - 30;
    other = alert;
    other.ended = ALERT_WATCH;
    json_t *ends = post(*state, alertmanager_post_end, &alert), *alerts = json_array();
    json_t *more = post(*state, alertmanager_post_end, &other);
    json_array_extend(ends, more);
    json_decref(more);
    assert_true(alertmanager_post_ends(ends, "[]", alerts));
    assert_int_equal(json_array_size(alerts), 0);
    static const char there[] =
        "[{\"labels\":{\"alertname\":\"peak\",\"zone\":\"yen-lu\"}},7,"
        "{\"annotations\":{},\"labels\":{\"zone\":\"yen-lu\",\"alertname\":\"peak\",\"day\":"
        "\"2024-06-05\",\"severity\":\"watch\",\"site\":\"Bắc Giang\",\"substation\":\"Quang "
        "Châu\"}}]";
    assert_true(alertmanager_post_ends(ends, there, alerts));
    assert_int_equal(json_array_size(alerts), 1);
    manager_bench_expect(alerts, "0.labels.severity", "watch");
    assert_false(alertmanager_post_ends(ends, "{}", alerts));
    assert_false(alertmanager_post_ends(ends, "[{", alerts));
    assert_int_equal(json_array_size(alerts), 1);
    json_decref(ends);
    json_decref(alerts);
}

static void is_alive_until_it_is_not(void **state)
{
    const struct alertmanager_turn turn = turn_of(*state);
    json_t *alerts = json_array();
    assert_true(alertmanager_post_alive(&turn, 0, alerts));
    assert_true(alertmanager_post_alive(&turn, now, alerts));
    assert_int_equal(json_array_size(alerts), 0);
    assert_true(alertmanager_post_alive(&turn, now + 1, alerts));
    assert_int_equal(json_array_size(alerts), 1);
    assert_int_equal(json_object_size(manager_bench_find(alerts, "0.labels")), 3);
    manager_bench_expect(alerts, "0.labels.alertname", "PhutaiAlive");
    manager_bench_expect(alerts, "0.labels.severity", "none");
    manager_bench_expect(alerts, "0.labels.site", "Bắc Giang");
    manager_bench_expect(alerts, "0.endsAt", "2024-06-04T06:00:01Z");
    assert_null(manager_bench_find(alerts, "0.startsAt")); // the server keeps the first
    json_decref(alerts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(posts_what_was_told, manager_bench_enter,
                                        manager_bench_leave),
        cmocka_unit_test_setup_teardown(leaves_out_what_is_not_known, manager_bench_enter,
                                        manager_bench_leave),
        cmocka_unit_test_setup_teardown(says_when_it_ended, manager_bench_enter,
                                        manager_bench_leave),
        cmocka_unit_test_setup_teardown(posts_the_ends_of_what_is_there, manager_bench_enter,
                                        manager_bench_leave),
        cmocka_unit_test_setup_teardown(ends_one_level_where_another_began, manager_bench_enter,
                                        manager_bench_leave),
        cmocka_unit_test_setup_teardown(is_alive_until_it_is_not, manager_bench_enter,
                                        manager_bench_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
