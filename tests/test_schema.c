// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/schema.h"

static const char document_text[] =
    "{\"s\": {\"row\": {\"type\": \"object\", \"required\": [\"a\"], \"properties\": {"
    "\"a\": {\"type\": \"integer\"}, \"b\": {\"type\": [\"string\", \"null\"]}}},"
    "\"odd\": {\"type\": \"string\", \"pattern\": \"x\"}, \"bare\": {},"
    "\"top\": {\"type\": \"object\", \"required\": [\"rows\"], \"properties\": {"
    "\"rows\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/s/row\"}},"
    "\"level\": {\"type\": \"string\", \"enum\": [\"x\", \"y\"]},"
    "\"share\": {\"type\": \"number\"}, \"flag\": {\"type\": \"boolean\"},"
    "\"odd\": {\"$ref\": \"#/s/odd\"}, \"bare\": {\"$ref\": \"#/s/bare\"},"
    "\"lost\": {\"$ref\": \"#/s/lost\"}, \"list\": {\"type\": \"array\"}}}}}";

// The fault of a value held against "top", "" for none.
static const char *fault_of(const char *text)
{
    static char why[SCHEMA_WHY_LEN];
    json_t *document = json_loads(document_text, 0, NULL), *value = json_loads(text, 0, NULL);
    assert_true(document && value);
    *why = '\0';
    const json_t *top = json_object_get(json_object_get(document, "s"), "top");
    const bool fits = schema_fits(document, top, value, why);
    assert_int_equal(fits, !*why);
    json_decref(document);
    json_decref(value);
    return why;
}

static void finds_each_fault(void **state)
{
    (void)state;
    assert_string_equal(fault_of("{\"rows\": [], \"level\": \"y\", \"share\": 1, \"flag\": true}"),
                        "");
    assert_string_equal(fault_of("{\"rows\": [{\"a\": 1}, {\"a\": 2, \"b\": null}]}"), "");
    assert_string_equal(fault_of("[]"), "/: is no object");
    assert_string_equal(fault_of("{}"), "/: lacks rows");
    assert_string_equal(fault_of("{\"rows\": [], \"more\": 1}"),
                        "/: has what is not described: more");
    assert_string_equal(fault_of("{\"rows\": [{\"a\": 1}, {\"a\": 1.5}]}"),
                        "/rows/1/a: is no integer");
    assert_string_equal(fault_of("{\"rows\": [{\"a\": 1, \"b\": 2}]}"),
                        "/rows/0/b: is of none of the types ");
    assert_string_equal(fault_of("{\"rows\": [], \"level\": \"z\"}"),
                        "/level: is not one of the enum: z");
    assert_string_equal(fault_of("{\"rows\": [], \"share\": \"1\"}"), "/share: is no number");
    assert_string_equal(fault_of("{\"rows\": [], \"flag\": null}"), "/flag: is no boolean");
}

static void finds_faults_of_the_schema(void **state)
{
    (void)state;
    assert_non_null(strstr(fault_of("{\"rows\": [], \"odd\": \"x\"}"), "keyword"));
    assert_non_null(strstr(fault_of("{\"rows\": [], \"bare\": \"x\"}"), "without type"));
    assert_non_null(strstr(fault_of("{\"rows\": [], \"lost\": \"x\"}"), "refers to nothing"));
    assert_non_null(strstr(fault_of("{\"rows\": [], \"list\": []}"), "items"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_fault),
        cmocka_unit_test(finds_faults_of_the_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
