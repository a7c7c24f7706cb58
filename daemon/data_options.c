// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/data_options.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "daemon/changes_file.h"
#include "daemon/commands.h"
#include "daemon/output.h"

// What getopt_long says of the shared options; beyond those of a command's own.
enum { READINGS = 1000, WEATHER, HOLIDAYS, ZONE, CLOCK, CHANGES, OUTPUT, CONFIG, HELP };

// Where `takes` is not 0, only commands that take it have it.
static const struct shared {
    const char *name;
    int value;
    unsigned takes;
    const char *help;
} shared[] = {
    {"config", CONFIG, DATA_OPTIONS_CONFIG,
     "  --config FILE        of a daemon, instead of files\n"},
    {"readings", READINGS, 0, "  --readings FILE      tidy CSV time,zone,load (also .gz)\n"},
    {"weather", WEATHER, 0, "  --weather FILE       tidy CSV time,station,temp_c\n"},
    {"holidays", HOLIDAYS, 0, "  --holidays FILE      CSV date[,name]\n"},
    {"zone", ZONE, 0, "  --zone ZONE          only this zone; may be repeated\n"},
    {"clock", CLOCK, 0,
     "  --clock CLOCK        of times without an offset: +07:00, or a POSIX TZ rule\n"},
    {"changes", CHANGES, DATA_OPTIONS_CHANGES,
     "  --changes FILE       CSV zone,from[,to],kind[,note]: kind mask leaves [from,to) out, kind\n"
     "                       level declares that the load is another from then on\n"},
    {"output", OUTPUT, DATA_OPTIONS_OUTPUT, "  --output FILE        instead of standard output\n"},
};
enum { SHARED = sizeof shared / sizeof *shared };

static bool has(const struct data_options_command *command, const struct shared *option)
{
    return !option->takes || command->takes & option->takes;
}

// The command's own options, the shared ones and --help, for the caller to free.
static struct option *list_options(const struct data_options_command *command)
{
    size_t own = 0, n;
    while (command->own && command->own[own].name)
        own++;
    struct option *list = calloc(own + SHARED + 2, sizeof *list);
    if (!list)
        return NULL;
    for (n = 0; n < own; n++)
        list[n] = command->own[n];
    for (size_t k = 0; k < SHARED; k++)
        if (has(command, &shared[k]))
            list[n++] = (struct option){shared[k].name, required_argument, NULL, shared[k].value};
    list[n] = (struct option){"help", no_argument, NULL, HELP};
    return list;
}

static void print_help(const struct data_options_command *command)
{
    fputs(command->head, stdout);
    for (size_t k = 0; k < SHARED; k++)
        if (has(command, &shared[k]))
            fputs(shared[k].help, stdout);
    for (size_t k = 0; k < sizeof command->help / sizeof *command->help && command->help[k]; k++)
        fputs(command->help[k], stdout);
}

static bool take_clock(const char *text, struct data_options *ret)
{
    struct civil_clock clock;
    ret->clock = text;
    if (civil_clock_parse(text, &clock))
        return true;
    fprintf(stderr, "--clock '%s': neither an offset such as +07:00 nor a POSIX TZ rule\n", text);
    return false;
}

static bool take_shared(int option, const char *value, struct data_options *ret)
{
    const char **texts[] = {
        [READINGS - READINGS] = &ret->readings, [WEATHER - READINGS] = &ret->weather,
        [HOLIDAYS - READINGS] = &ret->holidays, [OUTPUT - READINGS] = &ret->output,
        [CONFIG - READINGS] = &ret->config,     [CHANGES - READINGS] = &ret->changes,
    };
    if (option == CLOCK)
        return take_clock(value, ret);
    if (option == ZONE)
        ret->zones[ret->n_zones++] = value;
    else
        *texts[option - READINGS] = value;
    return true;
}

