// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/intake.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// 2024-06-08T10:07:41Z: inside a half hour and inside a minute.
static const int64_t now = 1717841261;

static struct config_zone zones[3];

// The configuration's texts are not const; nothing changes them.
static char *text(const char *constant)
{
    char *result;
    memcpy(&result, &constant, sizeof result);
    return result;
}

static struct config make_config(void)
{
    struct config config = {.site.step_s = 1800, .n_zones = 3, .zones = zones};
    zones[0].id = text("yen-lu");
    zones[1].id = text("phuc-son");
    zones[2].id = text("tan-hung");
    config.site.clock = text("+07:00");
    config.intake.future_s = 3600;
    config.intake.load_min_mw = -1.5;
    config.intake.load_max_mw = 500;
    config.intake.load_measurement = text("load");
    config.intake.zone_tag = text("zone");
    config.intake.meter_tag = text("meter");
    config.intake.load_field = text("mw");
    config.intake.load_scale = 1;
    config.intake.weather_measurement = text("weather");
    config.intake.station_tag = text("station");
    config.intake.temp_field = text("temp_c");
    config.intake.humidity_field = text("rh_pct");
    return config;
}

// What the sinks were given, a line each.
struct taken {
    struct buffer text;
    size_t left; // lines before the sink says false
};

static bool note_reading(void *context, const struct store_reading *reading)
{
    struct taken *taken = context;
    if (taken->left-- == 0)
        return false;
    buffer_printf(&taken->text, "%s/%s %lld %.6g\n", reading->zone, reading->meter,
                  (long long)reading->instant, reading->mw);
    return true;
}

static bool note_weather(void *context, const struct store_weather *weather)
{
    struct taken *taken = context;
    if (taken->left-- == 0)
        return false;
    buffer_printf(&taken->text, "%s %lld %.6g", weather->station, (long long)weather->instant,
                  weather->temp_c);
    buffer_printf(&taken->text, isnan(weather->humidity_pct) ? "\n" : " %.6g\n",
                  weather->humidity_pct);
    return true;
}

static bool note_entry(void *context, const struct store_entry *entry)
{
    struct taken *taken = context;
    if (taken->left-- == 0)
        return false;
    buffer_printf(&taken->text, "%s %s %lld %lld %.6g %.6g %.6g %lld", entry->zone, entry->kind,
                  (long long)entry->from, entry->to == INT64_MAX ? -1LL : (long long)entry->to,
                  entry->mw, entry->factor, entry->probability, (long long)entry->ramp_s);
    buffer_printf(&taken->text, " [%s] [%s] [%s] [%s] %lld\n", entry->hours, entry->into,
                  entry->author, entry->note, (long long)entry->entered_at);
    return true;
}

static struct intake_report report;
static struct taken taken;

static bool parse_by(const struct config *config, const char *lines, size_t length, int64_t tick)
{
    struct intake_rules *rules = intake_rules_new(config);
    char *copy = malloc(length ? length : 1);
    memcpy(copy, lines, length);
    const struct intake_body body = {copy, length, tick, now, false};
    const struct intake_sink sink = {note_reading, note_weather, note_entry, &taken};
    buffer_init(&taken.text, 1 << 20);
    buffer_text(&taken.text, "");
    bool went = intake_parse(rules, &body, &sink, &report);
    free(copy);
    intake_rules_free(rules);
    return went;
}

static void parse(const char *lines)
{
    struct config config = make_config();
    taken.left = SIZE_MAX;
    assert_true(parse_by(&config, lines, strlen(lines), 1000000000));
}

static void assert_taken(const char *lines, const char *expected)
{
    parse(lines);
    for (size_t i = 0; i < report.n_verdicts; i++)
        print_message("# line %lu: %s\n", report.verdicts[i].line, report.verdicts[i].fault.reason);
    assert_string_equal(taken.text.data, expected);
    assert_int_equal(report.refused, 0);
    buffer_done(&taken.text);
}

static void assert_refused(const char *lines, enum check_cause cause, const char *reason)
{
    parse(lines);
    assert_int_equal(report.refused, 1);
    assert_int_equal(report.n_verdicts, 1);
    assert_string_equal(report.verdicts[0].fault.reason, reason);
    assert_int_equal(report.verdicts[0].fault.cause, cause);
    assert_int_equal(report.verdicts[0].line, 1);
    for (int i = 0; i < CHECK_CAUSES; i++)
        assert_int_equal(report.causes[i], i == (int)cause);
    assert_string_equal(taken.text.data, "");
    assert_int_equal(report.readings + report.weather + report.entries, 0);
    buffer_done(&taken.text);
}

