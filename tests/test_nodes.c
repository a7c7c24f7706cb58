// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes of a made-up configuration.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/nodes.h"
#include "tests/near.h"

// Two expansions of the second zone; the fourth is alone.
static struct config_zone zones[] = {
    {.id = (char[]){"a-mr"}, .name = (char[]){"A mở rộng"}, .parent = (char[]){"a"}},
    {.id = (char[]){"a"}, .name = (char[]){"A"}},
    {.id = (char[]){"a-2"}, .name = (char[]){"A 2"}, .parent = (char[]){"a"}},
    {.id = (char[]){"b"}, .name = (char[]){"B"}},
};

static struct config_capacity capacities[] = {
    {.zone = 0, .feed = 0, .from_day = 100, .firm_mw = 31.5},
    {.zone = 1, .feed = 1, .from_day = 100, .firm_mw = 63},
    {.zone = 1, .feed = 1, .from_day = 300, .firm_mw = 126},
    {.zone = 3, .feed = 2, .from_day = 200, .firm_mw = 40},
};

static char site_name[] = "Bắc Giang";

static struct config made_config(size_t n_zones)
{
    struct config config = {.n_zones = n_zones,
                            .zones = zones,
                            .n_capacities = sizeof capacities / sizeof *capacities,
                            .capacities = capacities};
    config.site.name = site_name;
    return config;
}

static void zones_then_groups_then_the_whole(void **state)
{
    (void)state;
    struct config config = made_config(4);
    struct nodes *nodes = nodes_new(&config);
    assert_non_null(nodes);
    assert_int_equal(nodes->n, 6);
    assert_int_equal(nodes->n_zones, 4);
    for (size_t z = 0; z < 4; z++) {
        assert_string_equal(nodes->nodes[z].id, zones[z].id);
        assert_int_equal(nodes->nodes[z].kind, NODES_ZONE);
        assert_int_equal(nodes->nodes[z].n_members, 1);
        assert_int_equal(nodes->nodes[z].members[0], z);
    }
    const struct node *group = &nodes->nodes[4], *whole = &nodes->nodes[5];
    assert_string_equal(group->id, "a-all");
    assert_string_equal(group->name, "A + mở rộng");
    assert_int_equal(group->kind, NODES_GROUP);
    assert_int_equal(group->zone, 1);
    assert_int_equal(group->n_members, 3);
    assert_int_equal(group->members[2], 2);
    assert_string_equal(whole->id, "total");
    assert_string_equal(whole->name, "Bắc Giang");
    assert_int_equal(whole->kind, NODES_WHOLE);
    assert_int_equal(whole->n_members, 4);
    assert_int_equal(nodes_find(nodes, "a-all"), 4);
    assert_int_equal(nodes_find(nodes, "c"), 6);
    nodes_free(nodes);
}

static void one_zone_has_no_whole(void **state)
{
    (void)state;
    struct config config = made_config(1);
    config.zones = &zones[3];
    struct nodes *nodes = nodes_new(&config);
    assert_int_equal(nodes->n, 1);
    nodes_free(nodes);
    nodes = nodes_new_with_whole(&config);
    assert_int_equal(nodes->n, 2);
    assert_int_equal(nodes->nodes[1].kind, NODES_WHOLE);
    nodes_free(nodes);
    nodes_free(NULL);
}

static void a_zone_keeps_its_id_to_itself(void **state)
{
    (void)state;
    struct config_zone own[4] = {zones[0], zones[1], zones[2], zones[3]};
    struct config config = made_config(4);
    config.zones = own;
    own[3].id = (char[]){"a-all"};
    struct nodes *nodes = nodes_new(&config);
    assert_int_equal(nodes->n, 5);
    assert_int_equal(nodes->nodes[4].kind, NODES_WHOLE);
    nodes_free(nodes);
}

static void firm_capacity_of_sums(void **state)
{
    (void)state;
    struct config config = made_config(4);
    struct nodes *nodes = nodes_new(&config);
    const struct node *group = &nodes->nodes[4], *whole = &nodes->nodes[5];
    const bool loaded[] = {true, true, false, true};
    near_assert(nodes_firm_mw(&config, &nodes->nodes[1], NULL, 250), 63, 0);
    assert_true(isnan(nodes_firm_mw(&config, group, NULL, 250))); // nothing is known of a-2,
    near_assert(nodes_firm_mw(&config, group, loaded, 250), 94.5, 1e-12); // which has no load
    near_assert(nodes_firm_mw(&config, group, loaded, 300), 157.5, 1e-12);
    near_assert(nodes_firm_mw(&config, whole, loaded, 300), 197.5, 1e-12);
    assert_true(isnan(nodes_firm_mw(&config, whole, loaded, 150))); // b has load, and nothing yet
    const double mw[] = {1.5, 2, NAN, 7};
    near_assert(nodes_sum_mw(whole, mw, loaded), 10.5, 0);
    assert_true(isnan(nodes_sum_mw(whole, mw, NULL)));
    nodes_free(nodes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_then_groups_then_the_whole),
        cmocka_unit_test(one_zone_has_no_whole),
        cmocka_unit_test(a_zone_keeps_its_id_to_itself),
        cmocka_unit_test(firm_capacity_of_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