static bool complete(const struct data_options_command *command, int argc, char **argv,
                     const struct data_options *options)
{
    if (optind < argc)
        fprintf(stderr, "%s: '%s' belongs to no option; see --help\n", command->name, argv[optind]);
    else if (options->config && options->readings)
        fprintf(stderr, "%s takes --readings or --config, not both; see --help\n", command->name);
    else if (!options->config && !options->readings)
        fprintf(stderr, "%s needs --readings%s; see --help\n", command->name,
                command->takes & DATA_OPTIONS_CONFIG ? " or --config" : "");
    else
        return true;
    return false;
}

static int parse(const struct data_options_command *command, int argc, char **argv,
                 const struct option known[], void *context, struct data_options *ret)
{
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (option == HELP)
            return HELP;
        bool fine = option >= READINGS ? take_shared(option, optarg, ret)
                                       : option != '?' && command->take(context, option, optarg);
        if (!fine)
            return COMMAND_USAGE;
    }
    return complete(command, argc, argv, ret) ? COMMAND_DONE : COMMAND_USAGE;
}

bool data_options_parse(const struct data_options_command *command, int argc, char **argv,
                        void *context, struct data_options *ret, int *ret_status)
{
    struct option *known = list_options(command);
    *ret = (struct data_options){.zones = calloc((size_t)argc + 1, sizeof *ret->zones)};
    if (!known || !ret->zones) {
        fprintf(stderr, "%s: out of memory\n", command->name);
        free(known);
        *ret_status = COMMAND_FAILED;
        return false;
    }
    *ret_status = parse(command, argc, argv, known, context, ret);
    free(known);
    if (*ret_status == COMMAND_DONE)
        return true;
    if (*ret_status == HELP) {
        print_help(command);
        *ret_status = COMMAND_DONE;
    }
    return false;
}

void data_options_done(struct data_options *options)
{
    free(options->zones);
    *options = (struct data_options){0};
}

bool data_options_wants(const struct data_options *options, const char *zone)
{
    for (size_t k = 0; k < options->n_zones; k++)
        if (!strcmp(options->zones[k], zone))
            return true;
    return !options->n_zones;
}

static bool zones_known(const struct data_options *options, const struct dataset *dataset)
{
    for (size_t k = 0; k < options->n_zones; k++)
        if (!dataset_zone(dataset, options->zones[k])) {
            fprintf(stderr, "--zone '%s': not in %s\n", options->zones[k], options->readings);
            return false;
        }
    return true;
}

static int write_output(const struct data_options *options, const struct dataset *dataset,
                        data_options_fn *fn, void *context)
{
    struct output output;
    if (!output_open(&output, options->output))
        return COMMAND_FAILED;
    int status = fn(context, dataset, output.file);
    if (status)
        output_discard(&output);
    else if (!output_finish(&output))
        status = COMMAND_FAILED;
    return status;
}

int data_options_run(const struct data_options *options, data_options_fn *fn, void *context)
{
    struct dataset dataset;
    gsl_set_error_handler_off();
    if (!dataset_read(options->readings, options->weather, options->holidays, options->clock,
                      &dataset))
        return COMMAND_FAILED;
    int status = COMMAND_FAILED;
    if (!options->changes || changes_file_read(options->changes, &dataset))
        status = zones_known(options, &dataset) ? write_output(options, &dataset, fn, context)
                                                : COMMAND_USAGE;
    dataset_done(&dataset);
    return status;
}

bool data_options_time(const struct dataset *dataset, const char *option, const char *text,
                       int64_t *ret)
{
    int32_t step_s = dataset->zones[0].series.step_s;
    if (!dataset_time(dataset, text, ret))
        fprintf(stderr, "%s '%s': not a time such as 2011-01-31T00:00\n", option, text);
    else if (*ret % step_s)
        fprintf(stderr, "%s '%s': not on the step of %d s\n", option, text, step_s);
    else
        return true;
    return false;
}
