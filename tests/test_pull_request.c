// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/site_folder.h"

static int hex(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'A' + 10;
}

// The URL without the %XX.
static void plain_url(const char *section, char ret[static 2048])
{
    struct config *config = site_folder_config(NULL, section);
    const struct pull_request request = {config, &config->pulls[0]};
    struct buffer url;
    buffer_init(&url, 4096);
    pull_request_url(&request, (struct pull_window){1710176400, 1710262800}, &url);
    assert_false(url.failed);
    size_t n = 0;
    for (const char *c = url.data; *c && n < 2047; c++) {
        const bool escaped = *c == '%';
        ret[n++] = escaped ? (char)(16 * hex(c[1]) + hex(c[2])) : *c;
        c += escaped ? 2 : 0;
    }
    ret[n] = '\0';
    buffer_done(&url);
    config_free(config);
}

static void expect(const char *section, const char *wanted)
{
    char url[2048];
    plain_url(section, url);
    assert_string_equal(url, wanted);
}

static void test_influxdb(void **state)
{
    (void)state;
    expect("[pull a]\ndatabase = d &1\n",
           "http://127.0.0.1:8086/query?chunked=true&epoch=ms&chunk_size=5000&db=d &1&q="
           "SELECT \"mw\" AS \"value\" FROM \"load\" WHERE time >= 1710176400000ms AND "
           "time < 1710262800000ms GROUP BY *");
    expect("[pull a]\ndatabase = d\nurl = http://h:1/x/\nretention_policy = r\nmeasurement = "
           "đ\"o\\x\nfield = k\"w\nstamps = end\nfilter = \"a\" = 'b'\n",
           "http://h:1/x/query?chunked=true&epoch=ms&chunk_size=5000&db=d&q="
           "SELECT \"k\\\"w\" AS \"value\" FROM \"r\".\"đ\\\"o\\\\x\" WHERE time >= "
           "1710178200000ms AND time < 1710264600000ms AND (\"a\" = 'b') GROUP BY *");
}

static void test_means_on_the_server(void **state)
{
    (void)state;
    expect("[pull a]\ndatabase = d\naggregate = mean\nstamps = end\n",
           "http://127.0.0.1:8086/query?chunked=true&epoch=ms&chunk_size=5000&db=d&q="
           "SELECT mean(\"mw\") AS \"value\", count(\"mw\") AS \"samples\" FROM \"load\" WHERE "
           "time >= 1710176400001ms AND time < 1710262800001ms GROUP BY *, time(1800s, 1ms) "
           "fill(none)");
    expect("[pull a]\ndatabase = d\nkind = weather\nstamps = end\nhumidity_field = rh\n",
           "http://127.0.0.1:8086/query?chunked=true&epoch=ms&chunk_size=5000&db=d&q="
           "SELECT \"temp_c\" AS \"value\", \"rh\" AS \"humidity\" FROM \"weather\" WHERE "
           "time >= 1710176400000ms AND time < 1710262800000ms GROUP BY *");
}

static void test_victoriametrics(void **state)
{
    (void)state;
    static const char head[] = "[pull a]\ndialect = victoriametrics\nurl = http://h\n";
    char section[512];
    snprintf(section, sizeof section, "%sdatabase = d\"b\nfilter = x=\"y\"\n", head);
    expect(section, "http://h/api/v1/export?match[]={__name__=\"load_mw\",db=\"d\\\"b\",x=\"y\"}"
                    "&start=1710176400&end=1710262800&max_rows_per_line=5000");
    // A field alone is the whole name of a metric.
    snprintf(section, sizeof section, "%sfield = zone_kw\nstamps = end\n", head);
    expect(section, "http://h/api/v1/export?match[]={__name__=\"zone_kw\"}&start=1710176400&end="
                    "1710264600&max_rows_per_line=5000");
    snprintf(section, sizeof section, "%skind = weather\ntemp_field = t.1\n", head);
    expect(section, "http://h/api/v1/export?match[]={__name__=~\"t\\\\.1|weather_rh_pct\"}&start="
                    "1710176400&end=1710262800&max_rows_per_line=5000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_influxdb, site_folder_enter, site_folder_leave),
        cmocka_unit_test_setup_teardown(test_means_on_the_server, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(test_victoriametrics, site_folder_enter, site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
