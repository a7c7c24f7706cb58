// SPDX-License-Identifier: GPL-3.0-or-later
// phutai register: what people know that the readings do not. Entering and ending; the rest stands
// in cmd_register_list.c and cmd_register_score.c.
#include "daemon/cmd_register.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "config/register.h"
#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/entry_list.h"
#include "daemon/log.h"
#include "daemon/site.h"

const char cmd_register_help[] =
    "usage: phutai register add --config FILE --zone ID --kind KIND [--mw MW | --factor F]\n"
    "                       --from TIME [--to TIME] [--ramp 30d] [--probability P]\n"
    "                       [--hours 22:00-05:00] [--into 05:00-12:00] --author NAME\n"
    "                       [--note TEXT] [--expires TIME]\n"
    "       phutai register import --config FILE --register FILE\n"
    "       phutai register end --config FILE --id N --author NAME [--to TIME]\n"
    "       phutai register list --config FILE [--zone ID] [--open] [--csv] [--output FILE]\n"
    "       phutai register effects --config FILE [--zone ID] [--output FILE]\n"
    "       phutai register score --config FILE [--zone ID] [--csv] [--output FILE]\n"
    "\n"
    "What people know of a zone that its readings do not say. Forecasts count an entry by its\n"
    "probability, in the mean and on the paths that quantiles come from; hours of an entry that\n"
    "ends are not learnt from. phutaid takes what is entered into its next forecast.\n"
    "\n"
    "  add       enters one, and prints its id; the same again is the same entry\n"
    "  import    enters the rows of a CSV file with the columns of register.csv\n"
    "  end       closes one from a time on (now, without --to); it is kept, signed and dated\n"
    "  list      all of the store and of the configuration's register.csv, and how they stand;\n"
    "            --open: only what is planned or in force\n"
    "  effects   the newest forecast of each zone with and without them: time,zone,mean,without,\n"
    "            and a row for each entry that counts: time,zone,mean,without,entry,mw\n"
    "  score     of each entry that has begun: the mean absolute error of the forecasts of its\n"
    "            hours with and without it, MW, and whether it helped\n"
    "\n"
    "  --kind    line             a new load; it lasts, and is learnt from the readings\n"
    "            shutdown, maintenance, demand-response\n"
    "            shift            moves --mw (below 0) out of --hours into --into, day by day\n"
    "            override         the load itself is --mw\n"
    "            mask             adds nothing; its hours are not learnt from\n"
    "  --mw      MW that it adds, below 0 what it takes; or --factor, that the load is times\n"
    "  --from    a date or time, on the site's clock unless it has an offset\n"
    "  --to      the same; a date alone includes that day. Without it the entry lasts\n"
    "  --expires from then on it no longer counts, unless it was entered anew\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

struct request {
    const char *config, *id, *file;
    const char *field[REGISTER_COLUMNS];
};

static int complain(const char *what)
{
    fprintf(stderr, "phutai register: %s; see phutai register --help\n", what);
    return COMMAND_USAGE;
}

// COMMAND_DONE to go on, -1 after --help.
static int parse(int argc, char **argv, struct request *request)
{
    enum { CONFIG = REGISTER_COLUMNS, ID, FILE_OF, HELP };
    static const struct option options[] = {
        {"zone", required_argument, NULL, REGISTER_ZONE},
        {"kind", required_argument, NULL, REGISTER_KIND},
        {"mw", required_argument, NULL, REGISTER_MW},
        {"factor", required_argument, NULL, REGISTER_FACTOR},
        {"from", required_argument, NULL, REGISTER_FROM},
        {"to", required_argument, NULL, REGISTER_TO},
        {"ramp", required_argument, NULL, REGISTER_RAMP},
        {"probability", required_argument, NULL, REGISTER_PROBABILITY},
        {"hours", required_argument, NULL, REGISTER_HOURS},
        {"into", required_argument, NULL, REGISTER_INTO},
        {"author", required_argument, NULL, REGISTER_AUTHOR},
        {"note", required_argument, NULL, REGISTER_NOTE},
        {"expires", required_argument, NULL, REGISTER_EXPIRES},
        {"config", required_argument, NULL, CONFIG},
        {"id", required_argument, NULL, ID},
        {"register", required_argument, NULL, FILE_OF},
        {"help", no_argument, NULL, HELP},
        {NULL, 0, NULL, 0},
    };
    for (size_t k = 0; k < REGISTER_COLUMNS; k++)
        request->field[k] = "";
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?')
            return COMMAND_USAGE;
        if (c == HELP)
            return -1;
        if (c == CONFIG)
            request->config = optarg;
        else if (c == ID)
            request->id = optarg;
        else if (c == FILE_OF)
            request->file = optarg;
        else
            request->field[c] = optarg;
    }
    if (optind < argc)
        return complain("everything is named by an option");
    return request->config ? COMMAND_DONE : complain("--config is needed");
}

