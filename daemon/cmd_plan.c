// SPDX-License-Identifier: GPL-3.0-or-later
// phutai plan: the supply plan of a season, as a spreadsheet, a page to print, and tables.
#include <errno.h>
#include <getopt.h>
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/engine.h"
#include "daemon/log.h"
#include "daemon/plan.h"
#include "daemon/progress.h"
#include "daemon/site.h"

static const char usage[] =
    "usage: phutai plan --config FILE --season NAME --output FOLDER [OPTION]...\n"
    "\n"
    "Simulates the season of a site's store in every scenario, ranks its zones by risk, and "
    "writes\n"
    "into the folder, which is made where it is missing:\n"
    "\n"
    "  plan.xlsx         ranking, months (peaks at noon and in the evening, energy, capacity,\n"
    "                    margin), exceedance table, typical days, options, scenarios\n"
    "  plan.html         one page that needs nothing else and prints on A4\n"
    "  plan.csv          one row a zone and sum of zones\n"
    "  typical-days.csv  zone,week_of,time,mw: the mean working day of each week\n"
    "  plan.json         all of it\n"
    "\n"
    "  --config FILE     the configuration of the site\n"
    "  --season NAME     such as 2024-summer\n"
    "  --issue TIME      what is known before it is used (default: the end of the newest reading)\n"
    "  --lang vi|en      of the spreadsheet and the page (default vi)\n"
    "  --customer-mw X   what one customer of demand response can do without (default 0.15)\n"
    "  --paths N         seasons to simulate (default: as configured)\n"
    "  --seed N          of the random draws (default 1)\n"
    "  --output FOLDER\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

struct request {
    const char *config, *season, *issue, *output;
    enum plan_language language;
    double customer_mw;
    int64_t paths, seed;
};

static bool take(int option, const char *value, struct request *request)
{
    switch (option) {
    case 'c':
        request->config = value;
        return true;
    case 's':
        request->season = value;
        return true;
    case 'i':
        request->issue = value;
        return true;
    case 'o':
        request->output = value;
        return true;
    case 'l':
        request->language = strcmp(value, "en") ? PLAN_VI : PLAN_EN;
        return !strcmp(value, "en") || !strcmp(value, "vi");
    case 'm':
        return text_real(value, &request->customer_mw) && request->customer_mw > 0;
    case 'p':
        return text_integer(value, &request->paths) && request->paths >= 100 &&
               request->paths <= 100000;
    case 'd':
        return text_integer(value, &request->seed) && request->seed >= 0;
    default:
        return false;
    }
}

// COMMAND_DONE to go on; -1 after --help.
static int parse(int argc, char **argv, struct request *request)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'}, {"season", required_argument, NULL, 's'},
        {"issue", required_argument, NULL, 'i'},  {"output", required_argument, NULL, 'o'},
        {"lang", required_argument, NULL, 'l'},   {"customer-mw", required_argument, NULL, 'm'},
        {"paths", required_argument, NULL, 'p'},  {"seed", required_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int option, index;
    while ((option = getopt_long(argc, argv, "o:h", known, &index)) != -1) {
        if (option == 'h')
            return -1;
        if (option == '?' || !take(option, optarg, request)) {
            if (option != '?')
                fprintf(stderr, "phutai plan: '%s' does not do there; see --help\n", optarg);
            return COMMAND_USAGE;
        }
    }
    if (optind == argc && request->config && request->season && request->output)
        return COMMAND_DONE;
    fputs("phutai plan needs --config, --season and --output; see --help\n", stderr);
    return COMMAND_USAGE;
}

static bool write_all(const struct request *request, const struct plan *plan)
{
    char path[4096];
    if (mkdir(request->output, 0777) && errno != EEXIST) {
        log_error("%s: %s", request->output, strerror(errno));
        return false;
    }
    snprintf(path, sizeof path, "%s/plan.csv", request->output);
    bool fine = plan_write_csv(plan, path);
    snprintf(path, sizeof path, "%s/typical-days.csv", request->output);
    fine = fine && plan_write_days_csv(plan, path);
    snprintf(path, sizeof path, "%s/plan.json", request->output);
    fine = fine && plan_write_json(plan, path);
    snprintf(path, sizeof path, "%s/plan.xlsx", request->output);
    fine = fine && plan_write_xlsx(plan, request->language, path);
    snprintf(path, sizeof path, "%s/plan.html", request->output);
    return fine && plan_write_html(plan, request->language, path);
}

// Every scenario beside the base one, which is counted among them.
static bool add_scenarios(struct plan *plan, const struct site_season *base,
                          struct site_season_request *wanted)
{
    struct progress progress;
    uint64_t total = 0;
    while (site_scenarios[total].name)
        total++;
    progress_start(&progress, "plan");
    bool fine = plan_add_scenario(plan, &site_scenarios[0], base);
    for (uint64_t k = 1; fine && k < total; k++) {
        struct site_season season;
        progress_at(&progress, k, total);
        wanted->scenario = &site_scenarios[k];
        fine = site_season_run(wanted, &season);
        if (fine) {
            fine = plan_add_scenario(plan, wanted->scenario, &season);
            site_season_done(&season);
        }
    }
    progress_end(&progress);
    return fine;
}

static int make_plan(const struct request *request, const struct site *site,
                     const struct engine *engine)
{
    struct site_season_request wanted = {
        .config = site->config,
        .scenario = &site_scenarios[0],
        .n_paths = (size_t)(request->paths ? request->paths : site->config->season.paths),
        .seed = (uint64_t)request->seed,
    };
    struct site_season base;
    struct plan plan = {0};
    int64_t issue;
    if (!config_season_days(site->config, request->season, &wanted.first_day, &wanted.last_day)) {
        fprintf(stderr, "--season '%s': the seasons of this site are such as 2024-%s\n",
                request->season, site->config->season.name);
        return COMMAND_USAGE;
    }
    if (!site_season_issue(site, engine, request->issue, &issue))
        return COMMAND_USAGE;
    struct engine_job *inputs = engine_gather(engine, issue);
    wanted.inputs = inputs;
    bool fine = inputs && site_season_run(&wanted, &base);
    if (fine) {
        fine = plan_init(&plan, site->config, &site->clock, &base, request->season);
        plan.simulated = site->simulated;
        plan.customer_mw = request->customer_mw;
        plan.issue = issue;
        fine = fine && add_scenarios(&plan, &base, &wanted) && write_all(request, &plan);
        plan_done(&plan);
        site_season_done(&base);
    }
    engine_job_free(inputs);
    if (!fine)
        fputs("phutai plan: the plan could not be made\n", stderr);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

int cmd_plan(int argc, char **argv)
{
    struct request request = {.customer_mw = 0.15, .seed = 1};
    struct site site;
    char error[256];
    int status = parse(argc, argv, &request);
    if (status == -1)
        fputs(usage, stdout);
    if (status)
        return status == -1 ? COMMAND_DONE : status;
    gsl_set_error_handler_off();
    status = COMMAND_FAILED;
    if (site_open(&site, request.config, STORE_READ)) {
        struct engine *engine = engine_new(site.config, site.store, error);
        if (engine)
            status = make_plan(&request, &site, engine);
        else
            log_error("%s", error);
        engine_free(engine);
    }
    site_close(&site);
    return status;
}
