// SPDX-License-Identifier: GPL-3.0-or-later
// Entries of the file and of the store as one list: when each counts.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/entry_list.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

enum { HOUR = 3600, DAY = 86400 };
static const int64_t june = 1717174800; // 2024-06-01T00:00+07:00
static const struct civil_clock hanoi = {.offset_s = 7 * HOUR};

static const char file[] = "id,zone,kind,mw,from,to,hours,author,expires\n"
                           ",yen-lu,override,30,2024-06-10,,,Lan,\n"
                           "sunwoda,yen-lu,line,25,2024-06-01,,,Lan,2024-06-30\n"
                           ",phuc-son,mask,,2024-05-01,2024-05-31,22:00-05:00,Lan,\n";

static struct config *read_site(void)
{
    FILE *out = fopen("register.csv", "w");
    assert_non_null(out);
    fputs(file, out);
    assert_int_equal(fclose(out), 0);
    return site_folder_config(NULL, "[site]\nregister = register.csv");
}

static void put(struct store *store, const char *zone, int64_t from)
{
    int64_t id;
    struct store_entry entry = {.zone = zone,
                                .kind = "shutdown",
                                .mw = NAN,
                                .factor = 0.5,
                                .probability = 1,
                                .from = from,
                                .to = from + 7 * DAY,
                                .hours = "08:00-17:00",
                                .into = "",
                                .author = "Minh",
                                .note = "",
                                .expires = INT64_MAX,
                                .entered_at = june};
    assert_true(store_begin(store));
    assert_int_equal(store_put_entry(store, &entry, &id), STORE_NEW);
    assert_true(store_commit(store));
}

static void end(struct store *store, int64_t id, int64_t at)
{
    assert_true(store_begin(store));
    assert_int_equal(store_end_entry(store, id, at, "Minh", june), STORE_ENDED);
    assert_true(store_commit(store));
}

static size_t count(const struct entry_list *list, size_t zone, int64_t issue)
{
    struct entry *entries;
    size_t n;
    assert_true(entry_list_of_zone(list, zone, issue, &n, &entries));
    free(entries);
    return n;
}

static void file_and_store_stand_together(void **state)
{
    (void)state;
    struct config *config = read_site();
    struct store *store = store_folder_open(STORE_WRITE);
    struct entry_list list;
    put(store, "yen-lu", june + 30 * DAY);
    put(store, "gone", june); // a zone that the registry no longer has
    assert_true(entry_list_read(config, &hanoi, store, &list));
    assert_int_equal(list.n, 5);
    assert_string_equal(list.items[0].id, "file:2");
    assert_string_equal(list.items[1].id, "file:sunwoda");
    assert_string_equal(list.items[3].id, "1");
    assert_true(list.items[1].entry.from == june && list.items[1].entry.to == INT64_MAX);
    assert_true(list.items[2].entry.to == june);
    assert_int_equal(list.items[2].entry.hours_from_s, 22 * HOUR);
    assert_int_equal(list.items[3].entry.hours_to_s, 17 * HOUR);
    assert_true(list.items[4].entry.zone == SIZE_MAX);
    assert_string_equal(list.items[4].zone, "gone");
    struct entry *entries;
    size_t n;
    assert_true(entry_list_of_zone(&list, 0, june, &n, &entries));
    assert_int_equal(n, 3);
    assert_int_equal(entries[0].kind, ENTRY_LINE);
    assert_int_equal(entries[1].kind, ENTRY_SHUTDOWN);
    assert_int_equal(entries[2].kind, ENTRY_OVERRIDE);
    free(entries);
    assert_int_equal(count(&list, 1, june), 1);
    entry_list_done(&list);
    store_close(store);
    config_free(config);
}

static void entries_end_and_expire(void **state)
{
    (void)state;
    struct config *config = read_site();
    struct store *store = store_folder_open(STORE_WRITE);
    struct entry_list list;
    put(store, "phuc-son", june + 30 * DAY);
    put(store, "phuc-son", june + 50 * DAY);
    end(store, 1, june + 33 * DAY);
    end(store, 2, june + 50 * DAY); // called off before it began
    assert_true(entry_list_read(config, &hanoi, store, &list));
    const struct entry_list_item *sunwoda = &list.items[1], *cut = &list.items[3];
    assert_true(entry_list_at(cut, june).to == june + 33 * DAY);
    assert_int_equal(count(&list, 1, june), 2);
    // Until it expires it is believed whole; then it is over since that day.
    assert_true(entry_list_at(sunwoda, june + 20 * DAY).to == INT64_MAX);
    assert_true(entry_list_at(sunwoda, june + 30 * DAY).to == june + 30 * DAY);
    assert_string_equal(entry_list_state(sunwoda, june - DAY), "planned");
    assert_string_equal(entry_list_state(sunwoda, june), "in force");
    assert_string_equal(entry_list_state(sunwoda, june + 30 * DAY), "expired");
    assert_string_equal(entry_list_state(cut, june + 32 * DAY), "in force");
    assert_string_equal(entry_list_state(cut, june + 33 * DAY), "ended");
    assert_string_equal(entry_list_state(&list.items[2], june), "over");
    entry_list_done(&list);
    store_close(store);
    config_free(config);
}

static void what_is_read_is_what_is_kept(void **state)
{
    (void)state;
    struct config *config = read_site();
    struct entry_list_windows windows;
    struct store_entry mask =
        entry_list_stored(config, &hanoi, &config->entries[2], june, &windows);
    assert_string_equal(mask.zone, "phuc-son");
    assert_string_equal(mask.kind, "mask");
    assert_string_equal(mask.hours, "22:00-05:00");
    assert_string_equal(mask.into, "");
    assert_true(isnan(mask.mw) && mask.to == june && mask.expires == INT64_MAX);
    struct store_entry line =
        entry_list_stored(config, &hanoi, &config->entries[1], june, &windows);
    assert_string_equal(line.hours, "");
    assert_true(line.to == INT64_MAX && line.expires == june + 30 * DAY && line.mw == 25);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_and_store_stand_together, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(entries_end_and_expire, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(what_is_read_is_what_is_kept, site_folder_enter,
                                        site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
