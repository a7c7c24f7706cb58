// SPDX-License-Identifier: GPL-3.0-or-later
// Signs of life, written to every database at each multiple of [heartbeat] every, so that whoever
// watches there sees what has stopped: this daemon, its forecasts, readings, weather.
//
//   heartbeat,source=forecast age_s=.. NOW
//   heartbeat,source=phutaid age_s=..,uptime_s=.. NOW          age_s: of the last forecast
//   heartbeat,source=readings age_max_s=..,age_s=.. NOW        the longest silent zone, the newest
//   heartbeat,source=weather age_s=.. NOW
//
// A source that has given nothing yet has no line, and phutaid no age_s.
#ifndef PHUTAI_DAEMON_HEARTBEAT_H
#define PHUTAI_DAEMON_HEARTBEAT_H

#include <stdint.h>

#include "daemon/buffer.h"

enum { HEARTBEAT_NEVER = -1 };

struct heartbeat {
    int64_t now; // instant, the stamp
    int64_t uptime_s;
    // Ages in seconds, HEARTBEAT_NEVER where there is nothing.
    int64_t forecast_s, readings_s, readings_max_s, weather_s;
};

// Appends the lines. Pure.
void heartbeat_points(struct buffer *out, const struct heartbeat *heartbeat);

// The first instant after `now` that is a multiple of `every_s`.
int64_t heartbeat_next(int64_t now, int64_t every_s);

#endif
