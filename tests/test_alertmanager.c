// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "tests/fake_http.h"
#include "tests/loop.h"
#include "tests/manager_bench.h"

struct desk {
    struct manager_bench *bench;
    struct fake_http *fake;
};

static const struct fake_reply good = {.status = 200, .body = "[]"};

static int enter(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (manager_bench_enter((void **)&desk->bench))
        return -1;
    desk->fake = fake_http_start(1, &good);
    *state = desk;
    return 0;
}

static int leave(void **state)
{
    struct desk *desk = *state;
    void *bench = desk->bench;
    int status = manager_bench_leave(&bench);
    fake_http_stop(desk->fake);
    free(desk);
    return status;
}

static void start(struct desk *desk, size_t n, const struct fake_reply script[])
{
    fake_http_script(desk->fake, n, script);
    manager_bench_start(desk->bench, fake_http_url(desk->fake));
}

struct waiting {
    struct desk *desk;
    size_t requests;
};

static bool has_come(void *context)
{
    const struct waiting *waiting = context;
    return fake_http_requests(waiting->desk->fake) >= waiting->requests;
}

// Runs the loop until so many requests have come in all.
static void run_until(struct desk *desk, size_t requests)
{
    struct waiting waiting = {desk, requests};
    loop_run_until(desk->bench->event, has_come, &waiting);
}

static bool is_at_ease(void *context)
{
    struct desk *desk = context;
    return !*manager_bench_trouble(desk->bench);
}

static bool is_troubled(void *context)
{
    return !is_at_ease(context);
}

// Request number `i` begins so; its body, NULL where there is none.
static json_t *expect(struct desk *desk, size_t i, const char *head)
{
    const struct fake_request *request = fake_http_request(desk->fake, i);
    if (strncmp(request->head, head, strlen(head)))
        fail_msg("request %zu: %s", i, request->head);
    return request->length ? json_loads(request->body, 0, NULL) : NULL;
}

static void expect_bare(struct desk *desk, size_t i, const char *head)
{
    assert_null(expect(desk, i, head));
}

// How many requests of that beginning have come.
static size_t count(struct desk *desk, const char *head)
{
    size_t n = 0;
    for (size_t i = 0; i < fake_http_requests(desk->fake); i++)
        n += !strncmp(fake_http_request(desk->fake, i)->head, head, strlen(head));
    return n;
}

static int64_t time_at(json_t *json, const char *path)
{
    int64_t local_s;
    int32_t offset_s;
    assert_true(text_time(json_string_value(manager_bench_find(json, path)), &local_s, &offset_s));
    return local_s - offset_s;
}

static void posts_again_and_again(void **state)
{
    struct desk *desk = *state;
    const struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    manager_bench_put(desk->bench, &alert);
    desk->bench->alive_until = manager_bench_now() + 60;
    start(desk, 1, &good);
    for (size_t turn = 0; turn < 2; turn++) {
        run_until(desk, 2 * turn + 2);
        expect_bare(desk, 2 * turn,
                    "GET /api/v2/silences?filter=site%3D%22B%E1%BA%AFc%20Giang%22 HTTP/1.1\r\n");
        json_t *alerts = expect(desk, 2 * turn + 1, "POST /api/v2/alerts HTTP/1.1\r\n");
        assert_int_equal(json_array_size(alerts), 2);
        manager_bench_expect(alerts, "0.labels.severity", "watch");
        manager_bench_expect(alerts, "1.labels.alertname", "PhutaiAlive");
        assert_in_range(time_at(alerts, "0.endsAt") - manager_bench_now(), 3, 5);
        assert_int_equal(time_at(alerts, "1.endsAt"), desk->bench->alive_until);
        json_decref(alerts);
    }
    assert_non_null(
        strstr(fake_http_request(desk->fake, 1)->head, "\r\nContent-Type: application/json\r\n"));
}

