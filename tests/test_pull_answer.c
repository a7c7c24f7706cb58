// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_answer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const struct pull_names names = {
    .name_tag = "zone", .meter_tag = "meter", .metric = {"load_mw", NULL}};
static const struct pull_names weather = {
    .name_tag = "station", .meter_tag = "meter", .metric = {"met_t", "met_rh"}};

static char error[PULL_ERROR_LEN];

static bool influx(const char *body, struct pull_answer *answer)
{
    *error = '\0';
    return pull_answer_read_influx(body, strlen(body), &names, answer, error);
}

static bool vm(const char *body, const struct pull_names *by, struct pull_answer *answer)
{
    *error = '\0';
    return pull_answer_read_vm(body, strlen(body), by, answer, error);
}

static void refuses_influx(const char *body, const char *words)
{
    struct pull_answer answer;
    assert_false(influx(body, &answer));
    if (!strstr(error, words))
        fail_msg("\"%s\" is not in \"%s\"", words, error);
    pull_answer_done(&answer);
}

static void refuses_vm(const char *body, const char *words)
{
    struct pull_answer answer;
    assert_false(vm(body, &names, &answer));
    if (!strstr(error, words))
        fail_msg("\"%s\" is not in \"%s\"", words, error);
    pull_answer_done(&answer);
}

#define INFLUX(SERIES) "{\"results\":[{\"statement_id\":0,\"series\":[" SERIES "]}]}\n"
#define COLUMNS        "\"columns\":[\"time\",\"value\"]"

// A series that goes on in a second document is one series.
static void test_influx_documents(void **state)
{
    (void)state;
    struct pull_answer answer;
    assert_true(influx(
        "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"load\",\"tags\":{\"meter\":\"\","
        "\"zone\":\"yên lư\"}," COLUMNS ",\"values\":[[1710176400000,23.85],[1710178200000,24]],"
        "\"partial\":true}],\"partial\":true}]}\n" INFLUX(
            "{\"name\":\"load\",\"tags\":{\"zone\":\"yên lư\",\"meter\":\"\"}," COLUMNS
            ",\"values\":[[1710180000000,25]]},"
            "{\"name\":\"load\",\"tags\":{\"zone\":\"b\",\"meter\":\"m1\",\"origin\":"
            "\"simulated\"}," COLUMNS ",\"values\":[[1710176400000,-7.1]]}"),
        &answer));
    assert_int_equal(answer.n_series, 2);
    assert_string_equal(answer.series[0].name, "yên lư");
    assert_string_equal(answer.series[0].meter, "");
    assert_false(answer.series[0].simulated);
    assert_string_equal(answer.series[1].meter, "m1");
    assert_true(answer.series[1].simulated);
    assert_int_equal(answer.n_points, 4);
    assert_int_equal(answer.points[2].series, 0);
    assert_int_equal(answer.points[2].time_ms, 1710180000000);
    assert_true(answer.points[2].value == 25);
    assert_int_equal(answer.points[3].series, 1);
    assert_true(answer.points[3].value == -7.1);
    pull_answer_done(&answer);
}

static void test_influx_has_nothing(void **state)
{
    (void)state;
    struct pull_answer answer;
    assert_true(influx("{\"results\":[{\"statement_id\":0}]}\n", &answer));
    assert_int_equal(answer.n_points, 0);
    pull_answer_done(&answer);
}

// Null is no point; a text, a truth and a number beyond 2^63 are no times and no values.
static void test_influx_values(void **state)
{
    (void)state;
    struct pull_answer answer;
    assert_true(influx(
        INFLUX("{\"name\":\"w\",\"tags\":{\"zone\":\"a\"},\"columns\":[\"time\",\"humidity\","
               "\"value\",\"samples\"],\"values\":[[1,null,null,0],[2,\"70\",7.1,30],"
               "[3,60,true,-1],[4,1,99999999999999999999999,1e300]]}"),
        &answer));
    assert_int_equal(answer.n_points, 6);
    assert_int_equal(answer.points[0].column, PULL_VALUE);
    assert_int_equal(answer.points[0].samples, 30);
    assert_int_equal(answer.points[1].column, PULL_HUMIDITY);
    assert_true(isnan(answer.points[1].value));
    assert_true(isnan(answer.points[2].value));
    assert_int_equal(answer.points[2].samples, 0);
    assert_true(answer.points[4].value == 99999999999999999999999.0);
    assert_int_equal(answer.points[4].samples, 0);
    pull_answer_done(&answer);
}

