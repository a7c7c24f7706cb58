// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/rfc3339.h"

#include <stdio.h>

#include "config/text.h"

void rfc3339_write(int64_t instant, int32_t offset_s, char ret[static RFC3339_LEN])
{
    enum { MINUTE = sizeof "2000-12-31T23:59" - 1 };
    char text[TEXT_TIME_LEN];
    int64_t local_s = TEXT_TIME_MAX;
    if (instant < TEXT_TIME_MIN - offset_s)
        local_s = TEXT_TIME_MIN;
    else if (instant <= TEXT_TIME_MAX - offset_s)
        local_s = instant + offset_s;
    text_write_time(local_s, offset_s, text);
    const char *seconds = text[MINUTE] == ':' ? "" : ":00";
    snprintf(ret, RFC3339_LEN, "%.*s%s%s", MINUTE, text, seconds, text + MINUTE);
}
