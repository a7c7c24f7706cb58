// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/register_query.h"

#include <getopt.h>
#include <string.h>

#include "daemon/cmd_register.h"
#include "daemon/commands.h"
#include "daemon/log.h"
#include "daemon/output.h"

bool register_query_wants(const struct register_query *query, const char *zone)
{
    return !query->zone || !strcmp(query->zone, zone);
}

const char *register_query_time(const struct register_query *query, int64_t instant,
                                char ret[static TEXT_TIME_LEN])
{
    *ret = '\0';
    if (instant != INT64_MAX) {
        const int32_t offset_s = civil_offset(&query->site.clock, instant);
        text_write_time(instant + offset_s, offset_s, ret);
    }
    return ret;
}

bool register_query_failed(const struct register_query *query)
{
    log_error("%s", store_error(query->site.store));
    return false;
}

static int run_open(struct register_query *query, const char *path,
                    bool (*run)(struct register_query *query))
{
    struct output output;
    if (query->zone && config_zone_find(query->site.config, query->zone) == SIZE_MAX) {
        log_error("--zone '%s': not in the registry", query->zone);
        return COMMAND_USAGE;
    }
    if (!entry_list_read(query->site.config, &query->site.clock, query->site.store, &query->list)) {
        register_query_failed(query);
        return COMMAND_FAILED;
    }
    if (!output_open(&output, path))
        return COMMAND_FAILED;
    query->out = output.file;
    if (run(query))
        return output_finish(&output) ? COMMAND_DONE : COMMAND_FAILED;
    output_discard(&output);
    return COMMAND_FAILED;
}

int register_query_run(int argc, char **argv, bool (*run)(struct register_query *query))
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"zone", required_argument, NULL, 'z'},
        {"open", no_argument, NULL, 'n'},
        {"csv", no_argument, NULL, 'v'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct register_query query = {0};
    const char *config = NULL, *path = NULL;
    for (int c; (c = getopt_long(argc, argv, "o:h", options, NULL)) != -1;) {
        if (c == 'c')
            config = optarg;
        else if (c == 'z')
            query.zone = optarg;
        else if (c == 'o')
            path = optarg;
        else if (c == 'n' || c == 'v')
            *(c == 'n' ? &query.open : &query.csv) = true;
        else {
            fputs(cmd_register_help, c == 'h' ? stdout : stderr);
            return c == 'h' ? COMMAND_DONE : COMMAND_USAGE;
        }
    }
    if (optind < argc || !config) {
        fprintf(stderr, "phutai register %s needs --config, and everything is named by an option\n",
                argv[0]);
        return COMMAND_USAGE;
    }
    int status = COMMAND_FAILED;
    if (site_open(&query.site, config, STORE_READ))
        status = run_open(&query, path, run);
    entry_list_done(&query.list);
    site_close(&query.site);
    return status;
}