static void test_influx_errors_in_200(void **state)
{
    (void)state;
    refuses_influx("{\"results\":[{\"statement_id\":0,\"error\":\"database not found: d\"}]}\n",
                   "the server says \"database not found: d\"");
    refuses_influx("{\"error\":\"error parsing query: found FORM\"}", "found FORM");
    refuses_influx("{\"results\":[{\"error\":7}]}", "an error");
    // After good points: nothing of it counts.
    refuses_influx(INFLUX("{\"tags\":{}," COLUMNS ",\"values\":[[1,2]]}") "{\"results\":[{\"error\""
                                                                          ":\"timeout\"}]}",
                   "timeout");
}

static void test_influx_that_breaks_off(void **state)
{
    (void)state;
    static const char whole[] =
        INFLUX("{\"tags\":{\"zone\":\"a\"}," COLUMNS ",\"values\":[[1,2],[3,4]]}");
    for (size_t length = 0; length < sizeof whole - 2; length++) {
        struct pull_answer answer;
        assert_false(pull_answer_read_influx(whole, length, &names, &answer, error));
        pull_answer_done(&answer);
    }
    refuses_influx("", "empty");
    refuses_influx("{\"results\":[{\"partial\":true}]}", "more follows");
    refuses_influx(INFLUX("{\"partial\":true," COLUMNS ",\"values\":[]}"), "more follows");
    refuses_influx("<html>Gateway Timeout</html>", "no JSON at \"<html>");
}

// Another server, such as VictoriaMetrics, which answers any query with its databases.
static void test_influx_of_another_kind(void **state)
{
    (void)state;
    refuses_influx(INFLUX("{\"name\":\"databases\",\"columns\":[\"name\"],\"values\":[[\"a\"]]}"),
                   "is it InfluxDB?");
    refuses_influx("{\"status\":\"success\"}", "is it InfluxDB?");
    refuses_influx("[1,2]", "is it InfluxDB?");
    refuses_influx(INFLUX("{" COLUMNS ",\"values\":[[\"2024-03-12T00:00:00Z\",2]]}"),
                   "without a time");
    refuses_influx(INFLUX("{" COLUMNS ",\"values\":[7]}"), "without a time");
    refuses_influx(INFLUX("{" COLUMNS ",\"values\":[[1e300,7]]}"), "without a time");
}

static void test_influx_names_with_nul(void **state)
{
    (void)state;
    struct pull_answer answer;
    assert_true(influx(INFLUX("{\"tags\":{\"zone\":\"yen-lu\\u0000x\"}," COLUMNS
                              ",\"values\":[[1,2]]},{\"tags\":{\"zone\":\"b\"}," COLUMNS
                              ",\"values\":[[1,3]]}"),
                       &answer));
    assert_int_equal(answer.malformed, 1);
    assert_int_equal(answer.n_points, 1);
    assert_string_equal(answer.series[0].name, "b");
    pull_answer_done(&answer);
}

#define VM(LABELS, VALUES, TIMES)                                                                  \
    "{\"metric\":{" LABELS "},\"values\":[" VALUES "],\"timestamps\":[" TIMES "]}\n"

