// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"

// A folder of its own with zones a and b, in which every test runs.
struct place {
    char folder[32];
    int back; // where the test program was
};

static void write_file(const char *name, const char *text)
{
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    strcpy(place->folder, "/tmp/test_config_XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    assert_int_equal(chdir(place->folder), 0);
    write_file("zones.csv", "id,name\na,A\nb,B\n");
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    unlink("x.conf");
    unlink("zones.csv");
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(place->folder), 0);
    free(place);
    return 0;
}

static struct config *read_good(const char *text)
{
    struct config_errors errors;
    write_file("x.conf", text);
    struct config *config = config_read("x.conf", &errors);
    for (size_t i = 0; i < errors.n; i++)
        print_error("%s\n", errors.text[i]);
    assert_non_null(config);
    assert_int_equal(errors.n, 0);
    config_errors_done(&errors);
    return config;
}

// `expected` is all faults, one a line.
static void assert_faults(const char *text, const char *expected)
{
    struct config_errors errors;
    char all[4096] = "";
    write_file("x.conf", text);
    assert_null(config_read("x.conf", &errors));
    for (size_t i = 0, used = 0; i < errors.n; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s\n", errors.text[i]);
    assert_string_equal(all, expected);
    config_errors_done(&errors);
}

static void defaults_are_those_of_bac_giang(void **state)
{
    (void)state;
    struct config *config = read_good("[site]\nzones = zones.csv\n");
    assert_string_equal(config->site.name, "Bắc Giang");
    assert_string_equal(config->site.clock, "+07:00");
    assert_int_equal(config->site.step_s, 1800);
    assert_string_equal(config->site.zones_file, "zones.csv");
    assert_null(config->site.capacity_file);
    assert_null(config->site.calendar_file);
    assert_true(config->site.power_factor == 0.9);
    assert_string_equal(config->store.path, "/var/lib/phutai/phutai.db");
    assert_string_equal(config->intake.listen, "127.0.0.1:8428");
    assert_null(config->intake.token_file);
    assert_int_equal(config->intake.body_bytes, 25000000);
    assert_true(config->intake.load_min_mw == 0);
    assert_string_equal(config->intake.load_field, "mw");
    assert_int_equal(config->forecast.clock, CONFIG_CLOCK_SYSTEM);
    assert_int_equal(config->forecast.history_s, INT64_C(4) * 365 * 86400);
    assert_int_equal(config->n_sinks, 0);
    assert_int_equal(config->n_zones, 2);
    assert_int_equal(config->n_capacities, 0);
    assert_int_equal(config->n_days, 0);
    config_free(config);
}

static void every_type_is_read(void **state)
{
    (void)state;
    struct config *config = read_good("\xEF\xBB\xBF# a comment\n"
                                      "; another\n"
                                      "\n"
                                      "[site]\r\n"
                                      "name=Việt Yên\r\n"
                                      "    zones = zones.csv   ; indented\n"
                                      "\tclock : AEST-10AEDT,M10.1.0,M4.1.0/3\n"
                                      "step = 15min\n"
                                      "power_factor = .925\n"
                                      "capacity =\n"
                                      "[store]\n"
                                      "path = data/x.db\n"
                                      "[intake]\n"
                                      "body_bytes = 64KiB\n"
                                      "load_scale = 1e-3\n"
                                      "[forecast] # how\n"
                                      "clock = readings\n"
                                      "horizon = 1d12h\n"
                                      "[intake]\n"
                                      "listen = [::1]:0");
    assert_string_equal(config->site.name, "Việt Yên");
    assert_string_equal(config->site.clock, "AEST-10AEDT,M10.1.0,M4.1.0/3");
    assert_int_equal(config->site.step_s, 900);
    assert_true(config->site.power_factor == 0.925);
    assert_null(config->site.capacity_file);
    assert_string_equal(config->store.path, "data/x.db");
    assert_int_equal(config->intake.body_bytes, 65536);
    assert_true(config->intake.load_scale == 0.001);
    assert_string_equal(config->intake.listen, "[::1]:0");
    assert_int_equal(config->forecast.clock, CONFIG_CLOCK_READINGS);
    assert_int_equal(config->forecast.horizon_s, 129600);
    config_free(config);
}

static void sinks_are_named_and_several(void **state)
{
    (void)state;
    struct config *config = read_good("[site]\nzones = zones.csv\n"
                                      "[influxdb local]\n"
                                      "[influxdb  cloud-2]\n"
                                      "dialect = influxdb2\n"
                                      "url = https://influx.example:8086\n"
                                      "org = sct\nbucket = phutai\ntoken_file = /etc/token\n"
                                      "batch_lines = 77\ntimeout = 3s\n");
    assert_int_equal(config->n_sinks, 2);
    const struct config_sink *local = &config->sinks[0], *cloud = &config->sinks[1];
    assert_string_equal(local->name, "local");
    assert_int_equal(local->dialect, CONFIG_INFLUXDB1);
    assert_string_equal(local->url, "http://127.0.0.1:8086");
    assert_string_equal(local->database, "phutai");
    assert_null(local->org);
    assert_int_equal(local->batch_lines, 5000);
    assert_int_equal(local->retry_max_s, 300);
    assert_string_equal(cloud->name, "cloud-2");
    assert_int_equal(cloud->dialect, CONFIG_INFLUXDB2);
    assert_string_equal(cloud->org, "sct");
    assert_string_equal(cloud->token_file, "/etc/token");
    assert_int_equal(cloud->batch_lines, 77);
    assert_int_equal(cloud->timeout_s, 3);
    config_free(config);
}

static void paths_are_relative_to_the_file(void **state)
{
    const struct place *place = *state;
    struct config_errors errors;
    char path[64], expected[64];
    write_file("x.conf", "[site]\nzones = zones.csv\n[store]\npath = a/b.db\n"
                         "[intake]\ntoken_file = /t\n");
    snprintf(path, sizeof path, "%s/x.conf", place->folder);
    assert_int_equal(chdir("/"), 0);
    struct config *config = config_read(path, &errors);
    assert_int_equal(chdir(place->folder), 0);
    assert_non_null(config);
    snprintf(expected, sizeof expected, "%s/a/b.db", place->folder);
    assert_string_equal(config->store.path, expected);
    assert_string_equal(config->intake.token_file, "/t");
    config_free(config);
    config_errors_done(&errors);
}

static void each_fault_has_its_line_and_all_are_told(void **state)
{
    (void)state;
    assert_faults("[site]\n"
                  "zones = zones.csv\n"
                  "step = 3min\n"
                  "# a comment\n"
                  "clock = +7\n"
                  "[intake]\n"
                  "body_bytes = 25XB\n"
                  "\n"
                  "lisen = 127.0.0.1:1\n"
                  "[forcast]\n"
                  "every = 1h\n"
                  "what = ever\n"
                  "[forecast]\n"
                  "clock = sundial\n"
                  "horizon\n",
                  "x.conf:3: [site] step = \"3min\": must be from 5min to 60min\n"
                  "x.conf:5: [site] clock = \"+7\": must be an offset such as +07:00 or a POSIX TZ "
                  "rule such as AEST-10AEDT,M10.1.0,M4.1.0/3\n"
                  "x.conf:7: [intake] body_bytes = \"25XB\": not a size such as 25MB\n"
                  "x.conf:9: [intake] lisen: no such key; did you mean listen?\n"
                  "x.conf:10: [forcast]: no such section; did you mean [forecast]?\n"
                  "x.conf:14: [forecast] clock = \"sundial\": must be system or readings\n"
                  "x.conf:15: neither [section] nor key = value nor a comment\n");
}

static void values_must_be_of_their_type_and_in_range(void **state)
{
    (void)state;
    static const struct {
        const char *section, *setting, *reason;
    } cases[] = {
        {"site", "step = 7min", "must be a length that divides the hour"},
        {"site", "step = 2h", "must be from 5min to 60min"},
        {"site", "step = 1800", "not a duration such as 30min, 24h or 1d12h"},
        {"site", "step =", "must not be empty"},
        {"site", "power_factor = 1.01", "must be from 0.5 to 1"},
        {"site", "power_factor = 0,9", "not a number such as 0.5"},
        {"site", "clock = 7 hours",
         "must be an offset such as +07:00 or a POSIX TZ rule such as "
         "AEST-10AEDT,M10.1.0,M4.1.0/3"},
        {"store", "vintages = 1h", "must be from 1d to 20y"},
        {"intake", "listen = localhost",
         "must be an address and a port such as 127.0.0.1:8428 or "
         "[::1]:8428"},
        {"intake", "listen = ::1:80",
         "must be an address and a port such as 127.0.0.1:8428 or "
         "[::1]:8428"},
        {"intake", "listen = 127.0.0.1:65536",
         "must be an address and a port such as "
         "127.0.0.1:8428 or [::1]:8428"},
        {"intake", "load_scale = 0", "must be greater than 0"},
        {"intake", "load_scale = 1e7", "must be of at most 1000000"},
        {"intake", "load_max_mw = 100000.5", "must be from -100000 to 100000 MW"},
        {"intake", "load_field =", "must not be empty"},
        {"intake", "body_bytes = 2GB", "must be from 1kB to 1GB"},
        {"influxdb x", "url = ftp://a",
         "must be http:// or https://, a host and perhaps a port, "
         "without user, \"?\" and \"#\""},
        {"influxdb x", "url = http://me:secret@host",
         "must be http:// or https://, a host and "
         "perhaps a port, without user, \"?\" and "
         "\"#\""},
        {"influxdb x", "batch_lines = 2.5", "not a whole number such as 5000"},
        {"influxdb x", "batch_lines = 0", "must be from 1 to 100000 lines"},
        {"influxdb x", "dialect = influxdb9",
         "must be influxdb1, influxdb2, influxdb3 or victoriametrics"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256], expected[512];
        const char *setting = cases[i].setting;
        const size_t key = strcspn(setting, " "), value = key + 2 + (setting[key + 2] == ' ');
        snprintf(text, sizeof text, "[site]\nzones = zones.csv\n[%s]\n%s\n", cases[i].section,
                 setting);
        snprintf(expected, sizeof expected, "x.conf:4: [%s] %.*s = \"%s\": %s\n", cases[i].section,
                 (int)key, setting, setting + value, cases[i].reason);
        assert_faults(text, expected);
    }
}

static void keys_are_known_and_set_once(void **state)
{
    (void)state;
    assert_faults("name = early\n"
                  "[site]\n"
                  "zones = zones.csv\n"
                  "step = 30min\n"
                  "path = x.db\n"
                  "qqq = 1\n"
                  "[forecast]\n"
                  "horizn = 2d\n"
                  "[site]\n"
                  "step = 15min\n"
                  "[site 2]\n"
                  "[]\n"
                  "[store\n"
                  "[zzz]\n"
                  "[store] path = x\n"
                  "= 5\n",
                  "x.conf:1: name: a key before the first [section]\n"
                  "x.conf:5: [site] path: no such key; it belongs in [store]\n"
                  "x.conf:6: [site] qqq: no such key\n"
                  "x.conf:8: [forecast] horizn: no such key; did you mean horizon?\n"
                  "x.conf:10: [site] step: set already on line 4\n"
                  "x.conf:11: [site 2]: this section has no name of its own\n"
                  "x.conf:12: an empty section name\n"
                  "x.conf:13: a section name without its \"]\"\n"
                  "x.conf:14: [zzz]: no such section\n"
                  "x.conf:15: text after the \"]\" of a section name\n"
                  "x.conf:16: no key before the \"=\"\n");
}

static void what_has_no_default_must_be_set(void **state)
{
    (void)state;
    assert_faults("", "x.conf: [site] zones: missing, and it has no default; for example zones = "
                      "bac-giang/zones.csv\n");
    assert_faults("[site]\nzones =\n", "x.conf:2: [site] zones = \"\": must not be empty\n");
    assert_faults("[site]\nzones = none.csv\n", "none.csv: No such file or directory\n");
}

static void sinks_must_be_complete(void **state)
{
    (void)state;
    assert_faults("[site]\nzones = zones.csv\n"
                  "[influxdb]\n"
                  "url = http://a\n"
                  "[influxdb a b]\n"
                  "[influxdb two]\n"
                  "dialect = influxdb2\n"
                  "bucket =\n"
                  "[influxdb one]\n"
                  "username = me\n"
                  "[influxdb two]\n"
                  "[influxdb pw]\n"
                  "password_file = p\n"
                  "url = http://a\n"
                  "url = http://b\n",
                  "x.conf:3: [influxdb]: must have a name of letters, digits, \"_\" and \"-\", "
                  "such as [influxdb local]\n"
                  "x.conf:5: [influxdb a b]: must have a name of letters, digits, \"_\" and "
                  "\"-\", such as [influxdb local]\n"
                  "x.conf:11: [influxdb two]: a section of this name stands already further up\n"
                  "x.conf:15: [influxdb pw] url: set already on line 14\n"
                  "x.conf:6: [influxdb two] org: missing, and influxdb2 needs it\n"
                  "x.conf:6: [influxdb two] bucket: missing, and influxdb2 needs it\n"
                  "x.conf:6: [influxdb two] token_file: missing, and influxdb2 needs it\n"
                  "x.conf:9: [influxdb one] password_file: missing, and there is a username\n"
                  "x.conf:12: [influxdb pw] username: missing, and there is a password_file\n");
    char text[1024] = "[site]\nzones = zones.csv\n";
    for (int i = 0; i < 17; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "[influxdb s%d]\n", i);
    assert_faults(text, "x.conf:19: [influxdb s16]: 16 of these sections are the most\n");
}

static void pulls_must_be_complete(void **state)
{
    (void)state;
    struct config *config = read_good("[site]\nzones = zones.csv\n[pull a]\ndatabase = d\n"
                                      "[pull b]\ndialect = victoriametrics\nkind = weather\n");
    assert_int_equal(config->n_pulls, 2);
    assert_string_equal(config->pulls[0].database, "d");
    assert_null(config->pulls[0].measurement);
    assert_int_equal(config->pulls[0].every_s, 60);
    assert_int_equal(config->pulls[1].kind, CONFIG_PULL_WEATHER);
    assert_int_equal(config->pulls[1].overlap_s, 2 * 86400);
    config_free(config);
    assert_faults("[site]\nzones = zones.csv\nstep = 30min\n[pull a]\noverlap = 30min\n"
                  "[pull b]\ndialect = victoriametrics\nretention_policy = r\nusername = u\n"
                  "[pull c]\ndatabase = d\nscale = 0\npassword_file = p\n",
                  "x.conf:12: [pull c] scale = \"0\": must be greater than 0\n"
                  "x.conf:4: [pull a] database: missing, and influxdb1 needs it\n"
                  "x.conf:4: [pull a] overlap: must be two steps of the site at least\n"
                  "x.conf:6: [pull b] retention_policy: victoriametrics has none\n"
                  "x.conf:6: [pull b] password_file: missing: username and password_file go "
                  "together\n"
                  "x.conf:10: [pull c] username: missing: username and password_file go "
                  "together\n");
}

static void weather_is_asked_for_at_places(void **state)
{
    (void)state;
    struct config *config = read_good("[site]\nzones = zones.csv\n"
                                      "[weather bac-giang]\nlatitude = 21.27\nlongitude = 106.2\n"
                                      "[weather south]\nlatitude = -1\nlongitude = -0.5\n"
                                      "stale = 6h\nhistory = 0s\napikey_file = key\n");
    assert_int_equal(config->n_weather, 2);
    assert_string_equal(config->weather[0].name, "bac-giang");
    assert_string_equal(config->weather[0].url, "https://api.open-meteo.com/v1/forecast");
    assert_true(config->page.open);
    assert_null(config->weather[0].apikey_file);
    assert_true(config->weather[1].latitude == -1 && config->weather[1].longitude == -0.5);
    assert_int_equal(config->weather[1].history_s, 0);
    assert_int_equal(config_weather_stale_s(config, "south"), 6 * 3600);
    assert_int_equal(config_weather_stale_s(config, "bac-giang"), 86400);
    assert_int_equal(config_weather_stale_s(config, "elsewhere"), 86400);
    config_free(config);
    assert_faults("[site]\nzones = zones.csv\n[weather a]\nlatitude = 99\n"
                  "url = http://h/v1?x=1\n",
                  "x.conf:4: [weather a] latitude = \"99\": must be from -90 to 90 degrees\n"
                  "x.conf:5: [weather a] url = \"http://h/v1?x=1\": must be http:// or https://, a "
                  "host and a path, without user, \"?\" and \"#\"\n"
                  "x.conf:3: [weather] longitude: missing, and it has no default; for example "
                  "longitude = 106.2\n");
}

static void keys_must_go_together(void **state)
{
    (void)state;
    assert_faults("[site]\nzones = zones.csv\n[intake]\nload_max_mw = 5\nload_min_mw = 5\n",
                  "x.conf:5: [intake] load_min_mw is 5 and load_max_mw is 5: nothing lies "
                  "between\n");
}

static void long_lines_and_bad_bytes_are_noticed(void **state)
{
    (void)state;
    char text[1024];
    char value[400];
    memset(value, 'v', sizeof value);
    // A comment may be as long as it likes, and the longest line is read whole.
    snprintf(text, sizeof text, "# %.300s\n[site]\nzones = zones.csv\nname = %.190s\n", value,
             value);
    struct config *config = read_good(text);
    assert_int_equal(strlen(config->site.name), 190);
    config_free(config);
    snprintf(text, sizeof text, "[site]\nzones = zones.csv\nname = %.191s\n", value);
    assert_faults(text, "x.conf:3: the line is too long: 197 bytes are the most\n");
    snprintf(text, sizeof text, "[site]\nzones = zones.csv\nname = %.397s\nqq = 1\n", value);
    assert_faults(text, "x.conf:3: the line is too long: 197 bytes are the most\n"
                        "x.conf:4: [site] qq: no such key\n");
    assert_faults("[site]\nzones = zones.csv\nname = B\xAF"
                  "c\n",
                  "x.conf:3: not text in UTF-8: save the file as UTF-8\n");
}

static void a_file_that_cannot_be_read_is_said_so(void **state)
{
    (void)state;
    struct config_errors errors;
    assert_null(config_read("none.conf", &errors));
    assert_int_equal(errors.n, 1);
    assert_string_equal(errors.text[0], "none.conf: No such file or directory");
    config_errors_done(&errors);
    assert_int_equal(errors.n, 0);
    assert_null(config_read("/tmp", &errors));
    assert_string_equal(errors.text[0], "/tmp: Is a directory");
    config_errors_done(&errors);
    config_free(NULL);
}

static void faults_have_a_ceiling(void **state)
{
    (void)state;
    struct config_errors errors;
    FILE *out = fopen("x.conf", "w");
    assert_non_null(out);
    for (int i = 0; i < 5000; i++)
        fputs("rubbish\n", out);
    fclose(out);
    assert_null(config_read("x.conf", &errors));
    assert_int_equal(errors.n, 101);
    assert_string_equal(errors.text[99],
                        "x.conf:100: neither [section] nor key = value nor a comment");
    assert_string_equal(errors.text[100], "there are more faults than these");
    config_errors_done(&errors);
}

static struct CMUnitTest in_place(const char *name, CMUnitTestFunction test)
{
    return (struct CMUnitTest){
        .name = name, .test_func = test, .setup_func = set_up, .teardown_func = tear_down};
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_place("defaults are those of Bac Giang", defaults_are_those_of_bac_giang),
        in_place("every type is read", every_type_is_read),
        in_place("sinks are named and several", sinks_are_named_and_several),
        in_place("paths are relative to the file", paths_are_relative_to_the_file),
        in_place("each fault has its line", each_fault_has_its_line_and_all_are_told),
        in_place("values have a type and a range", values_must_be_of_their_type_and_in_range),
        in_place("keys are known and set once", keys_are_known_and_set_once),
        in_place("what has no default must be set", what_has_no_default_must_be_set),
        in_place("sinks must be complete", sinks_must_be_complete),
        in_place("pulls must be complete", pulls_must_be_complete),
        in_place("weather is asked for at places", weather_is_asked_for_at_places),
        in_place("keys must go together", keys_must_go_together),
        in_place("long lines and bad bytes", long_lines_and_bad_bytes_are_noticed),
        in_place("unreadable files", a_file_that_cannot_be_read_is_said_so),
        in_place("faults have a ceiling", faults_have_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
