// SPDX-License-Identifier: GPL-3.0-or-later
// One value of the INI file: text to the typed member of a struct that its key names.
#ifndef PHUTAI_CONFIG_VALUE_H
#define PHUTAI_CONFIG_VALUE_H

#include <stdbool.h>

struct key;

enum { VALUE_REASON_LEN = 200 };

// Reads `text` and puts it where `key` says in the struct at `base`. A path is taken relative to
// `folder` ("" or ending in a slash). A text put before is freed. On false, `ret_reason` says what
// is expected and nothing has changed.
[[nodiscard]] bool value_put(const struct key *key, const char *text, const char *folder,
                             void *base, char ret_reason[static VALUE_REASON_LEN]);

// What stands there before anything is put: NaN for a real number, else 0 as it is.
void value_begin(const struct key *key, void *base);

// Frees what value_put allocated for this key.
void value_clear(const struct key *key, void *base);

// "duration from 5min to 60min", "text", "system or readings": what may stand there.
void value_describe(const struct key *key, char ret[static VALUE_REASON_LEN]);

#endif
