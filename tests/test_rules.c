// SPDX-License-Identifier: GPL-3.0-or-later
// Rules of alerts and where alerts go, as they stand in the INI file.
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

static const char head[] = "[site]\nzones = zones.csv\n"; // two lines

static void write_file(const char *name, const char *text)
{
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
    char folder[] = "/tmp/test_rules_XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    write_file("zones.csv", "id,name,parent\na,A,\na-mr,A mở rộng,a\nb,B,\n");
    *state = strdup(folder);
    return 0;
}

static int tear_down(void **state)
{
    char *folder = *state;
    unlink("x.conf");
    unlink("zones.csv");
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(folder), 0);
    free(folder);
    return 0;
}

static struct config *read_rules(const char *text, struct config_errors *errors)
{
    char whole[8192];
    snprintf(whole, sizeof whole, "%s%s", head, text);
    write_file("x.conf", whole);
    return config_read("x.conf", errors);
}

static struct config *read_good(const char *text)
{
    struct config_errors errors;
    struct config *config = read_rules(text, &errors);
    for (size_t i = 0; i < errors.n; i++)
        print_error("%s\n", errors.text[i]);
    config_errors_done(&errors);
    assert_non_null(config);
    return config;
}

// `expected` is all faults, one a line.
static void assert_faults(const char *text, const char *expected)
{
    struct config_errors errors;
    char all[4096] = "";
    struct config *config = read_rules(text, &errors);
    for (size_t i = 0, used = 0; i < errors.n; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s\n", errors.text[i]);
    config_errors_done(&errors);
    const bool refused = !config;
    config_free(config);
    assert_string_equal(all, expected);
    assert_true(refused);
}

static void a_rule_has_defaults(void **state)
{
    (void)state;
    struct config *config = read_good("[alert week]\non = peak\n");
    assert_int_equal(config->n_rules, 1);
    const struct config_alert *rule = &config->rules[0];
    assert_string_equal(rule->name, "week");
    assert_int_equal(rule->on, CONFIG_ALERT_PEAK);
    assert_string_equal(rule->zones, "all");
    assert_true(rule->per_cent[0] == 90 && rule->per_cent[1] == 100 && rule->per_cent[2] == 110);
    assert_true(isnan(rule->limit_mw));
    assert_true(rule->probability == 0.5 && rule->clear_probability == 0.3);
    assert_true(rule->clear_per_cent == 97);
    assert_int_equal(rule->within_s, 7 * 86400);
    assert_int_equal(rule->age_s, 7200);
    assert_int_equal(rule->days, 7);
    assert_int_equal(rule->hold, 2);
    assert_int_equal(rule->hold_clear, 3);
    assert_int_equal(rule->change_s, 3600);
    assert_int_equal(rule->reminder_s, 86400);
    assert_true(rule->inhibited);
    assert_int_equal(rule->mute_from_s, rule->mute_to_s);
    assert_int_equal(config->alerts.language, CONFIG_VIETNAMESE);
    assert_null(config->alerts.link);
    config_free(config);
}

static void every_key_is_put_in_its_place(void **state)
{
    (void)state;
    struct config *config =
        read_good("[alerts]\nlanguage = en\nlink = https://g.example/d/1?orgId=1#a\n"
                  "[alert s]\non = season\nzones =  a-mr  total\ta-all \nwatch = 0\n"
                  "emergency = 95.5\nextreme = 120\nlimit_mw = 12.5\nprobability = 0.1\n"
                  "clear_probability = 0.05\nhold = 4\nhold_clear = 5\nchange = 0s\n"
                  "reminder = 2d\ninhibited = no\nmute = 22:00-06:00\n"
                  "[alert l]\non = load\nclear = 90\nlimit_mw =\n"
                  "[alert p]\non = peak\nwithin = 36h\n"
                  "[alert w]\non = weather\nage = 24h\n[alert k]\non = skill\ndays = 14\n"
                  "[alert q]\non = sink\n[alert r]\non = register\n[alert g]\non = readings\n");
    assert_int_equal(config->n_rules, 8);
    const struct config_alert *rule = &config->rules[0];
    assert_int_equal(config->alerts.language, CONFIG_ENGLISH);
    assert_string_equal(config->alerts.link, "https://g.example/d/1?orgId=1#a");
    assert_int_equal(rule->on, CONFIG_ALERT_SEASON);
    assert_true(rule->per_cent[0] == 0 && rule->per_cent[1] == 95.5 && rule->per_cent[2] == 120);
    assert_true(rule->limit_mw == 12.5);
    assert_true(rule->probability == 0.1 && rule->clear_probability == 0.05);
    assert_int_equal(rule->hold, 4);
    assert_int_equal(rule->hold_clear, 5);
    assert_int_equal(rule->change_s, 0);
    assert_int_equal(rule->reminder_s, 2 * 86400);
    assert_false(rule->inhibited);
    assert_true(config_rule_names(rule, "a-mr") && config_rule_names(rule, "total"));
    assert_true(config_rule_names(rule, "a-all") && !config_rule_names(rule, "a"));
    assert_false(config_rule_names(rule, "all") || config_rule_names(rule, ""));
    assert_int_equal(rule->mute_from_s, 22 * 3600);
    assert_int_equal(rule->mute_to_s, 6 * 3600);
    assert_true(config->rules[1].clear_per_cent == 90 && isnan(config->rules[1].limit_mw));
    assert_int_equal(config->rules[2].within_s, 36 * 3600);
    assert_int_equal(config->rules[3].age_s, 86400);
    assert_int_equal(config->rules[4].days, 14);
    assert_int_equal(config->rules[5].on, CONFIG_ALERT_SINK);
    assert_int_equal(config->rules[6].on, CONFIG_ALERT_REGISTER);
    assert_int_equal(config->rules[7].on, CONFIG_ALERT_READINGS);
    config_free(config);
}

static void alerts_go_to_several_places(void **state)
{
    (void)state;
    struct config *config =
        read_good("[alertmanager a]\nurl = http://h:9093\n"
                  "[alertmanager b]\nurl = https://k\nusername = u\npassword_file = p\n"
                  "every = 30s\ntimeout = 3s\ntoken_file = /t\n"
                  "[webhook c]\nurl = https://h/x\n"
                  "[webhook d]\nurl = https://h/y\ntoken_file = t\ntimeout = 1s\n"
                  "retry_max = 1h\noutbox_bytes = 1MB\noutbox_age = 1h\n");
    assert_int_equal(config->n_alertmanagers, 2);
    assert_string_equal(config->alertmanagers[0].url, "http://h:9093");
    assert_int_equal(config->alertmanagers[0].every_s, 60);
    assert_int_equal(config->alertmanagers[0].timeout_s, 10);
    assert_null(config->alertmanagers[0].username);
    assert_string_equal(config->alertmanagers[1].username, "u");
    assert_string_equal(config->alertmanagers[1].password_file, "p");
    assert_string_equal(config->alertmanagers[1].token_file, "/t");
    assert_int_equal(config->alertmanagers[1].every_s, 30);
    assert_int_equal(config->n_webhooks, 2);
    assert_string_equal(config->webhooks[0].name, "c");
    assert_int_equal(config->webhooks[0].retry_max_s, 300);
    assert_int_equal(config->webhooks[0].outbox_bytes, 10000000);
    assert_int_equal(config->webhooks[0].outbox_age_s, 7 * 86400);
    assert_string_equal(config->webhooks[1].token_file, "t");
    assert_int_equal(config->webhooks[1].timeout_s, 1);
    config_free(config);
    assert_faults("[alertmanager a]\nusername = u\n[webhook b]\nurl = ftp://h\n",
                  "x.conf:6: [webhook b] url = \"ftp://h\": must be http:// or https://, a host "
                  "and a path, without user, \"?\" and \"#\"\n"
                  "x.conf:3: [alertmanager] url: missing, and it has no default; for example url "
                  "= http://127.0.0.1:9093\n"
                  "x.conf:3: [alertmanager a] password_file: missing: username and password_file "
                  "go together\n");
}

static void values_of_rules_are_checked(void **state)
{
    (void)state;
    assert_faults(
        "[alert]\non = peak\n[alert a]\n[alert b]\non = peaks\n"
        "[alert c]\non = peak\nprobability = 0\nlimit_mw = 0\nhold = 0\nhold_clear = 101\n"
        "within = 40d\ninhibited = maybe\nmute = 22-06\n[alert d]\non = peak\n"
        "mute = 06:00-06:00\nmute = 01:00-02:00\n[alerts]\nlanguage = fr\nlink = page\n",
        "x.conf:3: [alert]: must have a name of letters, digits, \"_\" and \"-\", such "
        "as [alert local]\n"
        "x.conf:7: [alert b] on = \"peaks\": must be peak, season, load, readings, "
        "weather, skill, sink or register\n"
        "x.conf:10: [alert c] probability = \"0\": must be from 0.01 to 0.99\n"
        "x.conf:11: [alert c] limit_mw = \"0\": must be greater than 0\n"
        "x.conf:12: [alert c] hold = \"0\": must be from 1 to 100 looks\n"
        "x.conf:13: [alert c] hold_clear = \"101\": must be from 1 to 100 looks\n"
        "x.conf:14: [alert c] within = \"40d\": must be from 1h to 30d\n"
        "x.conf:15: [alert c] inhibited = \"maybe\": must be yes or no\n"
        "x.conf:16: [alert c] mute = \"22-06\": not hours of the day such as "
        "22:00-06:00\n"
        "x.conf:19: [alert d] mute = \"06:00-06:00\": not hours of the day such as "
        "22:00-06:00\n"
        "x.conf:20: [alert d] mute: set already on line 19\n"
        "x.conf:22: [alerts] language = \"fr\": must be vi or en\n"
        "x.conf:23: [alerts] link = \"page\": must be http:// or https:// and an address "
        "without blanks\n"
        "x.conf:5: [alert] on: missing, and it has no default; for example on = peak\n");
}

static void keys_of_a_rule_go_together(void **state)
{
    (void)state;
    assert_faults("[alert a]\non = peak\nprobability = 0.2\n"
                  "[alert b]\non = season\nclear_probability = 0.6\n"
                  "[alert c]\non = load\nwatch = 100\nextreme = 99\n"
                  "[alert d]\non = load\nwatch = 0\nemergency = 0\nextreme = 0\n"
                  "[alert e]\non = load\nemergency = 0\nextreme = 90\n",
                  "x.conf:3: [alert a] clear_probability: is 0.3 and probability is 0.2: must be "
                  "at most that\n"
                  "x.conf:8: [alert b] clear_probability: is 0.6 and probability is 0.5: must be "
                  "at most that\n"
                  "x.conf:9: [alert c] emergency: is 100 and watch is 100: must be more\n"
                  "x.conf:12: [alert c] extreme: is 99 and emergency is 100: must be more\n"
                  "x.conf:15: [alert d] watch: every level is left out: one of watch, emergency "
                  "and extreme must be more than 0\n"
                  "x.conf:21: [alert e] extreme: is 90 and watch is 90: must be more\n");
    config_free(read_good("[alert a]\non = peak\nprobability = 0.3\n[alert b]\non = load\n"
                          "watch = 0\nemergency = 0\nextreme = 1\n"));
}

static void keys_without_effect_are_refused(void **state)
{
    (void)state;
    assert_faults("[alert a]\non = weather\nzones = a\nage = 3h\n"
                  "[alert b]\non = readings\nlimit_mw = 5\nwithin = 7d\ndays = 8\n"
                  "[alert c]\non = skill\nage = 3h\nprobability = 0.4\n",
                  "x.conf:5: [alert a] zones: has no meaning but where on = peak, season, load, "
                  "readings, skill or register\n"
                  "x.conf:9: [alert b] limit_mw: has no meaning but where on = peak, season or "
                  "load\n"
                  "x.conf:11: [alert b] days: has no meaning but where on = skill\n"
                  "x.conf:15: [alert c] probability: has no meaning but where on = peak or season\n"
                  "x.conf:14: [alert c] age: has no meaning but where on = readings, weather or "
                  "sink\n");
}

static void groups_are_of_zones_with_expansions(void **state)
{
    (void)state;
    struct config *config = read_good("[alert a]\non = load\nzones = a-all\n");
    assert_int_equal(config_group_parent(config, "a-all"), config_zone_find(config, "a"));
    assert_true(config_group_parent(config, "b-all") == SIZE_MAX);
    assert_true(config_group_parent(config, "-all") == SIZE_MAX);
    assert_true(config_group_parent(config, "a") == SIZE_MAX);
    assert_true(config_group_parent(config, "aa-all") == SIZE_MAX);
    config_free(config);
}

static void zones_of_a_rule_are_known(void **state)
{
    (void)state;
    assert_faults("[alert a]\non = load\nzones = a b-all a-all all c total -all a-mr-all\n",
                  "x.conf:5: [alert a] zones: \"b-all\" is not the id of a zone, of one with "
                  "expansions and \"-all\" behind it, or \"total\"\n"
                  "x.conf:5: [alert a] zones: \"all\" must stand alone\n"
                  "x.conf:5: [alert a] zones: \"c\" is not the id of a zone, of one with "
                  "expansions and \"-all\" behind it, or \"total\"\n"
                  "x.conf:5: [alert a] zones: \"-all\" is not the id of a zone, of one with "
                  "expansions and \"-all\" behind it, or \"total\"\n"
                  "x.conf:5: [alert a] zones: \"a-mr-all\" is not the id of a zone, of one with "
                  "expansions and \"-all\" behind it, or \"total\"\n");
    // What would look at nothing.
    assert_faults("[alert a]\non = readings\nzones = a total\n[alert b]\non = skill\n"
                  "zones = a-all\n[alert c]\non = season\nzones = a-all total\n",
                  "x.conf:5: [alert a] zones: \"total\" has a peak, a season and a load, nothing "
                  "else: name zones\n"
                  "x.conf:8: [alert b] zones: \"a-all\" has a peak, a season and a load, nothing "
                  "else: name zones\n");
    write_file("zones.csv", "id,name\na,A\n");
    assert_faults("[alert a]\non = peak\nzones = total\n",
                  "x.conf:5: [alert a] zones: there is one zone, and no \"total\" beside it\n");
}

// Every section of which there may be several, as often as it may stand.
static void there_is_room_for_every_section(void **state)
{
    (void)state;
    static const char *const kinds[][2] = {
        {"influxdb", ""},
        {"mqtt", "topics = t\n"},
        {"pull", "database = d\n"},
        {"weather", "latitude = 1\nlongitude = 1\n"},
        {"alert", "on = load\n"},
        {"alertmanager", "url = http://h\n"},
        {"webhook", "url = http://h\n"},
    };
    char text[8192] = "";
    size_t used = 0;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int i = 0; i < CONFIG_NAMED_MAX; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "[%s n%d]\n%s", kinds[k][0],
                                     i, kinds[k][1]);
    for (int i = 0; i < CONFIG_NAMED_MAX; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "[folder n%d]\npath = p%d\n", i, i);
    assert_true(used < sizeof text - 100);
    struct config *config = read_good(text);
    assert_int_equal(config->n_rules, CONFIG_NAMED_MAX);
    assert_int_equal(config->n_folders, CONFIG_NAMED_MAX);
    assert_string_equal(config->webhooks[CONFIG_NAMED_MAX - 1].name, "n15");
    config_free(config);
    snprintf(text + used, sizeof text - used, "[alert n16]\non = peak\n");
    assert_faults(text, "x.conf:259: [alert n16]: 16 of these sections are the most\n");
}

