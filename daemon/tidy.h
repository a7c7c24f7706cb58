// SPDX-License-Identifier: GPL-3.0-or-later
// Tidy CSV files (also .gz): readings `time,zone,load`, weather `time,station,temp_c[,rh_pct]`,
// weather runs `time,station,temp_c[,rh_pct],issued`, holidays `date[,name]`. Other columns are not
// looked at, but for `origin`: where one of its fields is `simulated`, the data are made up. A time
// is ISO 8601 and the interval's start; without an offset it is local time of `clock`. "-" reads
// standard input.
#ifndef PHUTAI_DAEMON_TIDY_H
#define PHUTAI_DAEMON_TIDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/table.h"
#include "models/calendar.h"
#include "models/civil.h"

// Instants that are given, >= and <: 1700 to 2199. They can be written as local time on any clock,
// and are whole numbers of nanoseconds in 64 bits.
static const int64_t TIDY_TIME_MIN = -8520336000, TIDY_TIME_END = 7258118400;

// Bad rows are set aside with a reason and the rest goes on: `bad` is told of each
// ("file:line: what: 'value'"); it may be NULL.
typedef void tidy_bad_fn(void *context, const char *text);

struct tidy {
    const struct civil_clock *clock; // for times without an offset
    tidy_bad_fn *bad;
    void *bad_context;
    // Set by each read:
    size_t rows, refused; // rows in all, and those of them set aside
    bool simulated;       // the row at hand, or one before it, says that it is made up
    int32_t offset_s;     // of the last time that had one; TEXT_NO_OFFSET where none had
    char error[256];      // why the read failed as a whole
};

typedef bool tidy_reading_fn(void *context, const char *zone, int64_t instant, double load);
typedef bool tidy_meter_fn(void *context, const char *zone, const char *meter, int64_t instant,
                           double load);
typedef bool tidy_weather_fn(void *context, const char *station, int64_t instant, double temp_c,
                             double humidity_pct); // NaN where the file has none
typedef bool tidy_weather_run_fn(void *context, const char *station, int64_t issued,
                                 int64_t instant, double temp_c, double humidity_pct);

// Call the function for each good row in the file's order; numbers are finite, names not empty. A
// humidity that cannot be read is told, and the row is given without it. False, with `error` set,
// where the file cannot be opened, lacks a column, or is cut; the rows before were given. A
// callback that says false stops the read, which then says true. About 0.25 us a row.
[[nodiscard]] bool tidy_read_readings(struct tidy *tidy, const char *path, tidy_reading_fn *fn,
                                      void *context);
// The same with the column `meter`, which may be absent ("": the zone itself). Above, a row that
// names a meter is refused: it is not the load of its zone.
[[nodiscard]] bool tidy_read_meters(struct tidy *tidy, const char *path, tidy_meter_fn *fn,
                                    void *context);
[[nodiscard]] bool tidy_read_weather(struct tidy *tidy, const char *path, tidy_weather_fn *fn,
                                     void *context);
// The same of forecasts of the weather, each with the time at which it was made.
[[nodiscard]] bool tidy_read_weather_runs(struct tidy *tidy, const char *path,
                                          tidy_weather_run_fn *fn, void *context);
// Every date is entered as a holiday.
[[nodiscard]] bool tidy_read_holidays(struct tidy *tidy, const char *path,
                                      struct calendar *calendar);

// For tables of this kind with other columns: table_read that begins and ends as the reads above,
// and the parts of a row. The function of a row counts it in `rows`; `line` is the row's. False
// once the reason was told and counted.
[[nodiscard]] bool tidy_read_table(struct tidy *tidy, const char *path, size_t n,
                                   const char *const columns[], table_row_fn *row, void *context);
struct tidy_place {
    const char *path;
    unsigned long line;
};
// The instant of a time; *ret_local_s, which may be NULL, is the time as it is written.
[[nodiscard]] bool tidy_time(struct tidy *tidy, struct tidy_place place, const char *text,
                             int64_t *ret_instant, int64_t *ret_local_s);
[[nodiscard]] bool tidy_real(struct tidy *tidy, struct tidy_place place, const char *column,
                             const char *text, double *ret);
void tidy_refuse(struct tidy *tidy, struct tidy_place place, const char *reason, const char *value);

#endif
