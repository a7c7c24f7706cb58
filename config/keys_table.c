// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys.h"

#include <string.h>

#include "config.h"
#include "text.h"

static const char *const clock_choices[] = {"system", "readings", NULL};
static const char *const dialect_choices[] = {"influxdb1", "influxdb2", NULL};

// "Z", "+07:00", or the look of a POSIX TZ rule, which the civil clock reads in full.
static bool is_clock(const char *text)
{
    char time[32];
    int64_t local_s;
    int32_t offset_s;
    if (*text == '+' || *text == '-' || !strcmp(text, "Z")) {
        const size_t length = strlen(text);
        if (length > 6)
            return false;
        memcpy(time, "2000-01-01T00:00", 16);
        memcpy(time + 16, text, length + 1);
        return text_time(time, &local_s, &offset_s);
    }
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const size_t name = *text == '<' ? strcspn(text, ">") : strspn(text, letters);
    return name >= 3 && strpbrk(text + name, "0123456789") && !strpbrk(text, " \t");
}

static bool divides_the_hour(const char *text)
{
    int64_t step_s;
    return text_duration(text, &step_s) && step_s > 0 && 3600 % step_s == 0;
}

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

static bool is_url(const char *text)
{
    const size_t scheme = !strncmp(text, "http://", 7) ? 7 : !strncmp(text, "https://", 8) ? 8 : 0;
    return scheme > 0 && text[scheme] && !strpbrk(text, " \t?#@");
}

// A day of every year, "04-01"; 29 February is not in every year.
static bool is_month_day(const char *text)
{
    char date[16] = "2001-";
    int64_t day;
    if (strlen(text) != 5)
        return false;
    memcpy(date + 5, text, 6);
    return text_date(date, &day);
}

