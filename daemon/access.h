// SPDX-License-Identifier: GPL-3.0-or-later
// Who may read and change what people see: the page and its API. Reading is open to this machine's
// own addresses; from elsewhere it takes a token of any role, and changing takes a planner's token
// from everywhere. Whoever guesses is slowed down: after ACCESS_TRIES wrong tokens within a minute
// an address is answered 429 for the rest of it, whatever token it brings; no other address waits
// for that.
//
// Who asks through a proxy on this machine is whom the proxy names (access_peer.h). A token counts
// from the next request on, and so does its end.
#ifndef PHUTAI_DAEMON_ACCESS_H
#define PHUTAI_DAEMON_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/http_server.h"
#include "daemon/store.h"

enum { ACCESS_TRIES = 10, ACCESS_NAME_LEN = 64 };

enum access_role { ACCESS_NOBODY, ACCESS_READER, ACCESS_PLANNER };

// "reader", "planner"; ACCESS_NOBODY for every other text.
enum access_role access_role_find(const char *name);

struct access;

// NULL without memory. Keeps `store`, which is open for writing, or the time of last use is not
// kept. Tokens that are changed through this very store, and not by another process or connection,
// are not seen.
struct access *access_new(struct store *store);
void access_free(struct access *access); // takes NULL

// Whether this machine's own addresses may read without a token ([page] open). They may until this
// says no.
void access_set_open(struct access *access, bool open);

// Who asks: by `Authorization: Bearer T`, or nobody. The name that the token was given, "" for
// nobody. Sets a status (401, 403, 429, 503) where that is less than `least`; then false, and the
// name is "". A token that is not known is refused with 401 also where none would do. Under 1 ms
// with STORE_TOKENS_MAX tokens; once an hour and token, a commit more. `now` is the system's time.
[[nodiscard]] bool access_admit(struct access *access, const struct http_request *request,
                                int64_t now, enum access_role least, struct http_reply *reply,
                                char ret_name[static ACCESS_NAME_LEN]);

#endif
