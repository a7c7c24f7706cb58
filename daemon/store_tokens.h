// SPDX-License-Identifier: GPL-3.0-or-later
// Who may use the page and its API: tokens with the names of those who have them. Of a token the
// store has its seal alone. A token that was revoked stays, so that it is known whose it was.
#ifndef PHUTAI_DAEMON_STORE_TOKENS_H
#define PHUTAI_DAEMON_STORE_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/access_token.h"

struct store;

// Tokens that are not revoked, at most: every request is held against all of them.
enum { STORE_TOKENS_MAX = 256 };

struct store_token {
    int64_t id; // given by the store, never twice
    const char *name, *role;
    uint8_t seal[ACCESS_TOKEN_SEAL];
    int64_t created, last_used, revoked; // instants; 0: never
};

enum store_token_put { STORE_TOKEN_NEW, STORE_TOKEN_NAMED, STORE_TOKEN_FULL, STORE_TOKEN_FAILED };

// Name, role, seal and the time of making of a new one. STORE_TOKEN_NAMED where one that is not
// revoked has that name, STORE_TOKEN_FULL where there are STORE_TOKENS_MAX: nothing is written
// then. Inside a transaction, as store_end_token.
enum store_token_put store_put_token(struct store *store, const struct store_token *token,
                                     int64_t *ret_id);

// Revokes it at `now`. *ret_found false where there is none, or it was revoked before.
[[nodiscard]] bool store_end_token(struct store *store, int64_t id, int64_t now, bool *ret_found);

// Notes that it was used, by itself and only where that needs no waiting: nothing happens while
// another process writes, a transaction is open here, or the store is open for reading.
void store_touch_token(struct store *store, int64_t id, int64_t now);

typedef bool store_token_fn(void *context, const struct store_token *token);
// In order of their ids; those that are revoked too where `all`. A callback that says false ends
// the walk with true. False on a failure of the store, and where a token in it is damaged.
[[nodiscard]] bool store_each_token(struct store *store, bool all, store_token_fn *fn,
                                    void *context);

#endif
