// SPDX-License-Identifier: GPL-3.0-or-later
// A site whose store has something of everything, and the API over it, without a server.
#ifndef PHUTAI_TESTS_API_DESK_H
#define PHUTAI_TESTS_API_DESK_H

#include "daemon/api.h"

enum { API_DESK_ZONES = 3 };

// 2024-06-04T00:00+07:00; the desk's "now" is noon of that day.
static const int64_t API_DESK_DAY = 1717434000;

// Zones "yen-lu" (30 MW) with its expansion "yen-lu-mr", which has no load, and "phuc-son" (20 MW),
// which is the sum of two meters; one of these is missing in the last interval.
struct api_desk {
    void *folder;
    struct config *config;
    struct store *store;
    struct alerts_zone zones[API_DESK_ZONES];
    struct api_site site;
    struct http_reply reply; // the last one
};

int api_desk_enter(void **state);
int api_desk_leave(void **state);

// The body of the answer, valid until the next; ends the test where the status is another.
const char *api_desk_ask(struct api_desk *desk, const struct api_query *query, int status);

#endif
