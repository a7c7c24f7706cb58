// SPDX-License-Identifier: GPL-3.0-or-later
// Exports as files: encodings, packing, cut ends, long lines, many lines; clocks that change;
// weather.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/buffer.h"
#include "daemon/gzip.h"
#include "tests/export_bench.h"
#include "tests/site_folder.h"

static const char unicode[] = "Thời gian;KCN;P (kW)\r\n2024-06-01 00:00;Phúc Sơn;7.500,5\r\n"
                              "2024-06-01 00:30;Yên 𝐋ư;1,5\r\n";
static const char unicode_gives[] = "phuc-son - 2024-05-31T17:00Z 7.5005\n"
                                    "bad 3 unknown zone \"Yên 𝐋ư\"\n";

static size_t recode(const char *encoding, const char *text, char *ret, size_t size)
{
    iconv_t converter = iconv_open(encoding, "UTF-8");
    char *from = (char *)(uintptr_t)text, *to = ret;
    size_t left = strlen(text), room = size;
    assert_true(converter != (iconv_t)-1);
    assert_int_equal(iconv(converter, &from, &left, &to, &room), 0);
    iconv_close(converter);
    return size - room;
}

static void assert_gives(const char *keys, const void *bytes, size_t length, const char *expected)
{
    char *came = export_bench_read(keys, bytes, length);
    assert_string_equal(came, expected);
    free(came);
}

static void assert_says(const char *keys, const void *bytes, size_t length, const char *words)
{
    char *came = export_bench_read(keys, bytes, length);
    if (!strstr(came, words))
        fail_msg("came\n%s\nwithout\n%s", came, words);
    free(came);
}

static void utf16_is_read_where_it_says_so(void **state)
{
    (void)state;
    char bytes[1024] = "\xff\xfe";
    size_t n = recode("UTF-16LE", unicode, bytes + 2, sizeof bytes - 2);
    assert_gives("", bytes, n + 2, unicode_gives);
    assert_says("", bytes + 2, n,
                "refused line 1 holds zero bytes, as UTF-16 without a byte order");
    // Cut within a character: what is before it is good.
    assert_says("", bytes, n + 1, "bad 3 the file ends within a character");
    assert_says("", bytes, n + 1, "phuc-son - 2024-05-31T17:00Z 7.5005\n");
    // Half of a pair.
    memcpy(bytes + 2 + n, "\x35\xd8\x0a", 3);
    bytes[n + 5] = '\0';
    assert_says("", bytes, n + 6, "refused not text in UTF-16 from here on");
    memcpy(bytes, "\xfe\xff", 2);
    n = recode("UTF-16BE", unicode, bytes + 2, sizeof bytes - 2);
    assert_gives("", bytes, n + 2, unicode_gives);
}

static void eight_bits_are_refused(void **state)
{
    (void)state;
    char bytes[1024];
    const size_t n = recode("WINDOWS-1258//TRANSLIT",
                            "time;zone;load\n2024-06-01 00:00;Phúc Sơn;1\n", bytes, sizeof bytes);
    assert_says("", bytes, n,
                "refused line 2 is not UTF-8, but in an 8-bit encoding such as Windows");
    // Also where it comes late: nothing was taken before.
    struct buffer late;
    buffer_init(&late, 1 << 20);
    buffer_text(&late, "time,zone,load\n");
    for (int i = 0; i < 100; i++)
        buffer_text(&late, "2024-06-01 00:00,yen-lu,1\n");
    buffer_text(&late, "2024-06-01 00:00,Y\xean,1\n");
    assert_gives("", late.data, late.length,
                 "refused line 102 is not UTF-8, but in an 8-bit encoding such as Windows-1258 or "
                 "TCVN3: save it as CSV UTF-8\n");
    buffer_done(&late);
}

static void packed_files_are_unpacked(void **state)
{
    (void)state;
    struct buffer packed, plain;
    buffer_init(&packed, 1 << 20);
    buffer_init(&plain, 1 << 20);
    buffer_text(&plain, "time,zone,load\n");
    for (int i = 0; i < 1500; i++)
        buffer_printf(&plain, "2024-%02d-%02d 00:00,yen-lu,%d.%d\n", 1 + i % 5, 1 + i % 28, i % 97,
                      i % 7);
    assert_true(gzip_deflate(&packed, plain.data, plain.length));
    char *whole = export_bench_read("", plain.data, plain.length);
    assert_gives("", packed.data, packed.length, whole);
    assert_says("file_bytes = 1kB\n", packed.data, packed.length,
                "refused is larger than file_bytes allows");
    // Cut: rows but the last one, whose number may be cut too.
    char *cut = export_bench_read("", packed.data, packed.length * 2 / 3);
    char *bad = strstr(cut, "bad ");
    assert_non_null(bad);
    assert_non_null(strstr(bad, "the gzip file is cut here\n"));
    assert_true(bad > cut + 1000);
    assert_memory_equal(cut, whole, (size_t)(bad - cut));
    packed.data[packed.length / 2] ^= 0x40;
    assert_says("", packed.data, packed.length, "the gzip file is ");
    free(whole);
    free(cut);
    buffer_done(&plain);
    buffer_done(&packed);
}

