// SPDX-License-Identifier: GPL-3.0-or-later
// phutai --check-config FILE and phutai --print-config sample|manual.
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "daemon/commands.h"
#include "models/civil.h"

static int report_errors(struct config_errors *errors, const char *path)
{
    for (size_t i = 0; i < errors->n; i++)
        fprintf(stderr, "%s\n", errors->text[i]);
    if (errors->n == 0)
        fprintf(stderr, "%s: out of memory\n", path);
    return COMMAND_FAILED;
}

// What only the civil clock can tell: whether a POSIX TZ rule is one.
static bool clock_is_good(const struct config *config, const char *path)
{
    struct civil_clock clock;
    if (civil_clock_parse(config->site.clock, &clock))
        return true;
    fprintf(stderr, "%s: [site] clock = \"%s\": not an offset such as +07:00 or a POSIX TZ rule\n",
            path, config->site.clock);
    return false;
}

int cmd_check_config(int argc, char **argv)
{
    if (argc != 2 || !strcmp(argv[1], "--help")) {
        fputs("usage: phutai --check-config FILE\n\n"
              "Reads a configuration and the registry files that it names, and tells every fault\n"
              "with its file and line.\n",
              argc == 2 ? stdout : stderr);
        return argc == 2 ? COMMAND_DONE : COMMAND_USAGE;
    }
    struct config_errors errors;
    struct config *config = config_read(argv[1], &errors);
    int status = COMMAND_FAILED;
    if (!config) {
        status = report_errors(&errors, argv[1]);
    } else if (clock_is_good(config, argv[1])) {
        printf("%s: fine: %zu zones, %zu capacities, %zu calendar days, %zu register entries, %zu "
               "sinks, %zu rules of alerts\n",
               argv[1], config->n_zones, config->n_capacities, config->n_days, config->n_entries,
               config->n_sinks, config->n_rules);
        status = COMMAND_DONE;
    }
    config_errors_done(&errors);
    config_free(config);
    return status;
}

int cmd_print_config(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";
    if (!strcmp(what, "sample")) {
        config_print_sample(stdout);
    } else if (!strcmp(what, "manual")) {
        config_print_manual(stdout);
    } else {
        const bool help = !strcmp(what, "--help");
        fputs("usage: phutai --print-config sample|manual\n\n"
              "Prints a configuration with every key at its default, or its manual page.\n",
              help ? stdout : stderr);
        return help ? COMMAND_DONE : COMMAND_USAGE;
    }
    return fflush(stdout) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}
