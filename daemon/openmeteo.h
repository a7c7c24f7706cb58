// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON of Open-Meteo, or of a server that answers alike: temperature and humidity of one place
// by the hour, of the past as its models have it and of the days to come. Pure.
//
// Asked for are Celsius and Unix seconds in GMT, and nothing else is taken: an answer in other
// units, with arrays of unequal lengths or of several places is refused whole. An hour whose time
// or temperature cannot be is set aside, and the rest is good; one without a temperature (null) is
// no fault.
#ifndef PHUTAI_DAEMON_OPENMETEO_H
#define PHUTAI_DAEMON_OPENMETEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/buffer.h"

enum {
    OPENMETEO_WORDS = 256,      // bytes of a reason: UTF-8 without control characters
    OPENMETEO_HOURS_MAX = 20000 // more than two years
};

struct openmeteo_hour {
    int64_t instant;             // a whole hour of the years 2000 to 2099
    double temp_c, humidity_pct; // -60..60; 0..100, NaN where there is none
};

struct openmeteo {
    size_t n;
    struct openmeteo_hour *hours;        // ascending
    size_t refused;                      // values set aside, a humidity without its hour among them
    char first_refused[OPENMETEO_WORDS]; // the first of them and why; "" where there was none
};

// False, with the reason, where nothing of the answer can be used; *ret is untouched then. The
// server's own reason, where it gives one, is part of the words. O(length).
[[nodiscard]] bool openmeteo_parse(const char *text, size_t length, struct openmeteo *ret,
                                   char ret_error[static OPENMETEO_WORDS]);
void openmeteo_done(struct openmeteo *answer);

// The reason in an answer that says {"error": true, "reason": ...}; "" where it says no such thing.
void openmeteo_reason(const char *text, size_t length, char ret[static OPENMETEO_WORDS]);

struct openmeteo_place {
    double latitude, longitude; // degrees north and east
    const char *apikey;         // NULL for none
};
// Appends the URL of a request: `url` with a query. Days of the future with today, and of the past;
// or, of an archive, civil days of GMT, both of them asked for.
void openmeteo_forecast_url(struct buffer *out, const char *url,
                            const struct openmeteo_place *place, int forecast_days, int past_days);
void openmeteo_archive_url(struct buffer *out, const char *url, const struct openmeteo_place *place,
                           int64_t first_day, int64_t last_day);

#endif
