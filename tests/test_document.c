// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "config/config.h"
#include "daemon/document.h"

static const struct civil_clock clock_7 = {.offset_s = 7 * 3600};

// All kinds of values, inside of rows and outside.
static char *write_all(bool csv, size_t ceiling)
{
    struct document d;
    struct buffer out;
    buffer_init(&out, ceiling);
    document_begin(&d, &out, &clock_7, csv);
    document_text(&d, "name", "Yên \"Lư\"\\\n\x01, \xff\xfe");
    document_flag(&d, "simulated", true);
    document_object(&d, "title");
    document_text(&d, "vi", "");
    document_known_text(&d, "en", "");
    document_close(&d);
    document_array(&d, "none");
    document_close(&d);
    document_rows(&d, "rows", "zone,time,mw,q1,q2,day,n,note");
    for (int i = 0; i < 2; i++) {
        document_row(&d);
        document_column(&d, "a");
        document_time(&d, "time", i ? 1717434000 : 0);
        document_real(&d, "mw", i ? 21.10000000049 : (double)NAN);
        document_array(&d, "q");
        document_real(&d, NULL, 1);
        document_real(&d, NULL, i ? (double)INFINITY : 2.5);
        document_close(&d);
        document_day(&d, "day", i ? 19878 : CONFIG_NO_DAY);
        document_integer(&d, "n", -i);
        document_text(&d, "note", i ? " a, \"b\"" : NULL);
        document_close(&d);
    }
    document_close(&d);
    document_null(&d, "end");
    document_end(&d);
    return buffer_take(&out, NULL);
}

static void writes_json(void **state)
{
    (void)state;
    char *text = write_all(false, 10000);
    assert_string_equal(text, "{\"name\":\"Yên \\\"Lư\\\"\\\\??, ??\",\"simulated\":true,"
                              "\"title\":{\"vi\":\"\",\"en\":null},\"none\":[],\"rows\":["
                              "{\"time\":null,\"mw\":null,\"q\":[1.0,2.5],\"day\":null,\"n\":0,"
                              "\"note\":null},"
                              "{\"time\":\"2024-06-04T00:00+07:00\",\"mw\":21.1,\"q\":[1.0,null],"
                              "\"day\":\"2024-06-04\",\"n\":-1,\"note\":\" a, \\\"b\\\"\"}],"
                              "\"end\":null}\n");
    free(text);
}

static void writes_its_rows_as_csv(void **state)
{
    (void)state;
    char *text = write_all(true, 10000);
    assert_string_equal(text, "zone,time,mw,q1,q2,day,n,note\n"
                              "a,,,1.0,2.5,,0,\n"
                              "a,2024-06-04T00:00+07:00,21.10000000049,1.0,,2024-06-04,-1,"
                              "\" a, \"\"b\"\"\"\n");
    free(text);
}

static void escapes_control_characters(void **state)
{
    (void)state;
    struct document d;
    struct buffer out;
    buffer_init(&out, 1000);
    document_begin(&d, &out, &clock_7, false);
    document_text(&d, "a", "\x01\x1f\n\t\"\\/é\x7f");
    document_end(&d);
    json_t *json = json_loads(out.data, 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "a")), "\x01\x1f\n\t\"\\/é\x7f");
    json_decref(json);
    buffer_done(&out);
}

static void fails_as_its_buffer_does(void **state)
{
    (void)state;
    assert_null(write_all(false, 100));
    assert_null(write_all(true, 50));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_json),
        cmocka_unit_test(writes_its_rows_as_csv),
        cmocka_unit_test(escapes_control_characters),
        cmocka_unit_test(fails_as_its_buffer_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
