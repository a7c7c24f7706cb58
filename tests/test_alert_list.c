// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "daemon/alert_list.h"
#include "tests/store_folder.h"

static void put(struct store *store, const char *rule, const char *subject, const char *text)
{
    const struct store_alert alert = {
        .rule = rule,
        .subject = subject,
        .alert = {.level = ALERT_WATCH, .looked = 1714500000},
        .group = "g",
        .day = CONFIG_NO_DAY,
        .title_vi = "tiêu đề",
        .text_vi = text,
        .title_en = "title",
        .text_en = "text",
        .ack_by = "Lan",
        .ack_note = "note",
    };
    assert_true(store_begin(store));
    assert_true(store_put_alert(store, &alert));
    assert_true(store_commit(store));
}

static void texts_outlive_the_walk(void **state)
{
    (void)state;
    struct alert_list list;
    struct store *store = store_folder_open(STORE_WRITE);
    put(store, "week", "yen-lu", "một");
    put(store, "load", "yen-lu", "hai");
    put(store, "week", "total", "ba");
    assert_true(alert_list_read(store, NULL, NULL, &list));
    // Not what the store says next.
    put(store, "week", "yen-lu", "bốn");
    store_close(store);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.items[0].rule, "load");
    assert_string_equal(list.items[1].subject, "total");
    const struct store_alert *alert = alert_list_find(&list, "week", "yen-lu");
    assert_ptr_equal(alert, &list.items[2]);
    assert_string_equal(alert->text_vi, "một");
    assert_string_equal(alert->group, "g");
    assert_string_equal(alert->title_vi, "tiêu đề");
    assert_string_equal(alert->title_en, "title");
    assert_string_equal(alert->text_en, "text");
    assert_string_equal(alert->ack_by, "Lan");
    assert_string_equal(alert->ack_note, "note");
    assert_true(alert->day == CONFIG_NO_DAY && alert->alert.looked == 1714500000);
    assert_null(alert_list_find(&list, "load", "total"));
    alert_list_done(&list);
    assert_int_equal(list.n, 0);
}

static void a_list_is_of_a_rule_or_a_subject(void **state)
{
    (void)state;
    struct alert_list list;
    struct store *store = store_folder_open(STORE_WRITE);
    put(store, "week", "yen-lu", "");
    put(store, "load", "yen-lu", "");
    assert_true(alert_list_read(store, "load", NULL, &list));
    assert_int_equal(list.n, 1);
    alert_list_done(&list);
    assert_true(alert_list_read(store, NULL, "phuc-son", &list));
    assert_int_equal(list.n, 0);
    alert_list_done(&list);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_outlive_the_walk, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(a_list_is_of_a_rule_or_a_subject, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
