// SPDX-License-Identifier: GPL-3.0-or-later
// Who may write: tokens, of which only the SHA-256 stands in a file. One a line, as sha256sum
// prints it; what follows the hash is a name for people. Blank lines and lines that begin with #
// are skipped.
//
//     printf %s "$TOKEN" | sha256sum
#ifndef PHUTAI_DAEMON_TOKENS_H
#define PHUTAI_DAEMON_TOKENS_H

#include <stdbool.h>

enum { TOKENS_MAX = 256 };

struct tokens;

// NULL, with words that name file and line, where the file cannot be read, holds a line that is no
// hash, or holds no hash at all.
struct tokens *tokens_read(const char *path, char ret_error[static 256]);
void tokens_free(struct tokens *tokens);

// In a time that does not tell which token comes near. NULL and "" never match.
bool tokens_match(const struct tokens *tokens, const char *token);
// Which of them it is, the first being 0; -1 where none matches.
int tokens_find(const struct tokens *tokens, const char *token);

// The token in an Authorization header of the form `Token T` or `Bearer T`; NULL where it has
// another one.
const char *tokens_in_header(const char *authorization);

#endif
