// SPDX-License-Identifier: GPL-3.0-or-later
// Times as exports of meters and of spreadsheets write them.
#ifndef PHUTAI_CONFIG_STAMP_H
#define PHUTAI_CONFIG_STAMP_H

#include <stdbool.h>
#include <stdint.h>

struct stamp {
    int64_t local_s;  // as written, without the offset taken off
    int32_t offset_s; // TEXT_NO_OFFSET where none is written
    bool day_end;     // written as 24:00: local_s is the next day's midnight
    bool slashed;     // read as day, month, year, which elsewhere might be month, day, year
};

enum stamp_status {
    STAMP_OK,
    STAMP_NONE,       // not a time
    STAMP_MONTH_FIRST // 03/31/2024: would be a time where months come first
};

// By a format: %Y %y %m %d %H %I %M %S %p %z and %s as strptime knows them, a blank for any
// blanks, %% for a percent sign. Days and hours may have one digit; %H takes 24 where minutes and
// seconds are 0; %p takes AM, PM, SA and CH. Without %H, %I and %s the time is midnight.
bool stamp_read_format(const char *format, const char *text, struct stamp *ret);

// Whether a format says the day.
bool stamp_format_valid(const char *format);

// Without a format: ISO 8601; or day, month, year with "/", "-" or "." between, or year, month, day
// so; a clock before or behind it: 7:30, 07:30:00, 7:30 PM, 7:30 CH, 7h30, 7h, 24:00, or whole
// hours. A date alone is midnight only in ISO 8601. About 50 ns.
enum stamp_status stamp_read(const char *text, struct stamp *ret);

#endif