// A name that stands behind the year in "2024-summer".
static bool is_season_name(const char *text)
{
    return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

// A scale of 0 would turn every reading into 0.
static bool is_positive(const char *text)
{
    double value;
    return text_real(text, &value) && value > 0;
}

const struct key_section keys_sections[] = {
    {"site", false,
     "The place: its clock, its grid of intervals, and the registry files that name its zones."},
    {"store", false, "The embedded database that holds readings, weather and forecasts."},
    {"intake", false,
     "How readings come in: line protocol over HTTP, at /write and /api/v2/write, and what is "
     "taken for a reading."},
    {"forecast", false,
     "When forecasts are made, how far they look, and how much they learn from."},
    {"season", false,
     "The part of the year whose peak is forecast: how high each zone will go, with its odds."},
    {"influxdb", true,
     "A time-series database that forecasts are written to. One section for each, with a name of "
     "your own of letters, digits, \"_\" and \"-\". Without any, forecasts stay in the store."},
    {NULL, false, NULL},
};

const struct key keys_table[] = {
    {.section = "site",
     .name = "name",
     .type = KEY_TEXT,
     .fallback = "Bắc Giang",
     .offset = offsetof(struct config, site.name),
     .help = "What pages and reports call the place."},
    {.section = "site",
     .name = "clock",
     .type = KEY_TEXT,
     .fallback = "+07:00",
     .check = is_clock,
     .expects = "an offset such as +07:00 or a POSIX TZ rule such as AEST-10AEDT,M10.1.0,M4.1.0/3",
     .offset = offsetof(struct config, site.clock),
     .help = "The clock on the wall of the zones, by which people work and readings without an "
             "offset are stamped. A fixed offset from UTC, or a POSIX TZ rule where clocks change "
             "in summer. A wrong clock moves every peak by whole hours."},
    {.section = "site",
     .name = "step",
     .type = KEY_DURATION,
     .fallback = "30min",
     .least = "5min",
     .most = "60min",
     .check = divides_the_hour,
     .expects = "a length that divides the hour",
     .offset = offsetof(struct config, site.step_s),
     .help = "The interval of all readings and forecasts. Set it to how often the meters are read. "
             "Half "
             "an hour is what the day-ahead forecast for the grid operator asks for."},
    {.section = "site",
     .name = "zones",
     .type = KEY_PATH,
     .example = "bac-giang/zones.csv",
     .required = true,
     .sample = true,
     .offset = offsetof(struct config, site.zones_file),
     .help =
         "The zones: a CSV file with the columns id, name, parent, district, area_ha, fill_pct, "
         "status, source, kin, opens, opens_give_or_take_months, leased_pct, leased_on and "
         "energised, of which id and name must be there."},
    {.section = "site",
     .name = "capacity",
     .type = KEY_PATH,
     .example = "bac-giang/capacity.csv",
     .sample = true,
     .offset = offsetof(struct config, site.capacity_file),
     .help =
         "What each zone can be supplied with, and from which date: a CSV file with the columns "
         "zone, from, mva, units, n1, power_factor, share, slip, substation, note and source. "
         "Without it no risk of passing a limit can be stated."},
    {.section = "site",
     .name = "calendar",
     .type = KEY_PATH,
     .example = "bac-giang/calendar.csv",
     .sample = true,
     .offset = offsetof(struct config, site.calendar_file),
     .help = "Days off and swapped working days: a CSV file with the columns date, kind (holiday, "
             "working or tet) and name. Without it holidays are forecast like other days, which "
             "is far too high for factories."},
    {.section = "site",
     .name = "register",
     .type = KEY_PATH,
     .example = "bac-giang/register.csv",
     .sample = true,
     .offset = offsetof(struct config, site.register_file),
     .help = "What people know that the readings do not: new lines, shutdowns, shifts, masks; a "
             "CSV file with the columns zone, kind, mw, factor, from, to, ramp, probability, "
             "hours, into, author, note and expires. phutai register add keeps more of them in "
             "the store."},
    {.section = "site",
     .name = "power_factor",
     .type = KEY_REAL,
     .fallback = "0.9",
     .least = "0.5",
     .most = "1",
     .offset = offsetof(struct config, site.power_factor),
     .help = "MW that one MVA of a substation carries. Take the measured value at peak hours where "
             "there is one; a lower value raises alerts earlier."},
    {.section = "site",
     .name = "slip",
     .type = KEY_REAL,
     .fallback = "0.3",
     .least = "0",
     .most = "0.95",
     .offset = offsetof(struct config, site.slip),
     .help = "Probability that a substation still to come slips by a month, and then by another, "
             "where its row in capacity does not say. Of 26 high-voltage projects in the "
             "province 7 were late; 0 takes every date as it is planned."},

    {.section = "store",
     .name = "path",
     .type = KEY_PATH,
     .fallback = "/var/lib/phutai/phutai.db",
     .offset = offsetof(struct config, store.path),
     .help = "The database file, made when it is missing. Put it on a local disk: it must survive "
             "a power cut, which network file systems do not promise."},
    {.section = "store",
     .name = "vintages",
     .type = KEY_DURATION,
     .fallback = "90d",
     .least = "1d",
     .most = "20y",
     .offset = offsetof(struct config, store.vintages_s),
     .help = "How long every issued forecast is kept, to be judged later. Of older ones the last "
             "of each day is kept for good. Shorten it where the disk is small."},

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

    {.section = "forecast",
     .name = "clock",
     .type = KEY_CHOICE,
     .fallback = "system",
     .choices = clock_choices,
     .offset = offsetof(struct config, forecast.clock),
     .help = "What \"now\" is. \"system\" is the machine's clock. \"readings\" is the end of the "
             "latest reading, which lets recorded data be played as if it arrived now."},
    {.section = "forecast",
     .name = "every",
     .type = KEY_DURATION,
     .fallback = "30min",
     .least = "1min",
     .most = "7d",
     .offset = offsetof(struct config, forecast.every_s),
     .help = "How often models are fitted again and a new forecast is issued."},
    {.section = "forecast",
     .name = "horizon",
     .type = KEY_DURATION,
     .fallback = "7d",
     .least = "1h",
     .most = "1y",
     .offset = offsetof(struct config, forecast.horizon_s),
     .help = "How far ahead a forecast looks. The grid operator asks for two days; a week shows "
             "the coming weekend. A longer one costs room in the store for every issue."},
    {.section = "forecast",
     .name = "history",
     .type = KEY_DURATION,
     .fallback = "4y",
     .least = "14d",
     .most = "50y",
     .offset = offsetof(struct config, forecast.history_s),
     .help = "How far back the models learn. Less than two summers knows too little of heat; much "
             "more than five years remembers zones as they were before they filled."},

    {.section = "season",
     .name = "name",
     .type = KEY_TEXT,
     .fallback = "summer",
     .check = is_season_name,
     .expects = "a name of small letters, digits and _",
     .offset = offsetof(struct config, season.name),
     .help =
         "What the season is called: that of 2024 is then 2024-summer, in commands and points."},
    {.section = "season",
     .name = "from",
     .type = KEY_TEXT,
     .fallback = "04-01",
     .check = is_month_day,
     .expects = "a month and a day of every year, such as 04-01",
     .offset = offsetof(struct config, season.from),
     .help = "The first day of the season."},
    {.section = "season",
     .name = "to",
     .type = KEY_TEXT,
     .fallback = "08-31",
     .check = is_month_day,
     .expects = "a month and a day of every year, such as 08-31",
     .offset = offsetof(struct config, season.to),
     .help = "Its last day. One that lies before the first day is in the year after it."},
    {.section = "season",
     .name = "paths",
     .type = KEY_INTEGER,
     .fallback = "2000",
     .least = "100",
     .most = "100000",
     .offset = offsetof(struct config, season.paths),
     .help = "How many seasons are simulated. The level passed once in a hundred seasons is known "
             "to a few per cent from 2000."},
    {.section = "season",
     .name = "every",
     .type = KEY_DURATION,
     .fallback = "24h",
     .least = "0s",
     .most = "31d",
     .offset = offsetof(struct config, season.every_s),
     .help = "How often the daemon simulates the coming season anew, with a round of forecasts. 0s "
             "leaves it to phutai season and phutai plan."},
    {.section = "influxdb",
     .name = "dialect",
     .type = KEY_CHOICE,
     .fallback = "influxdb1",
     .choices = dialect_choices,
     .offset = offsetof(struct config_sink, dialect),
     .help = "\"influxdb1\" writes to /write with a database, as InfluxDB 1 and VictoriaMetrics "
             "take it. \"influxdb2\" writes to /api/v2/write with an organisation, a bucket and a "
             "token."},
    {.section = "influxdb",
     .name = "url",
     .type = KEY_TEXT,
     .fallback = "http://127.0.0.1:8086",
     .check = is_url,
     .expects = "http:// or https://, a host and perhaps a port, without user, \"?\" and \"#\"",
     .offset = offsetof(struct config_sink, url),
     .help = "Where the server is."},
    {.section = "influxdb",
     .name = "database",
     .type = KEY_TEXT,
     .fallback = "phutai",
     .offset = offsetof(struct config_sink, database),
     .help = "The database to write to, for influxdb1. It is made when it is missing."},
    {.section = "influxdb",
     .name = "org",
     .type = KEY_TEXT,
     .example = "so-cong-thuong",
     .offset = offsetof(struct config_sink, org),
     .help = "The organisation, for influxdb2, which needs one."},
    {.section = "influxdb",
     .name = "bucket",
     .type = KEY_TEXT,
     .example = "phutai",
     .offset = offsetof(struct config_sink, bucket),
     .help = "The bucket to write to, for influxdb2, which needs one. It must exist."},
    {.section = "influxdb",
     .name = "username",
     .type = KEY_TEXT,
     .example = "phutai",
     .offset = offsetof(struct config_sink, username),
     .help = "Who writes, for influxdb1 with authentication. Needs password_file too."},
    {.section = "influxdb",
     .name = "password_file",
     .type = KEY_PATH,
     .example = "influxdb.password",
     .offset = offsetof(struct config_sink, password_file),
     .help = "File whose first line is the password. Secrets stay out of this file, so that it can "
             "be shown around."},
    {.section = "influxdb",
     .name = "token_file",
     .type = KEY_PATH,
     .example = "influxdb.token",
     .offset = offsetof(struct config_sink, token_file),
     .help = "File whose first line is the token, for influxdb2, which needs one."},
    {.section = "influxdb",
     .name = "batch_lines",
     .type = KEY_INTEGER,
     .fallback = "5000",
     .least = "1",
     .most = "100000",
     .unit = "lines",
     .offset = offsetof(struct config_sink, batch_lines),
     .help = "Most lines sent at once. Fewer ease a small server, more are quicker."},
    {.section = "influxdb",
     .name = "timeout",
     .type = KEY_DURATION,
     .fallback = "10s",
     .least = "1s",
     .most = "10min",
     .offset = offsetof(struct config_sink, timeout_s),
     .help = "How long to wait for an answer before the same lines are sent again."},
    {.section = "influxdb",
     .name = "retry_max",
     .type = KEY_DURATION,
     .fallback = "5min",
     .least = "1s",
     .most = "1d",
     .offset = offsetof(struct config_sink, retry_max_s),
     .help = "The longest pause between two attempts while the server is away. Pauses double up to "
             "it; what is waiting is kept in the store."},
    {.section = NULL, .name = NULL},
};