static void the_shipped_rules_are_read(void **state)
{
    (void)state;
    struct config_errors errors;
    struct config *config = config_read("config/bac-giang/phutaid.conf", &errors);
    assert_non_null(config);
    config_errors_done(&errors);
    bool seen[CONFIG_ALERT_REGISTER + 1] = {false};
    for (size_t i = 0; i < config->n_rules; i++)
        seen[config->rules[i].on] = true;
    for (size_t on = 0; on <= CONFIG_ALERT_REGISTER; on++)
        assert_true(seen[on]);
    config_free(config);
}

static struct CMUnitTest in_place(const char *name, CMUnitTestFunction test)
{
    return (struct CMUnitTest){
        .name = name, .test_func = test, .setup_func = set_up, .teardown_func = tear_down};
}

int main(void)
{
    // The first: the others leave the repository's root.
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_rules_are_read),
        in_place("a rule has defaults", a_rule_has_defaults),
        in_place("every key is put in its place", every_key_is_put_in_its_place),
        in_place("alerts go to several places", alerts_go_to_several_places),
        in_place("values of rules are checked", values_of_rules_are_checked),
        in_place("keys of a rule go together", keys_of_a_rule_go_together),
        in_place("keys without effect are refused", keys_without_effect_are_refused),
        in_place("groups are of zones with expansions", groups_are_of_zones_with_expansions),
        in_place("zones of a rule are known", zones_of_a_rule_are_known),
        in_place("there is room for every section", there_is_room_for_every_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