static void ends_silences_first_and_makes_them_next(void **state)
{
    struct desk *desk = *state;
    struct store_alert over = manager_bench_alert(ALERT_NONE), acked;
    static const struct fake_reply script[] = {
        {.status = 200,
         .body = "[{\"id\":\"a/b\",\"createdBy\":\"phutai\",\"status\":{\"state\":\"active\"},"
                 "\"matchers\":[{\"name\":\"site\",\"value\":\"Bắc Giang\",\"isRegex\":false}]}]"},
        {.status = 200,
         .body = "[{\"labels\":{\"alertname\":\"peak\",\"severity\":\"watch\",\"site\":\"Bắc "
                 "Giang\",\"zone\":\"yen-lu\",\"substation\":\"Quang Châu\",\"day\":"
                 "\"2024-06-05\"}}]"},
        {.status = 404},
        {.status = 200, .body = "{\"silenceID\":\"x\"}"},
        {.status = 200}};
    over.ended = ALERT_WATCH;
    over.ended_at = manager_bench_now() - 10;
    acked = manager_bench_alert(ALERT_EXTREME);
    acked.subject = "total";
    acked.alert.acked = ALERT_EXTREME;
    acked.alert.acked_until = INT64_MAX;
    manager_bench_put(desk->bench, &over);
    manager_bench_put(desk->bench, &acked);
    start(desk, 5, script);
    run_until(desk, 5);
    expect_bare(desk, 0, "GET /api/v2/silences?");
    expect_bare(desk, 1, "GET /api/v2/alerts?filter=site%3D%22B%E1%BA%AFc%20Giang%22 HTTP/1.1");
    expect_bare(desk, 2, "DELETE /api/v2/silence/a%2Fb HTTP/1.1\r\n");
    json_t *silence = expect(desk, 3, "POST /api/v2/silences HTTP/1.1\r\n");
    manager_bench_expect(silence, "matchers.3.value", "total");
    json_t *alerts = expect(desk, 4, "POST /api/v2/alerts HTTP/1.1\r\n");
    assert_int_equal(json_array_size(alerts), 2);
    manager_bench_expect(alerts, "0.labels.zone", "total");
    assert_int_equal(time_at(alerts, "1.endsAt"), over.ended_at);
    json_decref(silence);
    json_decref(alerts);
    loop_run_for(desk->bench->event, 50);
    assert_true(is_at_ease(desk)); // 404: it is not there, as it should be
}

static void posts_many_in_pieces(void **state)
{
    struct desk *desk = *state;
    for (int i = 0; i < 450; i++) {
        char subject[16];
        struct store_alert alert = manager_bench_alert(ALERT_WATCH);
        snprintf(subject, sizeof subject, "zone-%03d", i);
        alert.subject = subject;
        manager_bench_put(desk->bench, &alert);
    }
    start(desk, 1, &good);
    run_until(desk, 4);
    static const size_t sizes[] = {200, 200, 50};
    for (size_t i = 0; i < 3; i++) {
        json_t *alerts = expect(desk, i + 1, "POST /api/v2/alerts HTTP/1.1\r\n");
        assert_int_equal(json_array_size(alerts), sizes[i]);
        manager_bench_expect(alerts, "0.labels.zone",
                             i == 0   ? "zone-000"
                             : i == 1 ? "zone-200"
                                      : "zone-400");
        json_decref(alerts);
    }
}

static void comes_back_after_every_kind_of_failure(void **state)
{
    struct desk *desk = *state;
    static const struct fake_reply bad[] = {
        {.status = 500},
        {.status = 503, .body = "\"starting\""},
        {.status = 401},
        {.status = 302, .headers = "Location: http://127.0.0.1:1/\r\n"},
        {.manner = FAKE_NO_REPLY},
        {.manner = FAKE_HALF, .status = 200, .body = "[]"},
        {.manner = FAKE_GARBAGE},
        {.manner = FAKE_SLOW, .status = 200, .body = "[]"},
        {.status = 200, .body = "<html>not here</html>"},
        {.status = 200, .body = "{\"status\":\"success\",\"data\":[]}"},
        {.status = 200, .body = "[{\"id\":"},
    };
    const struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    manager_bench_put(desk->bench, &alert);
    fake_http_refuse(desk->fake);
    start(desk, 1, &good);
    loop_run_until(desk->bench->event, is_troubled, desk);
    fake_http_listen(desk->fake);
    loop_run_until(desk->bench->event, is_at_ease, desk);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const size_t posts = count(desk, "POST /api/v2/alerts");
        fake_http_script(desk->fake, 1, &bad[i]);
        alertmanager_kick(desk->bench->manager);
        loop_run_until(desk->bench->event, is_troubled, desk);
        assert_int_equal(count(desk, "POST /api/v2/alerts"), posts);
        fake_http_script(desk->fake, 1, &good);
        loop_run_until(desk->bench->event, is_at_ease, desk);
        assert_true(count(desk, "POST /api/v2/alerts") > posts);
    }
}

