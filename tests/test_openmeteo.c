// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/text.h"
#include "daemon/openmeteo.h"

// The parts of an answer; NULL takes the usual one.
struct parts {
    const char *offset, *units, *time, *temp, *humidity;
};
#define UNITS(temp)                                                                                \
    "{\"time\":\"unixtime\",\"temperature_2m\":" temp ",\"relative_humidity_2m\":\"%\"}"

static char *make(struct parts p)
{
    char *text;
    assert_true(asprintf(&text,
                         "{\"latitude\":21.25,\"longitude\":106.125,\"generationtime_ms\":0.1,"
                         "\"utc_offset_seconds\":%s,\"timezone\":\"GMT\",\"elevation\":9.0,"
                         "\"hourly_units\":%s,\"hourly\":{\"time\":%s,\"temperature_2m\":%s,"
                         "\"relative_humidity_2m\":%s}}",
                         p.offset ? p.offset : "0", p.units ? p.units : UNITS("\"°C\""),
                         p.time ? p.time : "[1717200000,1717203600,1717207200]",
                         p.temp ? p.temp : "[31.5,32.25,33]",
                         p.humidity ? p.humidity : "[70,65,60]") > 0);
    return text;
}

static struct openmeteo parse_good(struct parts parts)
{
    struct openmeteo answer;
    char words[OPENMETEO_WORDS] = "", *text = make(parts);
    if (!openmeteo_parse(text, strlen(text), &answer, words))
        fail_msg("%s", words);
    free(text);
    return answer;
}

static void assert_refused(const char *text, const char *expected)
{
    struct openmeteo answer;
    char words[OPENMETEO_WORDS];
    assert_false(openmeteo_parse(text, strlen(text), &answer, words));
    if (!strstr(words, expected) || !text_is_clean(words))
        fail_msg("'%s' does not say '%s'", words, expected);
}

static void assert_parts_refused(struct parts parts, const char *expected)
{
    char *text = make(parts);
    assert_refused(text, expected);
    free(text);
}

static void an_answer_is_read(void **state)
{
    (void)state;
    struct openmeteo answer = parse_good((struct parts){.time = NULL});
    assert_int_equal(answer.n, 3);
    assert_int_equal(answer.refused, 0);
    assert_string_equal(answer.first_refused, "");
    assert_int_equal(answer.hours[1].instant, 1717203600);
    assert_true(answer.hours[1].temp_c == 32.25 && answer.hours[1].humidity_pct == 65);
    assert_true(answer.hours[2].temp_c == 33);
    openmeteo_done(&answer);
}

static void nulls_are_no_fault(void **state)
{
    (void)state;
    struct openmeteo answer =
        parse_good((struct parts){.temp = "[null,32.25,33]", .humidity = "[70,null,60]"});
    assert_int_equal(answer.n, 2);
    assert_int_equal(answer.refused, 0);
    assert_int_equal(answer.hours[0].instant, 1717203600);
    assert_true(isnan(answer.hours[0].humidity_pct) && answer.hours[1].humidity_pct == 60);
    openmeteo_done(&answer);
    answer = parse_good((struct parts){.time = "[]", .temp = "[]", .humidity = "[]"});
    assert_int_equal(answer.n, 0);
    openmeteo_done(&answer);
}

