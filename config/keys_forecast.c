// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of what is forecast.
#include "keys.h"

#include <string.h>

#include "config.h"
#include "text.h"

static const char *const clock_choices[] = {"system", "readings", NULL};

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

const struct key keys_forecast[] = {
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

    {.name = NULL},
};

const struct key keys_season[] = {
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
    {.name = NULL},
};