static void fails_without_a_list_of_alerts(void **state)
{
    struct desk *desk = *state;
    static const struct fake_reply bad[] = {
        {.status = 500}, {.status = 200, .body = "no"}, {.manner = FAKE_NO_REPLY}};
    struct store_alert over = manager_bench_alert(ALERT_NONE);
    over.ended = ALERT_WATCH;
    over.ended_at = manager_bench_now() - 10;
    manager_bench_put(desk->bench, &over);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct fake_reply script[] = {good, bad[i], good};
        start(desk, 3, script);
        loop_run_until(desk->bench->event, is_troubled, desk);
        loop_run_until(desk->bench->event, is_at_ease, desk);
        fake_http_script(desk->fake, 1, &good);
    }
    assert_int_equal(count(desk, "POST"), 0);
}

static void makes_the_turn_again_where_it_broke_off(void **state)
{
    struct desk *desk = *state;
    static const struct fake_reply bad[] = {
        {.status = 500}, {.status = 429}, {.manner = FAKE_NO_REPLY}, {.manner = FAKE_SLOW}};
    const struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    manager_bench_put(desk->bench, &alert);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const size_t before = fake_http_requests(desk->fake);
        const struct fake_reply script[] = {good, bad[i], good, good};
        start(desk, 4, script);
        loop_run_until(desk->bench->event, is_troubled, desk);
        assert_non_null(strstr(manager_bench_trouble(desk->bench), "when it is back"));
        run_until(desk, before + 4);
        static const char *const heads[] = {"GET /", "POST /", "GET /", "POST /"};
        for (size_t k = 0; k < 4; k++)
            json_decref(expect(desk, before + k, heads[k]));
        loop_run_until(desk->bench->event, is_at_ease, desk);
        fake_http_script(desk->fake, 1, &good);
    }
}

static void waits_as_long_as_it_is_asked_to(void **state)
{
    struct desk *desk = *state;
    static const struct fake_reply script[] = {{.status = 503, .headers = "Retry-After: 2\r\n"},
                                               {.status = 200, .body = "[]"}};
    start(desk, 2, script);
    loop_run_for(desk->bench->event, 900);
    alertmanager_kick(desk->bench->manager);
    loop_run_for(desk->bench->event, 900);
    assert_int_equal(fake_http_requests(desk->fake), 1);
    run_until(desk, 2);
}

// What is refused for itself does not keep back the rest.
static void goes_on_after_a_refusal(void **state)
{
    struct desk *desk = *state;
    struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    static const struct fake_reply script[] = {{.status = 200, .body = "[]"},
                                               {.status = 400, .body = "\"bad matcher\""},
                                               {.status = 200},
                                               {.status = 200, .body = "[]"},
                                               {.status = 200}};
    alert.quiet = true;
    manager_bench_put(desk->bench, &alert);
    start(desk, 5, script);
    run_until(desk, 3);
    json_decref(expect(desk, 1, "POST /api/v2/silences"));
    json_decref(expect(desk, 2, "POST /api/v2/alerts"));
    loop_run_until(desk->bench->event, is_troubled, desk);
    assert_string_equal(manager_bench_trouble(desk->bench),
                        "HTTP 400: \"bad matcher\": it is asked again at the next turn");
    loop_run_until(desk->bench->event, is_at_ease, desk);
}