static void test_made_up_lines_are_counted(void **state)
{
    (void)state;
    assert_taken("load,origin=simulated,zone=yen-lu mw=1 1717840800\n"
                 "load,origin=meter,zone=phuc-son mw=2 1717840800\n"
                 "weather,origin=simulated,station=x temp_c=31 1717840800\n",
                 "yen-lu/ 1717840800 1\nphuc-son/ 1717840800 2\nx 1717840800 31\n");
    assert_int_equal(report.simulated, 2);
    // One that is refused made nothing up.
    parse("load,origin=simulated,zone=no mw=1 1717840800\nload,zone=yen-lu mw=1 1717840800\n");
    assert_int_equal(report.simulated, 0);
    assert_int_equal(report.readings, 1);
    buffer_done(&taken.text);
}

static void test_readings_and_weather_are_taken(void **state)
{
    (void)state;
    assert_taken("load,zone=yen-lu mw=23.85 1717840800\n"
                 "load,meter=m\\ 1,zone=phuc-son,region=bg mw=7i,kvar=1.2,note=\"x\" 1717839000\n"
                 "load,zone=tan-hung mw=3u 946684800\n"
                 "load,zone=tan-hung mw=1,mw=-1.5 1717840800\n"
                 "weather,station=lang-giang temp_c=33.5,rh_pct=71 1717841160\n"
                 "weather,station=s\\,2 temp_c=-3i 1717841160\n",
                 "yen-lu/ 1717840800 23.85\nphuc-son/m 1 1717839000 7\ntan-hung/ 946684800 3\n"
                 "tan-hung/ 1717840800 -1.5\nlang-giang 1717841160 33.5 71\n"
                 "s,2 1717841160 -3\n");
    assert_int_equal(report.readings, 4);
    assert_int_equal(report.weather, 2);
    assert_int_equal(report.moved, 0);
}

static void test_stamps_near_the_grid_are_moved_onto_it(void **state)
{
    (void)state;
    assert_taken("load,zone=yen-lu mw=1 1717840830\n"
                 "load,zone=yen-lu mw=2 1717840770\n"
                 "load,zone=yen-lu mw=3 1717840803\n"
                 "load,zone=yen-lu mw=4 1717840800\n",
                 "yen-lu/ 1717840800 1\nyen-lu/ 1717840800 2\nyen-lu/ 1717840800 3\n"
                 "yen-lu/ 1717840800 4\n");
    assert_int_equal(report.moved, 3);
    assert_refused("load,zone=yen-lu mw=1 1717840831", CHECK_GRID,
                   "time 2024-06-08T10:00:31Z is inside an interval of 1800 s: stamp its start");
    assert_refused("load,zone=yen-lu mw=1 1717840769", CHECK_GRID,
                   "time 2024-06-08T09:59:29Z is inside an interval of 1800 s: stamp its start");
}

static void test_lines_without_a_time_and_minutes(void **state)
{
    (void)state;
    assert_taken("load,zone=yen-lu mw=2.5\nweather,station=s temp_c=30\n"
                 "weather,station=s temp_c=30.5 1717841111\n",
                 "yen-lu/ 1717840800 2.5\ns 1717841220 30\ns 1717841100 30.5\n");
    assert_int_equal(report.moved, 0);
}

static void test_every_cause(void **state)
{
    (void)state;
    assert_refused("load,zone=yen-lu mw=", CHECK_MALFORMED,
                   "unable to parse \"load,zone=yen-lu mw=\": a field without a value (byte 21)");
    assert_refused("cpu,zone=yen-lu mw=1 1717840800", CHECK_MEASUREMENT,
                   "unknown measurement \"cpu\"");
    assert_refused("load,meter=1 mw=1 1717840800", CHECK_TAG, "no tag zone");
    assert_refused("weather temp_c=1 1717840800", CHECK_TAG, "no tag station");
    assert_refused("load,zone=yen mw=1 1717840800", CHECK_ZONE, "unknown zone \"yen\"");
    assert_refused("load,zone=yen-lu2 mw=1 1717840800", CHECK_ZONE, "unknown zone \"yen-lu2\"");
    assert_refused("load,zone=yen-lu kw=1 1717840800", CHECK_FIELD, "no field mw");
    assert_refused("load,zone=yen-lu mw=true 1717840800", CHECK_FIELD, "mw is true, not a number");
    assert_refused("load,zone=yen-lu mw=\"2,5\" 1717840800", CHECK_FIELD,
                   "mw is the string \"2,5\", not a number");
    assert_refused("weather,station=s rh_pct=50 1717840800", CHECK_FIELD, "no field temp_c");
    assert_refused("load,zone=yen-lu mw=500.01 1717840800", CHECK_RANGE,
                   "load in MW 500.01 is not between -1.5 and 500.0");
    assert_refused("load,zone=yen-lu mw=-1.51 1717840800", CHECK_RANGE,
                   "load in MW -1.51 is not between -1.5 and 500.0");
    assert_refused("weather,station=s temp_c=60.5 1717840800", CHECK_RANGE,
                   "temperature 60.5 is not between -60.0 and 60.0");
    assert_refused("weather,station=s temp_c=-999 1717840800", CHECK_RANGE,
                   "temperature -999.0 is not between -60.0 and 60.0");
    assert_refused("load,zone=yen-lu mw=1 1717846200", CHECK_FUTURE,
                   "time 2024-06-08T11:30Z is more than 3600 s ahead of the clock");
    assert_refused("weather,station=s temp_c=1 1717844862", CHECK_FUTURE,
                   "time 2024-06-08T11:07:42Z is more than 3600 s ahead of the clock");
    assert_refused("load,zone=yen-lu mw=1 946683000", CHECK_PAST,
                   "time 1999-12-31T23:30Z is before 2000: is the precision right?");
    assert_refused("weather,station=s temp_c=1 -5", CHECK_PAST,
                   "time 1969-12-31T23:59:55Z is before 2000: is the precision right?");
}

