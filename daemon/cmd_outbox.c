// SPDX-License-Identifier: GPL-3.0-or-later
// phutai outbox: what waits for each database, what it refused, and what shall become of it.
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <csv.h>

#include "config/text.h"
#include "daemon/buffer.h"
#include "daemon/commands.h"
#include "daemon/log.h"
#include "daemon/site.h"
#include "daemon/store_outbox.h"
#include "daemon/webhook.h"
#include "models/civil.h"

static const char help[] =
    "usage: phutai outbox list  --config FILE [--sink NAME] [--rejects]\n"
    "       phutai outbox retry --config FILE [--sink NAME] [--id N]\n"
    "       phutai outbox drop  --config FILE --sink NAME [--id N] [--rejects]\n"
    "\n"
    "What waits in the store for the databases of [influxdb NAME] and for the webhooks of\n"
    "[webhook NAME], which are called webhook:NAME here, whether phutaid runs or not.\n"
    "\n"
    "  list   one row of CSV for each sink: batches, lines and bytes that wait, when the oldest\n"
    "         was made, attempts at it, batches acknowledged and kept for a while, what was "
    "dropped\n"
    "         from a full outbox, rejects, and what is wrong since when. A sink that is no longer\n"
    "         configured says so. With --rejects: the lines that databases refused, with their "
    "words\n"
    "  retry  puts rejects back (all, or the one --id), and has a running phutaid try at once\n"
    "  drop   removes the batches that wait for a sink, or the one --id; with --rejects its "
    "rejects.\n"
    "         What VictoriaMetrics has acknowledged stays until it is safe there\n"
    "\n"
    "A forecast that is put back after a newer one has come to the database replaces it there,\n"
    "until the next round.\n";

enum { NAMES_BYTES_MAX = 16 << 20 };

struct outbox_request {
    const char *config, *sink, *id_text;
    int64_t id; // 0: all
    bool rejects;
};

static int complain(const char *words)
{
    log_error("phutai outbox: %s", words);
    fputs(help, stderr);
    return COMMAND_USAGE;
}

static int fail_store(const struct site *site)
{
    log_error("%s", store_error(site->store));
    return COMMAND_FAILED;
}

static const struct config_sink *find_config(const struct site *site, const char *sink)
{
    for (size_t i = 0; i < site->config->n_sinks; i++)
        if (!strcmp(site->config->sinks[i].name, sink))
            return &site->config->sinks[i];
    return NULL;
}

static void put_time(const struct site *site, int64_t instant)
{
    char text[TEXT_TIME_LEN] = "";
    int32_t offset_s = civil_offset(&site->clock, instant);
    if (instant)
        text_write_time(instant + offset_s, offset_s, text);
    printf(",%s", text);
}

static void put_text(const char *text, size_t length)
{
    putchar(',');
    csv_fwrite(stdout, text, length);
}

// The names that a request is about, gathered first: the store must not be used while it is walked.
struct sinks {
    const char *only;
    struct buffer names; // a NUL behind each
};

// The name behind `name`, the first one where that is NULL; NULL at the end.
static const char *next_name(const struct sinks *sinks, const char *name)
{
    const struct buffer *names = &sinks->names;
    size_t at = name ? (size_t)(name - names->data) + strlen(name) + 1 : 0;
    return at < names->length ? names->data + at : NULL;
}

static bool add_sink(void *context, const char *name)
{
    struct sinks *sinks = context;
    if (sinks->only && strcmp(sinks->only, name))
        return true;
    for (const char *known = NULL; (known = next_name(sinks, known));)
        if (!strcmp(known, name))
            return true;
    buffer_append(&sinks->names, name, strlen(name) + 1);
    return true;
}

// The configured ones in their order, then the others that the store knows.
static bool find_sinks(const struct site *site, struct sinks *sinks)
{
    char name[160];
    for (size_t i = 0; i < site->config->n_sinks; i++)
        add_sink(sinks, site->config->sinks[i].name);
    for (size_t i = 0; i < site->config->n_webhooks; i++) {
        snprintf(name, sizeof name, WEBHOOK_SINK "%s", site->config->webhooks[i].name);
        add_sink(sinks, name);
    }
    if (!store_each_sink(site->store, add_sink, sinks))
        log_error("%s", store_error(site->store));
    else if (sinks->names.failed)
        log_error("phutai outbox: out of memory");
    else if (sinks->only && !next_name(sinks, NULL))
        log_error("no sink '%s', neither in the configuration nor in the store", sinks->only);
    else
        return true;
    return false;
}

static bool list_sink(const struct site *site, const char *sink)
{
    struct store_outbox_state state;
    char trouble[STORE_TROUBLE_LEN];
    if (!store_outbox_state(site->store, sink, &state, trouble))
        return false;
    printf("%s,%s,%" PRId64 ",%" PRId64 ",%" PRId64, sink,
           webhook_knows_sink(site->config, sink) ? "yes" : "no", state.batches, state.lines,
           state.bytes);
    put_time(site, state.oldest);
    printf(",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64, state.attempts,
           state.acked, state.dropped, state.dropped_lines, state.dropped_bytes, state.rejects);
    put_time(site, state.trouble_since);
    put_text(trouble, strlen(trouble));
    putchar('\n');
    return true;
}

