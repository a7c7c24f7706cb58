// SPDX-License-Identifier: GPL-3.0-or-later
// CSV exports that people drop: surveyed and taken, whatever the bytes are. What comes is a reading
// or an observation that can be, or a row with a reason; the second pass sees what the first one
// saw.
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/export_reader.h"
#include "daemon/utf8.h"
#include "tests/fuzz.h"
#include "tests/memory_file.h"

static const int64_t now = 1717841261; // 2024-06-08T10:07:41Z

enum { PIECE = 7, KINDS = 4 };

// Made once: a site, and a folder for each way that files may be read.
static struct config_zone zones[2];
static struct config_alias aliases[3];
static struct config config = {.site = {.step_s = 1800},
                               .intake = {.future_s = 3600, .load_max_mw = 2000},
                               .n_zones = 2,
                               .zones = zones,
                               .n_folders = KINDS};
static struct export_rules *rules[KINDS];
static int file = -1;

static char *copy(const char *text)
{
    char *copied = strdup(text);
    assert(copied);
    return copied;
}

static void set_up_site(void)
{
    config.site.clock = copy("ACST-9:30ACDT,M10.1.0,M4.1.0/3");
    zones[0] = (struct config_zone){.id = copy("yen-lu"), .name = copy("Yên Lư")};
    zones[1] = (struct config_zone){.id = copy("phuc-son"), .name = copy("Phúc Sơn")};
    aliases[0] = (struct config_alias){copy("TBA Yên Lư T1"), 0, copy("T1")};
    aliases[1] = (struct config_alias){copy("PD01"), 1, copy("")};
    aliases[2] = (struct config_alias){copy("Tổng"), SIZE_MAX, copy("")};
}

static void set_up_folders(void)
{
    struct config_folder *folders = config.folders;
    for (int i = 0; i < KINDS; i++)
        folders[i].file_bytes = 1 << 20;
    folders[1].n_aliases = 3;
    folders[1].aliases = aliases;
    folders[1].stamps = CONFIG_STAMPS_END;
    folders[1].interval_s = 3600;
    folders[2].kind = CONFIG_FOLDER_WEATHER;
    folders[3].decimal = CONFIG_DECIMAL_COMMA;
    folders[3].time_format = copy("%H:%M:%S %p %d/%m/%y %z");
    folders[3].load_column = copy("P");
    folders[3].unit = CONFIG_UNIT_KWH;
    folders[3].zone = copy("yen-lu");
}

static void set_up(void)
{
    set_up_site();
    set_up_folders();
    for (int i = 0; i < KINDS; i++) {
        rules[i] = export_rules_new(&config, &config.folders[i]);
        assert(rules[i]);
    }
    file = memory_file_new();
}

struct taken {
    size_t readings, weather, bad;
    unsigned long line;
};

static bool take_reading(void *context, const struct store_reading *reading)
{
    struct taken *taken = context;
    taken->readings++;
    assert(!strcmp(reading->zone, "yen-lu") || !strcmp(reading->zone, "phuc-son"));
    assert(strlen(reading->meter) <= CHECK_NAME_MAX);
    assert(utf8_valid(reading->meter, strlen(reading->meter)));
    assert(reading->mw >= 0 && reading->mw <= config.intake.load_max_mw);
    assert(reading->instant % config.site.step_s == 0 && reading->instant < now + 2 * 3600 + 1800);
    return true;
}

static bool take_weather(void *context, const struct store_weather *weather)
{
    struct taken *taken = context;
    taken->weather++;
    assert(*weather->station && strlen(weather->station) <= CHECK_NAME_MAX);
    assert(weather->temp_c >= CHECK_TEMP_MIN_C && weather->temp_c <= CHECK_TEMP_MAX_C);
    assert(isnan(weather->humidity_pct) ||
           (weather->humidity_pct >= 0 && weather->humidity_pct <= 100));
    assert(weather->instant % CHECK_MINUTE_S == 0);
    return true;
}

static bool take_bad(void *context, const struct export_bad *bad)
{
    struct taken *taken = context;
    taken->bad++;
    assert(bad->line >= taken->line);
    taken->line = bad->line;
    assert(*bad->reason && utf8_valid(bad->reason, strlen(bad->reason)));
    assert(bad->length <= EXPORT_LINE_MAX || bad->line > 0);
    return true;
}

static void read_as(const struct export_rules *as)
{
    struct taken taken = {0};
    const struct export_sink sink = {take_reading, take_weather, take_bad, &taken, &taken};
    struct export_reader *reader = export_reader_new(as, file);
    enum export_status status;
    assert(reader);
    while ((status = export_reader_survey(reader, PIECE)) == EXPORT_MORE)
        ;
    assert(status == EXPORT_END || status == EXPORT_REFUSED);
    if (status == EXPORT_END)
        while ((status = export_reader_take(reader, &sink, now, PIECE)) == EXPORT_MORE)
            ;
    if (status == EXPORT_REFUSED) {
        const char *reason = export_reader_reason(reader);
        assert(taken.readings + taken.weather + taken.bad == 0);
        assert(*reason && utf8_valid(reason, strlen(reason)));
    }
    const struct export_report *report = export_reader_report(reader);
    assert(report->readings == taken.readings && report->weather == taken.weather &&
           report->refused == taken.bad);
    export_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (file < 0)
        set_up();
    if (size == 0)
        return 0;
    memory_file_fill(file, data + 1, size - 1);
    read_as(rules[data[0] % KINDS]);
    return 0;
}