static void test_entries_of_the_register(void **state)
{
    (void)state;
    // The timestamp is what it holds from, in the future too; a field from goes before it.
    assert_taken("register,zone=yen-lu,kind=line,author=Lan mw=25,probability=0.7,ramp=\"30d\","
                 "note=\"Sunwoda, giai đoạn 1\" 1830000000\n"
                 "register,zone=yen-lu,kind=shift,author=Lan,host=gw mw=-10i,from=\"2024-06-01\","
                 "to=\"2024-06-30\",hours=\"17:00-19:00\",into=\"22:00-02:00\" 5\n",
                 "yen-lu line 1830000000 -1 25 nan 0.7 2592000 [] [] [Lan] [Sunwoda, giai đoạn 1] "
                 "1717841261\n"
                 "yen-lu shift 1717174800 1719766800 -10 nan 1 0 [17:00-19:00] [22:00-02:00] [Lan] "
                 "[] 1717841261\n");
    assert_int_equal(report.entries, 2);
    static const char head[] = "register,zone=yen-lu,kind=line,author=Lan ";
    static const struct {
        const char *rest, *reason;
    } wrong[] = {
        {"mw=25,probabilty=0.7 1830000000", "unknown field \"probabilty\""},
        {"mw=\"25\" 1830000000", "mw is not a number"},
        {"mw=25,from=1717174800", "from is not a string"},
        {"mw=25", "no field from and no timestamp"},
        {"mw=25,from=\"1.6.2024\"",
         "from \"1.6.2024\": not a date or time such as 2024-06-01T08:00"},
        {"mw=25,factor=2 1830000000",
         "mw \"25.0\": one of mw and factor must be given, and only one"},
        {"mw=25,note=\"a\nb\" 1830000000",
         "note \"a?b\": at most 1000 bytes of UTF-8 without line breaks"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char line[256];
        snprintf(line, sizeof line, "%s%s", head, wrong[k].rest);
        assert_refused(line, CHECK_ENTRY, wrong[k].reason);
    }
    assert_refused("register,zone=yen-lu,kind=line mw=25 1830000000", CHECK_ENTRY,
                   "author \"\": every entry is signed");
    assert_refused("register,zone=yen,kind=line,author=A mw=25 1830000000", CHECK_ZONE,
                   "unknown zone \"yen\"");
}

static void test_the_latest_time_taken(void **state)
{
    (void)state;
    assert_taken("load,zone=yen-lu mw=1 1717844400\nweather,station=s temp_c=1 1717844861\n",
                 "yen-lu/ 1717844400 1\ns 1717844820 1\n");
}

static void test_a_wrong_precision_is_seen(void **state)
{
    (void)state;
    struct config config = make_config();
    static const char body[] = "load,zone=yen-lu mw=1 1717840800";
    taken.left = SIZE_MAX;
    for (int64_t tick = 1; tick < 1000000000; tick *= 1000) {
        assert_true(parse_by(&config, body, strlen(body), tick));
        assert_int_equal(report.causes[CHECK_PAST], 1);
        buffer_done(&taken.text);
    }
}

static void test_an_impossible_humidity_costs_only_itself(void **state)
{
    (void)state;
    parse("weather,station=s temp_c=30,rh_pct=100.5 1717840800\n"
          "weather,station=s temp_c=31,rh_pct=\"wet\" 1717840860\n"
          "weather,station=s temp_c=32,rh_pct=0 1717840920\n");
    assert_string_equal(taken.text.data, "s 1717840800 30\ns 1717840860 31\ns 1717840920 32 0\n");
    assert_int_equal(report.refused, 0);
    assert_int_equal(report.weather, 3);
    assert_int_equal(report.causes[CHECK_HUMIDITY], 2);
    assert_string_equal(report.verdicts[0].fault.reason,
                        "rh_pct 100.5 is not between 0 and 100: taken without it");
    assert_string_equal(report.verdicts[1].fault.reason,
                        "rh_pct is not a number: taken without it");
    buffer_done(&taken.text);
}

static void test_good_lines_beside_bad_ones(void **state)
{
    (void)state;
    parse("load,zone=yen-lu mw=1 1717840800\n# note\n\nload,zone=x mw=1\nnonsense\n"
          "load,zone=phuc-son mw=2 1717840800");
    assert_string_equal(taken.text.data, "yen-lu/ 1717840800 1\nphuc-son/ 1717840800 2\n");
    assert_int_equal(report.refused, 2);
    assert_int_equal(report.verdicts[0].line, 4);
    assert_int_equal(report.verdicts[1].line, 5);
    buffer_done(&taken.text);
}

static void test_names_and_scale_come_from_the_configuration(void **state)
{
    (void)state;
    struct config config = make_config();
    static const char body[] = "Công\\ tơ,khu=tan-hung,số=7 P=2385.5 1717840800\n"
                               "load,zone=yen-lu mw=1\n"
                               "Công\\ tơ,khu=tan-hung P=1e308\n";
    config.intake.load_measurement = text("Công tơ");
    config.intake.zone_tag = text("khu");
    config.intake.meter_tag = text("số");
    config.intake.load_field = text("P");
    config.intake.load_scale = .001;
    taken.left = SIZE_MAX;
    assert_true(parse_by(&config, body, strlen(body), 1000000000));
    assert_string_equal(taken.text.data, "tan-hung/7 1717840800 2.3855\n");
    assert_int_equal(report.causes[CHECK_MEASUREMENT], 1);
    assert_int_equal(report.causes[CHECK_RANGE], 1);
    buffer_done(&taken.text);
    config.intake.load_scale = 1000;
    assert_true(parse_by(&config, body, strlen(body), 1000000000));
    assert_string_equal(report.verdicts[2].fault.reason, "load in MW is too large");
    buffer_done(&taken.text);
}

static void test_values_in_reasons_are_cut_and_clean(void **state)
{
    (void)state;
    char line[400];
    struct config config = make_config();
    snprintf(line, sizeof line, "load,zone=%058dêx mw=1", 7);
    assert_refused(line, CHECK_ZONE,
                   "unknown zone "
                   "\"0000000000000000000000000000000000000000000000000000000007ê\"...");
    snprintf(line, sizeof line, "load,zone=%059dêx mw=1", 7);
    assert_refused(line, CHECK_ZONE,
                   "unknown zone "
                   "\"00000000000000000000000000000000000000000000000000000000007\"...");
    snprintf(line, sizeof line, "load,zone=%060d mw=1", 7);
    assert_refused(line, CHECK_ZONE,
                   "unknown zone "
                   "\"000000000000000000000000000000000000000000000000000000000007\"");
    snprintf(line, sizeof line, "load,zone=yen-lu,meter=%0128d mw=1", 7);
    parse(line);
    assert_int_equal(report.readings, 1);
    buffer_done(&taken.text);
    snprintf(line, sizeof line, "load,zone=yen-lu,meter=%0129d mw=1", 7);
    assert_refused(line, CHECK_TAG,
                   "meter \"000000000000000000000000000000000000000000000000000000000000\"... is "
                   "longer than 128 bytes");
    assert_refused("\x01\xff\n", CHECK_MALFORMED,
                   "unable to parse \"??\": the measurement's name is missing (byte 1)");
    // A name out of the configuration can make a reason too long: it is cut between characters.
    static char name[400];
    for (size_t i = 0; i < 399; i += 3)
        memcpy(name + i, "ệ", 3);
    config.intake.load_field = name;
    taken.left = SIZE_MAX;
    assert_true(parse_by(&config, "load,zone=yen-lu mw=1", 21, 1));
    assert_int_equal(strlen(report.verdicts[0].fault.reason), strlen("no field ") + 3 * 82);
    buffer_done(&taken.text);
}

static void test_the_sink_can_end_the_walk(void **state)
{
    (void)state;
    struct config config = make_config();
    static const char body[] = "load,zone=yen-lu mw=1\nweather,station=s temp_c=3\n"
                               "load,zone=yen-lu mw=2\nbad\n";
    for (size_t left = 0; left < 3; left++) {
        taken.left = left;
        assert_false(parse_by(&config, body, strlen(body), 1));
        assert_int_equal(report.readings + report.weather, left);
        assert_int_equal(report.refused, 0);
        buffer_done(&taken.text);
    }
}

static void test_replies(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 1 << 20);
    parse("load,zone=yen-lu mw=1\n");
    assert_int_equal(intake_reply(&report, &out), 204);
    assert_int_equal(out.length, 0);
    buffer_done(&taken.text);
    parse("");
    assert_int_equal(intake_reply(&report, &out), 204);
    buffer_done(&taken.text);
    parse("load,zone=yen-lu mw=1\nload,zone=\"x\" mw=1\n");
    assert_int_equal(intake_reply(&report, &out), 400);
    assert_string_equal(
        out.data, "{\"code\":\"invalid\","
                  "\"error\":\"partial write: line 2: unknown zone \\\"\\\"x\\\"\\\" dropped=1\","
                  "\"message\":\"partial write: line 2: unknown zone \\\"\\\"x\\\"\\\" dropped=1\","
                  "\"taken\":1,\"dropped\":1,"
                  "\"lines\":[{\"line\":2,\"cause\":\"zone\",\"reason\":\"unknown zone "
                  "\\\"\\\"x\\\"\\\"\"}]}");
    buffer_done(&taken.text);
    buffer_done(&out);
}