static void test_vm_lines(void **state)
{
    (void)state;
    struct pull_answer answer;
    assert_true(
        vm(VM("\"__name__\":\"load_mw\",\"zone\":\"yên lư\",\"meter\":\"m1\"", "1.5,null,2",
              "1000,2000,3000")
               VM("\"zone\":\"b\",\"origin\":\"simulated\"", "7,\"Infinity\"", "1000,2000")
                   VM("\"meter\":\"m1\",\"zone\":\"yên lư\",\"__name__\":\"load_mw\"", "3", "4000"),
           &names, &answer));
    assert_int_equal(answer.n_series, 2);
    assert_int_equal(answer.n_points, 5);
    assert_string_equal(answer.series[0].meter, "m1");
    assert_true(answer.series[1].simulated);
    assert_int_equal(answer.points[1].time_ms, 3000);
    assert_true(isnan(answer.points[3].value));
    assert_int_equal(answer.points[4].series, 0);
    pull_answer_done(&answer);
    assert_true(vm("", &names, &answer));
    assert_int_equal(answer.n_points, 0);
    pull_answer_done(&answer);
}

static void test_vm_weather(void **state)
{
    (void)state;
    struct pull_answer answer;
    assert_true(vm(VM("\"__name__\":\"met_t\",\"station\":\"hanoi\"", "31.5", "1000")
                       VM("\"__name__\":\"met_rh\",\"station\":\"hanoi\"", "70", "1000"),
                   &weather, &answer));
    assert_int_equal(answer.points[0].column, PULL_VALUE);
    assert_int_equal(answer.points[1].column, PULL_HUMIDITY);
    pull_answer_done(&answer);
}

// One series that cannot be read costs those around it nothing.
static void test_vm_malformed_series(void **state)
{
    (void)state;
    struct pull_answer answer;
    assert_true(vm(VM("\"zone\":\"\xff\"", "1", "1000") VM("\"zone\":\"a\\u0000b\"", "1", "1000")
                       VM("\"zone\":\"c\"", "1,2", "1000")
                           VM("\"zone\":\"d\"", "1", "1e300") "{\"metric\":{\"zone\":\"e\"}}\n" VM(
                               "\"zone\":\"f\"", "4", "1000"),
                   &names, &answer));
    assert_int_equal(answer.malformed, 5);
    assert_int_equal(answer.n_points, 1);
    assert_string_equal(answer.series[0].name, "f");
    pull_answer_done(&answer);
}

static void test_vm_that_breaks_off(void **state)
{
    (void)state;
    static const char good[] = VM("\"zone\":\"a\"", "1", "1000");
    for (size_t length = 1; length < sizeof good - 1; length++) {
        struct pull_answer answer;
        assert_false(pull_answer_read_vm(good, length, &names, &answer, error));
        assert_non_null(strstr(error, "breaks off"));
        pull_answer_done(&answer);
    }
    refuses_vm(VM("\"zone\":\"a\"", "1", "1000") "cannot fetch data: timeout exceeded\n",
               "the server says \"cannot fetch data");
    refuses_vm(VM("\"zone\":\"a\"", "1", "1000") "cannot fetch", "the server says");
    refuses_vm("{\"status\":\"error\"}\n", "the server says");
    refuses_vm("[1]\n", "the server says");
}

static void test_bytes_of_zero_end_nothing(void **state)
{
    (void)state;
    static const char body[] =
        VM("\"zone\":\"a\"", "1", "1000") "\0" VM("\"zone\":\"b\"", "1", "1");
    struct pull_answer answer;
    assert_false(pull_answer_read_vm(body, sizeof body - 1, &names, &answer, error));
    pull_answer_done(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_influx_documents),
        cmocka_unit_test(test_influx_has_nothing),
        cmocka_unit_test(test_influx_values),
        cmocka_unit_test(test_influx_errors_in_200),
        cmocka_unit_test(test_influx_that_breaks_off),
        cmocka_unit_test(test_influx_of_another_kind),
        cmocka_unit_test(test_influx_names_with_nul),
        cmocka_unit_test(test_vm_lines),
        cmocka_unit_test(test_vm_weather),
        cmocka_unit_test(test_vm_malformed_series),
        cmocka_unit_test(test_vm_that_breaks_off),
        cmocka_unit_test(test_bytes_of_zero_end_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
