// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of the place and its store.
#include "keys.h"

#include <string.h>

#include "config.h"
#include "text.h"

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

const struct key keys_site[] = {
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

    {.name = NULL},
};

const struct key keys_store[] = {
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

    {.name = NULL},
};
