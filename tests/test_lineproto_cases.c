// SPDX-License-Identifier: GPL-3.0-or-later
// The public collection of line protocol cases, every one: what the reference decoder takes and
// refuses, what its encoder writes, and what Telegraf passes on. Its README says what stands in the
// files.
#include "daemon/lineproto.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct bytes {
    char data[65536];
    size_t length;
};

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

static void decode_base64(const char *text, struct bytes *ret)
{
    unsigned bits = 0, n_bits = 0;
    for (ret->length = 0; base64_digit(*text) >= 0; text++) {
        bits = bits << 6 | (unsigned)base64_digit(*text);
        n_bits += 6;
        if (n_bits < 8)
            continue;
        n_bits -= 8;
        ret->data[ret->length++] = (char)(bits >> n_bits & 0xff);
    }
}

// The member `name` of a case, or the same in base64 under the name with _b64 behind it.
static bool get_bytes(const json_t *object, const char *name, struct bytes *ret)
{
    char coded[64];
    snprintf(coded, sizeof coded, "%s_b64", name);
    const json_t *plain = json_object_get(object, name), *base64 = json_object_get(object, coded);
    if (base64)
        decode_base64(json_string_value(base64), ret);
    else if (json_is_string(plain))
        memcpy(ret->data, json_string_value(plain), ret->length = json_string_length(plain));
    return plain || base64;
}

static bool same_text(struct lineproto_text text, const json_t *object, const char *name)
{
    static struct bytes expected;
    return get_bytes(object, name, &expected) && text.length == expected.length &&
           memcmp(text.data, expected.data, text.length) == 0;
}

static int64_t get_integer(const json_t *object, const char *name)
{
    return strtoll(json_string_value(json_object_get(object, name)), NULL, 10);
}

static bool same_field(const struct lineproto_field *field, const json_t *expected)
{
    const char *type = json_string_value(json_object_get(expected, "type"));
    const json_t *value = json_object_get(expected, "value");
    if (!same_text(field->key, expected, "key"))
        return false;
    switch (field->type) {
    case LINEPROTO_FLOAT:
        return !strcmp(type, "float") && strtod(json_string_value(value), NULL) == field->real;
    case LINEPROTO_INT:
        return !strcmp(type, "int") && get_integer(expected, "value") == field->integer;
    case LINEPROTO_UINT:
        return !strcmp(type, "uint") &&
               strtoull(json_string_value(value), NULL, 10) == field->natural;
    case LINEPROTO_BOOL:
        return !strcmp(type, "bool") && json_is_true(value) == field->boolean;
    case LINEPROTO_STRING:
        return !strcmp(type, "string") && same_text(field->string, expected, "value");
    }
    return false;
}

static bool same_point(const struct lineproto_point *point, const json_t *expected,
                       int64_t default_ns)
{
    const json_t *tags = json_object_get(expected, "tags");
    const json_t *fields = json_object_get(expected, "fields");
    int64_t time_ns = point->has_time ? point->time_ns : default_ns;
    bool same = same_text(point->measurement, expected, "measurement") &&
                time_ns == get_integer(expected, "time_ns") &&
                json_array_size(tags) == point->n_tags &&
                json_array_size(fields) == point->n_fields;
    for (size_t i = 0; same && i < point->n_tags; i++)
        same = same_text(point->tags[i].key, json_array_get(tags, i), "key") &&
               same_text(point->tags[i].value, json_array_get(tags, i), "value");
    for (size_t i = 0; same && i < point->n_fields; i++)
        same = same_field(&point->fields[i], json_array_get(fields, i));
    return same;
}

static int64_t ns_per_tick(const json_t *test)
{
    const char *precision = json_string_value(json_object_get(test, "precision"));
    return !strcmp(precision, "ns")   ? 1
           : !strcmp(precision, "us") ? 1000
           : !strcmp(precision, "ms") ? 1000000
                                      : 1000000000;
}

static bool decodes_as_expected(const json_t *test)
{
    static struct bytes text;
    static struct lineproto_point point;
    struct lineproto_reader reader;
    const json_t *points = json_object_get(test, "points");
    int64_t tick = ns_per_tick(test), default_ns = get_integer(test, "default_time_ns");
    size_t n = 0;
    if (!get_bytes(test, "text", &text))
        return false;
    // Memory of just the size, so that a read beyond the end is seen.
    char *exact = malloc(text.length ? text.length : 1);
    memcpy(exact, text.data, text.length);
    lineproto_reader_init(&reader, exact, text.length, tick);
    enum lineproto_status status;
    bool same = true;
    while ((status = lineproto_next(&reader, &point)) == LINEPROTO_POINT)
        same =
            same_point(&point, json_array_get(points, n++), default_ns - default_ns % tick) && same;
    free(exact);
    if (!json_is_true(json_object_get(test, "ok")))
        return status == LINEPROTO_BAD;
    return status == LINEPROTO_END && same && n == json_array_size(points);
}

static void set_text(struct lineproto_text *text, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    *text = (struct lineproto_text){json_string_value(value), json_string_length(value)};
}

static void set_field(struct lineproto_field *field, const json_t *object)
{
    static const char *const types[] = {"float", "int", "uint", "bool", "string"};
    const json_t *value = json_object_get(object, "value");
    const char *type = json_string_value(json_object_get(object, "type"));
    set_text(&field->key, object, "key");
    field->type = LINEPROTO_FLOAT;
    while (strcmp(types[field->type], type) != 0)
        field->type++;
    if (field->type == LINEPROTO_FLOAT)
        field->real = strtod(json_string_value(value), NULL);
    else if (field->type == LINEPROTO_INT)
        field->integer = get_integer(object, "value");
    else if (field->type == LINEPROTO_UINT)
        field->natural = strtoull(json_string_value(value), NULL, 10);
    else if (field->type == LINEPROTO_BOOL)
        field->boolean = json_is_true(value);
    else
        set_text(&field->string, object, "value");
}