// One bad value each in the middle: it is told, and the hours beside it are good.
static void bad_values_are_set_aside(void **state)
{
    (void)state;
    static const struct {
        struct parts parts;
        size_t left;
        const char *words;
    } cases[] = {
        {{.temp = "[31.5,61,33]"}, 2, "hour 1: temperature 61 is not a number from -60 to 60"},
        {{.temp = "[31.5,-60.5,33]"}, 2, "temperature -60.5"},
        {{.temp = "[31.5,\"32\",33]"}, 2, "temperature \"32\" is not a number"},
        {{.temp = "[31.5,[],33]"}, 2, "temperature []"},
        {{.temp = "[31.5,1e300,33]"}, 2, "temperature 1e300"},
        {{.humidity = "[70,101,60]"}, 3, "humidity 101 is not a number from 0 to 100"},
        {{.humidity = "[70,-1,60]"}, 3, "humidity -1"},
        {{.time = "[1717200000,1717203601,1717207200]"}, 2, "1717203601 is not a whole hour"},
        {{.time = "[1717200000,1717200000,1717207200]"}, 2, "does not come after the one before"},
        {{.time = "[1717200000,17172036000,1717207200]"}, 2, "17172036000 is no time"},
        {{.time = "[1717200000,-3600,1717207200]"}, 2, "-3600 is no time"},
        {{.time = "[1717200000,1717203600.0,1717207200]"}, 2, "1717203600.0 is no time"},
        {{.time = "[1717200000,\"2024-06-01T01:00\",1717207200]"}, 2, "is no time in seconds"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct openmeteo answer = parse_good(cases[i].parts);
        if (answer.n != cases[i].left || answer.refused != 1 ||
            !strstr(answer.first_refused, cases[i].words))
            fail_msg("case %zu: %zu hours, %zu refused, '%s'", i, answer.n, answer.refused,
                     answer.first_refused);
        assert_true(answer.hours[answer.n - 1].temp_c == 33);
        openmeteo_done(&answer);
    }
}

static void what_was_not_asked_for_is_refused(void **state)
{
    (void)state;
    assert_parts_refused((struct parts){.temp = "[31.5,32.25]"},
                         "hourly.temperature_2m has 2 values for 3 times");
    assert_parts_refused((struct parts){.humidity = "[70,65,60,55]"}, "4 values for 3 times");
    assert_parts_refused((struct parts){.humidity = "null"}, "relative_humidity_2m is missing");
    assert_parts_refused((struct parts){.time = "{}"}, "hourly.time is missing");
    assert_parts_refused((struct parts){.units = UNITS("\"°F\"")},
                         "temperature_2m is in °F, not in °C");
    assert_parts_refused((struct parts){.units = UNITS("7")}, "does not say the unit");
    assert_parts_refused((struct parts){.units = "{\"time\":\"iso8601\"}"}, "not in unixtime");
    assert_parts_refused((struct parts){.units = "[]"}, "does not say the unit of time");
    assert_parts_refused((struct parts){.offset = "25200"}, "its offset is 25200 s");
    assert_refused("{}", "no hourly values");
    assert_refused("{\"hourly\":7}", "no hourly values");
    assert_refused("[null]", "no hourly values");
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    char *text = make((struct parts){.time = NULL});
    text[strlen(text) - 40] = '\0'; // cut
    assert_refused(text, "not JSON");
    free(text);
    assert_refused("", "not JSON");
    assert_refused("<html>\x01\xff</html>", "not JSON");
    assert_parts_refused((struct parts){.temp = "[31.5,NaN,33]"}, "not JSON");
    assert_parts_refused((struct parts){.temp = "[31.5,1e999,33]"}, "not JSON");
    assert_parts_refused((struct parts){.time = "[1717200000,99999999999999999999,0]"}, "not JSON");
    assert_parts_refused((struct parts){.offset = "0,\"utc_offset_seconds\":0"}, "not JSON");
    char deep[5000];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    assert_refused(deep, "not JSON");
}

static void one_place_is_taken_and_no_more(void **state)
{
    (void)state;
    struct openmeteo answer;
    char words[OPENMETEO_WORDS], *one = make((struct parts){.time = NULL}), *list;
    assert_true(asprintf(&list, "[%s]", one) > 0);
    assert_true(openmeteo_parse(list, strlen(list), &answer, words));
    assert_int_equal(answer.n, 3);
    openmeteo_done(&answer);
    free(list);
    assert_true(asprintf(&list, "[%s,%s]", one, one) > 0);
    assert_refused(list, "it is of 2 places, asked for was one");
    free(list);
    free(one);
    assert_refused("[]", "it is of 0 places");
    assert_refused("[7]", "no hourly values");
}

static char *many_hours(int n)
{
    char *time, *temp;
    size_t size;
    FILE *out = open_memstream(&time, &size);
    for (int i = 0; i < n; i++)
        fprintf(out, "%c%d", i ? ',' : '[', 946684800 + 3600 * i);
    fputs("]", out);
    fclose(out);
    out = open_memstream(&temp, &size);
    for (int i = 0; i < n; i++)
        fprintf(out, "%c%.1f", i ? ',' : '[', 20 + i % 100 / 10.0);
    fputs("]", out);
    fclose(out);
    char *text = make((struct parts){.time = time, .temp = temp, .humidity = temp});
    free(time);
    free(temp);
    return text;
}

static void there_is_a_limit(void **state)
{
    (void)state;
    struct openmeteo answer;
    char words[OPENMETEO_WORDS], *text = many_hours(OPENMETEO_HOURS_MAX);
    assert_true(openmeteo_parse(text, strlen(text), &answer, words));
    assert_int_equal(answer.n, OPENMETEO_HOURS_MAX);
    openmeteo_done(&answer);
    free(text);
    text = many_hours(OPENMETEO_HOURS_MAX + 1);
    assert_refused(text, "20001 hours, more than 20000");
    free(text);
}

static void the_servers_reason_is_told(void **state)
{
    (void)state;
    static const char refusal[] = "{\"reason\":\"Latitude must be in range of -90 to 90°. Given: "
                                  "99.0.\",\"error\":true}";
    char words[OPENMETEO_WORDS], text[2048], tail[1500];
    openmeteo_reason(refusal, strlen(refusal), words);
    assert_string_equal(words, "Latitude must be in range of -90 to 90°. Given: 99.0.");
    assert_refused(refusal, "the server says: Latitude must be");
    openmeteo_reason("{\"error\":false,\"reason\":\"x\"}", 28, words);
    assert_string_equal(words, "");
    openmeteo_reason("<html>", 6, words);
    assert_string_equal(words, "");
    memset(tail, 'x', sizeof tail - 1);
    tail[sizeof tail - 1] = '\0';
    snprintf(text, sizeof text, "{\"error\":true,\"reason\":\"a\\u0007\\n%s\"}", tail);
    openmeteo_reason(text, strlen(text), words);
    assert_true(text_is_clean(words) && strlen(words) > 10);
    snprintf(text, sizeof text, "{\"error\":true,\"reason\":\"%.*sấấấấ\"}", 195, tail);
    assert_refused(text, "the server says");
}

static void requests_ask_for_what_is_read(void **state)
{
    (void)state;
    struct buffer url;
    const struct openmeteo_place place = {.latitude = 21.27, .longitude = -106.2};
    const struct openmeteo_place paid = {.latitude = 21, .longitude = 106, .apikey = "a b&c"};
    buffer_init(&url, 1000);
    openmeteo_forecast_url(&url, "http://h/v1/forecast", &place, 10, 2);
    assert_string_equal(url.data,
                        "http://h/v1/forecast?latitude=21.27&longitude=-106.2&hourly="
                        "temperature_2m,relative_humidity_2m&timezone=GMT&timeformat=unixtime"
                        "&forecast_days=10&past_days=2");
    buffer_clear(&url);
    openmeteo_archive_url(&url, "http://h/v1/archive", &paid, 19782, 20147);
    assert_string_equal(url.data,
                        "http://h/v1/archive?latitude=21.0&longitude=106.0&hourly="
                        "temperature_2m,relative_humidity_2m&timezone=GMT&timeformat=unixtime"
                        "&start_date=2024-02-29&end_date=2025-02-28&apikey=a%20b%26c");
    buffer_done(&url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_read),
        cmocka_unit_test(nulls_are_no_fault),
        cmocka_unit_test(bad_values_are_set_aside),
        cmocka_unit_test(what_was_not_asked_for_is_refused),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(one_place_is_taken_and_no_more),
        cmocka_unit_test(there_is_a_limit),
        cmocka_unit_test(the_servers_reason_is_told),
        cmocka_unit_test(requests_ask_for_what_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
