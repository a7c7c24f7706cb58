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
#include "config/text.h"

static const char zones[] = "id,name,parent,area_ha,fill_pct,source\n"
                            "quang-chau,Khu công nghiệp Quang Châu,,426,100,\"https://a | b, c\"\n"
                            "quang-chau-mr,Quang Châu mở rộng,quang-chau,90,,\n";

static char folder[32];

static void write_file(const char *name, const char *text)
{
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test_registry_XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    write_file("x.conf", "[site]\nzones = z.csv\ncapacity = c.csv\ncalendar = d.csv\n"
                         "power_factor = 0.8\n");
    write_file("z.csv", zones);
    write_file("c.csv", "zone,from,mva\n");
    write_file("d.csv", "date,kind\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"x.conf", "z.csv", "c.csv", "d.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    assert_int_equal(chdir("/"), 0);
    return rmdir(folder);
}

static struct config *read_good(void)
{
    struct config_errors errors;
    struct config *config = config_read("x.conf", &errors);
    for (size_t i = 0; i < errors.n; i++)
        print_error("%s\n", errors.text[i]);
    config_errors_done(&errors);
    assert_non_null(config);
    return config;
}

static void assert_faults(const char *name, const char *text, const char *expected)
{
    struct config_errors errors;
    char all[4096] = "";
    write_file(name, text);
    assert_null(config_read("x.conf", &errors));
    for (size_t i = 0, used = 0; i < errors.n; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s\n", errors.text[i]);
    assert_string_equal(all, expected);
    config_errors_done(&errors);
}

static int64_t day(const char *text)
{
    int64_t day = 0;
    assert_true(text_date(text, &day));
    return day;
}

static void zones_are_read_whole(void **state)
{
    (void)state;
    struct config *config = read_good();
    assert_int_equal(config->n_zones, 2);
    const struct config_zone *zone = &config->zones[0], *expansion = &config->zones[1];
    assert_string_equal(zone->id, "quang-chau");
    assert_string_equal(zone->name, "Khu công nghiệp Quang Châu");
    assert_null(zone->parent);
    assert_string_equal(zone->district, "");
    assert_string_equal(zone->source, "https://a | b, c");
    assert_true(zone->area_ha == 426 && zone->fill_pct == 100);
    assert_string_equal(expansion->parent, "quang-chau");
    assert_true(isnan(expansion->fill_pct));
    assert_int_equal(config_zone_find(config, "quang-chau-mr"), 1);
    assert_true(config_zone_find(config, "quang") == SIZE_MAX);
    config_free(config);
}

static void a_parent_may_stand_below_its_expansion(void **state)
{
    (void)state;
    write_file("z.csv", "parent,name,id\nb,A,a\nc,B,b\n,C,c\n");
    struct config *config = read_good();
    assert_string_equal(config->zones[0].parent, "b");
    assert_true(isnan(config->zones[0].area_ha));
    config_free(config);
}

static void faults_of_zones_are_told_with_their_lines(void **state)
{
    (void)state;
    char text[512];
    assert_faults("z.csv",
                  "id,name,parent,area_ha,fill_pct\n"
                  "Quang,Quang Châu,,1,\n"
                  "a,A,,12,5,5\n"
                  "b,,,x,101\n"
                  "c,C,,-1,\n"
                  "total,T,,,\n"
                  "d,D,zz,,\n"
                  "e,E,e,,\n"
                  "d,D again,,,\n"
                  "f,F,g,,\n"
                  "g,G\xFF,,,\n",
                  "z.csv:2: id \"Quang\": an id is 1 to 48 of a-z, 0-9, \"_\" and \"-\"\n"
                  "z.csv:3: more fields than the header has: a text with a comma must stand in "
                  "quotes\n"
                  "z.csv:4: name \"\": a zone must have a name\n"
                  "z.csv:4: area_ha \"x\": not a number such as 52.5\n"
                  "z.csv:4: fill_pct \"101\": must be from 0 to 100\n"
                  "z.csv:5: area_ha \"-1\": must be from 0 to 1000000\n"
                  "z.csv:6: id \"total\": taken: the sum of all zones is called so\n"
                  "z.csv:9: id \"d\": stands already on line 7\n"
                  "z.csv:11: name: not text in UTF-8, or a line break in it\n"
                  "z.csv:7: parent \"zz\": no such zone\n"
                  "z.csv:8: parent \"e\": \"e\" would be its own ancestor\n"
                  "z.csv:10: parent \"g\": no such zone\n");
    assert_faults("z.csv", "id,name,parent\na,A,b\nb,B,c\nc,C,b\nd,D,\n",
                  "z.csv:2: parent \"b\": \"a\" would be its own ancestor\n"
                  "z.csv:3: parent \"c\": \"b\" would be its own ancestor\n"
                  "z.csv:4: parent \"b\": \"c\" would be its own ancestor\n");
    assert_faults("z.csv", "id,name\n", "z.csv: no zone in it\n");
    assert_faults("z.csv", "id,parent\na,\n",
                  "z.csv:1: column 'name' is missing: the header is id,parent\n");
    // A long value is shown up to a whole character.
    strcpy(text, "id,name\n");
    for (int i = 0; i < 60; i++)
        strcat(text, "ế");
    strcat(text, ",A\n");
    char expected[512] = "z.csv:2: id \"";
    for (int i = 0; i < 26; i++)
        strcat(expected, "ế");
    strcat(expected, "\": an id is 1 to 48 of a-z, 0-9, \"_\" and \"-\"\n");
    assert_faults("z.csv", text, expected);
}

static void firm_capacity_steps_at_its_dates(void **state)
{
    (void)state;
    write_file("c.csv", "zone,from,mva,note\n"
                        "quang-chau,2021-06-30,189,third transformer\n"
                        "quang-chau-mr,2024-12-31,63.5,\n"
                        "quang-chau,2019-02-28,126,\n");
    struct config *config = read_good();
    assert_int_equal(config->n_capacities, 3);
    assert_string_equal(config->capacities[1].note, "third transformer");
    assert_string_equal(config->capacities[1].source, "");
    assert_true(isnan(config_firm_mw(config, 0, day("2019-02-27"))));
    assert_true(config_firm_mw(config, 0, day("2019-02-28")) == 126 * 0.8);
    assert_true(config_firm_mw(config, 0, day("2021-06-29")) == 126 * 0.8);
    assert_true(config_firm_mw(config, 0, day("2021-06-30")) == 189 * 0.8);
    assert_true(config_firm_mw(config, 0, day("2030-01-01")) == 189 * 0.8);
    assert_true(isnan(config_firm_mw(config, 1, day("2024-12-30"))));
    assert_true(config_firm_mw(config, 1, day("2025-12-30")) == 63.5 * 0.8);
    config_free(config);
}

static void faults_of_capacities_are_told_with_their_lines(void **state)
{
    (void)state;
    assert_faults("c.csv",
                  "zone,from,mva\n"
                  "nowhere,2021-06-31,\n"
                  "quang-chau,2021-06-30,189\n"
                  "quang-chau,2021-06-30,190\n"
                  "quang-chau,2021-07,many\n"
                  "quang-chau,2022-01-01,-5\n",
                  "c.csv:2: zone \"nowhere\": no such zone\n"
                  "c.csv:2: from \"2021-06-31\": not a date such as 2024-12-31\n"
                  "c.csv:2: mva \"\": must not be empty\n"
                  "c.csv:4: zone \"quang-chau\" from 2021-06-30: stands already on line 3\n"
                  "c.csv:5: from \"2021-07\": not a date such as 2024-12-31\n"
                  "c.csv:5: mva \"many\": not a number such as 52.5\n"
                  "c.csv:6: mva \"-5\": must be from 0 to 100000\n");
}

static void substations_add_up_by_what_is_firm(void **state)
{
    (void)state;
    write_file("c.csv", "zone,from,mva,substation,units,n1,power_factor,share,slip\n"
                        "quang-chau,2021-06-30,,T,3x63,yes,,,\n"
                        "quang-chau,2019-01-01,80,T,2x40,no,,,\n"
                        "quang-chau,2022-01-01,25,lines,,,0.9,0.5,\n"
                        "quang-chau,2025-03-31,,U,63+40,yes,1,0.75,0.25\n"
                        "quang-chau-mr,2025-03-31,,U,63+40,yes,1,0.25,0\n");
    struct config *config = read_good();
    const struct config_capacity *rows = config->capacities;
    assert_int_equal(config->n_capacities, 5);
    assert_true(isnan(config_firm_mw(config, 0, day("2018-12-31"))));
    assert_true(config_firm_mw(config, 0, day("2019-01-01")) == 80 * 0.8);
    assert_true(config_firm_mw(config, 0, day("2021-06-30")) == 126 * 0.8);
    assert_true(config_firm_mw(config, 0, day("2022-01-01")) == 126 * 0.8 + 25 * 0.9 * 0.5);
    assert_true(config_firm_mw(config, 0, day("2025-03-31")) ==
                126 * 0.8 + 25 * 0.9 * 0.5 + 40 * 0.75);
    assert_true(config_firm_mw(config, 1, day("2025-03-31")) == 40 * 0.25);
    // Stages of one feed stand together, by date; what two zones share slips together.
    assert_string_equal(rows[0].substation, "T");
    assert_true(rows[0].feed == rows[1].feed && rows[0].from_day < rows[1].from_day);
    assert_true(rows[3].feed == rows[4].feed && rows[3].id == rows[4].id);
    assert_true(rows[0].id != rows[1].id && rows[2].id != rows[3].id);
    assert_true(rows[0].slip_per_month == 0.3 && rows[3].slip_per_month == 0.25);
    assert_true(rows[4].slip_per_month == 0);
    config_free(config);
}

static void a_row_without_substation_is_of_the_zone(void **state)
{
    (void)state;
    write_file("c.csv", "zone,from,mva,substation\nquang-chau,2021-06-30,189,\n"
                        "quang-chau,2022-06-30,63,other\n"
                        "quang-chau,2023-06-30,200,quang-chau\n");
    struct config *config = read_good();
    assert_true(config_firm_mw(config, 0, day("2022-06-30")) == 189 * 0.8 + 63 * 0.8);
    assert_true(config_firm_mw(config, 0, day("2023-06-30")) == 200 * 0.8 + 63 * 0.8);
    config_free(config);
}

static void faults_of_substations_are_told_with_their_lines(void **state)
{
    (void)state;
    assert_faults("c.csv",
                  "zone,from,mva,substation,units,n1,power_factor,share,slip\n"
                  "quang-chau,2021-01-01,,T,2x,,,,\n"
                  "quang-chau,2021-01-02,,T,0x63,,,,\n"
                  "quang-chau,2021-01-03,,T,63+,,,,\n"
                  "quang-chau,2021-01-04,120,T,2x63,maybe,,,\n"
                  "quang-chau,2021-01-05,120,T,2x63,,,,\n"
                  "quang-chau,2021-01-06,120,T,,yes,,,\n"
                  "quang-chau,2021-01-07,,T,,no,,,\n"
                  "quang-chau,2021-01-08,120,T,,,0.4,1.5,1\n"
                  "quang-chau,2021-01-09,120,T,,,x,half,-0.1\n"
                  "quang-chau,2021-01-10,120,T,,,,,\n"
                  "quang-chau,2021-01-10,120,U,,,,,\n"
                  "quang-chau,2021-01-10,130,T,,,,,\n",
                  "c.csv:2: units \"2x\": not MVA of units such as 2x63 or 2x63+40\n"
                  "c.csv:3: units \"0x63\": not MVA of units such as 2x63 or 2x63+40\n"
                  "c.csv:4: units \"63+\": not MVA of units such as 2x63 or 2x63+40\n"
                  "c.csv:5: n1 \"maybe\": must be yes or no\n"
                  "c.csv:6: mva \"120\": the units 2x63 are 126 MVA together\n"
                  "c.csv:7: n1 \"yes\": which unit is the largest? units is empty: write such as "
                  "2x63\n"
                  "c.csv:8: mva \"\": must not be empty\n"
                  "c.csv:9: power_factor \"0.4\": must be from 0.5 to 1\n"
                  "c.csv:9: share \"1.5\": must be from 0 to 1\n"
                  "c.csv:9: slip \"1\": must be from 0 to 0.95\n"
                  "c.csv:10: power_factor \"x\": not a number such as 0.5\n"
                  "c.csv:10: share \"half\": not a number such as 0.5\n"
                  "c.csv:10: slip \"-0.1\": must be from 0 to 0.95\n"
                  "c.csv:13: zone \"quang-chau\" from 2021-01-10: stands already on line 11\n");
}

static void what_fills_a_zone_is_read(void **state)
{
    (void)state;
    write_file("z.csv", "id,name,parent,area_ha,status,kin,opens,opens_give_or_take_months,"
                        "leased_pct,leased_on,energised\n"
                        "a,A,,400,operating,,,,,,\n"
                        "b,B,,120,operating,,,,,,\n"
                        "c,C,a,90,new,,2022-11-08,,56,2023-11-08,2024-12-31\n"
                        "d,D,,100,new,,2023-06-30,6,,,\n"
                        "e,E,a,100,new,b,,,,,\n"
                        "f,F,,,new,,,,,,\n");
    struct config *config = read_good();
    const struct config_zone *read = config->zones;
    assert_true(read[0].opens_day == CONFIG_NO_DAY && isnan(read[0].leased_pct));
    assert_true(read[2].opens_day == day("2022-11-08") && read[2].opens_sd_months == 1);
    assert_true(read[2].leased_pct == 56 && read[2].leased_day == day("2023-11-08"));
    assert_true(read[2].energised_day == day("2024-12-31"));
    assert_true(read[3].opens_sd_months == 6 && read[3].energised_day == CONFIG_NO_DAY);
    assert_int_equal(config_zone_kin(config, 2), 0); // the parent
    assert_int_equal(config_zone_kin(config, 3), 1); // nearest in area
    assert_int_equal(config_zone_kin(config, 4), 1); // the one named, though it has a parent
    assert_int_equal(config_zone_kin(config, 5), 0); // no area to compare
    assert_int_equal(config_zone_kin(config, 0), 1); // not itself
    config_free(config);
}

static void faults_of_filling_are_told_with_their_lines(void **state)
{
    (void)state;
    assert_faults("z.csv",
                  "id,name,kin,opens,opens_give_or_take_months,leased_pct,leased_on,energised\n"
                  "a,A,b,2022-13-01,,,,\n"
                  "b,B,b,,6,,,\n"
                  "c,C,x,,,50,,\n"
                  "d,D,a,2022-01-01,-1,101,soon,never\n"
                  "e,E,e,,,,,\n"
                  "f,F,x,,,,,\n",
                  "z.csv:2: opens \"2022-13-01\": not a date such as 2024-12-31\n"
                  "z.csv:3: opens_give_or_take_months \"6\": of which date? opens is empty\n"
                  "z.csv:4: leased_pct \"50\": on which day? leased_on is empty\n"
                  "z.csv:5: opens_give_or_take_months \"-1\": must be from 0 to 240\n"
                  "z.csv:5: leased_pct \"101\": must be from 0 to 100\n"
                  "z.csv:5: leased_on \"soon\": not a date such as 2024-12-31\n"
                  "z.csv:5: energised \"never\": not a date such as 2024-12-31\n"
                  "z.csv:6: kin \"e\": a zone cannot be its own kin\n"
                  "z.csv:7: kin \"x\": no such zone\n");
}

static void days_come_out_in_order(void **state)
{
    (void)state;
    write_file("d.csv", "name,kind,date\n"
                        "Làm bù,working,2024-05-04\n"
                        "Mùng 1,tet,2024-02-10\n"
                        ",holiday,2024-04-29\n"
                        "again,holiday,2024-04-29\n");
    struct config *config = read_good();
    assert_int_equal(config->n_days, 3);
    assert_int_equal(config->days[0].day, day("2024-02-10"));
    assert_int_equal(config->days[0].kind, CONFIG_DAY_TET);
    assert_string_equal(config->days[0].name, "Mùng 1");
    assert_int_equal(config->days[1].kind, CONFIG_DAY_HOLIDAY);
    assert_string_equal(config->days[1].name, "");
    assert_int_equal(config->days[2].day, day("2024-05-04"));
    assert_int_equal(config->days[2].kind, CONFIG_DAY_WORKING);
    config_free(config);
}

static void faults_of_days_are_told_with_their_lines(void **state)
{
    (void)state;
    assert_faults("d.csv",
                  "date,kind\n"
                  "2023-02-29,holiday\n"
                  "2024-05-04,free\n"
                  "2024-05-04,working\n"
                  "\n"
                  "2024-05-04,holiday\n"
                  "2024-05-06,working\n"
                  "1969-12-28,working\n"
                  "2024-05-05\n",
                  "d.csv:2: date \"2023-02-29\": not a date such as 2025-04-30\n"
                  "d.csv:3: kind \"free\": must be holiday, working or tet\n"
                  "d.csv:6: date 2024-05-04: is \"working\" already on line 4\n"
                  "d.csv:7: date \"2024-05-06\": a working day is a Saturday or Sunday that is "
                  "worked, and this is neither\n"
                  "d.csv:9: kind \"\": must be holiday, working or tet\n");
}

static void faults_of_all_files_are_told_at_once(void **state)
{
    (void)state;
    write_file("x.conf", "[site]\nzones = z.csv\ncapacity = c.csv\ncalendar = none.csv\nq = 1\n");
    assert_faults("c.csv", "zone,from,mva\nx,2021-01-01,1\n",
                  "x.conf:5: [site] q: no such key\n"
                  "c.csv:2: zone \"x\": no such zone\n"
                  "none.csv: No such file or directory\n");
}

static void a_file_without_end_is_given_up(void **state)
{
    (void)state;
    FILE *out = fopen("d.csv", "w");
    assert_non_null(out);
    fputs("date,kind\n", out);
    for (int year = 1970; year < 2100; year++)
        for (int k = 0; k < 12 * 28; k++)
            fprintf(out, "%d-%02d-%02d,holiday\n", year, k / 28 + 1, k % 28 + 1);
    fclose(out);
    struct config_errors errors;
    assert_null(config_read("x.conf", &errors));
    assert_int_equal(errors.n, 1);
    assert_string_equal(errors.text[0], "d.csv:10002: more than 10000 rows");
    config_errors_done(&errors);
}

static struct CMUnitTest in_folder(const char *name, CMUnitTestFunction test)
{
    return (struct CMUnitTest){
        .name = name, .test_func = test, .setup_func = set_up, .teardown_func = tear_down};
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder("zones are read whole", zones_are_read_whole),
        in_folder("a parent may stand below", a_parent_may_stand_below_its_expansion),
        in_folder("faults of zones", faults_of_zones_are_told_with_their_lines),
        in_folder("firm capacity steps at its dates", firm_capacity_steps_at_its_dates),
        in_folder("faults of capacities", faults_of_capacities_are_told_with_their_lines),
        in_folder("substations add up", substations_add_up_by_what_is_firm),
        in_folder("no substation", a_row_without_substation_is_of_the_zone),
        in_folder("faults of substations", faults_of_substations_are_told_with_their_lines),
        in_folder("what fills a zone", what_fills_a_zone_is_read),
        in_folder("faults of filling", faults_of_filling_are_told_with_their_lines),
        in_folder("days come out in order", days_come_out_in_order),
        in_folder("faults of days", faults_of_days_are_told_with_their_lines),
        in_folder("faults of all files at once", faults_of_all_files_are_told_at_once),
        in_folder("a file without end", a_file_without_end_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
