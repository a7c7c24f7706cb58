// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "config/table.h"

static const char *const columns[] = {"time", "zone", "?load"};

// What the rows said, as text: `line:time|zone|load;`.
struct seen {
    char text[1024];
    size_t rows, excess, longest, stop_after;
};

static bool see(void *context, const struct table_row *row)
{
    struct seen *seen = context;
    const size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%lu:%s|%s|%s;", row->line, row->field[0],
             row->field[1], row->field[2]);
    seen->rows++;
    seen->excess += row->excess;
    const size_t length = strlen(row->field[0]);
    seen->longest = length > seen->longest ? length : seen->longest;
    return seen->rows != seen->stop_after;
}

struct file {
    char path[64];
};

static int set_up(void **state)
{
    struct file *file = calloc(1, sizeof *file);
    assert_non_null(file);
    strcpy(file->path, "/tmp/test_table_XXXXXX");
    const int fd = mkstemp(file->path);
    assert_true(fd >= 0);
    close(fd);
    *state = file;
    return 0;
}

static int tear_down(void **state)
{
    struct file *file = *state;
    unlink(file->path);
    free(file);
    return 0;
}

static void write_bytes(const struct file *file, const char *bytes, size_t n)
{
    FILE *out = fopen(file->path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static enum table_status read_text(const struct file *file, const char *text, struct seen *seen,
                                   char error[static 256])
{
    write_bytes(file, text, strlen(text));
    *seen = (struct seen){.rows = 0};
    strcpy(error, "untouched");
    return table_read(file->path, 3, columns, see, seen, error);
}

static void reads_rows_by_column_name(void **state)
{
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"time,zone,load\nt1,a,2.385\nt2,b,7\n", "2:t1|a|2.385;3:t2|b|7;"},
        {"load,more,zone,time\n2.385,x,a,t1\n", "2:t1|a|2.385;"},
        {"zone,time\na,t1", "2:t1|a|;"},
        {"time,zone,load\n", ""},
        {"time,zone,load", ""},
        {"\xEF\xBB\xBFtime,zone,load\r\nt1,a,1\r\n\r\nt2,b,2\r\n", "2:t1|a|1;4:t2|b|2;"},
        {"\n time , zone ,load\n\n\n  t1 ,\ta , 1 \n", "5:t1|a|1;"},
        {"time,zone,load\nt1\nt2,b\n,,\n", "2:t1||;3:t2|b|;4:||;"},
        {"\"time\",\"zone\",load\n\"t,1\",\"say \"\"a\"\"\",\" 1 \"\n", "2:t,1|say \"a\"| 1 ;"},
        {"time,zone,load\n\"t\n1\",a,1\nt2,b,2\n", "2:t\n1|a|1;4:t2|b|2;"},
        {"time,zone,load\rt1,a,1\rt2,b,2\r", "2:t1|a|1;3:t2|b|2;"},
        {"time,zone,load\nKhu công nghiệp,Đình Trám,1\n", "2:Khu công nghiệp|Đình Trám|1;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen;
        char error[256];
        assert_int_equal(read_text(*state, cases[i].text, &seen, error), TABLE_OK);
        assert_string_equal(seen.text, cases[i].rows);
        assert_string_equal(error, "untouched");
    }
}

// A decimal comma makes a row one field too long; the reader must be able to tell.
static void counts_fields_beyond_the_header(void **state)
{
    struct seen seen;
    char error[256];
    assert_int_equal(read_text(*state, "time,zone,load\nt1,a,12,5\nt2,b,12,,\n", &seen, error),
                     TABLE_OK);
    assert_string_equal(seen.text, "2:t1|a|12;3:t2|b|12;");
    assert_int_equal(seen.excess, 1);
}

static void stops_when_told(void **state)
{
    struct file *file = *state;
    static const char text[] = "time,zone,load\nt1,a,1\nt2,b,2\n\"";
    write_bytes(file, text, sizeof text - 1);
    struct seen seen = {.stop_after = 1};
    char error[256] = "untouched";
    assert_int_equal(table_read(file->path, 3, columns, see, &seen, error), TABLE_STOPPED);
    assert_int_equal(seen.rows, 1);
    assert_string_equal(error, "untouched");
}

static void assert_error(const struct file *file, const char *error, const char *expected)
{
    assert_memory_equal(error, file->path, strlen(file->path));
    assert_string_equal(error + strlen(file->path), expected);
}

static void says_what_is_wrong_and_where(void **state)
{
    static const struct {
        const char *text, *rows, *error;
        enum table_status status;
    } cases[] = {
        {"", "", ":1: no header line: the file is empty", TABLE_HEADER},
        {"\n\n", "", ":3: no header line: the file is empty", TABLE_HEADER},
        {"time,mw\nt1,2\n", "", ":1: column 'zone' is missing: the header is time,mw",
         TABLE_HEADER},
        {"time,zone,time\n", "", ":1: column 'time' stands twice: the header is time,zone,time",
         TABLE_HEADER},
        {"time,zone\nt1,a\nt2,\"b\nt3,c\n", "2:t1|a|;",
         ":3: a quote is not closed before the end of the file", TABLE_SYNTAX},
        {"time,zone\nt1,a\n\nt2,b\"x\"\nt3,c\n", "2:t1|a|;",
         ":4: a quote inside a field, or text after a closing quote", TABLE_SYNTAX},
        {"time,zone\nt1,a\nt2,\"b\"x\n", "2:t1|a|;",
         ":3: a quote inside a field, or text after a closing quote", TABLE_SYNTAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen;
        char error[256];
        assert_int_equal(read_text(*state, cases[i].text, &seen, error), cases[i].status);
        assert_string_equal(seen.text, cases[i].rows);
        assert_error(*state, error, cases[i].error);
    }
}

static void refuses_zero_bytes(void **state)
{
    static const char text[] = "time,zone\nt1,a\nt2,\0b\nt3,c\n";
    write_bytes(*state, text, sizeof text - 1);
    struct seen seen = {.rows = 0};
    char error[256];
    const struct file *file = *state;
    assert_int_equal(table_read(file->path, 3, columns, see, &seen, error), TABLE_SYNTAX);
    assert_string_equal(seen.text, "2:t1|a|;");
    assert_error(file, error, ":3: a zero byte: this is not text in UTF-8");
}

static void says_why_a_file_cannot_be_read(void **state)
{
    (void)state;
    struct seen seen = {.rows = 0};
    char error[256], path[512];
    assert_int_equal(table_read("/nowhere/x.csv", 3, columns, see, &seen, error), TABLE_OPEN);
    assert_string_equal(error, "/nowhere/x.csv: No such file or directory");
    assert_int_equal(table_read("/tmp", 3, columns, see, &seen, error), TABLE_OPEN);
    assert_string_equal(error, "/tmp:1: Is a directory");
    // Of a long path the end is shown, never at the cost of the reason.
    memset(path, 'x', sizeof path);
    memcpy(path, "/nowhere/", 9);
    strcpy(path + sizeof path - 7, "/z.csv");
    path[200] = '/';
    path[400] = '/';
    assert_int_equal(table_read(path, 3, columns, see, &seen, error), TABLE_OPEN);
    assert_non_null(strstr(error, "/z.csv: No such file or directory"));
}

static void write_gzip(const struct file *file, const char *text, int times)
{
    gzFile out = gzopen(file->path, "wb");
    assert_non_null(out);
    gzputs(out, "time,zone,load\n");
    for (int i = 0; i < times; i++)
        gzputs(out, text);
    assert_int_equal(gzclose(out), Z_OK);
}

static void reads_gzip(void **state)
{
    struct file *file = *state;
    write_gzip(file, "2011-01-01T00:00,quang-chau,2.385\n", 20000);
    struct seen seen = {.rows = 0};
    char error[256];
    assert_int_equal(table_read(file->path, 3, columns, see, &seen, error), TABLE_OK);
    assert_int_equal(seen.rows, 20000);
}

// The rows that are whole are given, the one that the cut went through is not.
static void notices_a_cut_gzip_file(void **state)
{
    struct file *file = *state;
    write_gzip(file, "2011-01-01T00:00,quang-chau,2.385\n", 20000);
    FILE *in = fopen(file->path, "rb");
    assert_non_null(in);
    char bytes[8192];
    const size_t n = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    assert_true(n < sizeof bytes);
    write_bytes(file, bytes, n / 2);
    struct seen seen = {.rows = 0};
    char error[256];
    assert_int_equal(table_read(file->path, 3, columns, see, &seen, error), TABLE_SYNTAX);
    assert_in_range(seen.rows, 1, 19999);
    assert_int_equal(seen.longest, 16);
    assert_non_null(strstr(error, ": the gzip file is cut here"));
    bytes[n - 6] ^= 0x55; // of the check sum
    write_bytes(file, bytes, n);
    assert_int_equal(table_read(file->path, 3, columns, see, &seen, error), TABLE_SYNTAX);
    assert_non_null(strstr(error, ": the gzip file is damaged here"));
}

static void bounds_the_length_of_a_field(void **state)
{
    struct file *file = *state;
    static char text[800000];
    const size_t head = (size_t)sprintf(text, "time,zone\n");
    memset(text + head, 'x', TABLE_FIELD_MAX);
    strcpy(text + head + TABLE_FIELD_MAX, ",a\n");
    struct seen seen;
    char error[256];
    assert_int_equal(read_text(file, text, &seen, error), TABLE_OK);
    assert_int_equal(seen.longest, TABLE_FIELD_MAX);
    strcpy(text + head + TABLE_FIELD_MAX, "x,a\n");
    assert_int_equal(read_text(file, text, &seen, error), TABLE_SYNTAX);
    assert_error(file, error, ":2: a field of more than 65536 bytes: is a quote not closed?");
    // An open quote is noticed long before the file has been swallowed.
    memset(text + head, 'x', sizeof text - head - 1);
    text[head] = '"';
    assert_int_equal(read_text(file, text, &seen, error), TABLE_SYNTAX);
    assert_error(file, error, ":2: a field of more than 65536 bytes: is a quote not closed?");
}

static void reads_standard_input(void **state)
{
    struct file *file = *state;
    write_bytes(file, "time,zone\nt1,a\n", 15);
    const int kept = dup(STDIN_FILENO);
    assert_non_null(freopen(file->path, "rb", stdin));
    struct seen seen = {.rows = 0};
    char error[256];
    assert_int_equal(table_read("-", 3, columns, see, &seen, error), TABLE_OK);
    assert_string_equal(seen.text, "2:t1|a|;");
    dup2(kept, STDIN_FILENO);
    close(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_rows_by_column_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_fields_beyond_the_header, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops_when_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_what_is_wrong_and_where, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_zero_bytes, set_up, tear_down),
        cmocka_unit_test(says_why_a_file_cannot_be_read),
        cmocka_unit_test_setup_teardown(reads_gzip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notices_a_cut_gzip_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_the_length_of_a_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_standard_input, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
