// SPDX-License-Identifier: GPL-3.0-or-later
// phutai alerts: what fires, who has it in hand, what is muted. Listing stands in
// cmd_alerts_list.c, the rules on the past in cmd_alerts_replay.c.
#include "daemon/cmd_alerts.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/register.h"
#include "config/text.h"
#include "daemon/alerts.h"
#include "daemon/commands.h"
#include "daemon/entry_list.h"
#include "daemon/log.h"
#include "daemon/nfc.h"
#include "daemon/webhook.h"

static const char help[] =
    "usage: phutai alerts list   --config FILE [--all] [--rule R] [--zone Z] [--lang vi|en]\n"
    "                            [--table] [--output FILE]\n"
    "       phutai alerts list   --config FILE --history [--from TIME] [--to TIME] [--rule R]\n"
    "                            [--zone Z] [--lang vi|en] [--output FILE]\n"
    "       phutai alerts list   --config FILE --mutes [--output FILE]\n"
    "       phutai alerts ack    --config FILE --rule R --zone Z --by WHO [--note TEXT]\n"
    "                            [--until TIME]\n"
    "       phutai alerts unack  --config FILE --rule R --zone Z --by WHO [--note TEXT]\n"
    "       phutai alerts mute   --config FILE [--rule R] [--zone Z] --until TIME --by WHO\n"
    "                            [--note TEXT]\n"
    "       phutai alerts unmute --config FILE --id N\n"
    "       phutai alerts replay --help\n"
    "\n"
    "The alerts of the rules of [alert NAME], in the store, whether phutaid runs or not.\n"
    "\n"
    "  list    one row of CSV for each that fires or is about to, or, with --all, was looked at:\n"
    "          level, state (pending, firing, acknowledged, resolved), since when, the value and\n"
    "          what it is held against, the level that others were told, who has it in hand, and\n"
    "          the text. With --table for people. With --history every change, as it was told;\n"
    "          with --mutes what is muted\n"
    "  ack     takes an alert in hand, until a time or until it is over: no reminders, no words\n"
    "          of its easing; a worse level is told, and ends it\n"
    "  unack   gives it back\n"
    "  mute    no notices until then, of a rule, of a zone, of both, or of everything; prints its\n"
    "          number. What still holds afterwards is told then\n"
    "  unmute  ends it now\n"
    "  replay  what the rules would have told of the past, and how much of it was right\n"
    "\n"
    "  --rule   the NAME of [alert NAME]\n"
    "  --zone   what an alert is about: a zone, a group such as quang-chau-all, total, a weather\n"
    "           station, or where alerts and forecasts are written to: a database by its name,\n"
    "           \"webhook:NAME\", \"alertmanager NAME\"\n"
    "  --until  a date or time, on the site's clock unless it has an offset; a date alone "
    "includes\n"
    "           that day. So do --from and --to\n"
    "  --by     who does it; every deed is signed\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

typedef int act_fn(struct cmd_alerts_request *request);

static act_fn acknowledge, give_back, mute, unmute;

enum {
    CONFIG = 1 << CMD_ALERTS_CONFIG,
    RULE = 1 << CMD_ALERTS_RULE,
    ZONE = 1 << CMD_ALERTS_ZONE,
    BY = 1 << CMD_ALERTS_BY,
    NOTE = 1 << CMD_ALERTS_NOTE,
    UNTIL = 1 << CMD_ALERTS_UNTIL,
    ID = 1 << CMD_ALERTS_ID,
    LISTING = 1 << CMD_ALERTS_FROM | 1 << CMD_ALERTS_TO | 1 << CMD_ALERTS_LANG |
              1 << CMD_ALERTS_OUTPUT | 1 << CMD_ALERTS_ALL | 1 << CMD_ALERTS_HISTORY |
              1 << CMD_ALERTS_MUTES | 1 << CMD_ALERTS_TABLE,
};

