// SPDX-License-Identifier: GPL-3.0-or-later
// phutai token: who may use the page and its API.
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config/text.h"
#include "daemon/access.h"
#include "daemon/commands.h"
#include "daemon/csv_field.h"
#include "daemon/log.h"
#include "daemon/nfc.h"
#include "daemon/site.h"
#include "daemon/store_tokens.h"

static const char help[] =
    "usage: phutai token add    --config FILE --name NAME --role reader|planner\n"
    "       phutai token list   --config FILE\n"
    "       phutai token revoke --config FILE --id N\n"
    "\n"
    "Who may use the page and its API, beside readers on the machine itself, who need no token.\n"
    "What is done here counts from the next request on, whether phutaid runs or not.\n"
    "\n"
    "  add     prints a new token, once: the store keeps a hash of it, from which nobody gets it\n"
    "          back. It is sent as 'Authorization: Bearer TOKEN'\n"
    "  list    one row of CSV for each: id, name, role, when it was made, last used (noted once "
    "an\n"
    "          hour) and revoked\n"
    "  revoke  ends one, for good; its name is free again\n"
    "\n"
    "  --name  whose it is: what that person enters and acknowledges is signed with it. At most "
    "63\n"
    "          bytes of UTF-8\n"
    "  --role  reader: looks at everything; planner: changes the register and alerts, too\n"
    "  --id    the number that list shows\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage.\n";

enum { CONFIG, NAME, ROLE, ID, OPTIONS };

struct request {
    const char *value[OPTIONS]; // as given, else NULL
    struct site site;
};

typedef int act_fn(struct request *request);

static act_fn add, list, end;

static const struct act {
    const char *name;
    act_fn *run;
    enum store_mode mode;
    int needs; // and takes; of bits 1 << option
} acts[] = {
    {"add", add, STORE_WRITE, 1 << CONFIG | 1 << NAME | 1 << ROLE},
    {"list", list, STORE_READ, 1 << CONFIG},
    {"revoke", end, STORE_WRITE, 1 << CONFIG | 1 << ID},
};

static const struct option options[] = {
    {"config", required_argument, NULL, CONFIG}, {"name", required_argument, NULL, NAME},
    {"role", required_argument, NULL, ROLE},     {"id", required_argument, NULL, ID},
    {"help", no_argument, NULL, OPTIONS},        {NULL, 0, NULL, 0},
};