static bool tell_fault(void *context, enum register_column column, const char *value,
                       const char *expected)
{
    (void)context;
    log_error("--%s \"%s\": %s", register_column_name(column), value, expected);
    return false;
}

static int64_t now(void)
{
    return time(NULL);
}

// Puts one entry into the store's open transaction.
static enum store_put put(const struct site *site, const struct config_entry *entry,
                          int64_t *ret_id)
{
    struct entry_list_windows windows;
    const struct store_entry stored =
        entry_list_stored(site->config, &site->clock, entry, now(), &windows);
    return store_put_entry(site->store, &stored, ret_id);
}

static int fail_store(const struct site *site)
{
    log_error("%s", store_error(site->store));
    store_rollback(site->store);
    return COMMAND_FAILED;
}

static int add(const struct site *site, const struct request *request)
{
    struct config_entry entry;
    int64_t id = 0;
    if (!register_parse(site->config, request->field, tell_fault, NULL, &entry))
        return COMMAND_USAGE;
    if (!store_begin(site->store))
        return fail_store(site);
    const enum store_put result = put(site, &entry, &id);
    if (result == STORE_FAILED || !store_commit(site->store))
        return fail_store(site);
    if (result == STORE_SAME)
        log_notice("this entry stands already");
    printf("%lld\n", (long long)id);
    return COMMAND_DONE;
}

static int import_rows(const struct site *site, const struct config *rows)
{
    size_t n_new = 0;
    int64_t id;
    if (!store_begin(site->store))
        return fail_store(site);
    for (size_t k = 0; k < rows->n_entries; k++) {
        const enum store_put result = put(site, &rows->entries[k], &id);
        if (result == STORE_FAILED)
            return fail_store(site);
        n_new += result == STORE_NEW;
    }
    if (!store_commit(site->store))
        return fail_store(site);
    fprintf(stderr, "%zu entries new, %zu same\n", n_new, rows->n_entries - n_new);
    return COMMAND_DONE;
}

// Rows with a fault are told and left out, the others are entered.
static int import(const struct site *site, const struct request *request)
{
    struct config_errors errors = {0};
    struct config rows = *site->config;
    if (!request->file)
        return complain("import needs --register");
    rows.n_entries = 0;
    rows.entries = NULL;
    const bool whole = register_read(&rows, request->file, &errors);
    for (size_t k = 0; k < errors.n; k++)
        log_error("%s", errors.text[k]);
    int status = rows.n_entries ? import_rows(site, &rows) : COMMAND_DONE;
    config_errors_done(&errors);
    register_free(&rows);
    return whole ? status : COMMAND_FAILED;
}

static int end(const struct site *site, const struct request *request)
{
    const char *author = request->field[REGISTER_AUTHOR], *to = request->field[REGISTER_TO];
    struct config_time when;
    int64_t id;
    if (!*author || strlen(author) > REGISTER_AUTHOR_MAX || !text_is_clean(author))
        return complain("an end is signed: --author");
    if (*to && !register_end(to, &when))
        return complain("--to is not a date or time such as 2024-06-30");
    if (!request->id || !text_integer(request->id, &id))
        return complain("end needs the --id of an entry of the store; one of register.csv is ended "
                        "in the file");
    if (!store_begin(site->store))
        return fail_store(site);
    const int64_t at = *to ? entry_list_instant(&site->clock, &when, 0) : now();
    switch (store_end_entry(site->store, id, at, author, now())) {
    case STORE_ENDED:
        return store_commit(site->store) ? COMMAND_DONE : fail_store(site);
    case STORE_END_UNKNOWN:
        log_error("entry %lld: there is none", (long long)id);
        break;
    case STORE_END_ALREADY:
        log_error("entry %lld: has been ended already", (long long)id);
        break;
    case STORE_END_FAILED:
        return fail_store(site);
    }
    store_rollback(site->store);
    return COMMAND_FAILED;
}

static int run_writing(int argc, char **argv,
                       int (*run)(const struct site *site, const struct request *request))
{
    struct request request = {0};
    struct site site;
    int status = parse(argc, argv, &request);
    if (status == -1)
        fputs(cmd_register_help, stdout);
    if (status)
        return status == -1 ? COMMAND_DONE : status;
    status = site_open(&site, request.config, STORE_WRITE) ? run(&site, &request) : COMMAND_FAILED;
    site_close(&site);
    return status;
}

int cmd_register(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
        fputs(cmd_register_help, stdout);
        return COMMAND_DONE;
    }
    argc--;
    argv++;
    if (!strcmp(name, "add"))
        return run_writing(argc, argv, add);
    if (!strcmp(name, "import"))
        return run_writing(argc, argv, import);
    if (!strcmp(name, "end"))
        return run_writing(argc, argv, end);
    if (!strcmp(name, "list"))
        return cmd_register_list(argc, argv);
    if (!strcmp(name, "effects"))
        return cmd_register_effects(argc, argv);
    if (!strcmp(name, "score"))
        return cmd_register_score(argc, argv);
    return complain("add, import, end, list, effects or score");
}