static const struct act {
    const char *name;
    act_fn *run;
    enum store_mode mode;
    int takes, needs; // beside --config
} acts[] = {
    {"list", cmd_alerts_list, STORE_READ, LISTING | RULE | ZONE, 0},
    {"ack", acknowledge, STORE_WRITE, NOTE | UNTIL, RULE | ZONE | BY},
    {"unack", give_back, STORE_WRITE, NOTE, RULE | ZONE | BY},
    {"mute", mute, STORE_WRITE, RULE | ZONE | NOTE, UNTIL | BY},
    {"unmute", unmute, STORE_WRITE, 0, ID},
};

static const struct option options[] = {
    {"config", required_argument, NULL, CMD_ALERTS_CONFIG},
    {"rule", required_argument, NULL, CMD_ALERTS_RULE},
    {"zone", required_argument, NULL, CMD_ALERTS_ZONE},
    {"by", required_argument, NULL, CMD_ALERTS_BY},
    {"note", required_argument, NULL, CMD_ALERTS_NOTE},
    {"until", required_argument, NULL, CMD_ALERTS_UNTIL},
    {"id", required_argument, NULL, CMD_ALERTS_ID},
    {"from", required_argument, NULL, CMD_ALERTS_FROM},
    {"to", required_argument, NULL, CMD_ALERTS_TO},
    {"lang", required_argument, NULL, CMD_ALERTS_LANG},
    {"output", required_argument, NULL, CMD_ALERTS_OUTPUT},
    {"all", no_argument, NULL, CMD_ALERTS_ALL},
    {"history", no_argument, NULL, CMD_ALERTS_HISTORY},
    {"mutes", no_argument, NULL, CMD_ALERTS_MUTES},
    {"table", no_argument, NULL, CMD_ALERTS_TABLE},
    {"help", no_argument, NULL, CMD_ALERTS_OPTIONS},
    {NULL, 0, NULL, 0},
};

[[gnu::format(printf, 1, 2)]] static int complain(const char *format, ...)
{
    va_list args;
    fputs("phutai alerts: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("; see phutai alerts --help\n", stderr);
    return COMMAND_USAGE;
}

static int fail_store(const struct cmd_alerts_request *request)
{
    log_error("%s", store_error(request->site.store));
    return COMMAND_FAILED;
}

// Whether each option that is there belongs to the act, and each that it needs is there.
static int check_options(const struct act *act, const struct cmd_alerts_request *request)
{
    const int needs = act->needs | CONFIG, takes = act->takes | needs;
    for (const struct option *option = options; option->val != CMD_ALERTS_OPTIONS; option++) {
        const bool given = request->value[option->val];
        if (given && !(takes >> option->val & 1))
            return complain("%s takes no --%s", act->name, option->name);
        if (!given && needs >> option->val & 1)
            return complain("%s needs --%s", act->name, option->name);
    }
    return COMMAND_DONE;
}

// COMMAND_DONE to go on, -1 after --help.
static int parse(const struct act *act, int argc, char **argv, struct cmd_alerts_request *request)
{
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?')
            return COMMAND_USAGE;
        if (c == CMD_ALERTS_OPTIONS)
            return -1;
        request->value[c] = optarg ? optarg : "";
    }
    if (optind < argc)
        return complain("everything is named by an option");
    return check_options(act, request);
}

// The instant at which a time that was given is over. False once it is told that it is none.
static bool read_end(const struct cmd_alerts_request *request, enum cmd_alerts_option option,
                     int64_t *ret)
{
    const char *text = request->value[option];
    struct config_time when;
    if (!register_end(text, &when)) {
        complain("--%s '%s' is not a date or time such as 2024-06-30T17:00", options[option].name,
                 text);
        return false;
    }
    *ret = entry_list_instant(&request->site.clock, &when, 0);
    if (*ret > request->now)
        return true;
    complain("--%s '%s' is over already", options[option].name, text);
    return false;
}

