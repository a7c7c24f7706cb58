// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/heartbeat.h"

#include "daemon/lineproto.h"

static const int64_t ns_per_s = 1000000000;

static void put_age(struct lineproto_writer *writer, const char *key, int64_t age_s)
{
    if (age_s != HEARTBEAT_NEVER)
        lineproto_put_real(writer, key, (double)age_s);
}

static void begin(struct lineproto_writer *writer, struct buffer *out, const char *source)
{
    lineproto_begin(writer, out, "heartbeat");
    lineproto_put_tag(writer, "source", source);
}

void heartbeat_points(struct buffer *out, const struct heartbeat *heartbeat)
{
    struct lineproto_writer writer;
    const int64_t stamp = heartbeat->now * ns_per_s;
    // A line without fields disappears.
    begin(&writer, out, "forecast");
    put_age(&writer, "age_s", heartbeat->forecast_s);
    lineproto_end(&writer, stamp);
    begin(&writer, out, "phutaid");
    put_age(&writer, "age_s", heartbeat->forecast_s);
    put_age(&writer, "uptime_s", heartbeat->uptime_s);
    lineproto_end(&writer, stamp);
    begin(&writer, out, "readings");
    put_age(&writer, "age_max_s", heartbeat->readings_max_s);
    put_age(&writer, "age_s", heartbeat->readings_s);
    lineproto_end(&writer, stamp);
    begin(&writer, out, "weather");
    put_age(&writer, "age_s", heartbeat->weather_s);
    lineproto_end(&writer, stamp);
}

int64_t heartbeat_next(int64_t now, int64_t every_s)
{
    return now - now % every_s + every_s;
}
