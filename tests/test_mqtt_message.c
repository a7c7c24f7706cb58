// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/topics.h"
#include "daemon/mqtt_message.h"
#include "tests/site_folder.h"

static const int64_t now = 1717841261; // 2024-06-08T10:07:41Z

struct bench {
    struct config *config;
    struct mqtt_rules *rules;
    struct intake_report report;
    char taken[2000];
    bool retained; // the messages to come
};

static bool note_reading(void *context, const struct store_reading *reading)
{
    struct bench *bench = context;
    char line[200];
    snprintf(line, sizeof line, "%s/%s %lld %.10g\n", reading->zone, reading->meter,
             (long long)reading->instant, reading->mw);
    strcat(bench->taken, line);
    return true;
}

static bool note_weather(void *context, const struct store_weather *weather)
{
    struct bench *bench = context;
    char line[200];
    snprintf(line, sizeof line, "%s %lld %.10g %.10g\n", weather->station,
             (long long)weather->instant, weather->temp_c, weather->humidity_pct);
    strcat(bench->taken, line);
    return true;
}

static void begin(struct bench *bench, const char *keys)
{
    char section[1000];
    bench->retained = false;
    FILE *map = fopen("topics.csv", "w");
    assert_non_null(map);
    fputs("topic,zone,meter,station,scale\nevn/KCN Phúc Sơn/P,phuc-son,m1,,0.001\n"
          "evn/+/P,yen-lu,,,\nevn/nhiệt độ,,,bac-giang,\n",
          map);
    fclose(map);
    snprintf(section, sizeof section,
             "[mqtt grid]\ntopics = load/{zone} load/{zone}/{meter} weather/{station} any/#\n"
             "topic_map = topics.csv\n%s",
             keys);
    bench->config = site_folder_config(NULL, section);
    bench->rules = mqtt_rules_new(bench->config, &bench->config->mqtts[0]);
    assert_non_null(bench->rules);
}

static void end(struct bench *bench)
{
    mqtt_rules_free(bench->rules);
    config_free(bench->config);
}

static void expect(struct bench *bench, const char *topic, const char *payload, const char *taken,
                   const char *fault)
{
    char copy[1000];
    snprintf(copy, sizeof copy, "%s", payload);
    const struct mqtt_message message = {.topic = topic,
                                         .payload = copy,
                                         .length = strlen(payload),
                                         .retained = bench->retained,
                                         .now = now};
    const struct intake_sink sink = {note_reading, note_weather, NULL, bench};
    *bench->taken = '\0';
    assert_true(mqtt_message_read(bench->rules, &message, &sink, &bench->report));
    assert_string_equal(bench->taken, taken);
    if (fault) {
        assert_true(bench->report.n_verdicts > 0);
        if (!strstr(bench->report.verdicts[0].fault.reason, fault))
            fail_msg("%s: not '%s' but '%s'", payload, fault,
                     bench->report.verdicts[0].fault.reason);
    } else {
        assert_int_equal(bench->report.n_verdicts, 0);
    }
}

static void every_form_is_read(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "");
    expect(&bench, "load/yen-lu", "{\"time\":\"2024-06-08T16:30\",\"mw\":23.85}",
           "yen-lu/ 1717839000 23.85\n", NULL);
    expect(&bench, "load/yen-lu/m2", " [{\"time\":1717839000123,\"mw\":\"1e1\"}]\n",
           "yen-lu/m2 1717839000 10\n", NULL);
    expect(&bench, "any/x",
           "[{\"zone\":\"phuc-son\",\"meter\":\"a\",\"time\":1717839000,\"mw\":1},"
           "{\"station\":\"s\",\"temp_c\":35.5,\"rh_pct\":60,\"time\":1717841261}]",
           "phuc-son/a 1717839000 1\ns 1717841220 35.5 60\n", NULL);
    expect(&bench, "any/x", "load,zone=yen-lu mw=5 1717839000000000000\n", "yen-lu/ 1717839000 5\n",
           NULL);
    expect(&bench, "evn/nhiệt độ", "{\"temp_c\":31,\"time\":1717841261}",
           "bac-giang 1717841220 31 nan\n", NULL);
    expect(&bench, "evn/KCN Phúc Sơn/P", "{\"time\":\"2024-06-08T09:30:20Z\",\"mw\":12345}",
           "phuc-son/m1 1717839000 12.345\n", NULL);
    expect(&bench, "evn/other/P", "{\"time\":\"2024-06-08T09:30:20Z\",\"mw\":12}",
           "yen-lu/ 1717839000 12\n", NULL);
    end(&bench);
}