static void turns_at_once_when_kicked(void **state)
{
    struct desk *desk = *state;
    desk->bench->target.every_s = 3600;
    start(desk, 1, &good);
    run_until(desk, 1);
    loop_run_for(desk->bench->event, 50);
    alertmanager_kick(desk->bench->manager);
    run_until(desk, 2);
    alertmanager_kick(desk->bench->manager); // the answer is still to be read
    run_until(desk, 3);
    loop_run_for(desk->bench->event, 50);
    assert_int_equal(fake_http_requests(desk->fake), 3);
}

static void write_secret(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    fputs(text, file);
    fclose(file);
}

static void shows_who_it_is(void **state)
{
    struct desk *desk = *state;
    struct config_alertmanager *target = &desk->bench->target;
    write_secret("token", "t0ken\n");
    target->token_file = strdup("token");
    start(desk, 1, &good);
    run_until(desk, 1);
    assert_non_null(
        strstr(fake_http_request(desk->fake, 0)->head, "\r\nAuthorization: Bearer t0ken"));
    free(target->token_file);
    target->token_file = NULL;
    target->username = strdup("duty");
    target->password_file = strdup("password");
    start(desk, 1, &good);
    loop_run_until(desk->bench->event, is_troubled, desk);
    assert_non_null(strstr(manager_bench_trouble(desk->bench), "secret file 'password'"));
    write_secret("password", "s3cret");
    loop_run_until(desk->bench->event, is_at_ease, desk);
    const struct fake_request *last =
        fake_http_request(desk->fake, fake_http_requests(desk->fake) - 1);
    assert_non_null(strstr(last->head, "\r\nAuthorization: Basic ZHV0eTpzM2NyZXQ=\r\n"));
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void tries_again_where_the_store_cannot_be_read(void **state)
{
    struct desk *desk = *state;
    const struct store_alert alert = manager_bench_alert(ALERT_WATCH);
    manager_bench_put(desk->bench, &alert);
    run_sql("ALTER TABLE alert RENAME COLUMN told TO gone");
    start(desk, 1, &good);
    loop_run_until(desk->bench->event, is_troubled, desk);
    assert_int_equal(fake_http_requests(desk->fake), 0);
    run_sql("ALTER TABLE alert RENAME COLUMN gone TO told");
    run_until(desk, 2);
    json_t *alerts = expect(desk, 1, "POST /api/v2/alerts");
    assert_int_equal(json_array_size(alerts), 1);
    json_decref(alerts);
}

static void has_nothing_to_post(void **state)
{
    struct desk *desk = *state;
    const struct store_alert alert = manager_bench_alert(ALERT_NONE);
    manager_bench_put(desk->bench, &alert);
    start(desk, 1, &good);
    run_until(desk, 2);
    assert_int_equal(count(desk, "POST"), 0);
    assert_true(is_at_ease(desk));
    alertmanager_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(posts_again_and_again, enter, leave),
        cmocka_unit_test_setup_teardown(ends_silences_first_and_makes_them_next, enter, leave),
        cmocka_unit_test_setup_teardown(posts_many_in_pieces, enter, leave),
        cmocka_unit_test_setup_teardown(comes_back_after_every_kind_of_failure, enter, leave),
        cmocka_unit_test_setup_teardown(fails_without_a_list_of_alerts, enter, leave),
        cmocka_unit_test_setup_teardown(makes_the_turn_again_where_it_broke_off, enter, leave),
        cmocka_unit_test_setup_teardown(waits_as_long_as_it_is_asked_to, enter, leave),
        cmocka_unit_test_setup_teardown(goes_on_after_a_refusal, enter, leave),
        cmocka_unit_test_setup_teardown(turns_at_once_when_kicked, enter, leave),
        cmocka_unit_test_setup_teardown(shows_who_it_is, enter, leave),
        cmocka_unit_test_setup_teardown(tries_again_where_the_store_cannot_be_read, enter, leave),
        cmocka_unit_test_setup_teardown(has_nothing_to_post, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