[[gnu::format(printf, 1, 2)]] static int complain(const char *format, ...)
{
    va_list args;
    fputs("phutai token: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs("; see phutai token --help\n", stderr);
    return COMMAND_USAGE;
}

static int fail_store(const struct request *request)
{
    log_error("%s", store_error(request->site.store));
    return COMMAND_FAILED;
}

// Valid UTF-8 without control characters, those of U+0080 to U+009F among them.
static bool is_clean(const char *text)
{
    if (!text_is_clean(text) || strchr(text, '\t'))
        return false;
    for (const char *at = text; (at = strchr(at, '\xc2')); at++)
        if ((unsigned char)at[1] < 0xa0)
            return false;
    return true;
}

// In NFC, as it is signed with. False once it is told what is wrong; *ret_status says how bad.
static bool read_name(const char *text, char ret[static ACCESS_NAME_LEN], int *ret_status)
{
    const bool clean = *text && is_clean(text);
    size_t length = 0;
    char *composed = clean ? nfc_compose(text, strlen(text), &length) : NULL;
    const bool fits = composed && length < ACCESS_NAME_LEN;
    *ret_status = COMMAND_FAILED;
    if (fits) {
        memcpy(ret, composed, length);
        ret[length] = '\0';
    } else if (clean && !composed) {
        log_error("out of memory");
    } else {
        *ret_status = complain("--name: 1 to %d bytes of UTF-8 without control characters",
                               ACCESS_NAME_LEN - 1);
    }
    free(composed);
    return fits;
}

// Past the buffers of stdio, where it would stay in memory.
static bool print_token(const char token[static ACCESS_TOKEN_LEN])
{
    char line[ACCESS_TOKEN_LEN];
    memcpy(line, token, sizeof line);
    line[sizeof line - 1] = '\n';
    const bool printed = write(STDOUT_FILENO, line, sizeof line) == (ssize_t)sizeof line;
    if (!printed)
        log_error("the token cannot be printed, none is made: %s", strerror(errno));
    explicit_bzero(line, sizeof line);
    return printed;
}

static bool put_token(struct request *request, const struct store_token *token, int64_t *ret_id)
{
    switch (store_put_token(request->site.store, token, ret_id)) {
    case STORE_TOKEN_NEW:
        return true;
    case STORE_TOKEN_NAMED:
        log_error("'%s' has a token already: revoke that one first, or take another name",
                  token->name);
        return false;
    case STORE_TOKEN_FULL:
        log_error("there are %d tokens already: revoke some of them", STORE_TOKENS_MAX);
        return false;
    case STORE_TOKEN_FAILED:
        break;
    }
    (void)fail_store(request);
    return false;
}

// Printed before it counts: one that nobody has seen must not stay.
static int keep_token(struct request *request, const struct store_token *token,
                      const char secret[static ACCESS_TOKEN_LEN])
{
    struct store *store = request->site.store;
    int64_t id;
    if (!store_begin(store))
        return fail_store(request);
    if (!put_token(request, token, &id) || !print_token(secret)) {
        store_rollback(store);
        return COMMAND_FAILED;
    }
    if (!store_commit(store)) {
        store_rollback(store);
        log_error("%s; the token above opens nothing", store_error(store));
        return COMMAND_FAILED;
    }
    fprintf(stderr, "token %" PRId64 " of '%s', a %s: it is shown only now\n", id, token->name,
            token->role);
    return COMMAND_DONE;
}

static int add(struct request *request)
{
    const char *role = request->value[ROLE];
    char name[ACCESS_NAME_LEN], secret[ACCESS_TOKEN_LEN];
    int status;
    struct store_token token = {.name = name, .role = role, .created = time(NULL)};
    if (access_role_find(role) == ACCESS_NOBODY)
        return complain("--role '%s': reader or planner", role);
    if (!read_name(request->value[NAME], name, &status))
        return status;
    if (!access_token_make(secret, token.seal)) {
        log_error("the system gives no random bytes: %s", strerror(errno));
        return COMMAND_FAILED;
    }
    status = keep_token(request, &token, secret);
    access_token_wipe(secret);
    return status;
}

// On the site's clock; of 0, nothing.
static const char *time_text(const struct request *request, int64_t instant,
                             char ret[static TEXT_TIME_LEN])
{
    *ret = '\0';
    if (instant) {
        const int32_t offset_s = civil_offset(&request->site.clock, instant);
        text_write_time(instant + offset_s, offset_s, ret);
    }
    return ret;
}

static bool put_row(void *context, const struct store_token *token)
{
    const struct request *request = context;
    char created[TEXT_TIME_LEN], used[TEXT_TIME_LEN], revoked[TEXT_TIME_LEN];
    printf("%" PRId64 ",", token->id);
    csv_field_text(stdout, token->name);
    printf(",%s,%s,%s,%s\n", token->role, time_text(request, token->created, created),
           time_text(request, token->last_used, used), time_text(request, token->revoked, revoked));
    return true;
}

static int list(struct request *request)
{
    puts("id,name,role,created,last_used,revoked");
    if (!store_each_token(request->site.store, true, put_row, request))
        return fail_store(request);
    if (!fflush(stdout) && !ferror(stdout))
        return COMMAND_DONE;
    log_error("standard output: %s", strerror(errno));
    return COMMAND_FAILED;
}

static int end(struct request *request)
{
    struct store *store = request->site.store;
    int64_t id;
    bool found = false;
    if (!text_integer(request->value[ID], &id) || id < 1)
        return complain("--id is a number that phutai token list shows");
    if (!store_begin(store))
        return fail_store(request);
    if (!store_end_token(store, id, time(NULL), &found) || !store_commit(store)) {
        store_rollback(store);
        return fail_store(request);
    }
    if (!found)
        log_error("token %" PRId64 ": there is none that is not revoked", id);
    return found ? COMMAND_DONE : COMMAND_FAILED;
}

// Whether each option that is there belongs to the act, and each that it needs is there.
static int check_options(const struct act *act, const struct request *request)
{
    for (const struct option *option = options; option->val != OPTIONS; option++) {
        const bool given = request->value[option->val], needed = act->needs >> option->val & 1;
        if (given != needed)
            return complain("%s %s --%s", act->name, needed ? "needs" : "takes no", option->name);
    }
    return COMMAND_DONE;
}

// COMMAND_DONE to go on, -1 after --help.
static int parse(const struct act *act, int argc, char **argv, struct request *request)
{
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?')
            return COMMAND_USAGE;
        if (c == OPTIONS)
            return -1;
        request->value[c] = optarg;
    }
    if (optind < argc)
        return complain("everything is named by an option");
    return check_options(act, request);
}

static int run(const struct act *act, int argc, char **argv)
{
    struct request request = {.value = {NULL}};
    int status = parse(act, argc, argv, &request);
    if (status == -1)
        fputs(help, stdout);
    if (status)
        return status == -1 ? COMMAND_DONE : status;
    status = COMMAND_FAILED;
    if (site_open(&request.site, request.value[CONFIG], act->mode))
        status = act->run(&request);
    site_close(&request.site);
    return status;
}

int cmd_token(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
        fputs(help, stdout);
        return COMMAND_DONE;
    }
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (!strcmp(name, acts[i].name))
            return run(&acts[i], argc - 1, argv + 1);
    return complain("add, list or revoke");
}