static void test_only_the_first_hundred_are_told(void **state)
{
    (void)state;
    struct buffer body, out;
    buffer_init(&body, 1 << 20);
    buffer_init(&out, 1 << 20);
    for (int i = 1; i <= 250; i++)
        buffer_printf(&body, "load,zone=z%d mw=1\n", i);
    parse(body.data);
    assert_int_equal(report.refused, 250);
    assert_int_equal(report.causes[CHECK_ZONE], 250);
    assert_int_equal(report.n_verdicts, INTAKE_VERDICTS_MAX);
    assert_int_equal(intake_reply(&report, &out), 400);
    json_t *reply = json_loads(out.data, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(reply, "error")),
                        "partial write: line 1: unknown zone \"z1\"; line 2: unknown zone \"z2\"; "
                        "line 3: unknown zone \"z3\"; and 247 more dropped=250");
    assert_int_equal(json_array_size(json_object_get(reply, "lines")), INTAKE_VERDICTS_MAX);
    json_decref(reply);
    buffer_done(&taken.text);
    buffer_done(&body);
    buffer_done(&out);
}

static void test_precisions(void **state)
{
    (void)state;
    int64_t tick = 77;
    assert_true(intake_precision(NULL, &tick) && tick == 1);
    assert_true(intake_precision("", &tick) && tick == 1);
    assert_true(intake_precision("us", &tick) && tick == 1000);
    assert_true(intake_precision("ms", &tick) && tick == 1000000);
    assert_true(intake_precision("s", &tick) && tick == 1000000000);
    assert_true(intake_precision("h", &tick) && tick == 3600000000000);
    assert_false(intake_precision("d", &tick));
    assert_true(tick == 3600000000000);
}

