// SPDX-License-Identifier: GPL-3.0-or-later
// phutai alerts replay: what the rules would have told of the past.
#include "daemon/cmd_alerts.h"

#include "daemon/commands.h"
#include "daemon/log.h"

int cmd_alerts_replay(int argc, char **argv)
{
    (void)argc, (void)argv;
    log_error("phutai alerts replay: not built");
    return COMMAND_FAILED;
}
