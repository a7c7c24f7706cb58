// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of a database that readings or weather are fetched from.
#include "keys.h"

#include <string.h>

#include "config.h"
#include "text.h"

static const char *const dialect_choices[] = {"influxdb1", "victoriametrics", NULL};
static const char *const kind_choices[] = {"load", "weather", NULL};
static const char *const aggregate_choices[] = {"none", "mean", NULL};
static const char *const stamps_choices[] = {"start", "end", NULL};

static bool is_url(const char *text)
{
    const size_t scheme = !strncmp(text, "http://", 7) ? 7 : !strncmp(text, "https://", 8) ? 8 : 0;
    return scheme > 0 && text[scheme] && !strpbrk(text, " \t?#@");
}

static bool is_positive(const char *text)
{
    double value;
    return text_real(text, &value) && value > 0;
}

const struct key keys_pull[] = {
    {.section = "pull",
     .name = "dialect",
     .type = KEY_CHOICE,
     .fallback = "influxdb1",
     .choices = dialect_choices,
     .offset = offsetof(struct config_pull, dialect),
     .help = "\"influxdb1\" asks /query in InfluxQL, as InfluxDB 1 and 2 answer it. "
             "\"victoriametrics\" reads /api/v1/export."},
    {.section = "pull",
     .name = "kind",
     .type = KEY_CHOICE,
     .fallback = "load",
     .choices = kind_choices,
     .offset = offsetof(struct config_pull, kind),
     .help = "What is fetched: the load of zones or their meters, or the weather of stations."},
    {.section = "pull",
     .name = "url",
     .type = KEY_TEXT,
     .fallback = "http://127.0.0.1:8086",
     .check = is_url,
     .expects = "http:// or https://, a host and perhaps a port, without user, \"?\" and \"#\"",
     .offset = offsetof(struct config_pull, url),
     .help = "Where the server is; /query or /api/v1/export is put behind it."},
    {.section = "pull",
     .name = "database",
     .type = KEY_TEXT,
     .example = "telegraf",
     .offset = offsetof(struct config_pull, database),
     .help = "The database to read; influxdb1 needs one. For victoriametrics only series with this "
             "label \"db\" are read, which it gives to what came as line protocol; without the "
             "key, all are."},
    {.section = "pull",
     .name = "retention_policy",
     .type = KEY_TEXT,
     .example = "autogen",
     .offset = offsetof(struct config_pull, retention_policy),
     .help = "The retention policy to read, for influxdb1; without it, the database's default."},
    {.section = "pull",
     .name = "username",
     .type = KEY_TEXT,
     .example = "phutai",
     .offset = offsetof(struct config_pull, username),
     .help = "Who reads, where the server asks. Needs password_file too."},
    {.section = "pull",
     .name = "password_file",
     .type = KEY_PATH,
     .example = "pull.password",
     .offset = offsetof(struct config_pull, password_file),
     .help = "File whose first line is the password."},
    {.section = "pull",
     .name = "token_file",
     .type = KEY_PATH,
     .example = "pull.token",
     .offset = offsetof(struct config_pull, token_file),
     .help = "File whose first line is a token: sent as \"Token\" to influxdb1, as \"Bearer\" to "
             "victoriametrics. Where it is given, username and password are not sent."},
    {.section = "pull",
     .name = "measurement",
     .type = KEY_TEXT,
     .example = "load",
     .offset = offsetof(struct config_pull, measurement),
     .help = "Name of the measurement. Without it, that of [intake]. For victoriametrics the "
             "metric is measurement_field, as it names line protocol; where a field is given and "
             "no measurement, the field is the metric's whole name."},
    {.section = "pull",
     .name = "field",
     .type = KEY_TEXT,
     .example = "mw",
     .offset = offsetof(struct config_pull, field),
     .help = "Field that holds the load. Without it, that of [intake]."},
    {.section = "pull",
     .name = "zone_tag",
     .type = KEY_TEXT,
     .example = "zone",
     .offset = offsetof(struct config_pull, zone_tag),
     .help = "Tag or label that holds the zone's id. Without it, that of [intake]."},
    {.section = "pull",
     .name = "meter_tag",
     .type = KEY_TEXT,
     .example = "meter",
     .offset = offsetof(struct config_pull, meter_tag),
     .help = "Tag or label that tells several meters of one zone apart. Without it, that of "
             "[intake]. Two series of one zone and meter that differ in value are refused: name "
             "what tells them apart, or leave one out by filter."},
    {.section = "pull",
     .name = "station_tag",
     .type = KEY_TEXT,
     .example = "station",
     .offset = offsetof(struct config_pull, station_tag),
     .help = "Tag or label that holds the weather station's id. Without it, that of [intake]."},
    {.section = "pull",
     .name = "temp_field",
     .type = KEY_TEXT,
     .example = "temp_c",
     .offset = offsetof(struct config_pull, temp_field),
     .help = "Field that holds the temperature in degrees Celsius. Without it, that of [intake]."},
    {.section = "pull",
     .name = "humidity_field",
     .type = KEY_TEXT,
     .example = "rh_pct",
     .offset = offsetof(struct config_pull, humidity_field),
     .help = "Field that holds the relative humidity in percent. Without it, that of [intake]."},
    {.section = "pull",
     .name = "filter",
     .type = KEY_TEXT,
     .example = "\"site\" = 'north'",
     .offset = offsetof(struct config_pull, filter),
     .help = "What else must hold, put into the question as it stands: an InfluxQL condition, or "
             "label matchers such as site=\"north\" for victoriametrics."},
    {.section = "pull",
     .name = "scale",
     .type = KEY_REAL,
     .fallback = "1",
     .most = "1000000",
     .check = is_positive,
     .expects = "greater than 0",
     .offset = offsetof(struct config_pull, scale),
     .help = "What to multiply the load by to get MW: 0.001 where it is kW. Weather is taken as it "
             "is."},
    {.section = "pull",
     .name = "stamps",
     .type = KEY_CHOICE,
     .fallback = "start",
     .choices = stamps_choices,
     .offset = offsetof(struct config_pull, stamps),
     .help = "Whether a load is stamped with the start or the end of what it is the mean of."},
    {.section = "pull",
     .name = "aggregate",
     .type = KEY_CHOICE,
     .fallback = "none",
     .choices = aggregate_choices,
     .offset = offsetof(struct config_pull, aggregate),
     .help = "\"none\" takes values that are means of the site's intervals already. \"mean\" makes "
             "these means of samples that come more often; the interval that still runs is left "
             "for later."},
    {.section = "pull",
     .name = "samples",
     .type = KEY_INTEGER,
     .fallback = "1",
     .least = "1",
     .most = "100000",
     .unit = "samples",
     .offset = offsetof(struct config_pull, samples),
     .help = "With aggregate = mean, how many samples an interval must have; one with fewer stays "
             "a gap. Set it to half of what is usual, or the mean of a few samples before an "
             "outage passes for that of the whole interval."},
    {.section = "pull",
     .name = "every",
     .type = KEY_DURATION,
     .fallback = "1min",
     .least = "1s",
     .most = "1d",
     .offset = offsetof(struct config_pull, every_s),
     .help = "How often the server is asked."},
    {.section = "pull",
     .name = "overlap",
     .type = KEY_DURATION,
     .fallback = "2d",
     .least = "10min",
     .most = "1y",
     .offset = offsetof(struct config_pull, overlap_s),
     .help =
         "How far back each time looks again. Corrections and late readings that are older "
         "than this are not seen. VictoriaMetrics keeps every copy of a value and does not tell "
         "the later: a correction is known by being added between two looks. Where phutaid "
         "was not there to see it, none of them is taken, and what it had stays."},
    {.section = "pull",
     .name = "history",
     .type = KEY_DURATION,
     .fallback = "4y",
     .least = "1h",
     .most = "50y",
     .offset = offsetof(struct config_pull, history_s),
     .help = "How far back the first time begins. Later it goes on where it was; a section of "
             "another name begins anew."},
    {.section = "pull",
     .name = "timeout",
     .type = KEY_DURATION,
     .fallback = "30s",
     .least = "1s",
     .most = "10min",
     .offset = offsetof(struct config_pull, timeout_s),
     .help = "How long to wait for an answer. One that takes longer is asked for in smaller "
             "pieces."},
    {.name = NULL},
};
