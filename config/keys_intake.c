// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of what comes in.
#include "keys.h"

#include <string.h>

#include "config.h"
#include "text.h"

// "host:port" and "[::1]:port".
static bool is_listen(const char *text)
{
    const char *colon = strrchr(text, ':');
    int64_t port;
    if (!colon || colon == text || strpbrk(text, " \t/"))
        return false;
    if ((*text == '[') != (colon[-1] == ']') || (*text != '[' && strchr(text, ':') != colon))
        return false;
    return text_integer(colon + 1, &port) && port >= 0 && port <= 65535;
}

// A scale of 0 would turn every reading into 0.
static bool is_positive(const char *text)
{
    double value;
    return text_real(text, &value) && value > 0;
}

const struct key keys_intake[] = {
    {.section = "intake",
     .name = "listen",
     .type = KEY_TEXT,
     .fallback = "127.0.0.1:8428",
     .check = is_listen,
     .expects = "an address and a port such as 127.0.0.1:8428 or [::1]:8428",
     .offset = offsetof(struct config, intake.listen),
     .help = "Where readings are taken in and the state is shown. The loopback address keeps other "
             "machines out; use 0.0.0.0 only together with token_file. Port 0 takes any free "
             "port and logs it."},
    {.section = "intake",
     .name = "token_file",
     .type = KEY_PATH,
     .example = "tokens",
     .offset = offsetof(struct config, intake.token_file),
     .help = "SHA-256 hashes of the tokens that may write, one a line, as sha256sum prints them. "
             "Without it anyone who reaches the port may."},
    {.section = "intake",
     .name = "body_bytes",
     .type = KEY_BYTES,
     .fallback = "25MB",
     .least = "1kB",
     .most = "1GB",
     .offset = offsetof(struct config, intake.body_bytes),
     .help = "The largest request taken, after unpacking. Larger ones are answered with 413 and "
             "lose nothing at a sender that splits and sends again."},
    {.section = "intake",
     .name = "rate_lines",
     .type = KEY_INTEGER,
     .fallback = "0",
     .least = "0",
     .most = "100000000",
     .unit = "lines a second",
     .offset = offsetof(struct config, intake.rate_lines),
     .help = "What one sender may send in the long run: each token, or without token_file each "
             "address. Who has sent more than ten seconds' worth ahead of that is answered with "
             "429 and told when to come again; nothing is lost at a sender that does. 0 is no "
             "limit: many senders share the intake fairly without one."},
    {.section = "intake",
     .name = "future",
     .type = KEY_DURATION,
     .fallback = "1h",
     .least = "0s",
     .most = "30d",
     .offset = offsetof(struct config, intake.future_s),
     .help = "A reading stamped further ahead of the clock than this is refused: a meter with a "
             "wrong clock must not pass for tomorrow."},
    {.section = "intake",
     .name = "load_min_mw",
     .type = KEY_REAL,
     .fallback = "0",
     .least = "-100000",
     .most = "100000",
     .unit = "MW",
     .offset = offsetof(struct config, intake.load_min_mw),
     .help = "A reading below this is refused. Below 0 only where a zone can feed power back, by "
             "rooftop solar for instance."},
    {.section = "intake",
     .name = "load_max_mw",
     .type = KEY_REAL,
     .fallback = "2000",
     .least = "-100000",
     .most = "100000",
     .unit = "MW",
     .offset = offsetof(struct config, intake.load_max_mw),
     .help = "A reading above this is refused. It catches kilowatts taken for megawatts; keep it "
             "a few times above the largest zone's record."},
    {.section = "intake",
     .name = "missing_pct",
     .type = KEY_REAL,
     .fallback = "1",
     .least = "0",
     .most = "20",
     .unit = "percent",
     .offset = offsetof(struct config, intake.missing_pct),
     .help = "How much of a zone's usual load may be missing in the sum of its meters. Where the "
             "meters without a reading usually make up more, the sum is incomplete: it is marked "
             "and not learned from. What they would have said is never made up. A meter that has "
             "been silent for 7 days is no longer missed."},
    {.section = "intake",
     .name = "load_measurement",
     .type = KEY_TEXT,
     .fallback = "load",
     .offset = offsetof(struct config, intake.load_measurement),
     .help = "Name of the measurement that carries load readings. Change this and the names below "
             "to take in what a collector already sends."},
    {.section = "intake",
     .name = "zone_tag",
     .type = KEY_TEXT,
     .fallback = "zone",
     .offset = offsetof(struct config, intake.zone_tag),
     .help = "Tag that holds the zone's id."},
    {.section = "intake",
     .name = "meter_tag",
     .type = KEY_TEXT,
     .fallback = "meter",
     .offset = offsetof(struct config, intake.meter_tag),
     .help = "Tag that tells several meters of one zone apart. Their loads are summed. A reading "
             "without it stands for the whole zone."},
    {.section = "intake",
     .name = "load_field",
     .type = KEY_TEXT,
     .fallback = "mw",
     .offset = offsetof(struct config, intake.load_field),
     .help = "Field that holds the load."},
    {.section = "intake",
     .name = "load_scale",
     .type = KEY_REAL,
     .fallback = "1",
     .most = "1000000",
     .check = is_positive,
     .expects = "greater than 0",
     .offset = offsetof(struct config, intake.load_scale),
     .help = "What to multiply the field by to get MW: 0.001 where meters send kW."},
    {.section = "intake",
     .name = "weather_measurement",
     .type = KEY_TEXT,
     .fallback = "weather",
     .offset = offsetof(struct config, intake.weather_measurement),
     .help = "Name of the measurement that carries weather."},
    {.section = "intake",
     .name = "station_tag",
     .type = KEY_TEXT,
     .fallback = "station",
     .offset = offsetof(struct config, intake.station_tag),
     .help = "Tag that holds the weather station's id."},
    {.section = "intake",
     .name = "temp_field",
     .type = KEY_TEXT,
     .fallback = "temp_c",
     .offset = offsetof(struct config, intake.temp_field),
     .help = "Field that holds the temperature in degrees Celsius."},
    {.section = "intake",
     .name = "humidity_field",
     .type = KEY_TEXT,
     .fallback = "rh_pct",
     .offset = offsetof(struct config, intake.humidity_field),
     .help = "Field that holds the relative humidity in percent."},

    {.name = NULL},
};
