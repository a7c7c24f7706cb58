// SPDX-License-Identifier: GPL-3.0-or-later
// Exports as meters, spreadsheets and people write them, read into readings.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/export_bench.h"
#include "tests/site_folder.h"

static void tidy_files_need_no_keys(void **state)
{
    (void)state;
    export_bench_gives("",
                       "time,zone,load\n2024-06-01T00:00,yen-lu,2.385\n"
                       "2024-05-31T17:30Z,phuc-son,1.234\n2024-06-01 01:00,yen-lu,3",
                       "yen-lu - 2024-05-31T17:00Z 2.385\nphuc-son - 2024-05-31T17:30Z 1.234\n"
                       "yen-lu - 2024-05-31T18:00Z 3\n");
    export_bench_gives("",
                       "origin,time,meter,zone,load\nx,2024-06-01T00:00,\"m,1\",yen-lu,2.385\n"
                       "x,2024-06-01T00:30,,yen-lu,7\n",
                       "yen-lu m,1 2024-05-31T17:00Z 2.385\nyen-lu - 2024-05-31T17:30Z 7\n");
}

static void vietnamese_exports_need_none(void **state)
{
    (void)state;
    // Byte order mark, CR LF, titles, semicolons, decimal comma, thousands, a quoted line break.
    static const char text[] =
        "\xef\xbb\xbf"
        "SẢN LƯỢNG ĐIỆN THEO KHU CÔNG NGHIỆP;;;\r\n"
        "Tháng 6 năm 2024;;;\r\n"
        "\r\n"
        "STT;Thời gian;Khu công nghiệp;\"Công suất\r\n(kW)\";Ghi chú\r\n"
        "1;01/06/2024 00:00;Yên Lư;1.234,56;\r\n"
        "2;01/06/2024 00:30;KCN Phúc Sơn;987,5;\"một \"\"dòng\"\"\r\nhai\"\r\n"
        ";;;;\r\n"
        "3;13/06/2024 01:00;YÊN LƯ;12;\r\n";
    export_bench_gives("", text,
                       "yen-lu - 2024-05-31T17:00Z 1.23456\nphuc-son - 2024-05-31T17:30Z 0.9875\n"
                       "bad 10 time 2024-06-12T18:00Z is more than 3600 s ahead of the clock\n"
                       "left out \"Ghi chú\"\n");
    // The same in NFD, the unit above, date and hour apart.
    export_bench_gives("",
                       "Đo\xcc\x9bn vị tính: MW\nNgày\tGiờ\tKhu co\xcc\x82ng nghie\xcc\xa3\xcc\x82p"
                       "\tPhu\xcc\xa3 ta\xcc\x89i\n1/6/2024\t0h30\tPhu\xcc\x81"
                       "c So\xcc\x9bn\t7,25\n1/6/2024\t1h\tyen-lu\t7\n",
                       "phuc-son - 2024-05-31T17:30Z 7.25\nyen-lu - 2024-05-31T18:00Z 7\n");
}

static void energy_over_intervals_that_end(void **state)
{
    (void)state;
    export_bench_gives("stamps = end\n",
                       "Ngày giờ,KCN,Sản lượng (kWh)\n"
                       "31/05/2024 23:30,Yên Lư,\"1.500,5\"\n31/05/2024 24:00,Yên Lư,1000\n"
                       "01/06/2024 00:30,Yên Lư,2000\n02/06/2024 00:00,Yên Lư,3000\n",
                       "yen-lu - 2024-05-31T16:00Z 3.001\nyen-lu - 2024-05-31T16:30Z 2\n"
                       "yen-lu - 2024-05-31T17:00Z 4\nyen-lu - 2024-06-01T16:30Z 6\n");
    export_bench_says("", "Thời gian,KCN,Sản lượng (kWh)\n31/05/2024 24:00,Yên Lư,1000\n",
                      "refused line 2: 24:00 is the end of an interval, but stamps = start");
    static const char hourly[] = "time,zone,MWh\n2024-06-01 00:00,yen-lu,2\n"
                                 "2024-06-01 01:00,yen-lu,3\n2024-06-01 02:00,yen-lu,4\n";
    export_bench_says("", hourly, "refused rows are 60 min apart, the step of the site is 30 min");
    export_bench_gives("interval = 60min\n", hourly,
                       "yen-lu - 2024-05-31T17:00Z 2\nyen-lu - 2024-05-31T17:30Z 2\n"
                       "yen-lu - 2024-05-31T18:00Z 3\nyen-lu - 2024-05-31T18:30Z 3\n"
                       "yen-lu - 2024-05-31T19:00Z 4\nyen-lu - 2024-05-31T19:30Z 4\n");
    export_bench_says("interval = 60min\n",
                      "time,zone,MWh\n2024-06-01 00:00,yen-lu,2\n2024-06-01 00:30,yen-lu,3\n",
                      "refused rows are 30 min apart, but interval = 60min");
}

