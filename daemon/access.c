// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/access_guesses.h"
#include "daemon/access_peer.h"
#include "daemon/log.h"
#include "daemon/store_tokens.h"
#include "daemon/tokens.h"

enum {
    TOUCH_S = 3600,
    TELL_S = 60, // trouble with the store is logged no more often than this
    RETRY_AFTER_S = 10,
};

struct held_token {
    int64_t id, last_used;
    enum access_role role;
    char name[ACCESS_NAME_LEN];
    uint8_t seal[ACCESS_TOKEN_SEAL];
};

struct access {
    struct store *store;
    bool open;
    bool known; // what the store holds, as of `version`
    int64_t version, told;
    size_t n;
    struct held_token tokens[STORE_TOKENS_MAX];
    struct access_guesses guesses;
};

enum access_role access_role_find(const char *name)
{
    if (!strcmp(name, "planner"))
        return ACCESS_PLANNER;
    return strcmp(name, "reader") ? ACCESS_NOBODY : ACCESS_READER;
}

struct access *access_new(struct store *store)
{
    struct access *access = calloc(1, sizeof *access);
    if (access) {
        access->store = store;
        access->open = true;
    }
    return access;
}

void access_free(struct access *access)
{
    free(access);
}

void access_set_open(struct access *access, bool open)
{
    access->open = open;
}

static bool hold(void *context, const struct store_token *token)
{
    struct access *access = context;
    struct held_token *held = &access->tokens[access->n++];
    held->id = token->id;
    held->last_used = token->last_used;
    held->role = access_role_find(token->role);
    snprintf(held->name, sizeof held->name, "%s", token->name);
    memcpy(held->seal, token->seal, sizeof held->seal);
    return access->n < STORE_TOKENS_MAX;
}

// As the store has them now: one that was revoked a moment ago opens nothing.
static bool refresh(struct access *access)
{
    // Before the tokens are read, so that what is written meanwhile is seen the next time.
    const int64_t version = store_version(access->store);
    if (version >= 0 && access->known && version == access->version)
        return true;
    access->n = 0;
    access->version = version;
    access->known = version >= 0 && store_each_token(access->store, false, hold, access);
    return access->known;
}

static struct access_peer peer_of(const struct http_request *request)
{
    char address[64];
    http_request_peer(request, sizeof address, address);
    const struct access_peer_words words = {
        .address = address,
        .forwarded = http_request_last_header(request, "X-Forwarded-For"),
        .passed_on = http_request_header(request, "Forwarded") ||
                     http_request_header(request, "X-Real-IP") ||
                     http_request_header(request, "Via"),
        .host = http_request_header(request, "Host"),
    };
    return access_peer_find(&words);
}

// Every one is held against it, so that the time does not tell which it was.
static struct held_token *find(struct access *access, const char *token)
{
    struct held_token *found = NULL;
    if (!access_token_is_one(token))
        return NULL;
    for (size_t i = 0; i < access->n; i++)
        if (access_token_fits(token, access->tokens[i].seal))
            found = &access->tokens[i];
    return found;
}

static bool refuse_unknown(const char *words, struct http_reply *reply)
{
    reply->challenge = "Bearer realm=\"phutai\"";
    http_reply_error(reply, 401,
                     "%s: send 'Authorization: Bearer ...' with one that phutai token "
                     "add has made",
                     words);
    return false;
}

static bool refuse_guess(int wait_s, struct http_reply *reply)
{
    reply->retry_after_s = wait_s;
    http_reply_error(reply, 429, "too many wrong tokens from this address: wait %d s", wait_s);
    return false;
}

// The reason is for the log: it names a path.
static bool refuse_trouble(struct access *access, int64_t now, struct http_reply *reply)
{
    if (now < access->told || now - access->told >= TELL_S) {
        log_error("tokens cannot be read, who brings one is told to come again: %s",
                  store_error(access->store));
        access->told = now;
    }
    reply->retry_after_s = RETRY_AFTER_S;
    http_reply_error(reply, 503, "tokens cannot be looked at: send it again");
    return false;
}

static bool admit_nobody(const struct access *access, const struct access_peer *peer,
                         enum access_role least, struct http_reply *reply)
{
    const bool reads = access->open && peer->local;
    if (least == ACCESS_NOBODY || (least == ACCESS_READER && reads))
        return true;
    return refuse_unknown(
        least == ACCESS_READER ? "this takes a token" : "this takes a planner's token", reply);
}

// Also where that could not be written: it is no reason to try again with every request.
static void touch(struct access *access, struct held_token *held, int64_t now)
{
    if (held->last_used <= now && now - held->last_used < TOUCH_S)
        return;
    store_touch_token(access->store, held->id, now);
    held->last_used = now;
}

bool access_admit(struct access *access, const struct http_request *request, int64_t now,
                  enum access_role least, struct http_reply *reply,
                  char ret_name[static ACCESS_NAME_LEN])
{
    const struct access_peer peer = peer_of(request);
    const char *token = tokens_in_header(http_request_header(request, "Authorization"));
    *ret_name = '\0';
    if (!token)
        return admit_nobody(access, &peer, least, reply);
    const int wait_s = access_guesses_wait_s(&access->guesses, peer.network, ACCESS_TRIES, now);
    if (wait_s)
        return refuse_guess(wait_s, reply);
    if (!refresh(access))
        return refuse_trouble(access, now, reply);
    struct held_token *held = find(access, token);
    if (!held) {
        access_guesses_count(&access->guesses, peer.network, now);
        return refuse_unknown("this token is not known, or was revoked", reply);
    }
    touch(access, held, now);
    if (held->role < least) {
        http_reply_error(reply, 403, "the role of this token does not do for this: it takes a %s's",
                         least == ACCESS_READER ? "reader" : "planner");
        return false;
    }
    memcpy(ret_name, held->name, sizeof held->name);
    return true;
}
