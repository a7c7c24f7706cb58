// SPDX-License-Identifier: GPL-3.0-or-later
// phutai: the command line. A table of commands; each lives in its own file cmd_NAME.c.
#include <stdio.h>
#include <string.h>

#include "daemon/commands.h"
#include "daemon/cores.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"forecast", cmd_forecast, "quantiles of each zone's load, from files or of the daemon"},
    {"season", cmd_season, "the odds of how high the load will go in a season"},
    {"plan", cmd_plan, "the supply plan of a season: spreadsheet, page, tables"},
    {"fill", cmd_fill, "estimates of the readings that are missing in files"},
    {"clean", cmd_clean, "readings that look like faults, and changes of level"},
    {"replay", cmd_replay, "send recorded readings to a running phutaid"},
    {"import", cmd_import, "put CSV files into the store"},
    {"export", cmd_export, "take readings, weather, forecasts or a model out of it"},
    {"register", cmd_register, "what people know: enter, end, list, and did it help?"},
    {"score", cmd_score, "judge a forecast by what came"},
    {"stations", cmd_stations, "which weather stations each zone follows, and its memory"},
    {"backtest", cmd_backtest, "judge the forecasts that would have been made"},
    {"simulate", cmd_simulate, "make up readings and weather of Bắc Giang, marked as such"},
    {"alerts", cmd_alerts, "what fires: list, acknowledge, mute, try rules on the past"},
    {"outbox", cmd_outbox, "what waits for the databases, and what they refused"},
    {"token", cmd_token, "who may use the page and its API: add, list, revoke"},
    {"doctor", cmd_doctor, "look at everything that phutaid needs"},
    {"lineproto", cmd_lineproto, "read line protocol, write it in canonical form"},
    {"--check-config", cmd_check_config, "look a configuration over"},
    {"--print-config", cmd_print_config, "print a sample of it, or its manual page"},
    {NULL, NULL, NULL},
};

static void print_help(FILE *out)
{
    fputs("usage: phutai COMMAND [OPTION]...   (phutai COMMAND --help tells more)\n\n", out);
    for (const struct command *c = commands; c->name; c++)
        fprintf(out, "  %-14s %s\n", c->name, c->help);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return COMMAND_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        print_help(stdout);
        return COMMAND_DONE;
    }
    for (const struct command *c = commands; c->name; c++)
        if (!strcmp(argv[1], c->name)) {
            (void)cores_count();
            return c->run(argc - 1, argv + 1);
        }
    fprintf(stderr, "phutai: unknown command '%s'\n\n", argv[1]);
    print_help(stderr);
    return COMMAND_USAGE;
}