static void a_column_for_each_zone(void **state)
{
    (void)state;
    static const char text[] = "BẢNG CÔNG SUẤT\nThời gian;KCN Yên Lư (kW);Phúc Sơn (MW);Tổng\n"
                               "01/06/2024 00:00;12500,5;7,5;20\n01/06/2024 00:30;;x;\n"
                               "01/06/2024 01:00;1;3000,5;\n01/06/2024 01:30;5;6\n";
    export_bench_gives("", text,
                       "yen-lu - 2024-05-31T17:00Z 12.5005\nphuc-son - 2024-05-31T17:00Z 7.5\n"
                       "bad 4 column \"Phúc Sơn (MW)\": load \"x\" is not a number with a decimal "
                       "comma\nyen-lu - 2024-05-31T18:00Z 0.001\n"
                       "bad 5 column \"Phúc Sơn (MW)\": load in MW 3000.5 is not between 0.0 and "
                       "2000.0\nyen-lu - 2024-05-31T18:30Z 0.005\n"
                       "phuc-son - 2024-05-31T18:30Z 6\nleft out \"Tổng\"\n");
    export_bench_gives("unit = MW\n",
                       "time;Yên Lư;Tổng\n2024-06-01 00:00;;2\n2024-06-01 00:30;1;2\n",
                       "yen-lu - 2024-05-31T17:30Z 1\nleft out \"Tổng\"\n");
    export_bench_says("", "time;Yên Lư;Phúc Sơn\n2024-06-01 00:00;1;2\n",
                      "refused line 1: column \"Yên Lư\" does not say whether it is in MW, kW");
    export_bench_says("unit = MW\n", "time;Yên Lư (kW)\n2024-06-01 00:00;1\n",
                      "column \"Yên Lư (kW)\" is in kW, but unit = MW: one of them is wrong");
    export_bench_says("unit = MW\n", "time;Yên Lư;KCN Yên Lư\n2024-06-01 00:00;1;2\n",
                      "columns \"Yên Lư\" and \"KCN Yên Lư\" are the same zone and meter");
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void names_are_looked_up_in_the_map(void **state)
{
    (void)state;
    write_file("map.csv", "name,zone,meter\nTBA 110kV Yên Lư - T1,yen-lu,T1\n"
                          "tba 110kv yên lư - T2,yen-lu,T2\nTổng,-,\n\"PD0102030\",phuc-son,\n");
    export_bench_gives("zone_map = map.csv\nunit = kW\n",
                       "Thời gian;TBA 110kV  YÊN LƯ - T1;TBA 110kV Yên Lư - T2;Tổng\n"
                       "2024-06-01 00:00;1500;2500;4000\n",
                       "yen-lu T1 2024-05-31T17:00Z 1.5\nyen-lu T2 2024-05-31T17:00Z 2.5\n");
    export_bench_gives("zone_map = map.csv\n",
                       "Thời gian,Mã điểm đo,P (kW)\n2024-06-01 00:00,pd0102030,1500.5\n"
                       "2024-06-01 00:00,PD9,1500\n2024-06-01 00:30,tổng,1500\n"
                       "2024-06-01 00:30,,1500\n",
                       "phuc-son - 2024-05-31T17:00Z 1.5005\nbad 3 unknown meter \"PD9\"\n"
                       "bad 5 no name of a zone\n");
    export_bench_gives("zone = yen-lu\n", "time,meter,load\n2024-06-01 00:00,m1,1.5\n",
                       "yen-lu m1 2024-05-31T17:00Z 1.5\n");
}

static void keys_say_what_headings_do_not(void **state)
{
    (void)state;
    export_bench_gives("time_column = Lúc\nzone_column = Nơi\nload_column = Số\nunit = kW\n"
                       "decimal = comma\ntime_format = %H:%M %d.%m.%y\nseparator = semicolon\n",
                       "Lúc;Nơi;Số;Thời gian\n00:30 01.06.24;yen-lu;1.500;x\n",
                       "yen-lu - 2024-05-31T17:30Z 1.5\nleft out \"Thời gian\"\n");
    export_bench_gives("date_column = D\nhour_column = H\ntime_format = %m/%d/%Y %H\n"
                       "stamps = end\ninterval = 60min\n",
                       "D,H,zone,load\n5/31/2024,24,yen-lu,1.5\n",
                       "yen-lu - 2024-05-31T16:00Z 1.5\nyen-lu - 2024-05-31T16:30Z 1.5\n");
    export_bench_gives("time_format = %d/%m/%Y %I:%M:%S %p\n",
                       "time,zone,load\n01/06/2024 12:30:00 CH,yen-lu,1.5\n"
                       "01/06/2024 12:30:00 SA,yen-lu,1.5\n01/06/2024 13:30:00 SA,yen-lu,1\n",
                       "yen-lu - 2024-06-01T05:30Z 1.5\nyen-lu - 2024-05-31T17:30Z 1.5\n"
                       "bad 4 \"01/06/2024 13:30:00 SA\" is not a time of the form "
                       "\"%d/%m/%Y %I:%M:%S %p\"\n");
    export_bench_says("load_column = Nowhere\n", "time,zone,load\n2024-06-01T00:00,yen-lu,2\n",
                      "refused line 1: there is no column \"Nowhere\" (load_column)");
}

static void nothing_is_guessed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"Thời gian;KCN;P (kW)\n2024-06-01 00:00;Yên Lư;1.234\n",
         "refused line 2 has a number such as 1.234, which may be 1234: decimal must say it"},
        {"Thời gian;KCN;P (kW)\n2024-06-01 00:00;Yên Lư;1.5\n2024-06-01 00:30;Yên Lư;1,5\n",
         "refused line 2 has a decimal point, line 3 a decimal comma"},
        {"time,zone,load\n03/04/2024 00:00,yen-lu,1\n",
         "refused line 2: time \"03/04/2024 00:00\" may begin with the day or the month"},
        {"Thời gian,KCN,P (kW)\n03/04/2024 00:00,yen-lu,1\n03/31/2024 00:00,yen-lu,1\n",
         "refused line 3: time \"03/31/2024 00:00\" has its month first"},
        {"time,zone,power\n2024-06-01 00:00,yen-lu,1\n", "does not say whether it is in MW"},
        {"time,zone,P (kVA)\n2024-06-01 00:00,yen-lu,1\n", "does not say whether it is in MW"},
        {"time,zone,P (kW),A (kWh),energy (kWh)\n2024-06-01 00:00,yen-lu,1,1,1\n",
         "columns \"P (kW)\" and \"energy (kWh)\" may both be meant: load_column must say which"},
        {"time,time,zone,load\n", "columns \"time\" and \"time\" may both be meant: time_column"},
        {"time,zone,load,Yên Lư\n2024-06-01 00:00,yen-lu,1,1\n",
         "the loads may stand in column \"load\" or in those that are named as zones"},
        {"time,load\n2024-06-01 00:00,1\n", "there are a time and a load, but no zone"},
        {"time,zone\n2024-06-01 00:00,yen-lu\n", "there is a time, but no column of a load"},
        {"no headings\n1,2,3\n", "refused none of the first 50 lines has headings"},
        {"", "refused the file is empty"},
        {"time,zone,load\n2024-06-01T00:00,Y\xea"
         "n L\xfd,1\n",
         "refused line 2 is not UTF-8, but in an 8-bit encoding such as Windows-1258"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        export_bench_says("", cases[i].text, cases[i].words);
}

