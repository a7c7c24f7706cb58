// SPDX-License-Identifier: GPL-3.0-or-later
// What opens the page and its API: "phutai_" and 32 random bytes in base64url. Of a token only its
// seal is kept: a salt, and the SHA-256 of salt and token. A token is too random to be found from
// its seal; the salt hides that two seals are of one token.
#ifndef PHUTAI_DAEMON_ACCESS_TOKEN_H
#define PHUTAI_DAEMON_ACCESS_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ACCESS_TOKEN_LEN = sizeof "phutai_" + 43, // with the closing NUL
    ACCESS_TOKEN_SALT = 16,
    ACCESS_TOKEN_SEAL = ACCESS_TOKEN_SALT + 32
};

// A new one, from the kernel's random bytes, and its seal. False where it gives none. The caller
// wipes the token with access_token_wipe.
[[nodiscard]] bool access_token_make(char ret[static ACCESS_TOKEN_LEN],
                                     uint8_t ret_seal[static ACCESS_TOKEN_SEAL]);
void access_token_wipe(char token[static ACCESS_TOKEN_LEN]);

// Whether a text has the form of a token: its prefix, its length, the letters of base64url.
bool access_token_is_one(const char *text);

// Whether the seal is that of this token. Of two tokens of the same length the time does not tell
// which comes nearer. Under 1 us.
bool access_token_fits(const char *token, const uint8_t seal[static ACCESS_TOKEN_SEAL]);

#endif
