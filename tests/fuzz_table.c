// SPDX-License-Identifier: GPL-3.0-or-later
// CSV files, plain or gzipped, as each kind of table that the product reads: every row is either
// given, with values that can be, or set aside with a reason.
#include <assert.h>
#include <math.h>
#include <string.h>

#include "config/text.h"
#include "daemon/tidy.h"
#include "tests/fuzz.h"
#include "tests/memory_file.h"

struct seen {
    size_t given, told;
};

static bool take_reading(void *context, const char *zone, int64_t instant, double load)
{
    struct seen *seen = context;
    seen->given++;
    assert(*zone && isfinite(load));
    assert(instant >= TIDY_TIME_MIN && instant < TIDY_TIME_END);
    return true;
}

static bool take_meter(void *context, const char *zone, const char *meter, int64_t instant,
                       double load)
{
    return meter && take_reading(context, zone, instant, load);
}

static bool take_weather(void *context, const char *station, int64_t instant, double temp_c,
                         double humidity_pct)
{
    assert(isnan(humidity_pct) || isfinite(humidity_pct));
    return take_reading(context, station, instant, temp_c);
}

static bool take_weather_run(void *context, const char *station, int64_t issued, int64_t instant,
                             double temp_c, double humidity_pct)
{
    assert(issued >= TIDY_TIME_MIN && issued < TIDY_TIME_END);
    return take_weather(context, station, instant, temp_c, humidity_pct);
}

static void take_bad(void *context, const char *text)
{
    struct seen *seen = context;
    seen->told++;
    assert(strlen(text) < 512 && strstr(text, ": ") && text_is_clean(text));
}

// `exact`: a reason is told of refused rows only.
static void check(const struct tidy *tidy, const struct seen *seen, bool good, bool exact)
{
    assert(good == !*tidy->error);
    assert(tidy->rows == tidy->refused + seen->given);
    assert(exact ? seen->told == tidy->refused : seen->told >= tidy->refused);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int file = -1;
    char path[MEMORY_FILE_PATH_LEN];
    struct civil_clock clock;
    file = file < 0 ? memory_file_new() : file;
    memory_file_fill(file, data, size);
    memory_file_path(file, path);
    assert(civil_clock_parse("+07:00", &clock));
    struct seen seen[4] = {0};
    struct tidy tidy = {.clock = &clock, .bad = take_bad, .bad_context = &seen[0]};
    check(&tidy, &seen[0], tidy_read_readings(&tidy, path, take_reading, &seen[0]), true);
    tidy.bad_context = &seen[1];
    check(&tidy, &seen[1], tidy_read_meters(&tidy, path, take_meter, &seen[1]), true);
    assert(seen[1].given >= seen[0].given);
    tidy.bad_context = &seen[2];
    check(&tidy, &seen[2], tidy_read_weather(&tidy, path, take_weather, &seen[2]), false);
    tidy.bad_context = &seen[3];
    check(&tidy, &seen[3], tidy_read_weather_runs(&tidy, path, take_weather_run, &seen[3]), false);
    assert(seen[3].given <= seen[2].given);
    tidy.bad = NULL;
    struct calendar *calendar = calendar_new();
    assert(tidy_read_holidays(&tidy, path, calendar) == !*tidy.error);
    calendar_free(calendar);
    return 0;
}
