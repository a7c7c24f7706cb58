// SPDX-License-Identifier: GPL-3.0-or-later
// The two sites that are shipped: what is written in them is what is known.
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
#include "config/table.h"
#include "config/text.h"

static struct config *read_site(const char *path)
{
    struct config_errors errors;
    struct config *config = config_read(path, &errors);
    for (size_t i = 0; i < errors.n; i++)
        print_error("%s\n", errors.text[i]);
    config_errors_done(&errors);
    assert_non_null(config);
    return config;
}

static int64_t day(const char *text)
{
    int64_t day = 0;
    assert_true(text_date(text, &day));
    return day;
}

static const struct config_day *find_day(const struct config *config, const char *date)
{
    for (size_t i = 0; i < config->n_days; i++)
        if (config->days[i].day == day(date))
            return &config->days[i];
    return NULL;
}

// Masks of the closures of May 2021 and of the rationing of June 2023, each with its source.
static void bac_giang_masks_what_was_not_demand(void **state)
{
    (void)state;
    struct config *config = read_site("config/bac-giang/phutaid.conf");
    size_t closed = 0, rationed = 0;
    for (size_t i = 0; i < config->n_entries; i++) {
        const struct config_entry *entry = &config->entries[i];
        assert_int_equal(entry->kind, CONFIG_ENTRY_MASK);
        assert_string_equal(config->zones[entry->zone].status, "operating");
        assert_non_null(strstr(entry->note, "http"));
        int64_t from = entry->from.local_s / 86400, to = entry->to.local_s / 86400;
        closed += from == day("2021-05-18") && to == day("2021-07-05");
        rationed += from == day("2023-06-06") && to == day("2023-06-26");
    }
    assert_int_equal(closed, 4);
    assert_int_equal(rationed, 6);
    config_free(config);
}

static void bac_giang_has_its_zones(void **state)
{
    (void)state;
    struct config *config = read_site("config/bac-giang/phutaid.conf");
    double area_ha = 0;
    size_t expansions = 0;
    assert_int_equal(config->n_zones, 13);
    for (size_t i = 0; i < config->n_zones; i++) {
        const struct config_zone *zone = &config->zones[i];
        // The rest of the province, beside its zones.
        if (!strcmp(zone->status, "outside")) {
            assert_string_equal(zone->id, "ngoai-kcn");
            assert_true(isnan(zone->area_ha));
            continue;
        }
        area_ha += zone->area_ha;
        expansions += zone->parent != NULL;
        assert_true(!strncmp(zone->source, "http", 4));
        assert_int_equal(strncmp(zone->name, "Khu công nghiệp ", 18), 0);
    }
    assert_int_equal(expansions, 3);
    assert_true(fabs(area_ha - 2252.09) < 1e-6);
    const size_t expansion = config_zone_find(config, "viet-han-mr");
    assert_string_equal(config->zones[expansion].parent, "viet-han");
    const size_t quang_chau = config_zone_find(config, "quang-chau");
    assert_true(config_firm_mw(config, quang_chau, day("2024-06-01")) == 189 * 0.9);
    const size_t tan_hung = config_zone_find(config, "tan-hung");
    assert_true(isnan(config_firm_mw(config, tan_hung, day("2024-06-01"))));
    assert_true(config_firm_mw(config, tan_hung, day("2025-06-01")) == 63 * 0.9);
    const size_t phuc_son = config_zone_find(config, "phuc-son");
    assert_true(isnan(config_firm_mw(config, phuc_son, day("2026-06-01"))));
    config_free(config);
}

// The five zones that the order names and the expansion of Hòa Phú: each has an opening, and a kin
// that operates.
static void bac_giang_says_when_its_new_zones_fill(void **state)
{
    (void)state;
    static const char *const kin[][2] = {
        {"yen-lu", "van-trung"},     {"tan-hung", "dinh-tram"}, {"quang-chau-mr", "quang-chau"},
        {"viet-han-mr", "viet-han"}, {"phuc-son", "dinh-tram"}, {"hoa-phu-mr1", "hoa-phu"}};
    struct config *config = read_site("config/bac-giang/phutaid.conf");
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++) {
        const size_t zone = config_zone_find(config, kin[i][0]);
        assert_true(config->zones[zone].opens_day > day("2021-02-22"));
        assert_true(config->zones[zone].opens_day < day("2024-03-15"));
        assert_string_equal(config->zones[config_zone_kin(config, zone)].id, kin[i][1]);
    }
    assert_true(config->zones[config_zone_find(config, "quang-chau")].opens_day == CONFIG_NO_DAY);
    config_free(config);
}

