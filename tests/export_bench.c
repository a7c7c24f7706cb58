// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/export_bench.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/text.h"
#include "daemon/export_reader.h"
#include "tests/site_folder.h"

enum { NOON = 1717842600, PIECE = 3 }; // 2024-06-08T10:30Z

static const char *utc(int64_t instant, char words[static TEXT_TIME_LEN])
{
    text_write_time(instant, 0, words);
    return words;
}

static bool see_reading(void *context, const struct store_reading *reading)
{
    char words[TEXT_TIME_LEN];
    fprintf(context, "%s %s %s %.10g\n", reading->zone, *reading->meter ? reading->meter : "-",
            utc(reading->instant, words), reading->mw);
    return true;
}

static bool see_weather(void *context, const struct store_weather *weather)
{
    char words[TEXT_TIME_LEN];
    fprintf(context, "%s %s %.10g %.10g\n", weather->station, utc(weather->instant, words),
            weather->temp_c, weather->humidity_pct);
    return true;
}

static bool see_bad(void *context, const struct export_bad *bad)
{
    fprintf(context, "bad %lu %s\n", bad->line, bad->reason);
    return true;
}

static int write_memory(const void *bytes, size_t length)
{
    const int fd = memfd_create("export", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    return fd;
}

static void read_all(const struct export_rules *rules, int fd, FILE *out)
{
    const struct export_sink sink = {see_reading, see_weather, see_bad, out, out};
    struct export_reader *reader = export_reader_new(rules, fd);
    enum export_status status;
    assert_non_null(reader);
    while ((status = export_reader_survey(reader, PIECE)) == EXPORT_MORE)
        ;
    while (status != EXPORT_REFUSED &&
           (status = export_reader_take(reader, &sink, NOON, PIECE)) == EXPORT_MORE)
        ;
    if (status == EXPORT_REFUSED)
        fprintf(out, "refused %s\n", export_reader_reason(reader));
    if (*export_reader_left_out(reader))
        fprintf(out, "left out %s\n", export_reader_left_out(reader));
    export_reader_free(reader);
}

char *export_bench_read_on(const char *clock, const char *keys, const void *bytes, size_t length)
{
    char *text = NULL, sections[2048];
    size_t size = 0;
    snprintf(sections, sizeof sections, "[folder f]\npath = drop\n%s", keys);
    struct config *config = site_folder_config(NULL, sections);
    if (clock) {
        free(config->site.clock);
        config->site.clock = strdup(clock);
    }
    struct export_rules *rules = export_rules_new(config, &config->folders[0]);
    FILE *out = open_memstream(&text, &size);
    const int fd = write_memory(bytes, length);
    assert_non_null(rules);
    assert_non_null(out);
    read_all(rules, fd, out);
    close(fd);
    fclose(out);
    export_rules_free(rules);
    config_free(config);
    return text;
}

char *export_bench_read(const char *keys, const void *bytes, size_t length)
{
    return export_bench_read_on(NULL, keys, bytes, length);
}

void export_bench_gives(const char *keys, const char *text, const char *expected)
{
    char *came = export_bench_read(keys, text, strlen(text));
    if (strcmp(came, expected))
        fail_msg("of\n%s\ncame\n%s\nnot\n%s", text, came, expected);
    free(came);
}

void export_bench_says(const char *keys, const char *text, const char *words)
{
    char *came = export_bench_read(keys, text, strlen(text));
    if (!strstr(came, words))
        fail_msg("of\n%s\ncame\n%s\nwithout\n%s", text, came, words);
    free(came);
}