static void a_bad_row_costs_itself(void **state)
{
    (void)state;
    export_bench_gives("",
                       "time,zone,load\n"
                       "2024-06-01 00:00,yen-lu,1\n"
                       "2024-06-01 00:30,yen-lu,\"1\n"
                       "2024-06-01 01:00,yen-lu,1\n"
                       "2024-06-01 01:30,yen-lu,12,5\n"
                       "2024-06-01 02:00,nowhere,1\n"
                       "2024-06-01 02:10,yen-lu,1\n"
                       "2024-06-01 02:29:58,yen-lu,2\n"
                       "2024-06-31 02:00,yen-lu,1\n"
                       ",yen-lu,1\n"
                       "2024-06-01 03:00,,1\n"
                       "2024-06-01 03:00,yen-lu,\n"
                       "2024-06-01 03:00,yen-lu,-1\n"
                       "2024-06-01 03:00,yen-lu,1e999\n"
                       "2024-06-01 00:00,yen-lu,7\n"
                       "2024-06-01 03:30,yen",
                       "yen-lu - 2024-05-31T17:00Z 1\n"
                       "bad 3 a quote is not closed\n"
                       "yen-lu - 2024-05-31T18:00Z 1\n"
                       "bad 5 more fields than the 3 of the header: a decimal comma?\n"
                       "bad 6 unknown zone \"nowhere\"\n"
                       "bad 7 time 2024-05-31T19:10Z is inside an interval of 1800 s: stamp its "
                       "start\n"
                       "yen-lu - 2024-05-31T19:30Z 2\n"
                       "bad 9 \"2024-06-31 02:00\" is not a time such as 2024-12-31 23:30\n"
                       "bad 10 no time\n"
                       "bad 11 no name of a zone\n"
                       "bad 12 no load\n"
                       "bad 13 load in MW -1.0 is not between 0.0 and 2000.0\n"
                       "bad 14 load \"1e999\" is not a number with a decimal point\n"
                       "yen-lu - 2024-05-31T17:00Z 7\n"
                       "bad 16 2 fields, of 3 in the header: is the row cut?\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tidy_files_need_no_keys, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(vietnamese_exports_need_none, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(energy_over_intervals_that_end, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(a_column_for_each_zone, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(names_are_looked_up_in_the_map, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(keys_say_what_headings_do_not, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(nothing_is_guessed, site_folder_enter, site_folder_leave),
        cmocka_unit_test_setup_teardown(a_bad_row_costs_itself, site_folder_enter,
                                        site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