static bool list_reject(void *context, const struct store_rejected *reject)
{
    const struct site *site = context;
    printf("%" PRId64 ",%s", reject->id, reject->sink);
    put_time(site, reject->created);
    put_time(site, reject->rejected);
    printf(",%" PRId64 ",%" PRId64, reject->lines, reject->bytes);
    put_text(reject->reason, strlen(reject->reason));
    if (reject->body)
        put_text(reject->body, (size_t)reject->bytes);
    else
        putchar(',');
    putchar('\n');
    return true;
}

static int list(struct site *site, const struct outbox_request *request, const struct sinks *sinks)
{
    puts(request->rejects ? "id,sink,made,refused,lines,bytes,reason,body"
                          : "sink,configured,batches,lines,bytes,oldest,attempts,acknowledged,"
                            "dropped,dropped_lines,dropped_bytes,rejects,trouble_since,trouble");
    for (const char *sink = NULL; (sink = next_name(sinks, sink));)
        if (!(request->rejects ? store_each_reject(site->store, sink, list_reject, site)
                               : list_sink(site, sink)))
            return fail_store(site);
    return COMMAND_DONE;
}

static int retry(struct site *site, const struct outbox_request *request, const struct sinks *sinks)
{
    for (const char *sink = NULL; (sink = next_name(sinks, sink));) {
        int64_t n = 0;
        if (!store_rejects_retry(site->store, sink, request->id, time(NULL), &n))
            return fail_store(site);
        if (n || request->sink)
            log_notice("%s: %" PRId64 " rejects put back", sink, n);
    }
    return COMMAND_DONE;
}

// The acknowledged ones are not to be sent, unless the server loses them.
static int tell_kept(const struct site *site, const char *sink)
{
    struct store_outbox_state state;
    if (!store_outbox_state(site->store, sink, &state, NULL))
        return fail_store(site);
    if (state.acked)
        log_notice("%s: %" PRId64 " batches that it has acknowledged are kept until they are "
                   "safe there",
                   sink, state.acked);
    return COMMAND_DONE;
}

static int drop(struct site *site, const struct outbox_request *request, const struct sinks *sinks)
{
    const char *sink = next_name(sinks, NULL);
    const struct config_sink *config = find_config(site, sink);
    // Else nobody would ever send the acknowledged ones again.
    bool keeps = config && config->dialect == CONFIG_VICTORIAMETRICS;
    int64_t n = 0;
    if (!(request->rejects ? store_rejects_drop(site->store, sink, request->id, &n)
                           : store_outbox_drop(site->store, sink, request->id, !keeps, &n)) ||
        (!webhook_knows_sink(site->config, sink) && !store_sink_forget(site->store, sink)))
        return fail_store(site);
    log_notice("%s: %" PRId64 " %s dropped", sink, n, request->rejects ? "rejects" : "batches");
    return keeps && !request->rejects ? tell_kept(site, sink) : COMMAND_DONE;
}

struct outbox_act {
    const char *name;
    enum store_mode mode;
    int (*run)(struct site *site, const struct outbox_request *request, const struct sinks *sinks);
};

static int run(const struct outbox_request *request, const struct outbox_act *act)
{
    struct site site;
    struct sinks sinks = {.only = request->sink};
    int status = COMMAND_FAILED;
    buffer_init(&sinks.names, NAMES_BYTES_MAX);
    if (site_open(&site, request->config, act->mode) && find_sinks(&site, &sinks))
        status = act->run(&site, request, &sinks);
    buffer_done(&sinks.names);
    site_close(&site);
    return status;
}

// -1 where help was asked for.
static int parse(int argc, char **argv, struct outbox_request *ret)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'}, {"sink", required_argument, NULL, 's'},
        {"id", required_argument, NULL, 'i'},     {"rejects", no_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},         {0}};
    for (int option; (option = getopt_long(argc, argv, "c:s:i:rh", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            ret->config = optarg;
            break;
        case 's':
            ret->sink = optarg;
            break;
        case 'i':
            ret->id_text = optarg;
            break;
        case 'r':
            ret->rejects = true;
            break;
        case 'h':
            return -1;
        default:
            return COMMAND_USAGE;
        }
    if (!ret->config || optind != argc)
        return complain("--config FILE, and nothing without dashes");
    if (ret->id_text && (!text_integer(ret->id_text, &ret->id) || ret->id < 1))
        return complain("--id is the number of a batch or a reject");
    return COMMAND_DONE;
}

int cmd_outbox(int argc, char **argv)
{
    static const struct outbox_act acts[] = {
        {"list", STORE_READ, list}, {"retry", STORE_WRITE, retry}, {"drop", STORE_WRITE, drop}};
    struct outbox_request request = {0};
    const char *name = argc > 1 ? argv[1] : "";
    size_t i = 0, n = sizeof acts / sizeof *acts;
    bool asks = !strcmp(name, "--help") || !strcmp(name, "-h");
    while (i < n && strcmp(name, acts[i].name))
        i++;
    if (!asks && i == n)
        return complain("list, retry or drop");
    int status = asks ? -1 : parse(argc - 1, argv + 1, &request);
    if (status == -1) {
        fputs(help, stdout);
        return COMMAND_DONE;
    }
    if (!status && acts[i].run == drop && !request.sink)
        return complain("drop needs a --sink");
    return status ? status : run(&request, &acts[i]);
}
