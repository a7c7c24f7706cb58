// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/doctor_meters.h"

#include <stdio.h>
#include <string.h>

#include "config/text.h"
#include "daemon/check.h"
#include "daemon/metering.h"

enum { DAYS = 30, DAY_S = 86400 };

static void warn_silent(const struct doctor_meters *look, const struct metering *metering)
{
    const int64_t step_s = look->config->site.step_s;
    for (size_t i = 0; i < metering_meters(metering); i++) {
        const struct metering_meter meter = metering_meter(metering, i);
        const int64_t end = meter.last + step_s;
        char since[TEXT_TIME_LEN], words[512];
        if (metering_voice_of(&meter.newest, meter.last, step_s) != METERING_SILENT)
            continue;
        text_write_time(civil_local(look->clock, end), civil_offset(look->clock, end), since);
        snprintf(words, sizeof words, "meter %s has said nothing since %s: ask it",
                 check_quote(meter.name, strlen(meter.name)).text, since);
        look->warn(look->context, meter.zone, words);
    }
}

// Sums of one zone after the other.
struct tally {
    const struct doctor_meters *look;
    char zone[CHECK_NAME_MAX + 1];
    size_t all, incomplete;
};

static void end_zone(const struct tally *tally)
{
    char words[200];
    if (!tally->incomplete)
        return;
    snprintf(words, sizeof words,
             "%zu of %zu sums of the last %d days lack too much of its meters: phutai export "
             "--what incomplete lists them",
             tally->incomplete, tally->all, DAYS);
    tally->look->warn(tally->look->context, tally->zone, words);
}

static bool count_interval(void *context, const struct metering_interval *interval)
{
    struct tally *tally = context;
    if (strcmp(tally->zone, interval->zone) != 0) {
        end_zone(tally);
        *tally = (struct tally){.look = tally->look};
        snprintf(tally->zone, sizeof tally->zone, "%s", interval->zone);
    }
    tally->all++;
    tally->incomplete += interval->state == METERING_INCOMPLETE;
    return true;
}

bool doctor_meters_look(const struct doctor_meters *look)
{
    struct metering *metering = metering_new(look->store, NULL, look->config->intake.missing_pct);
    struct tally tally = {.look = look};
    bool good = metering;
    if (good) {
        warn_silent(look, metering);
        good = metering_each(metering, look->now - DAYS * DAY_S, INT64_MAX, count_interval, &tally);
        end_zone(&tally);
    }
    metering_free(metering);
    return good;
}