// Days off that fall on Monday to Friday, which is what the Labour Code fixes: 11 a year (ten in
// 2020, before the second day of 2 September), and the days swapped against Saturdays.
static void bac_giang_has_its_calendar(void **state)
{
    (void)state;
    static const struct {
        const char *year, *tet;
        int weekdays_off;
    } years[] = {{"2020", "2020-01-25", 10}, {"2021", "2021-02-12", 11}, {"2022", "2022-02-01", 11},
                 {"2023", "2023-01-22", 11}, {"2024", "2024-02-10", 12}, {"2025", "2025-01-29", 12},
                 {"2026", "2026-02-17", 13}, {"2027", "2027-02-06", 11}};
    static const char *const moved[] = {"2021-05-03", "2022-01-03", "2022-04-11", "2022-05-02",
                                        "2022-05-03", "2023-01-02", "2023-05-02", "2023-05-03",
                                        "2023-09-04", "2024-04-29", "2025-05-02", "2026-01-02",
                                        "2026-04-27", "2026-08-31", "2027-05-03"};
    static const char *const worked[] = {"2024-05-04", "2025-04-26", "2026-08-22"};
    struct config *config = read_site("config/bac-giang/phutaid.conf");
    for (size_t y = 0; y < sizeof years / sizeof *years; y++) {
        char first[16], last[16];
        int weekdays_off = 0;
        snprintf(first, sizeof first, "%s-01-01", years[y].year);
        snprintf(last, sizeof last, "%s-12-31", years[y].year);
        for (size_t i = 0; i < config->n_days; i++) {
            const struct config_day *off = &config->days[i];
            weekdays_off += off->day >= day(first) && off->day <= day(last) &&
                            off->kind != CONFIG_DAY_WORKING && (off->day + 3) % 7 < 5;
        }
        assert_int_equal(weekdays_off, years[y].weekdays_off);
        assert_int_equal(find_day(config, years[y].tet)->kind, CONFIG_DAY_TET);
        assert_int_equal(find_day(config, first)->kind, CONFIG_DAY_HOLIDAY);
    }
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++)
        assert_int_equal(find_day(config, moved[i])->kind, CONFIG_DAY_HOLIDAY);
    for (size_t i = 0; i < sizeof worked / sizeof *worked; i++)
        assert_int_equal(find_day(config, worked[i])->kind, CONFIG_DAY_WORKING);
    config_free(config);
}

static void south_australia_is_read(void **state)
{
    (void)state;
    struct config *config = read_site("config/south-australia/phutaid.conf");
    assert_string_equal(config->site.clock, "+10:00");
    assert_int_equal(config->forecast.clock, CONFIG_CLOCK_READINGS);
    assert_int_equal(config->n_zones, 2);
    assert_string_equal(config->zones[0].id, "sa_industrial");
    assert_null(config->site.capacity_file);
    assert_int_equal(config->n_days, 85);
    config_free(config);
}

struct sum {
    size_t rows[2], totals;
    double total;
    int64_t last;
};

static bool add_reading(void *context, const struct table_row *row)
{
    struct sum *sum = context;
    double load = 0;
    int32_t offset_s;
    assert_true(text_time(row->field[0], &sum->last, &offset_s));
    assert_int_equal(offset_s, TEXT_NO_OFFSET);
    assert_true(text_real(row->field[2], &load));
    if (!strcmp(row->field[1], "sa_total")) {
        sum->totals++;
        return true;
    }
    const bool other = !strcmp(row->field[1], "sa_other");
    assert_true(other || !strcmp(row->field[1], "sa_industrial"));
    sum->rows[other]++;
    sum->total += load;
    return true;
}

static void south_australia_has_its_readings(void **state)
{
    (void)state;
    static const char *const columns[] = {"time", "zone", "load"};
    struct sum sum = {.total = 0};
    char error[256];
    assert_int_equal(
        table_read("config/south-australia/readings.csv.gz", 3, columns, add_reading, &sum, error),
        TABLE_OK);
    assert_int_equal(sum.rows[0], 117600);
    assert_int_equal(sum.rows[1], 117600 - 193);
    assert_int_equal(sum.last, day("2013-03-31") * 86400 + 84600);
    assert_int_equal(sum.totals, 0);
    // Against the set it was cut from, row by row in the same order.
    struct sum original = {.total = 0};
    const char *shared = getenv("PHUTAI_SHARED");
    char path[512];
    snprintf(path, sizeof path, "%s/data/sa_summer/load.csv.gz", shared ? shared : "../shared");
    if (access(path, R_OK) != 0) {
        print_message("%s is not there\n", path);
        skip();
    }
    assert_int_equal(table_read(path, 3, columns, add_reading, &original, error), TABLE_OK);
    assert_true(original.total == sum.total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bac_giang_has_its_zones),
        cmocka_unit_test(bac_giang_masks_what_was_not_demand),
        cmocka_unit_test(bac_giang_says_when_its_new_zones_fill),
        cmocka_unit_test(bac_giang_has_its_calendar),
        cmocka_unit_test(south_australia_is_read),
        cmocka_unit_test(south_australia_has_its_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
