// SPDX-License-Identifier: GPL-3.0-or-later
// The options that the commands on tidy CSV files share, and what each of those commands does
// before and after its own work.
#ifndef PHUTAI_DAEMON_DATA_OPTIONS_H
#define PHUTAI_DAEMON_DATA_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "daemon/dataset.h"

struct data_options {
    const char *readings, *weather, *holidays, *clock; // NULL where not given
    const char *changes, *output, *config;
    size_t n_zones;
    const char **zones;
};

// Options that not every such command takes.
enum { DATA_OPTIONS_OUTPUT = 1, DATA_OPTIONS_CONFIG = 2, DATA_OPTIONS_CHANGES = 4 };

// A command on files: the options that it shares, and its own. Its help is `head`, the lines of the
// shared options, and the pieces of `help`.
struct data_options_command {
    const char *name; // "phutai fill", for messages
    unsigned takes;   // DATA_OPTIONS_OUTPUT | ...
    const char *head, *help[4];
    const struct option *own; // as for getopt_long, values from 1 to 999; ends with zeros
    // Takes an option of its own; says false once it has told what is wrong with it.
    bool (*take)(void *context, int option, const char *value);
};

// Reads a command line. True to go on, with --readings or, where that is taken, --config given;
// otherwise the command ends with *ret_status, and what is wrong or the help has been told. End
// *ret with data_options_done() either way.
[[nodiscard]] bool data_options_parse(const struct data_options_command *command, int argc,
                                      char **argv, void *context, struct data_options *ret,
                                      int *ret_status);
void data_options_done(struct data_options *options);

// True where a zone is asked for: by its name, or as one of all.
bool data_options_wants(const struct data_options *options, const char *zone);

// What a command does with the files: writes data to `out` and says the exit status.
typedef int data_options_fn(void *context, const struct dataset *dataset, FILE *out);

// Reads the files, looks for the zones that are named in them, opens the output, calls `fn`, and
// keeps the output where that says COMMAND_DONE. The exit status; what is wrong was told. GSL's
// error handler is turned off.
[[nodiscard]] int data_options_run(const struct data_options *options, data_options_fn *fn,
                                   void *context);

// A time of the command line on the grid of the data. False once it has told that it is none.
[[nodiscard]] bool data_options_time(const struct dataset *dataset, const char *option,
                                     const char *text, int64_t *ret);

#endif