static void long_lines_cost_themselves(void **state)
{
    (void)state;
    struct buffer text;
    buffer_init(&text, 1 << 24);
    buffer_text(&text, "time,zone,load\n2024-06-01 00:00,yen-lu,1\n");
    for (int i = 0; i < 300000; i++)
        buffer_text(&text, "xx");
    buffer_text(&text, ",yen-lu,2\n2024-06-01 00:30,yen-lu,\"3\n");
    for (int i = 0; i < 40; i++)
        buffer_text(&text, "\n");
    buffer_text(&text, "2024-06-01 01:00,yen-lu,4\n");
    assert_gives("", text.data, text.length,
                 "yen-lu - 2024-05-31T17:00Z 1\n"
                 "bad 3 a line of more than 65536 bytes\n"
                 "bad 4 a quote is not closed\n"
                 "yen-lu - 2024-05-31T18:00Z 4\n");
    // One line without an end.
    buffer_truncate(&text, 0);
    for (int i = 0; i < 100000; i++)
        buffer_text(&text, "time,");
    assert_says("", text.data, text.length, "refused");
    buffer_done(&text);
}

// Adelaide: 2:00 becomes 3:00 on 6 October 2024, 3:00 becomes 2:00 on 7 April.
static void assert_gives_in_adelaide(const char *keys, const char *text, const char *expected)
{
    char *came = export_bench_read_on("ACST-9:30ACDT,M10.1.0,M4.1.0/3", keys, text, strlen(text));
    if (strcmp(came, expected))
        fail_msg("came\n%s\nnot\n%s", came, expected);
    free(came);
}

static void clocks_change(void **state)
{
    (void)state;
    static const char autumn[] =
        "time,zone,load\n2024-04-07 01:30,yen-lu,1\n2024-04-07 01:30,phuc-son,1\n"
        "2024-04-07 02:00,yen-lu,2\n2024-04-07 02:30,yen-lu,3\n2024-04-07 02:00,yen-lu,4\n"
        "2024-04-07 02:00,phuc-son,9\n2024-04-07 02:30,yen-lu,5\n2024-04-07 03:00,yen-lu,6\n";
    assert_gives_in_adelaide("", autumn,
                             "yen-lu - 2024-04-06T15:00Z 1\nphuc-son - 2024-04-06T15:00Z 1\n"
                             "yen-lu - 2024-04-06T15:30Z 2\nyen-lu - 2024-04-06T16:00Z 3\n"
                             "yen-lu - 2024-04-06T16:30Z 4\nphuc-son - 2024-04-06T15:30Z 9\n"
                             "yen-lu - 2024-04-06T17:00Z 5\nyen-lu - 2024-04-06T17:30Z 6\n");
    static const char spring[] = "time,zone,load\n2023-10-01 01:30,yen-lu,1\n"
                                 "2023-10-01 02:00,yen-lu,2\n2023-10-01 02:30,yen-lu,3\n"
                                 "2023-10-01 03:00,yen-lu,4\n2023-10-01 03:30,yen-lu,5\n";
    assert_gives_in_adelaide("", spring,
                             "yen-lu - 2023-09-30T16:00Z 1\n"
                             "bad 3 time 2023-10-01T02:00 is skipped by the clock of the site\n"
                             "bad 4 time 2023-10-01T02:30 is skipped by the clock of the site\n"
                             "yen-lu - 2023-09-30T16:30Z 4\nyen-lu - 2023-09-30T17:00Z 5\n");
    // As ends, 2:00 is the last time before the change.
    assert_gives_in_adelaide("stamps = end\n", spring,
                             "yen-lu - 2023-09-30T15:30Z 1\nyen-lu - 2023-09-30T16:00Z 2\n"
                             "bad 4 time 2023-10-01T02:30 is skipped by the clock of the site\n"
                             "yen-lu - 2023-09-30T16:00Z 4\nyen-lu - 2023-09-30T16:30Z 5\n");
}

static void weather_is_read_too(void **state)
{
    (void)state;
    export_bench_gives("kind = weather\n",
                       "time,station,temp_c,rh_pct\n2024-06-01T00:10:30,met,31.5,80\n"
                       "2024-06-01T00:20,met,31,\n2024-06-01T00:30,met,99,1\n"
                       "2024-06-01T00:40,,30,1\n2024-06-01T00:50,met,30,180\n",
                       "met 2024-05-31T17:10Z 31.5 80\nmet 2024-05-31T17:20Z 31 nan\n"
                       "bad 4 temperature 99.0 is not between -60.0 and 60.0\n"
                       "bad 5 no name of a station\nmet 2024-05-31T17:50Z 30 nan\n");
    export_bench_gives("kind = weather\nstation = bg\n",
                       "Trạm;Ngày;Giờ;Nhiệt độ (°C)\nA;1/6/2024;7:30 CH;31,5\n",
                       "bg 2024-06-01T12:30Z 31.5 nan\nleft out \"Trạm\"\n");
    export_bench_says("kind = weather\n", "time,temp\n2024-06-01T00:10,31.5\n",
                      "there are a time and a temperature, but no station");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(utf16_is_read_where_it_says_so, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(eight_bits_are_refused, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(packed_files_are_unpacked, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(long_lines_cost_themselves, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(clocks_change, site_folder_enter, site_folder_leave),
        cmocka_unit_test_setup_teardown(weather_is_read_too, site_folder_enter, site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
