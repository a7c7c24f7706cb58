// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/credentials.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

bool credentials_read(const struct credentials_config *config, struct credentials *ret,
                      char ret_error[static 256])
{
    char token[SECRET_MAX];
    *ret = (struct credentials){0};
    if (config->token_file) {
        if (!secret_read(config->token_file, token, ret_error))
            return false;
        snprintf(ret->authorization, sizeof ret->authorization, "Authorization: %s %s",
                 config->scheme, token);
        secret_wipe(token);
    } else if (config->username && config->password_file) {
        if (!secret_read(config->password_file, ret->password, ret_error))
            return false;
        ret->user = config->username;
    }
    return true;
}

void credentials_wipe(struct credentials *credentials)
{
    explicit_bzero(credentials, sizeof *credentials);
}

void credentials_add(const struct credentials *credentials, struct http_call *call)
{
    size_t header = 0;
    while (header < HTTP_HEADERS_MAX && call->headers[header])
        header++;
    assert(header < HTTP_HEADERS_MAX);
    if (*credentials->authorization)
        call->headers[header] = credentials->authorization;
    call->user = credentials->user;
    call->password = credentials->user ? credentials->password : NULL;
}
