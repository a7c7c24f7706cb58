// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_rules.h"

#include <stdio.h>
#include <stdlib.h>

#include "config/text.h"

struct export_rules *export_rules_new(const struct config *config,
                                      const struct config_folder *folder)
{
    struct export_rules *rules = calloc(1, sizeof *rules);
    if (!rules)
        return NULL;
    rules->config = config;
    rules->folder = folder;
    rules->checks = checks_new(config);
    rules->names = export_names_new(config, folder);
    if (rules->checks && rules->names && civil_clock_parse(config->site.clock, &rules->clock))
        return rules;
    export_rules_free(rules);
    return NULL;
}

void export_rules_free(struct export_rules *rules)
{
    if (!rules)
        return;
    checks_free(rules->checks);
    export_names_free(rules->names);
    free(rules);
}

int64_t export_rules_interval(const struct export_rules *rules)
{
    return rules->folder->interval_s ? rules->folder->interval_s : rules->config->site.step_s;
}

enum stamp_status export_rules_stamp(const struct export_rules *rules, const char *time,
                                     const char *hour, struct stamp *ret)
{
    const char *format = rules->folder->time_format;
    char both[160];
    if (*hour) {
        const int n = snprintf(both, sizeof both, "%s %s", time, hour);
        if (n < 0 || (size_t)n >= sizeof both)
            return STAMP_NONE;
        time = both;
    }
    if (format)
        return stamp_read_format(format, time, ret) ? STAMP_OK : STAMP_NONE;
    return stamp_read(time, ret);
}

// The clock before a change at the end of an interval shows a time that the clock after it skips.
static bool exists(const struct export_rules *rules, int64_t instant, int64_t local_s)
{
    const bool ends = rules->folder->stamps == CONFIG_STAMPS_END;
    return civil_local(&rules->clock, instant) == local_s ||
           (ends && civil_local(&rules->clock, instant - 1) + 1 == local_s);
}

bool export_rules_instant(const struct export_rules *rules, const struct stamp *stamp, int64_t last,
                          int64_t *ret, struct check_fault *fault)
{
    const struct civil_clock *clock = &rules->clock;
    if (stamp->offset_s != TEXT_NO_OFFSET) {
        *ret = stamp->local_s - stamp->offset_s;
        return true;
    }
    int64_t instant = civil_instant(clock, stamp->local_s);
    if (!exists(rules, instant, stamp->local_s)) {
        char words[TEXT_TIME_LEN];
        text_write_time(stamp->local_s, TEXT_NO_OFFSET, words);
        return check_refuse(fault, CHECK_GRID, "time %s is skipped by the clock of the site",
                            words);
    }
    if (clock->daylight && last != INT64_MIN && instant <= last) {
        const int32_t behind_s =
            clock->dst_offset_s < clock->offset_s ? clock->dst_offset_s : clock->offset_s;
        const int64_t second = stamp->local_s - behind_s;
        if (civil_local(clock, second) == stamp->local_s)
            instant = second;
    }
    *ret = instant;
    return true;
}
