// SPDX-License-Identifier: GPL-3.0-or-later
// The register as one list: entries of register.csv and of the store, as forecasts take them.
#ifndef PHUTAI_DAEMON_ENTRY_LIST_H
#define PHUTAI_DAEMON_ENTRY_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "config/register.h"
#include "daemon/store.h"
#include "models/entries.h"

enum { ENTRY_LIST_ID_LEN = 80 };

struct entry_list_item {
    struct entry entry;             // as it was entered; its id is the key of its draws and effects
    char id[ENTRY_LIST_ID_LEN];     // "12" of the store, "file:NAME" or "file:LINE" of the file
    char *zone;                     // as it was entered; entry.zone is SIZE_MAX where it is unknown
    char *author, *note, *ended_by; // owned
    int64_t expires, ended_at;      // INT64_MAX: never
    int64_t entered_at;             // 0 of the file
};

struct entry_list {
    size_t n;
    struct entry_list_item *items; // the file's first, each in its order
};

// Reads both; `store` NULL: the file's only. False where the store fails or without memory, nothing
// to be freed then.
[[nodiscard]] bool entry_list_read(const struct config *config, const struct civil_clock *clock,
                                   struct store *store, struct entry_list *ret);
void entry_list_done(struct entry_list *list);

// Reads a file alone, for zones of these ids, which are numbered so. False, with every fault
// logged, where there is any.
[[nodiscard]] bool entry_list_read_file(const char *path, const struct civil_clock *clock, size_t n,
                                        const char *const zones[], struct entry_list *ret);

// An entry as a forecast issued at `issue` takes it: over at its end, or, once it has expired, when
// it did.
struct entry entry_list_at(const struct entry_list_item *item, int64_t issue);

// Those of a zone as of an issue, in the order in which they count; the caller frees *ret. Entries
// that were called off before they began are left out. False without memory.
[[nodiscard]] bool entry_list_of_zone(const struct entry_list *list, size_t zone, int64_t issue,
                                      size_t *ret_n, struct entry **ret);

// What stands at `now`: "planned", "in force", "over", "expired", "ended".
const char *entry_list_state(const struct entry_list_item *item, int64_t now);

// What was read, as the store keeps it. Texts are those of the configuration and of the entry, and
// the windows.
struct entry_list_windows {
    char hours[REGISTER_WINDOW_LEN], into[REGISTER_WINDOW_LEN];
};
struct store_entry entry_list_stored(const struct config *config, const struct civil_clock *clock,
                                     const struct config_entry *entry, int64_t now,
                                     struct entry_list_windows *windows);

// The instant of a time that was read; `otherwise` where it is not given.
int64_t entry_list_instant(const struct civil_clock *clock, const struct config_time *time,
                           int64_t otherwise);

#endif