// What a person says, in NFC, to be freed; of nothing, "". NULL once it is told what is wrong.
static char *read_words(const struct cmd_alerts_request *request, enum cmd_alerts_option option,
                        size_t most)
{
    const char *text = request->value[option] ? request->value[option] : "";
    size_t length = strlen(text);
    if (option == CMD_ALERTS_BY && !*text) {
        complain("--by is empty: every deed is signed");
        return NULL;
    }
    if (length > most || !text_is_clean(text) || strchr(text, '\t')) {
        complain("--%s: at most %zu bytes of UTF-8 without line breaks and tabs",
                 options[option].name, most);
        return NULL;
    }
    char *composed = *text ? nfc_compose(text, length, &length) : NULL;
    char *words = composed ? strndup(composed, length) : *text ? NULL : strdup("");
    free(composed);
    if (!words)
        log_error("out of memory");
    return words;
}

typedef enum alerts_done deed_fn(const struct alerts_site *site, const char *rule,
                                 const char *subject, const struct alerts_person *person);

// `person` has all but the words.
static int do_signed(struct cmd_alerts_request *request, struct alerts_person *person,
                     deed_fn *deed, const char *none)
{
    const struct alerts_site site = {request->site.config, request->site.store,
                                     &request->site.clock};
    const char *rule = request->value[CMD_ALERTS_RULE], *zone = request->value[CMD_ALERTS_ZONE];
    char *by = read_words(request, CMD_ALERTS_BY, REGISTER_AUTHOR_MAX);
    char *note = by ? read_words(request, CMD_ALERTS_NOTE, REGISTER_NOTE_MAX) : NULL;
    int status = COMMAND_USAGE;
    if (by && note) {
        person->by = by;
        person->note = note;
        const enum alerts_done done = deed(&site, rule, zone, person);
        status = done == ALERTS_DONE     ? COMMAND_DONE
                 : done == ALERTS_FAILED ? fail_store(request)
                                         : COMMAND_FAILED;
        if (done == ALERTS_NONE_SUCH)
            log_error("rule '%s', zone '%s': %s", rule, zone, none);
    }
    free(by);
    free(note);
    return status;
}

static int acknowledge(struct cmd_alerts_request *request)
{
    struct alerts_person person = {.now = request->now, .started = time(NULL), .until = INT64_MAX};
    if (request->value[CMD_ALERTS_UNTIL] && !read_end(request, CMD_ALERTS_UNTIL, &person.until))
        return COMMAND_USAGE;
    return do_signed(request, &person, alerts_acknowledge, "no alert of these fires");
}

static int give_back(struct cmd_alerts_request *request)
{
    struct alerts_person person = {.now = request->now, .started = time(NULL), .until = INT64_MAX};
    return do_signed(request, &person, alerts_unacknowledge, "no alert of these is acknowledged");
}

static bool is_rule(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_rules; i++)
        if (!strcmp(config->rules[i].name, name))
            return true;
    return false;
}

// Whether `id` is `prefix` and then `name`.
static bool is_named(const char *id, const char *prefix, const char *name)
{
    const size_t length = strlen(prefix);
    return !strncmp(id, prefix, length) && !strcmp(id + length, name);
}

// Whether there is or may be an alert about it.
static bool is_subject(const struct cmd_alerts_request *request, const char *id)
{
    const struct config *config = request->site.config;
    bool known = !strcmp(id, "total") || config_zone_find(config, id) != SIZE_MAX ||
                 config_group_parent(config, id) != SIZE_MAX;
    for (size_t i = 0; i < request->list.n; i++)
        known |= !strcmp(request->list.items[i].subject, id);
    for (size_t i = 0; i < config->n_weather; i++)
        known |= !strcmp(config->weather[i].name, id);
    for (size_t i = 0; i < config->n_sinks; i++)
        known |= !strcmp(config->sinks[i].name, id);
    for (size_t i = 0; i < config->n_alertmanagers; i++)
        known |= is_named(id, ALERTS_MANAGER, config->alertmanagers[i].name);
    for (size_t i = 0; i < config->n_webhooks; i++)
        known |= is_named(id, WEBHOOK_SINK, config->webhooks[i].name);
    return known;
}

