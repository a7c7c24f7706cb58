// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/standing.h"
#include "tests/store_folder.h"

struct seen {
    int n;
    struct store_source last;
    char name[64], trouble[256];
};

static bool see(void *context, const struct store_source *source)
{
    struct seen *seen = context;
    seen->n++;
    seen->last = *source;
    snprintf(seen->name, sizeof seen->name, "%s", source->name);
    snprintf(seen->trouble, sizeof seen->trouble, "%s", source->trouble);
    return true;
}

static struct seen look(struct store *store)
{
    struct seen seen = {0};
    assert_true(store_each_source(store, see, &seen));
    return seen;
}

static void trouble_is_kept_until_it_is_over(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct standing *standing = standing_new(store, "mqtt", "grid");
    assert_int_equal(look(store).n, 0);
    standing_trouble(standing, 1000, "broker %s: refused: tried again", "a:1883");
    standing_trouble(standing, 1050, "broker b: away: tried again");
    struct seen seen = look(store);
    assert_int_equal(seen.n, 1);
    assert_string_equal(seen.name, "mqtt grid");
    assert_string_equal(seen.trouble, "broker b: away: tried again");
    assert_int_equal(seen.last.trouble_since, 1000);
    standing_good(standing, 1060);
    seen = look(store);
    assert_string_equal(seen.trouble, "");
    assert_int_equal(seen.last.good, 1060);
    assert_int_equal(seen.last.trouble_since, 0);
    standing_free(standing);
    store_close(store);
}

static void a_source_goes_on_where_it_was(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct standing *standing = standing_new(store, "pull", "grid");
    assert_int_equal(standing_position(standing), 0);
    standing_good(standing, 2000);
    standing_good(standing, 2059); // within the minute: not written
    assert_int_equal(look(store).last.good, 2000);
    standing_set_position(standing, 77);
    standing_good(standing, 2059);
    assert_int_equal(look(store).last.good, 2059);
    standing_free(standing);
    standing = standing_new(store, "pull", "grid");
    assert_int_equal(standing_position(standing), 77);
    assert_int_equal(standing_state(standing).good, 2059);
    standing_free(standing);
    standing = standing_new(store, "pull", "other");
    assert_int_equal(standing_position(standing), 0);
    standing_free(standing);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(trouble_is_kept_until_it_is_over, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(a_source_goes_on_where_it_was, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