static void set_point(struct lineproto_point *point, const json_t *object)
{
    const json_t *tags = json_object_get(object, "tags");
    const json_t *fields = json_object_get(object, "fields");
    set_text(&point->measurement, object, "measurement");
    point->n_tags = json_array_size(tags);
    point->n_fields = json_array_size(fields);
    point->has_time = true;
    point->time_ns = get_integer(object, "time_ns");
    for (size_t i = 0; i < point->n_tags; i++) {
        set_text(&point->tags[i].key, json_array_get(tags, i), "key");
        set_text(&point->tags[i].value, json_array_get(tags, i), "value");
    }
    for (size_t i = 0; i < point->n_fields; i++)
        set_field(&point->fields[i], json_array_get(fields, i));
}

// Floats are spelled otherwise than in Go, with a digit behind the point; so a line with floats is
// compared by what it means and by its length without them.
static bool same_line(const char *got, const char *expected)
{
    while (*got && *expected) {
        char *got_end, *expected_end;
        bool value =
            expected[-1] == '=' && (*expected == '-' || (*expected >= '0' && *expected <= '9'));
        if (!value || strtod(got, &got_end) != strtod(expected, &expected_end)) {
            if (*got++ != *expected++)
                return false;
            continue;
        }
        got = got_end;
        expected = expected_end;
    }
    return *got == '\n' && !*expected;
}

static bool encodes_as_expected(const json_t *test)
{
    static struct lineproto_point point;
    static struct bytes line;
    struct buffer out;
    buffer_init(&out, 65536);
    set_point(&point, json_object_get(test, "point"));
    bool written = lineproto_write(&out, &point), same = !written;
    if (json_is_true(json_object_get(test, "ok"))) {
        char with_space[65537] = " ";
        get_bytes(test, "line", &line);
        memcpy(with_space + 1, line.data, line.length);
        with_space[1 + line.length] = '\0';
        same = written && same_line(out.data, with_space + 1);
    }
    buffer_done(&out);
    return same;
}

// The points of a text in canonical form; "" where one is refused.
static char *canonical(const struct bytes *text)
{
    static struct lineproto_point point;
    struct lineproto_reader reader;
    struct buffer out;
    char *copy = malloc(text->length ? text->length : 1);
    memcpy(copy, text->data, text->length);
    buffer_init(&out, 65536);
    buffer_text(&out, "");
    lineproto_reader_init(&reader, copy, text->length, 1);
    enum lineproto_status status;
    while ((status = lineproto_next(&reader, &point)) == LINEPROTO_POINT)
        assert_true(lineproto_write(&out, &point));
    if (status == LINEPROTO_BAD)
        buffer_clear(&out);
    free(copy);
    return buffer_take(&out, NULL);
}

// Telegraf spells floats, and newlines in strings, otherwise: its output is compared by the same
// lines of the same points, in canonical form, and ours is in that form already.
static bool relays_as_expected(const json_t *test)
{
    static struct lineproto_point point;
    static struct bytes output;
    struct buffer out;
    const struct lineproto_limits limits = {
        .line_bytes = (size_t)json_integer_value(json_object_get(test, "max_line_bytes")),
        .no_naturals = !json_is_true(json_object_get(test, "uint_support"))};
    buffer_init(&out, 65536);
    buffer_text(&out, "");
    set_point(&point, json_object_get(test, "point"));
    bool written = lineproto_relay(&out, &point, &limits), same = !written && out.length == 0;
    if (json_is_true(json_object_get(test, "ok"))) {
        get_bytes(test, "output", &output);
        char *expected = canonical(&output);
        same = written && *expected && !strcmp(out.data, expected);
        free(expected);
    }
    buffer_done(&out);
    return same;
}

static void run_cases(const char *file, bool (*passes)(const json_t *test), size_t expected)
{
    const char *shared = getenv("PHUTAI_SHARED");
    char path[1000], *line = NULL;
    size_t size = 0, cases = 0, failed = 0;
    snprintf(path, sizeof path, "%s/data/line-protocol/%s", shared ? shared : "../shared", file);
    FILE *in = fopen(path, "r");
    if (!in) {
        print_message("# %s: %s\n", path, strerror(errno));
        skip();
    }
    while (getline(&line, &size, in) > 0) {
        json_t *test = json_loads(line, JSON_ALLOW_NUL, NULL);
        assert_non_null(test);
        cases++;
        if (!passes(test)) {
            failed++;
            print_message("# %s", line);
        }
        json_decref(test);
    }
    free(line);
    fclose(in);
    print_message("# %zu cases of %s, %zu failed\n", cases, file, failed);
    assert_true(cases >= expected);
    assert_int_equal(failed, 0);
}

static void test_decode(void **state)
{
    (void)state;
    run_cases("decode.jsonl", decodes_as_expected, 3322);
}

static void test_encode(void **state)
{
    (void)state;
    run_cases("encode.jsonl", encodes_as_expected, 58);
}

static void test_relay(void **state)
{
    (void)state;
    run_cases("telegraf-encode.jsonl", relays_as_expected, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_encode),
        cmocka_unit_test(test_relay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
