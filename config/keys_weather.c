// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of a weather service that is asked for forecasts.
#include "keys.h"

#include "config.h"
#include "text.h"

static const char url_expected[] =
    "http:// or https://, a host and a path, without user, \"?\" and "
    "\"#\"";

const struct key keys_weather[] = {
    {.section = "weather",
     .name = "latitude",
     .type = KEY_REAL,
     .least = "-90",
     .most = "90",
     .unit = "degrees",
     .example = "21.27",
     .required = true,
     .offset = offsetof(struct config_weather, latitude),
     .help = "Where the station is: degrees north."},
    {.section = "weather",
     .name = "longitude",
     .type = KEY_REAL,
     .least = "-180",
     .most = "180",
     .unit = "degrees",
     .example = "106.2",
     .required = true,
     .offset = offsetof(struct config_weather, longitude),
     .help = "Where the station is: degrees east."},
    {.section = "weather",
     .name = "url",
     .type = KEY_TEXT,
     .fallback = "https://api.open-meteo.com/v1/forecast",
     .check = text_is_url,
     .expects = url_expected,
     .offset = offsetof(struct config_weather, url),
     .help = "What is asked for forecasts: Open-Meteo, or a server that answers alike, such as one "
             "of your own. Open-Meteo is free for non-commercial use, up to its daily limit of "
             "requests, and asks to be named where its data are shown (CC BY 4.0); who pays for it "
             "has an address and a key of his own."},
    {.section = "weather",
     .name = "archive_url",
     .type = KEY_TEXT,
     .fallback = "https://archive-api.open-meteo.com/v1/archive",
     .check = text_is_url,
     .expects = url_expected,
     .offset = offsetof(struct config_weather, archive_url),
     .help = "What is asked for the weather of earlier years."},
    {.section = "weather",
     .name = "apikey_file",
     .type = KEY_PATH,
     .example = "open-meteo.key",
     .offset = offsetof(struct config_weather, apikey_file),
     .help = "File whose first line is the key, for a service that wants one."},
    {.section = "weather",
     .name = "every",
     .type = KEY_DURATION,
     .fallback = "1h",
     .least = "1min",
     .most = "1d",
     .offset = offsetof(struct config_weather, every_s),
     .help = "How often a new forecast is asked for. The services' models run a few times a day."},
    {.section = "weather",
     .name = "forecast_days",
     .type = KEY_INTEGER,
     .fallback = "10",
     .least = "1",
     .most = "16",
     .unit = "days",
     .offset = offsetof(struct config_weather, forecast_days),
     .help =
         "How far ahead, today being the first day. What lies beyond is forecast by the weather "
         "of earlier years."},
    {.section = "weather",
     .name = "past_days",
     .type = KEY_INTEGER,
     .fallback = "2",
     .least = "1",
     .most = "92",
     .unit = "days",
     .offset = offsetof(struct config_weather, past_days),
     .help = "Days before today that are asked for each time, so that what was said of them is put "
             "right. After an outage it is as many more as were missed."},
    {.section = "weather",
     .name = "history",
     .type = KEY_DURATION,
     .fallback = "4y",
     .least = "0s",
     .most = "50y",
     .offset = offsetof(struct config_weather, history_s),
     .help = "How far back the archive is asked, once, for a station that the store has nothing "
             "of. 0s asks for nothing: the station then needs its history from elsewhere."},
    {.section = "weather",
     .name = "stale",
     .type = KEY_DURATION,
     .fallback = "24h",
     .least = "1h",
     .most = "7d",
     .offset = offsetof(struct config_weather, stale_s),
     .help = "A forecast of the weather that is older than this is not used: the load is then "
             "forecast by the weather of earlier years."},
    {.name = NULL},
};