static void what_cannot_be_is_told(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "");
    expect(&bench, "other", "1", "", "no topic of the configuration");
    expect(&bench, "load/yen-lu", "12.5", "", "no time: set untimed = ended");
    expect(&bench, "load/nowhere", "{\"time\":1717839000,\"mw\":1}", "", "unknown zone");
    expect(&bench, "any/x", "{\"time\":1717839000,\"mw\":1}", "", "names a zone");
    expect(&bench, "load/yen-lu", "{\"time\":1717839000}", "", "no mw");
    expect(&bench, "load/yen-lu", "{\"time\":1717839000,\"mw\":true}", "", "mw is not a number");
    expect(&bench, "load/yen-lu", "{\"time\":\"yesterday\",\"mw\":1}", "", "is no time");
    expect(&bench, "load/yen-lu", "{\"time\":[],\"mw\":1}", "", "neither a text nor a number");
    expect(&bench, "load/yen-lu", "{\"time\":1e300,\"mw\":1}", "", "is no time");
    expect(&bench, "load/yen-lu", "{\"time\":1717839600,\"mw\":1}", "", "inside an interval");
    expect(&bench, "load/yen-lu", "{\"time\":1717839000,\"mw\":1e9}", "", "load in MW");
    expect(&bench, "load/yen-lu", "{\"mw\":", "", "not JSON");
    expect(&bench, "load/yen-lu", "[5,{\"time\":1717839000,\"mw\":1}]", "yen-lu/ 1717839000 1\n",
           "not a JSON object");
    expect(&bench, "weather/met", "35.25", "", "no time: set untimed = ended");
    expect(&bench, "any/x", "load,zone=yen-lu mw=5", "", "no timestamp");
    expect(&bench, "any/x", "weather,station=s temp_c=5", "", "no timestamp");
    expect(&bench, "weather/met", "{\"time\":1717841261,\"temp_c\":30,\"rh_pct\":101}",
           "met 1717841220 30 nan\n", "taken without it");
    expect(&bench, "weather/met", "{\"time\":1717841261,\"temp_c\":99}", "", "temperature");
    expect(&bench, "any/x", "nonsense", "", "unable to parse");
    end(&bench);
}

static void a_number_can_be_the_interval_that_ended(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "untimed = ended\nstamps = end\nscale = 0.001\n");
    expect(&bench, "load/yen-lu", "12345", "yen-lu/ 1717839000 12.345\n", NULL);
    expect(&bench, "weather/met", "35.25\n", "met 1717841220 35.25 nan\n", NULL);
    bench.retained = true;
    expect(&bench, "load/yen-lu", "12345", "", "no time");
    expect(&bench, "weather/met", "35.25", "", "no time");
    bench.retained = false;
    expect(&bench, "load/yen-lu", "{\"time\":1717840800,\"mw\":12345}",
           "yen-lu/ 1717839000 12.345\n", NULL);
    end(&bench);
}

static void topics_are_matched_by_level(void **state)
{
    (void)state;
    struct topics_names names;
    char filter[64];
    assert_true(topics_match("a/{zone}/+/{meter}", "a/z/x/m", &names));
    assert_memory_equal(names.zone.text, "z", names.zone.length);
    assert_memory_equal(names.meter.text, "m", names.meter.length);
    assert_null(names.station.text);
    assert_false(topics_match("a/{zone}", "a/z/x", &names));
    assert_false(topics_match("a/{zone}/b", "a/z", &names));
    assert_false(topics_match("a/{zone}", "a/", &names));
    assert_false(topics_match("ab", "a", &names));
    assert_true(topics_match("a/#", "a", &names));
    assert_true(topics_match("a/#", "a/b/c", &names));
    assert_true(topics_match("#", "a/b", &names));
    topics_filter("a/{zone}/+/{meter}/#", filter);
    assert_string_equal(filter, "a/+/+/+/#");
}

static void bad_sections_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *words;
    } bad[] = {
        {"", "no topic to ask for"},
        {"topics = a/b#\n", "must be whole levels"},
        {"topics = a/#/b\n", "must be the last level"},
        {"topics = a/{zones}\n", "only zone, meter or station"},
        {"topics = a\nurl = http://x\n", "must be mqtt://HOST"},
        {"topic_map = bad.csv\n", "bad.csv:2: zone = \"nowhere\": no such zone"},
        {"topic_map = missing.csv\n", "missing.csv"},
    };
    FILE *map = fopen("bad.csv", "w");
    assert_non_null(map);
    fputs("topic,zone\na,nowhere\n", map);
    fclose(map);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct config_errors errors;
        config_free(site_folder_config(NULL, NULL)); // writes the files
        FILE *file = fopen("phutaid.conf", "a");
        fprintf(file, "[mqtt m]\n%s", bad[i].keys);
        fclose(file);
        assert_null(config_read("phutaid.conf", &errors));
        assert_true(errors.n > 0);
        if (!strstr(errors.text[0], bad[i].words))
            fail_msg("%s: %s", bad[i].keys, errors.text[0]);
        config_errors_done(&errors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_form_is_read, site_folder_enter, site_folder_leave),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_told, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(a_number_can_be_the_interval_that_ended, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test(topics_are_matched_by_level),
        cmocka_unit_test_setup_teardown(bad_sections_are_refused, site_folder_enter,
                                        site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
