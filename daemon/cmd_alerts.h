// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of phutai alerts.
#ifndef PHUTAI_DAEMON_CMD_ALERTS_H
#define PHUTAI_DAEMON_CMD_ALERTS_H

#include <stdint.h>

#include "daemon/alert_list.h"
#include "daemon/site.h"

enum cmd_alerts_option {
    CMD_ALERTS_CONFIG,
    CMD_ALERTS_RULE,
    CMD_ALERTS_ZONE,
    CMD_ALERTS_BY,
    CMD_ALERTS_NOTE,
    CMD_ALERTS_UNTIL,
    CMD_ALERTS_ID,
    CMD_ALERTS_FROM,
    CMD_ALERTS_TO,
    CMD_ALERTS_LANG,
    CMD_ALERTS_OUTPUT,
    CMD_ALERTS_ALL,
    CMD_ALERTS_HISTORY,
    CMD_ALERTS_MUTES,
    CMD_ALERTS_TABLE,
    CMD_ALERTS_OPTIONS
};

struct cmd_alerts_request {
    const char *value[CMD_ALERTS_OPTIONS]; // as given; of one without a value ""; else NULL
    struct site site;
    struct alert_list list; // all of the store
    int64_t now;            // of the clock that forecasts and alerts go by
};

// The exit status.
int cmd_alerts_list(struct cmd_alerts_request *request);

// Gets its own name as argv[0].
int cmd_alerts_replay(int argc, char **argv);

#endif
