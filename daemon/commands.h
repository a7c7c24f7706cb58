// SPDX-License-Identifier: GPL-3.0-or-later
// The subcommands of phutai, one file each (cmd_NAME.c). Every one gets its own name as argv[0],
// writes data to standard output or --output, words to standard error, and returns the exit status.
#ifndef PHUTAI_DAEMON_COMMANDS_H
#define PHUTAI_DAEMON_COMMANDS_H

enum { COMMAND_DONE = 0, COMMAND_FAILED = 1, COMMAND_USAGE = 2 };

int cmd_forecast(int argc, char **argv);
int cmd_stations(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_season(int argc, char **argv);
int cmd_fill(int argc, char **argv);
int cmd_clean(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_register(int argc, char **argv);
int cmd_score(int argc, char **argv);
int cmd_backtest(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_lineproto(int argc, char **argv);
int cmd_alerts(int argc, char **argv);
int cmd_outbox(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_check_config(int argc, char **argv);
int cmd_print_config(int argc, char **argv);

#endif
