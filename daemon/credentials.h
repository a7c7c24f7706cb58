// SPDX-License-Identifier: GPL-3.0-or-later
// What tells a server who asks: a token in a header, or a user and a password. The secrets are read
// from their files for each request and wiped after it.
#ifndef PHUTAI_DAEMON_CREDENTIALS_H
#define PHUTAI_DAEMON_CREDENTIALS_H

#include <stdbool.h>

#include "daemon/http_client.h"
#include "daemon/secret.h"

struct credentials_config { // NULL for what is not configured; a token is preferred
    const char *scheme;     // the word before the token: "Bearer"
    const char *token_file, *username, *password_file;
};

struct credentials {
    char authorization[SECRET_MAX + sizeof "Authorization: Bearer "]; // a header, "" for none
    const char *user;                                                 // NULL for none
    char password[SECRET_MAX];
};

// False, with words for the operator and without credentials, where a secret cannot be read.
[[nodiscard]] bool credentials_read(const struct credentials_config *config,
                                    struct credentials *ret, char ret_error[static 256]);
void credentials_wipe(struct credentials *credentials);

// Adds them to a call, which refers to them; it has room for one more header.
void credentials_add(const struct credentials *credentials, struct http_call *call);

#endif
