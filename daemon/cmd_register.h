// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of phutai register that only read: each gets its own name as argv[0].
#ifndef PHUTAI_DAEMON_CMD_REGISTER_H
#define PHUTAI_DAEMON_CMD_REGISTER_H

int cmd_register_list(int argc, char **argv);
int cmd_register_effects(int argc, char **argv);
int cmd_register_score(int argc, char **argv);

extern const char cmd_register_help[];

#endif
