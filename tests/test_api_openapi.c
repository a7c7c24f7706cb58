// SPDX-License-Identifier: GPL-3.0-or-later
// The description against what is served: every path of it is asked for, with the parameters that
// it gives as examples, and the answer held against its schema.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/api_desk.h"
#include "tests/schema.h"

static json_t *read_description(struct api_desk *desk)
{
    const struct api_query query = {.path = "openapi.json"};
    json_t *description = json_loads(api_desk_ask(desk, &query, 200), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(description);
    assert_string_equal(desk->reply.type, "application/json");
    return description;
}

// A path with `node` for its {id}, without the prefix.
static void fill_path(const char *path, const char *node, char ret[static 128])
{
    const char *id = strstr(path, "{id}");
    assert_memory_equal(path, API_PREFIX, strlen(API_PREFIX));
    path += strlen(API_PREFIX);
    if (id)
        snprintf(ret, 128, "%.*s%s%s", (int)(id - path), path, node, id + strlen("{id}"));
    else
        snprintf(ret, 128, "%s", path);
}

static void set_parameter(struct api_query *query, const char *name, const char *value)
{
    const char **const fields[] = {&query->from, &query->to, &query->issue, &query->day,
                                   &query->format};
    static const char *const names[] = {"from", "to", "issue", "day", "format"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name)) {
            *fields[i] = value;
            return;
        }
    if (strcmp(name, "id") != 0)
        fail_msg("the parameter '%s' is not known", name);
}

static const json_t *dig(const json_t *description, const json_t *value, const char *path)
{
    char copy[128], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *key = strtok_r(copy, " ", &rest); key; key = strtok_r(NULL, " ", &rest))
        value = schema_resolve(description, json_object_get(value, key));
    return value;
}

static void set_examples(const json_t *description, const json_t *get, struct api_query *query)
{
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(get, "parameters"), i, one)
    {
        const json_t *parameter = schema_resolve(description, one);
        assert_non_null(parameter);
        set_parameter(query, json_string_value(json_object_get(parameter, "name")),
                      json_string_value(json_object_get(parameter, "example")));
    }
}

static void check_json(struct api_desk *desk, const json_t *description, const json_t *get,
                       const struct api_query *query)
{
    char why[SCHEMA_WHY_LEN];
    json_t *answer = json_loads(api_desk_ask(desk, query, 200), JSON_REJECT_DUPLICATES, NULL);
    const json_t *schema = dig(description, get, "responses 200 content application/json schema");
    assert_true(answer && schema);
    assert_string_equal(desk->reply.type, "application/json");
    if (!schema_fits(description, schema, answer, why))
        fail_msg("%s %s: %s", query->path, query->from ? query->from : "", why);
    json_decref(answer);
}

static size_t count(const char *text, size_t length, char wanted)
{
    size_t n = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        quoted ^= text[i] == '"';
        n += text[i] == wanted && !quoted;
    }
    return n;
}

// The head is as the example says, and every row has as many fields.
static void check_csv(struct api_desk *desk, const json_t *description, const json_t *get,
                      struct api_query query)
{
    const json_t *csv = dig(description, get, "responses 200 content text/csv");
    const char *head = json_string_value(json_object_get(csv, "example"));
    query.format = "csv";
    if (!csv) {
        api_desk_ask(desk, &query, 400);
        return;
    }
    const char *text = api_desk_ask(desk, &query, 200);
    assert_string_equal(desk->reply.type, "text/csv; charset=utf-8");
    assert_non_null(head);
    assert_int_equal(strcspn(text, "\n"), strlen(head));
    assert_memory_equal(text, head, strlen(head));
    for (const char *row = text; *row; row += strcspn(row, "\n") + 1)
        if (count(row, strcspn(row, "\n"), ',') != count(head, strlen(head), ','))
            fail_msg("%s: %.200s", query.path, row);
}

// A parameter that no answer could come of is refused, by name and value, where it is described.
static void check_nonsense(struct api_desk *desk, const json_t *get, const struct api_query *query)
{
    static const char *const names[] = {"from", "to", "issue", "day", "format"};
    const char *const given[] = {query->from, query->to, query->issue, query->day, query->format};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct api_query odd = *query;
        set_parameter(&odd, names[i], "2024-13-01<script>");
        const bool described = given[i];
        if (!described && strcmp(names[i], "format") != 0) {
            api_desk_ask(desk, &odd, 200); // it is not looked at
            continue;
        }
        const char *text = api_desk_ask(desk, &odd, 400);
        assert_non_null(strstr(text, names[i]));
        assert_non_null(strstr(text, "2024-13-01<script>"));
        assert_true(!described || json_object_get(json_object_get(get, "responses"), "400"));
    }
}

static void every_path_answers_as_described(void **state)
{
    struct api_desk *desk = *state;
    json_t *description = read_description(desk), *methods;
    const char *path;
    size_t n = 0;
    json_object_foreach(json_object_get(description, "paths"), path, methods)
    {
        static const char *const nodes[] = {"yen-lu", "phuc-son", "yen-lu-all", "total"};
        json_t *get = json_object_get(methods, "get");
        const bool of_node = strstr(path, "{id}");
        const bool may_lack = strstr(path, "forecast");
        for (size_t k = 0; k < (of_node ? sizeof nodes / sizeof *nodes : 1); k++) {
            char filled[128];
            fill_path(path, nodes[k], filled);
            struct api_query query = {.path = filled};
            if (may_lack && (k == 1 || k == 2))
                continue;
            check_json(desk, description, get, &query);
            if (may_lack && k)
                continue; // the example's issue is before its first
            set_examples(description, get, &query);
            check_json(desk, description, get, &query);
            check_csv(desk, description, get, query);
            check_nonsense(desk, get, &query);
        }
        n++;
    }
    assert_int_equal(n, 12);
    json_decref(description);
}

// Nulls where nothing is known are described, too.
static void so_does_an_empty_store(void **state)
{
    struct api_desk *desk = *state;
    json_t *description = read_description(desk), *methods;
    const char *path;
    char error[256];
    store_close(desk->store);
    desk->store = store_open("empty.db", STORE_WRITE, error);
    assert_non_null(desk->store);
    desk->site.store = desk->store;
    memset(desk->zones, 0, sizeof desk->zones);
    json_object_foreach(json_object_get(description, "paths"), path, methods)
    {
        char filled[128];
        fill_path(path, "yen-lu", filled);
        const struct api_query query = {.path = filled};
        if (strstr(path, "forecast"))
            api_desk_ask(desk, &query, 404);
        else
            check_json(desk, description, json_object_get(methods, "get"), &query);
    }
    json_decref(description);
}

// An error is one of the description's as well.
static void errors_are_described(void **state)
{
    struct api_desk *desk = *state;
    char why[SCHEMA_WHY_LEN];
    json_t *description = read_description(desk);
    const struct api_query query = {.path = "nodes/nowhere/peaks"};
    json_t *answer = json_loads(api_desk_ask(desk, &query, 404), 0, NULL);
    const json_t *schema = dig(description, description, "components schemas Error");
    assert_true(answer && schema && schema_fits(description, schema, answer, why));
    json_decref(answer);
    json_decref(description);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_path_answers_as_described, api_desk_enter,
                                        api_desk_leave),
        cmocka_unit_test_setup_teardown(so_does_an_empty_store, api_desk_enter, api_desk_leave),
        cmocka_unit_test_setup_teardown(errors_are_described, api_desk_enter, api_desk_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