static void test_causes_have_names(void **state)
{
    (void)state;
    for (enum check_cause i = 0; i < CHECK_CAUSES; i++)
        for (enum check_cause j = 0; j < i; j++)
            assert_string_not_equal(check_cause_name(i), check_cause_name(j));
    assert_string_equal(check_cause_name(CHECK_GRID), "grid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readings_and_weather_are_taken),
        cmocka_unit_test(test_made_up_lines_are_counted),
        cmocka_unit_test(test_stamps_near_the_grid_are_moved_onto_it),
        cmocka_unit_test(test_lines_without_a_time_and_minutes),
        cmocka_unit_test(test_every_cause),
        cmocka_unit_test(test_entries_of_the_register),
        cmocka_unit_test(test_the_latest_time_taken),
        cmocka_unit_test(test_a_wrong_precision_is_seen),
        cmocka_unit_test(test_an_impossible_humidity_costs_only_itself),
        cmocka_unit_test(test_good_lines_beside_bad_ones),
        cmocka_unit_test(test_names_and_scale_come_from_the_configuration),
        cmocka_unit_test(test_values_in_reasons_are_cut_and_clean),
        cmocka_unit_test(test_the_sink_can_end_the_walk),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_only_the_first_hundred_are_told),
        cmocka_unit_test(test_precisions),
        cmocka_unit_test(test_causes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