static int put_mute(struct cmd_alerts_request *request, const struct store_mute *mute)
{
    struct store *store = request->site.store;
    int64_t id;
    if (!store_begin(store))
        return fail_store(request);
    if (!store_put_mute(store, mute, &id) || !store_commit(store)) {
        store_rollback(store);
        return fail_store(request);
    }
    printf("%" PRId64 "\n", id);
    return COMMAND_DONE;
}

static int mute(struct cmd_alerts_request *request)
{
    const char *rule = request->value[CMD_ALERTS_RULE], *zone = request->value[CMD_ALERTS_ZONE];
    struct store_mute mute = {.rule = rule, .subject = zone, .from = request->now};
    if (rule && !is_rule(request->site.config, rule))
        return complain("--rule '%s': no [alert %s] in %s", rule, rule,
                        request->value[CMD_ALERTS_CONFIG]);
    if (zone && !is_subject(request, zone))
        return complain("--zone '%s': no alert is about it", zone);
    if (!read_end(request, CMD_ALERTS_UNTIL, &mute.until))
        return COMMAND_USAGE;
    char *by = read_words(request, CMD_ALERTS_BY, REGISTER_AUTHOR_MAX);
    char *note = by ? read_words(request, CMD_ALERTS_NOTE, REGISTER_NOTE_MAX) : NULL;
    mute.by = by;
    mute.note = note;
    const int status = note ? put_mute(request, &mute) : COMMAND_USAGE;
    free(by);
    free(note);
    return status;
}

static int unmute(struct cmd_alerts_request *request)
{
    struct store *store = request->site.store;
    int64_t id;
    bool found = false;
    if (!text_integer(request->value[CMD_ALERTS_ID], &id) || id < 1)
        return complain("--id is a number that phutai alerts list --mutes shows");
    if (!store_begin(store))
        return fail_store(request);
    if (!store_end_mute(store, id, request->now, &found) || !store_commit(store)) {
        store_rollback(store);
        return fail_store(request);
    }
    if (!found)
        log_error("mute %" PRId64 ": there is none that is still on", id);
    return found ? COMMAND_DONE : COMMAND_FAILED;
}

// The newest look is "now" where the clock is that of the readings.
static int64_t now_of(const struct cmd_alerts_request *request)
{
    int64_t newest = 0;
    for (size_t i = 0; i < request->list.n; i++)
        if (request->list.items[i].alert.looked > newest)
            newest = request->list.items[i].alert.looked;
    const bool played = request->site.config->forecast.clock == CONFIG_CLOCK_READINGS;
    return played && newest ? newest : time(NULL);
}

static int run(const struct act *act, int argc, char **argv)
{
    struct cmd_alerts_request request = {.now = 0};
    int status = parse(act, argc, argv, &request);
    if (status == -1)
        fputs(help, stdout);
    if (status)
        return status == -1 ? COMMAND_DONE : status;
    status = COMMAND_FAILED;
    if (!site_open(&request.site, request.value[CMD_ALERTS_CONFIG], act->mode))
        ; // told
    else if (!alert_list_read(request.site.store, NULL, NULL, &request.list))
        fail_store(&request);
    else {
        request.now = now_of(&request);
        status = act->run(&request);
    }
    alert_list_done(&request.list);
    site_close(&request.site);
    return status;
}

int cmd_alerts(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
        fputs(help, stdout);
        return COMMAND_DONE;
    }
    if (!strcmp(name, "replay"))
        return cmd_alerts_replay(argc - 1, argv + 1);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (!strcmp(name, acts[i].name))
            return run(&acts[i], argc - 1, argv + 1);
    return complain("list, ack, unack, mute, unmute or replay");
}
